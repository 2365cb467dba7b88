//! Label selectors: their form, and whether they match the labels of a template.

use crate::kube::{
    at::At,
    check::{Check, Fault},
    format::names,
    metadata,
};

/// Checks a label selector.
pub(crate) fn selector<'t>(check: &mut Check<'t>, at: At<'t>) {
    metadata::labels(check, at.get("matchLabels"));
    for expression in at.get("matchExpressions").items() {
        requirement(check, expression);
    }
}

fn requirement<'t>(check: &mut Check<'t>, at: At<'t>) {
    let (operator, values) = (at.get("operator"), at.get("values"));
    if !membership(check, operator, values) {
        check.invalid(operator, "must be `In`, `NotIn`, `Exists` or `DoesNotExist`");
    }
    label_key(check, at.get("key"));
    for value in values.items() {
        check.text(value, names::label_value);
    }
}

/// Checks the values of an operator that all selectors have; false if it is another one.
pub(crate) fn membership<'t>(check: &mut Check<'t>, operator: At<'t>, values: At<'t>) -> bool {
    match operator.str() {
        "In" | "NotIn" if values.is_empty() => {
            check.required(values, "the operators `In` and `NotIn` need values");
        }
        "Exists" | "DoesNotExist" if !values.is_empty() => {
            check.forbidden(values, "may not stand beside the operators `Exists` and `DoesNotExist`");
        }
        "In" | "NotIn" | "Exists" | "DoesNotExist" => {}
        _ => return false,
    }
    true
}

/// Checks the key of an expression about labels.
pub(crate) fn label_key<'t>(check: &mut Check<'t>, key: At<'t>) {
    if let Some(what) = names::qualified(key.str()) {
        check.fault(Fault::NameInvalid, key, format!("is a label key, and {what}"));
    }
}

/// Whether a selector asks for nothing: it then matches everything, or nothing, as the field around it says.
pub(crate) fn is_empty(at: At<'_>) -> bool {
    at.get("matchLabels").is_empty() && at.get("matchExpressions").is_empty()
}

/// Whether a selector matches labels. One that asks for nothing matches all.
pub(crate) fn matches(selector: At<'_>, labels: At<'_>) -> bool {
    let all = selector.get("matchLabels").members().all(|(key, value)| {
        let label = labels.get(key);
        label.depth == 0 && label.str() == value.str()
    });
    all && selector.get("matchExpressions").items().all(|one| {
        let label = labels.get(one.get("key").str());
        let there = label.depth == 0;
        let listed = there && one.get("values").items().any(|value| value.str() == label.str());
        match one.get("operator").str() {
            "In" => listed,
            "NotIn" => !listed,
            "Exists" => there,
            "DoesNotExist" => !there,
            _ => false,
        }
    })
}
