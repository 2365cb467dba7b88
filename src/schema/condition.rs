//! Conditions across values: which values an `if` looks at.
//!
//! Where a finding then stands is for `explain`.

use super::document::{Document, Way};
use crate::values::{Data, Id, Values};
use serde_json::Value;

/// How deep an `if` is searched.
const DEPTH: usize = 16;

/// Keywords that look at the value itself.
const JUDGES: &[&str] =
    &["const", "enum", "pattern", "minLength", "maxLength", "minimum", "maximum", "contains", "format"];

/// The values that decided that the last schema of a way applies, in the order of the schema, innermost `if` first.
pub(super) fn triggers(document: &Document, values: &Values<'_>, way: &Way<'_>) -> Vec<Id> {
    let mut found = Vec::new();
    for step in way.conditions.iter().rev().filter_map(|&at| way.steps.get(at)) {
        if let Some(condition) = step.schema.get("if") {
            let mut search = Search { document, values, found: &mut found };
            search.look(condition, step.node, DEPTH);
        }
    }
    found
}

struct Search<'a> {
    document: &'a Document,
    values: &'a Values<'a>,
    found: &'a mut Vec<Id>,
}

impl Search<'_> {
    fn look(&mut self, schema: &Value, node: Id, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else { return };
        let before = self.found.len();
        if JUDGES.iter().any(|k| schema.get(k).is_some()) {
            self.push(node);
        }
        for (key, below) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            if let Some(child) = self.values.get(node, key) {
                self.look(below, child, depth);
            }
        }
        for list in ["allOf", "anyOf", "oneOf"] {
            for part in schema.get(list).and_then(Value::as_array).into_iter().flatten() {
                self.look(part, node, depth);
            }
        }
        if let Some(not) = schema.get("not") {
            self.look(not, node, depth);
        }
        let referred = schema.get("$ref").and_then(Value::as_str).and_then(|r| self.document.resolve(r));
        if let Some((_, referred)) = referred {
            self.look(referred, node, depth);
        }
        if self.found.len() == before {
            let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
            for child in required.filter_map(|k| self.values.get(node, k.as_str()?)) {
                self.push(child);
            }
        }
        if self.found.len() == before
            && schema.get("type").is_some()
            && !matches!(self.values.data(node), Data::Map(_))
        {
            self.push(node);
        }
    }

    fn push(&mut self, node: Id) {
        if !self.found.contains(&node) {
            self.found.push(node);
        }
    }
}
