//! `Deployment`, `ReplicaSet` and the old `ReplicationController`.

use super::{
    controller::{endless, number_annotation, recommend_label, selects},
    percent::{is_none, number_or_part, number_or_percent},
};
use crate::kube::{at::At, check::Check, kinds::pod};

/// The seconds after which a rollout counts as failed, where nothing is said.
const PROGRESS: i64 = 600;

/// Checks a `Deployment`.
pub(super) fn deployment<'t>(check: &mut Check<'t>, object: At<'t>) {
    number_annotation(check, object, "deprecated.deployment.rollback.to", true);
    let spec = object.get("spec");
    replicated(check, spec);
    strategy(check, spec.get("strategy"));
    check.not_negative(spec.get("revisionHistoryLimit"));
    let (progress, ready) = (spec.get("progressDeadlineSeconds"), spec.get("minReadySeconds"));
    if check.not_negative(progress) && progress.int().unwrap_or(PROGRESS) <= ready.int().unwrap_or(0) {
        if progress.present() {
            check.invalid(progress, "must be more than `minReadySeconds`");
        } else {
            check.invalid(
                ready,
                format!("must be less than `progressDeadlineSeconds`, which is {PROGRESS} by default"),
            );
        }
    }
    recommend_label(check);
}

fn strategy<'t>(check: &mut Check<'t>, at: At<'t>) {
    check.one_of(at.get("type"), &["RollingUpdate", "Recreate"]);
    let rolling = at.get("rollingUpdate");
    match at.get("type").str_or("RollingUpdate") {
        "Recreate" if rolling.present() => {
            check.forbidden(rolling, "may not be set when `type` is `Recreate`");
        }
        "RollingUpdate" => {
            let (unavailable, surge) = (rolling.get("maxUnavailable"), rolling.get("maxSurge"));
            number_or_part(check, unavailable);
            number_or_percent(check, surge);
            if is_none(unavailable, false) && is_none(surge, false) {
                check.invalid(unavailable, "must be more than 0 when `maxSurge` is 0");
            }
        }
        _ => {}
    }
}

/// Checks a `ReplicaSet`.
pub(super) fn replica_set<'t>(check: &mut Check<'t>, object: At<'t>) {
    replicated(check, object.get("spec"));
    recommend_label(check);
}

/// What deployments and replica sets have in common.
fn replicated<'t>(check: &mut Check<'t>, spec: At<'t>) {
    let template = spec.get("template");
    check.not_negative(spec.get("replicas"));
    check.not_negative(spec.get("minReadySeconds"));
    selects(check, spec.get("selector"), template);
    pod::template(check, template);
    endless(check, template);
}

/// Checks a `ReplicationController`: its selector is a plain map, by default the labels of the template.
pub(super) fn replication_controller<'t>(check: &mut Check<'t>, object: At<'t>) {
    let spec = object.get("spec");
    let (selector, template) = (spec.get("selector"), spec.get("template"));
    let labels = template.at(&["metadata", "labels"]);
    check.not_negative(spec.get("replicas"));
    check.not_negative(spec.get("minReadySeconds"));
    if selector.is_empty() && labels.is_empty() {
        check.required(selector, "it says which pods belong to the controller");
    }
    if template.absent() {
        check.required(template, "");
        return;
    }
    let missed = selector.members().any(|(key, value)| {
        let label = labels.get(key);
        label.depth > 0 || label.str() != value.str()
    });
    if missed {
        check.invalid(labels, "must have the labels that `selector` asks for");
    }
    pod::template(check, template);
    endless(check, template);
    recommend_label(check);
}
