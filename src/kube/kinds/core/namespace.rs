//! `Namespace` and `ServiceAccount`.

use crate::kube::{at::At, check::Check, format::names};

/// The finalizers that need no domain.
const OWN: [&str; 3] = ["kubernetes", "orphan", "foregroundDeletion"];

const MOUNTABLE: &str = "kubernetes.io/enforce-mountable-secrets";
/// The minor version that deprecated the annotation.
const MOUNTABLE_SINCE: u32 = 32;

/// The labels that say what pods may do, and the levels that they name.
const SECURITY: [(&str, &str); 3] = [
    ("pod-security.kubernetes.io/enforce", "pod-security.kubernetes.io/enforce-version"),
    ("pod-security.kubernetes.io/audit", "pod-security.kubernetes.io/audit-version"),
    ("pod-security.kubernetes.io/warn", "pod-security.kubernetes.io/warn-version"),
];
const LEVELS: [&str; 3] = ["privileged", "baseline", "restricted"];

/// Checks a `Namespace`.
pub(super) fn namespace<'t>(check: &mut Check<'t>, object: At<'t>) {
    let labels = object.at(&["metadata", "labels"]);
    for (level, version) in SECURITY.map(|(level, version)| (labels.get(level), labels.get(version))) {
        if level.depth == 0 && !LEVELS.contains(&level.str()) {
            check.invalid(level, "must be `privileged`, `baseline` or `restricted`");
        }
        if version.depth == 0 && !is_version(version.str()) {
            check.invalid(version, "must be `latest` or a version such as `v1.34`");
        }
    }
    for finalizer in object.at(&["spec", "finalizers"]).items() {
        let own = OWN.contains(&finalizer.str());
        if !own && (!finalizer.str().contains('/') || names::qualified(finalizer.str()).is_some()) {
            check.invalid(finalizer, "must be a qualified name such as `example.com/name`");
        }
    }
}

/// `latest`, or a version such as `v1.34`.
fn is_version(text: &str) -> bool {
    text == "latest"
        || text.strip_prefix("v1.").is_some_and(|minor| {
            let digits = !minor.is_empty() && minor.bytes().all(|b| b.is_ascii_digit());
            digits && (minor == "0" || !minor.starts_with('0'))
        })
}

/// Checks a `ServiceAccount`.
pub(super) fn service_account<'t>(check: &mut Check<'t>, object: At<'t>) {
    let annotation = object.at(&["metadata", "annotations"]).get(MOUNTABLE);
    if annotation.depth == 0 && check.minor >= MOUNTABLE_SINCE {
        check.warn(
            annotation,
            "the annotation is deprecated: keep apart in namespaces what must not be mounted",
        );
    }
}
