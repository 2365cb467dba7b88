//! `DaemonSet`: a pod on every node.

use super::{
    controller::{endless, number_annotation, selects},
    percent::{is_none, number_or_part},
};
use crate::kube::{at::At, check::Check, kinds::pod};

/// Checks a `DaemonSet`.
pub(super) fn check<'t>(check: &mut Check<'t>, object: At<'t>) {
    number_annotation(check, object, "deprecated.daemonset.template.generation", false);
    let spec = object.get("spec");
    let template = spec.get("template");
    selects(check, spec.get("selector"), template);
    pod::template(check, template);
    endless(check, template);
    check.not_negative(spec.get("minReadySeconds"));
    check.not_negative(spec.get("revisionHistoryLimit"));
    strategy(check, spec.get("updateStrategy"));
}

fn strategy<'t>(check: &mut Check<'t>, at: At<'t>) {
    check.one_of(at.get("type"), &["RollingUpdate", "OnDelete"]);
    if at.get("type").str_or("RollingUpdate") != "RollingUpdate" {
        return;
    }
    // By default one node may be without its pod, and none has two.
    let (unavailable, surge) =
        (at.at(&["rollingUpdate", "maxUnavailable"]), at.at(&["rollingUpdate", "maxSurge"]));
    let fine = check.clean(|check| {
        number_or_part(check, unavailable);
        number_or_part(check, surge);
    });
    match (is_none(unavailable, false), is_none(surge, true)) {
        (false, false) if fine => {
            check.invalid(surge, "must be 0 unless `maxUnavailable`, which is 1 by default, is 0");
        }
        (true, true) if fine => check.invalid(unavailable, "must be more than 0 when `maxSurge` is 0"),
        _ => {}
    }
}
