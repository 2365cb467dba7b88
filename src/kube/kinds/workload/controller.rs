//! What all controllers of pods have in common: the selector, the labels of the template, the name.

use crate::kube::{
    at::At,
    check::Check,
    format::names,
    kinds::selector::{is_empty, matches, selector},
};

/// Checks a selector that must be there, ask for something, and match the labels of the template.
pub(super) fn selects<'t>(check: &mut Check<'t>, at: At<'t>, template: At<'t>) {
    if at.absent() {
        check.required(at, "it says which pods belong to the controller");
    } else if is_empty(at) {
        check.invalid(at, "must ask for labels: an empty selector would match all pods");
    } else if check.clean(|check| selector(check, at)) {
        matching(check, at, template);
    }
}

/// The labels of the template must be what a well-formed selector asks for.
pub(super) fn matching<'t>(check: &mut Check<'t>, selector: At<'t>, template: At<'t>) {
    let labels = template.at(&["metadata", "labels"]);
    if !matches(selector, labels) {
        check.invalid(labels, "must have the labels that `selector` asks for");
    }
}

/// Pods that are always started again, without a deadline: all but those of jobs.
pub(super) fn endless<'t>(check: &mut Check<'t>, template: At<'t>) {
    let spec = template.get("spec");
    let policy = spec.get("restartPolicy");
    if matches!(policy.str(), "OnFailure" | "Never") {
        check.invalid(policy, "must be `Always`: other policies are for jobs");
    }
    let deadline = spec.get("activeDeadlineSeconds");
    if deadline.present() {
        check.forbidden(deadline, "may only be set for jobs and single pods");
    }
}

/// The server recommends that a name which becomes part of hostnames is a DNS label. Comes last: it is not said of a name that
/// is refused.
pub(super) fn recommend_label(check: &mut Check<'_>) {
    let name = check.object.at(&["metadata", "name"]);
    if !name.blank() && !check.has(name) && names::label(name.str()).is_some() {
        check.warn(name, "it becomes part of the names and hostnames of pods, and should be a DNS label: at most 63 lower-case letters, digits and `-`");
    }
}

/// The longest name that the object can get, in bytes: a server adds 5 characters to `generateName`, and shortens it to
/// make room for them.
pub(super) fn name_length(object: At<'_>) -> usize {
    const ROOM: usize = 58;
    const ADDED: usize = 5;
    match object.at(&["metadata", "name"]).str() {
        "" => object.at(&["metadata", "generateName"]).str().len().min(ROOM) + ADDED,
        name => name.len(),
    }
}

/// An annotation that an old API version left, and that must be a whole number.
pub(super) fn number_annotation<'t>(check: &mut Check<'t>, object: At<'t>, key: &'t str, empty: bool) {
    let value = object.at(&["metadata", "annotations"]).get(key);
    if value.depth == 0 && !(empty && value.str().is_empty()) {
        let digits = value.str().strip_prefix('+').unwrap_or(value.str());
        if digits.starts_with('+') || digits.parse::<i64>().is_err() {
            check.invalid(value, "must be a whole number");
        }
    }
}
