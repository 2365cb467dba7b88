//! `PriorityClass`: its value, and the names that are reserved.

use crate::kube::{at::At, check::Check};

/// The highest value that is not reserved.
const HIGHEST: i64 = 1_000_000_000;
/// The classes of Kubernetes itself.
const SYSTEM: [(&str, i64); 2] =
    [("system-node-critical", 2_000_001_000), ("system-cluster-critical", 2_000_000_000)];

/// Checks a `PriorityClass`.
pub(super) fn check<'t>(check: &mut Check<'t>, object: At<'t>) {
    let (name, value) = (object.at(&["metadata", "name"]), object.get("value"));
    let number = value.int().unwrap_or(0);
    if name.str().starts_with("system-") {
        let own = SYSTEM.iter().any(|(own, of)| *own == name.str() && *of == number);
        if !own || object.get("globalDefault").flag() {
            check.forbidden(name, "may not begin with `system-`, which is reserved");
        }
    } else if number > HIGHEST {
        check.invalid(value, format!("must be {HIGHEST} or less"));
    }
    check.one_of_or_null(object.get("preemptionPolicy"), &["PreemptLowerPriority", "Never"]);
}
