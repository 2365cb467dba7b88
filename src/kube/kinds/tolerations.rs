//! Tolerations of taints.

use crate::kube::{
    at::At,
    check::{Check, Fault},
    format::names,
};

/// Checks a list of tolerations.
pub(crate) fn tolerations<'t>(check: &mut Check<'t>, at: At<'t>) {
    at.items().for_each(|one| toleration(check, one));
}

fn toleration<'t>(check: &mut Check<'t>, at: At<'t>) {
    let (key, operator, value) = (at.get("key"), at.get("operator"), at.get("value"));
    if key.blank() {
        if operator.str() != "Exists" {
            check.invalid(operator, "must be `Exists` when there is no `key`");
        }
    } else if let Some(what) = names::qualified(key.str()) {
        check.fault(Fault::NameInvalid, key, format!("is a label key, and {what}"));
    }
    if at.get("tolerationSeconds").present() && at.get("effect").str() != "NoExecute" {
        check.invalid(at.get("effect"), "must be `NoExecute` when `tolerationSeconds` is set");
    }
    match operator.str() {
        "" | "Equal" => {
            check.text(value, names::label_value);
        }
        "Exists" if !value.blank() => check.forbidden(value, "may not stand beside the operator `Exists`"),
        _ => {
            check.one_of(operator, &["Equal", "Exists"]);
        }
    }
    check.one_of(at.get("effect"), &["NoSchedule", "PreferNoSchedule", "NoExecute"]);
}
