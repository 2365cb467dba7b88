//! The validator's errors as violations: what is wrong with which value, one for each defect.
//!
//! A union is narrowed to the branch that the person most likely meant. What to say is for `explain`.

use super::condition;
use super::document::{Document, Way, locate};
use super::words;
use crate::diag::nearest;
use crate::values::{Data, Id, Values};
use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;
use serde_json::Value;
use std::collections::{BTreeSet, HashSet};

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Fault {
    /// A key that the map must not have.
    Unknown(String),
    /// A key that the map must have.
    Missing(String),
    /// A key whose name is not allowed.
    Name(String),
    /// A value of the wrong kind.
    Kind,
    /// A value of the right kind that is not allowed.
    Value,
}

/// One fault of one value, and the way to the schema that says so.
#[derive(Debug, Clone)]
pub(super) struct Violation<'s> {
    /// The value; for keys the map that has or lacks it.
    pub(super) node: Id,
    pub(super) fault: Fault,
    pub(super) way: Way<'s>,
    /// The keyword's place in the schema, a JSON Pointer.
    pub(super) pointer: String,
    /// The values on which it depends that the rule applies, when it is conditional.
    pub(super) triggers: Vec<Id>,
}

impl Violation<'_> {
    /// The name of the keyword that failed.
    pub(super) fn keyword(&self) -> &str {
        self.pointer.rsplit('/').next().unwrap_or("")
    }

    /// Whether it is about a value, not about a key.
    fn about_value(&self) -> bool {
        matches!(self.fault, Fault::Kind | Fault::Value)
    }

    /// Whether another value decided that the rule applies.
    pub(super) fn conditional(&self) -> bool {
        !self.way.conditions.is_empty()
    }
}

/// Collects violations from errors.
pub(super) struct Collector<'s, 'v> {
    pub(super) document: &'s Document,
    pub(super) values: &'v Values<'v>,
    pub(super) root: Id,
    pub(super) found: Vec<Violation<'s>>,
}

impl<'s> Collector<'s, '_> {
    /// Takes one error; a union gives those of its likeliest branch.
    pub(super) fn take(&mut self, error: &ValidationError<'_>) {
        let Some(node) = locate(self.values, self.root, error.instance_path().as_str()) else { return };
        match error.kind() {
            ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
                self.union(error, node, context);
            }
            ValidationErrorKind::AdditionalProperties { unexpected }
            | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
                for key in unexpected {
                    self.add(error, node, Fault::Unknown(key.clone()));
                }
            }
            ValidationErrorKind::Required { property } => {
                self.add(error, node, Fault::Missing(property.as_str().unwrap_or_default().to_owned()));
            }
            ValidationErrorKind::PropertyNames { error: inner } => {
                let name = inner.instance().as_str().unwrap_or_default().to_owned();
                self.add(error, node, Fault::Name(name));
            }
            ValidationErrorKind::FalseSchema => {
                let parent = self.values.parent(node);
                let key = self.values.key(node);
                if key.is_empty() || node == self.root {
                    self.add(error, node, Fault::Value);
                } else {
                    self.add(error, parent, Fault::Unknown(key.to_owned()));
                }
            }
            ValidationErrorKind::Type { .. } => self.add(error, node, Fault::Kind),
            _ => self.add(error, node, Fault::Value),
        }
    }

    fn add(&mut self, error: &ValidationError<'_>, node: Id, fault: Fault) {
        let way = self.document.way(
            self.values,
            self.root,
            error.evaluation_path().as_str(),
            error.instance_path().as_str(),
        );
        let triggers = condition::triggers(self.document, self.values, &way);
        let pointer = error.schema_path().as_str().to_owned();
        self.found.push(Violation { node, fault, way, pointer, triggers });
    }

    fn union(&mut self, error: &ValidationError<'_>, node: Id, branches: &[Vec<ValidationError<'static>>]) {
        let place = error.instance_path().as_str();
        let fitting = branches.iter().filter(|b| !b.iter().any(|e| is_kind(e, place)));
        // With as many errors, the branch that failed deepest was understood furthest.
        let depth = |b: &Vec<ValidationError<'_>>| {
            b.iter().map(|e| e.instance_path().as_str().matches('/').count()).max().unwrap_or(0)
        };
        let likely = fitting.min_by_key(|b| (b.len(), usize::MAX - depth(b)));
        let container = matches!(self.values.data(node), Data::Seq(_) | Data::Map(_));
        let way = self.document.way(self.values, self.root, error.evaluation_path().as_str(), place);
        let described = way.annotation("x-podwright-expected").is_some();
        match likely {
            None => self.add(error, node, Fault::Kind),
            Some(_) if described && !container => self.add(error, node, Fault::Value),
            Some(branch) => branch.iter().for_each(|e| self.take(e)),
        }
    }

    /// The violations, one for each defect.
    pub(super) fn finish(self) -> Vec<Violation<'s>> {
        let (values, found) = (self.values, self.found);
        let suspect = |id: Id| values.origin(id).is_some_and(|o| o.node.suspect);
        let firm = found.iter().filter(|v| v.about_value() && !v.conditional());
        let wrong: BTreeSet<Id> = firm.map(|v| v.node).collect();
        let meant: HashSet<(Id, String)> = found
            .iter()
            .filter_map(|v| match &v.fault {
                Fault::Unknown(key) => Some((v.node, nearest(key, known(self.document, v))?.to_owned())),
                _ => None,
            })
            .collect();
        let upset = |id: &Id| wrong.contains(id) || suspect(*id);
        let mut kept: Vec<Violation<'s>> = found
            .into_iter()
            .filter(|v| match &v.fault {
                // The misspelt key is the defect, not the missing one.
                Fault::Missing(key) => !meant.contains(&(v.node, key.clone())),
                Fault::Unknown(key) => !was_ambiguous(values, v.node, key),
                Fault::Kind | Fault::Value => !suspect(v.node),
                Fault::Name(_) => true,
            })
            .filter(|v| {
                !v.conditional() || !(v.triggers.iter().any(upset) || v.about_value() && upset(&v.node))
            })
            .collect();
        kept.sort_by_key(|v| (v.conditional(), v.fault != Fault::Kind));
        let mut seen = HashSet::new();
        kept.retain(|v| {
            let fault = if v.fault == Fault::Kind { Fault::Value } else { v.fault.clone() };
            seen.insert((v.node, fault))
        });
        kept
    }
}

/// Whether an error is about the kind of the value at `place`.
fn is_kind(error: &ValidationError<'_>, place: &str) -> bool {
    if error.instance_path().as_str() != place {
        return false;
    }
    match error.kind() {
        ValidationErrorKind::Type { .. } => true,
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            context.iter().all(|branch| branch.iter().any(|e| is_kind(e, place)))
        }
        ValidationErrorKind::Enum { options } => kind_differs(error.instance(), options.as_array()),
        ValidationErrorKind::Constant { expected_value } => {
            kind_differs(error.instance(), Some(&vec![(**expected_value).clone()]))
        }
        _ => false,
    }
}

fn kind_differs(value: &Value, options: Option<&Vec<Value>>) -> bool {
    let kind = std::mem::discriminant(value);
    options.is_some_and(|all| all.iter().all(|o| std::mem::discriminant(o) != kind))
}

/// Whether a key is a word that reads as a boolean: that was reported where the file was read.
fn was_ambiguous(values: &Values<'_>, node: Id, key: &str) -> bool {
    let length = |id| values.key_span(id).map_or(key.len(), |s| s.end.saturating_sub(s.start) as usize);
    matches!(key, "true" | "false") && values.get(node, key).is_some_and(|id| length(id) < key.len())
}

/// The names of the keys that the schemas of a violation's map know.
pub(super) fn known<'s>(document: &'s Document, violation: &Violation<'s>) -> Vec<&'s str> {
    let mut names: Vec<&str> = Vec::new();
    for schema in violation.way.group().iter().flat_map(|step| document.spread(step.schema)) {
        let keys = schema.get("properties").and_then(Value::as_object);
        for key in keys.into_iter().flat_map(|k| k.keys()) {
            if !names.contains(&key.as_str()) {
                names.push(key);
            }
        }
    }
    names
}

/// Whether a value is of a kind that the schemas of its violation accept.
pub(super) fn right_kind(document: &Document, violation: &Violation<'_>, data: Data<'_>) -> bool {
    let kinds: Vec<&str> =
        violation.way.group().first().map(|s| words::kinds(document, s.schema)).unwrap_or_default();
    kinds.is_empty() || words::is_of(data, &kinds)
}
