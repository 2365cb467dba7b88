//! Labels and what selects them.

use super::{Selector, Workload};
use crate::field::Field;

/// The text of a label of an object.
pub(in crate::rules) fn label<'m>(body: &'m Field<'_>, key: &str) -> Option<&'m str> {
    body.at(&["metadata", "labels"])?.get(key)?.as_str()
}

/// The text of an annotation of an object, or of a template.
pub(in crate::rules) fn annotation<'m, 'a>(body: &'m Field<'a>, key: &str) -> Option<&'m Field<'a>> {
    body.at(&["metadata", "annotations"])?.get(key)
}

/// Whether a label selector matches labels.
pub(in crate::rules) fn selects<'l>(selector: &Field<'_>, label: &impl Fn(&str) -> Option<&'l str>) -> bool {
    let list = |key: &str| selector.get(key);
    let labels = list("matchLabels").map_or(&[][..], Field::members);
    let expressions = list("matchExpressions").map_or(&[][..], Field::items);
    labels.iter().all(|m| label(&m.key) == m.value.as_str()) && expressions.iter().all(|e| holds(e, label))
}

fn holds<'l>(expression: &Field<'_>, label: &impl Fn(&str) -> Option<&'l str>) -> bool {
    let text = |key: &str| expression.get(key).and_then(Field::as_str).unwrap_or_default();
    let value = label(text("key"));
    let listed = |value: &str| {
        expression.get("values").map_or(&[][..], Field::items).iter().any(|v| v.as_str() == Some(value))
    };
    match text("operator") {
        "In" => value.is_some_and(listed),
        "NotIn" => !value.is_some_and(listed),
        "Exists" => value.is_some(),
        "DoesNotExist" => value.is_none(),
        _ => false,
    }
}

/// Whether a Service sends to the pods of a workload.
pub(in crate::rules) fn serves(service: &Field<'_>, workload: &Workload<'_, '_>) -> bool {
    let selector = service.at(&["spec", "selector"]).map(Selector::of_labels);
    selector.is_some_and(|selector| !selector.is_empty() && selector.matches(workload))
}
