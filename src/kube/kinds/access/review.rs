//! Questions that a server answers and does not keep: who may do what, and whose token it is.

use crate::kube::{at::At, check::Check};

/// Checks a `SubjectAccessReview`.
pub(super) fn subject<'t>(check: &mut Check<'t>, object: At<'t>) {
    bare(check, object, &[]);
    asked(check, object.get("spec"));
    named(check, object.get("spec"));
}

/// Checks a `SelfSubjectAccessReview`.
pub(super) fn own<'t>(check: &mut Check<'t>, object: At<'t>) {
    bare(check, object, &[]);
    asked(check, object.get("spec"));
}

/// Checks a `LocalSubjectAccessReview`.
pub(super) fn local<'t>(check: &mut Check<'t>, object: At<'t>) {
    bare(check, object, &["namespace"]);
    let spec = object.get("spec");
    asked(check, spec);
    named(check, spec);
    if spec.get("nonResourceAttributes").present() {
        check.forbidden(spec.get("nonResourceAttributes"), "may not be set in this kind of review");
    }
}

/// Checks a `SelfSubjectRulesReview`.
pub(super) fn rules<'t>(check: &mut Check<'t>, object: At<'t>) {
    check.require(object.at(&["spec", "namespace"]));
}

/// Checks a `TokenReview`.
pub(super) fn token<'t>(check: &mut Check<'t>, object: At<'t>) {
    check.require(object.at(&["spec", "token"]));
}

/// A review has no metadata.
fn bare<'t>(check: &mut Check<'t>, object: At<'t>, allowed: &[&str]) {
    for (key, value) in object.get("metadata").members() {
        if !allowed.contains(&key) && key != "managedFields" && !value.blank() {
            check.forbidden(value, "may not be set in a review, which has no metadata");
        }
    }
}

fn asked<'t>(check: &mut Check<'t>, spec: At<'t>) {
    check.exactly_one(spec, &["resourceAttributes", "nonResourceAttributes"]);
}

fn named<'t>(check: &mut Check<'t>, spec: At<'t>) {
    if spec.get("user").blank() && spec.get("groups").is_empty() {
        check.required(spec.get("user"), "or `groups`");
    }
}
