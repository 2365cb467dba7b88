//! Pods and templates of pods, wherever they stand.
//!
//! `spec` goes through the fields of a pod; containers, volumes, security and the rest have files of their own.
//! `scope` is what rules of one part know of the others. What workloads ask of their templates is for `workload`.

mod affinity;
mod annotations;
mod container;
mod env;
mod mounts;
mod network;
mod overlap;
mod ports;
mod probe;
mod projected;
mod resources;
mod scope;
mod security;
mod since;
mod spec;
mod spread;
mod volume;
mod windows;

use super::Rules;
use crate::kube::{at::At, check::Check, format::names, metadata};
use scope::Scope;

/// The kinds of this area.
pub(super) const RULES: &[Rules] = &[
    Rules { group: "", kind: "Pod", name: names::subdomain, check: pod },
    Rules { group: "", kind: "PodTemplate", name: names::subdomain, check: pod_template },
];

fn pod<'t>(check: &mut Check<'t>, object: At<'t>) {
    let scope = Scope::of_pod(check.minor, object);
    let name = object.at(&["metadata", "name"]);
    if let Some(what) = names::label(scope.name.as_deref().unwrap_or("a")) {
        check.warn(name, format!("the name is the host name of the pod, and {what}"));
    }
    judge(check, &scope);
}

fn pod_template<'t>(check: &mut Check<'t>, object: At<'t>) {
    template(check, object.get("template"));
}

/// Checks a template of pods: its metadata and spec. What selects them is for the kind around it.
pub(crate) fn template<'t>(check: &mut Check<'t>, at: At<'t>) {
    let scope = Scope::of_template(check.minor, at, None);
    metadata::labels(check, at.at(&["metadata", "labels"]));
    metadata::annotations(check, at.at(&["metadata", "annotations"]));
    judge(check, &scope);
}

/// Checks the template of a `StatefulSet`, which makes a volume of each of its `claims`.
pub(crate) fn template_with_claims<'t>(check: &mut Check<'t>, at: At<'t>, claims: At<'t>) {
    let scope = Scope::of_template(check.minor, at, Some(claims));
    metadata::labels(check, at.at(&["metadata", "labels"]));
    metadata::annotations(check, at.at(&["metadata", "annotations"]));
    if check.minor < since::STATEFUL_TEMPLATES {
        annotations::check(check, &scope);
        check.later(|check| spec::check(check, &scope));
    } else {
        judge(check, &scope);
    }
}

fn judge<'t>(check: &mut Check<'t>, scope: &Scope<'t>) {
    annotations::check(check, scope);
    spec::check(check, scope);
}
