//! `HorizontalPodAutoscaler` of both its versions: bounds, target, and how fast it scales. Metrics are in `metrics`.

use super::metrics::metrics;
use crate::kube::{at::At, check::Check, format::names};

/// The longest window of stabilisation, and the longest period of a policy, in seconds.
const WINDOW: i64 = 3600;
const PERIOD: i64 = 1800;

/// The first minor version that wants the group of the target.
const GROUP_SINCE: u32 = 34;

/// Checks a `HorizontalPodAutoscaler`.
pub(super) fn check<'t>(check: &mut Check<'t>, object: At<'t>) {
    let spec = object.get("spec");
    let (least, most) = (spec.get("minReplicas"), spec.get("maxReplicas"));
    let least_fine = check.within(least, 1, i64::MAX);
    if most.absent() {
        check.required(most, "must be 1 or more");
    } else if check.within(most, 1, i64::MAX) && least_fine && most.int() < least.int() {
        check.invalid(most, "must not be less than `minReplicas`");
    }
    let target = spec.get("scaleTargetRef");
    let grouped = target.get("kind").str() != "ReplicationController";
    reference(check, target, grouped);
    if check.version == "v1" {
        check.within(spec.get("targetCPUUtilizationPercentage"), 1, i64::MAX);
        return;
    }
    metrics(check, spec.get("metrics"));
    for direction in ["scaleUp", "scaleDown"] {
        scaling(check, spec.get("behavior").get(direction));
    }
}

/// Checks a reference to an object that is scaled or measured; `grouped`: its API version must have a group.
pub(super) fn reference<'t>(check: &mut Check<'t>, at: At<'t>, grouped: bool) {
    for key in ["kind", "name"] {
        if check.require(at.get(key)) {
            check.text(at.get(key), names::path_segment);
        }
    }
    if check.minor < GROUP_SINCE {
        return;
    }
    let version = at.get("apiVersion");
    let group = version.str().split_once('/').map_or("", |(group, _)| group);
    if grouped && version.blank() {
        check.required(version, "it must have a group, such as `apps/v1`");
    } else if grouped && group.is_empty() {
        check.invalid(version, "must have a group, such as `apps/v1`");
    } else if version.str().matches('/').count() > 1 {
        check.invalid(version, "must be a version, or a group and a version such as `apps/v1`");
    }
}

/// Checks how fast it scales in one direction.
fn scaling<'t>(check: &mut Check<'t>, at: At<'t>) {
    check.within(at.get("stabilizationWindowSeconds"), 0, WINDOW);
    check.one_of_or_null(at.get("selectPolicy"), &["Max", "Min", "Disabled"]);
    let policies = at.get("policies");
    if policies.present() && policies.is_empty() {
        check.required(policies, "at least one policy is needed, unless `policies` is left out");
    }
    for policy in policies.items() {
        check.require_one_of(policy.get("type"), &["Pods", "Percent"]);
        positive(check, policy.get("value"), i64::MAX);
        positive(check, policy.get("periodSeconds"), PERIOD);
    }
}

/// A number from 1 that must be there.
fn positive<'t>(check: &mut Check<'t>, at: At<'t>, most: i64) {
    if at.absent() {
        check.required(at, "must be 1 or more");
    } else {
        check.within(at, 1, most);
    }
}
