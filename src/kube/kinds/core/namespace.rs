//! `Namespace` and `ServiceAccount`.

use crate::kube::{at::At, check::Check, format::names};

/// The finalizers that need no domain.
const OWN: [&str; 3] = ["kubernetes", "orphan", "foregroundDeletion"];

const MOUNTABLE: &str = "kubernetes.io/enforce-mountable-secrets";
/// The minor version that deprecated the annotation.
const MOUNTABLE_SINCE: u32 = 32;

/// Checks a `Namespace`.
pub(super) fn namespace<'t>(check: &mut Check<'t>, object: At<'t>) {
    for finalizer in object.at(&["spec", "finalizers"]).items() {
        let own = OWN.contains(&finalizer.str());
        if !own && (!finalizer.str().contains('/') || names::qualified(finalizer.str()).is_some()) {
            check.invalid(finalizer, "must be a qualified name such as `example.com/name`");
        }
    }
}

/// Checks a `ServiceAccount`.
pub(super) fn service_account<'t>(check: &mut Check<'t>, object: At<'t>) {
    let annotation = object.at(&["metadata", "annotations"]).get(MOUNTABLE);
    if annotation.depth == 0 && check.minor >= MOUNTABLE_SINCE {
        check.warn(annotation, "the annotation is deprecated: keep apart in namespaces what must not be mounted");
    }
}
