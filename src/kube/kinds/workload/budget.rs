//! `PodDisruptionBudget`: how many pods may be taken away at once.

use super::percent::number_or_part;
use crate::kube::{at::At, check::Check, kinds::selector};

/// Checks a `PodDisruptionBudget`.
pub(super) fn check<'t>(check: &mut Check<'t>, object: At<'t>) {
    let spec = object.get("spec");
    check.at_most_one(spec, &["minAvailable", "maxUnavailable"]);
    number_or_part(check, spec.get("minAvailable"));
    number_or_part(check, spec.get("maxUnavailable"));
    check.one_of_or_null(spec.get("unhealthyPodEvictionPolicy"), &["IfHealthyBudget", "AlwaysAllow"]);
    let selected = spec.get("selector");
    if selected.absent() {
        check.breaks(selected, "without a selector the budget protects no pods");
    } else {
        selector::selector(check, selected);
    }
}
