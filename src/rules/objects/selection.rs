//! Label selectors: which pods objects such as a PodDisruptionBudget mean.

use super::Workload;
use crate::field::Field;

/// Whether a label selector, with `matchLabels` and `matchExpressions`, matches the pods of a workload. An empty one matches all.
pub(in crate::rules) fn selects(selector: &Field<'_>, workload: &Workload<'_, '_>) -> bool {
    let labels = selector.get("matchLabels").map_or(&[][..], Field::members);
    let expressions = selector.get("matchExpressions").map_or(&[][..], Field::items);
    labels.iter().all(|one| workload.label(&one.key) == one.value.as_str())
        && expressions.iter().all(|one| holds(one, workload))
}

fn holds(expression: &Field<'_>, workload: &Workload<'_, '_>) -> bool {
    let text = |key: &str| expression.get(key).and_then(Field::as_str).unwrap_or_default();
    let have = workload.label(text("key"));
    let mut values = expression.get("values").map_or(&[][..], Field::items).iter();
    match text("operator") {
        "In" => have.is_some() && values.any(|value| value.as_str() == have),
        "NotIn" => values.all(|value| value.as_str() != have),
        "Exists" => have.is_some(),
        "DoesNotExist" => have.is_none(),
        _ => false,
    }
}
