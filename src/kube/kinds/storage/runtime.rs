//! `RuntimeClass`: its handler, overhead and where its pods run.

use crate::kube::{at::At, check::Check, format::names, kinds::tolerations::tolerations, metadata};

/// Checks a `RuntimeClass`.
pub(super) fn check<'t>(check: &mut Check<'t>, object: At<'t>) {
    let handler = object.get("handler");
    if check.require(handler) {
        check.text(handler, names::label);
    }
    overhead(check, object.at(&["overhead", "podFixed"]));
    let scheduling = object.get("scheduling");
    metadata::labels(check, scheduling.get("nodeSelector"));
    let list = scheduling.get("tolerations");
    tolerations(check, list);
    check.unique(
        list.items(),
        |one| Some(["key", "operator", "value", "effect"].map(|key| one.get(key).str())),
        "another toleration says the same",
    );
}

fn overhead<'t>(check: &mut Check<'t>, at: At<'t>) {
    let mut huge = None;
    for (name, value) in at.members() {
        let standard =
            matches!(name, "cpu" | "memory" | "ephemeral-storage") || name.starts_with("hugepages-");
        let extended =
            name.contains('/') && !name.contains("kubernetes.io/") && !name.starts_with("requests.");
        let native = name.contains('/') && name.contains("kubernetes.io/");
        if names::qualified(name).is_some() || !(standard || extended || native) {
            check.invalid_key(value, "must be `cpu`, `memory`, `ephemeral-storage`, `hugepages-` and a size, or a name with a domain");
        }
        if name.starts_with("hugepages-") {
            huge = Some(value);
        }
        let Some(quantity) = value.quantity() else { continue };
        if quantity.sign() < 0 {
            check.invalid(value, "must be 0 or more");
        } else if extended && !quantity.is_whole() {
            check.invalid(value, "must be a whole number");
        }
    }
    if let Some(huge) = huge
        && at.get("cpu").depth > 0
        && at.get("memory").depth > 0
    {
        check.forbidden(huge, "may only be set beside `cpu` or `memory`");
    }
}
