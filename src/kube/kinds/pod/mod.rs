//! Pods and templates of pods, wherever they stand.

use super::Rules;
use crate::kube::{at::At, check::Check, format::names};

/// The kinds of this area.
pub(super) const RULES: &[Rules] = &[Rules { group: "", kind: "Pod", name: names::subdomain, check: pod }];

fn pod<'t>(check: &mut Check<'t>, object: At<'t>) {
    spec(check, object.get("spec"));
}

/// Checks a template of pods: its metadata and spec. What selects them is for the kind around it.
pub(crate) fn template<'t>(check: &mut Check<'t>, at: At<'t>) {
    spec(check, at.get("spec"));
}

/// Checks the spec of a pod.
pub(crate) fn spec<'t>(_check: &mut Check<'t>, _at: At<'t>) {}
