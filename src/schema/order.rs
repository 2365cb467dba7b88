//! `x-podwright-at-most`: a number that must not be above the one beside it, which JSON Schema has no word for.

use super::{VALUE, document::Document};
use crate::{
    diag::Finding,
    source::Span,
    values::{Data, Id, Values},
};
use serde_json::Value;

/// The annotation of a property; its text is the key of another property of the same map.
const AT_MOST: &str = "x-podwright-at-most";

/// Numbers of a schema that must not be above others: the keys that lead to the map, the lower number and the higher.
#[derive(Debug)]
pub(super) struct Order(Vec<(Vec<String>, String, String)>);

impl Order {
    /// Those of the maps that are reached by `properties` alone.
    pub(super) fn of(document: &Document) -> Self {
        let mut found = Vec::new();
        let mut stack: Vec<(Vec<String>, &Value)> = vec![(Vec::new(), &document.root)];
        while let Some((keys, schema)) = stack.pop() {
            for (key, below) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
                if let Some(most) = below.get(AT_MOST).and_then(Value::as_str) {
                    found.push((keys.clone(), key.clone(), most.to_owned()));
                }
                stack.push((keys.iter().chain([key]).cloned().collect(), below));
            }
        }
        Self(found)
    }

    /// What is above its limit below `root`; `missing` is where to point when no layer is to blame.
    pub(super) fn check(
        &self,
        document: &Document,
        values: &Values<'_>,
        root: Id,
        missing: Span,
    ) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (keys, low, high) in &self.0 {
            let map = keys.iter().try_fold(root, |at, key| values.get(at, key));
            let pair = map.and_then(|map| values.get(map, low).zip(values.get(map, high)));
            let Some((least, most)) = pair else { continue };
            let Some((low, high)) = number(values.data(least)).zip(number(values.data(most))) else {
                continue;
            };
            if low <= high {
                continue;
            }
            let [first, second] = [least, most].map(|id| values.route(id).below());
            let message = format!("`{first}` must not be above `{second}`: {low} is more than {high}");
            // The line that a person wrote is the one to mend.
            let (at, other) = if values.written(least) { (least, most) } else { (most, least) };
            let place = values.span(at).filter(|_| values.written(at)).unwrap_or(missing);
            let mut finding = Finding::error(VALUE, place, message);
            if let Some(span) = values.span(other) {
                finding = finding.related(span, format!("`{}` is set here", values.route(other).below()));
            }
            let way = keys.iter().map(String::as_str).chain([values.key(least)]);
            let pointer = way.map(|key| format!("/properties/{key}")).collect::<String>() + "/" + AT_MOST;
            findings.push(finding.related(document.span(&pointer), "the schema asks for it here"));
        }
        findings
    }
}

/// A whole number, also as a text.
fn number(data: Data<'_>) -> Option<i128> {
    match data {
        Data::Int(i) => Some(i.into()),
        Data::UInt(u) => Some(u.into()),
        Data::Str(text) => text.parse().ok(),
        _ => None,
    }
}
