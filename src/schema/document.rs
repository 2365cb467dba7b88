//! The schema as a document: references, the way that a judgement took, the schemas that apply to a route.
//!
//! Only what explains is here; whether a value is valid is for the validator.

use super::ADDRESS;
use crate::diag::Finding;
use crate::source::{FileId, Span};
use crate::values::{Id, Segment, Values};
use crate::yaml::{self, Documents, Options, Role};
use serde_json::Value;
use std::sync::OnceLock;

/// How many schemas may apply to one place; more is a schema that refers to itself.
const MAX_SCHEMAS: usize = 256;

/// The text of a schema and what it says.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) file: FileId,
    pub(super) root: Value,
    text: Box<str>,
    /// The same text with spans; read when something is to be shown.
    tree: OnceLock<Option<yaml::Node>>,
}

/// A schema on the way of a judgement, and the value that it judges.
#[derive(Debug, Clone)]
pub(super) struct Step<'s> {
    /// Where the schema stands in the document, a JSON Pointer.
    pub(super) pointer: String,
    pub(super) schema: &'s Value,
    pub(super) node: Id,
}

/// The way of a judgement: from the root to the schema whose keyword failed.
#[derive(Debug, Clone, Default)]
pub(super) struct Way<'s> {
    pub(super) steps: Vec<Step<'s>>,
    /// The steps whose `if` decided that the way goes on.
    pub(super) conditions: Vec<usize>,
}

impl<'s> Way<'s> {
    /// The schemas that judge the same value as the last one, outermost first.
    pub(super) fn group(&self) -> &[Step<'s>] {
        let Some(last) = self.steps.last() else { return &[] };
        let from = self.steps.iter().rposition(|s| s.node != last.node).map_or(0, |at| at + 1);
        self.steps.get(from..).unwrap_or(&[])
    }

    /// The text of an annotation that a schema of the same value carries; the outermost one knows most.
    pub(super) fn annotation(&self, name: &str) -> Option<&'s str> {
        self.group().iter().find_map(|s| s.schema.get(name)?.as_str())
    }
}

impl Document {
    pub(super) fn new(file: FileId, text: &str, root: Value) -> Self {
        Self { file, root, text: text.into(), tree: OnceLock::new() }
    }

    /// What a reference within the document means, with its pointer.
    pub(super) fn resolve<'s>(&'s self, reference: &str) -> Option<(String, &'s Value)> {
        let pointer = reference.strip_prefix('#')?;
        Some((pointer.to_owned(), self.root.pointer(pointer)?))
    }

    /// Where a JSON Pointer leads: the key (or item) at its end, or what of it there is.
    pub(super) fn span(&self, pointer: &str) -> Span {
        let read = || {
            let options = Options { documents: Documents::One, role: Role::Values };
            yaml::read(self.file, &self.text, &options).documents.into_iter().next()
        };
        let Some(mut node) = self.tree.get_or_init(read).as_ref() else { return Span::whole(self.file) };
        let mut span = Span::whole(self.file);
        for segment in segments(pointer) {
            if let Some(entry) = node.entry(&segment) {
                (span, node) = (entry.key.span, &entry.value);
            } else if let Some(item) = segment.parse().ok().and_then(|n: usize| node.items().get(n)) {
                (span, node) = (item.span, item);
            } else {
                break;
            }
        }
        span
    }

    /// Whether the schema at a pointer accepts a value; of one that cannot be asked by itself, it is taken to.
    pub(super) fn accepts(&self, pointer: &str, value: &Value) -> bool {
        let draft = jsonschema::Draft::Draft202012;
        let build = || {
            let registry =
                jsonschema::Registry::new().draft(draft).add(ADDRESS, &self.root).ok()?.prepare().ok()?;
            jsonschema::options()
                .with_draft(draft)
                .with_registry(&registry)
                .with_pattern_options(jsonschema::PatternOptions::regex())
                .offline()
                .build(&serde_json::json!({ "$ref": format!("{ADDRESS}#{pointer}") }))
                .ok()
        };
        build().is_none_or(|validator| validator.is_valid(value))
    }

    /// What is wrong with the schema as a schema.
    pub(super) fn verify(&self) -> Option<Finding> {
        let built = jsonschema::options()
            .with_draft(jsonschema::Draft::Draft202012)
            .with_pattern_options(jsonschema::PatternOptions::regex())
            .should_validate_formats(true)
            .should_ignore_unknown_formats(false)
            .offline()
            .build(&self.root);
        // The schema is the instance of its own schema here.
        let error = built.err()?;
        Some(Finding::error(
            super::INVALID,
            self.span(error.instance_path().as_str()),
            super::unusable(&error),
        ))
    }

    /// Follows an evaluation path, and the instance path beside it.
    pub(super) fn way<'s>(
        &'s self,
        values: &Values<'_>,
        root: Id,
        evaluation: &str,
        instance: &str,
    ) -> Way<'s> {
        let keywords: Vec<String> = segments(evaluation).collect();
        let mut walk = Walk {
            values,
            instance: segments(instance).collect::<Vec<_>>().into_iter(),
            way: Way::default(),
            at: Step { pointer: String::new(), schema: &self.root, node: root },
        };
        walk.way.steps.push(walk.at.clone());
        // The first step is the validator's own reference to the document.
        let mut rest = keywords.get(1..).unwrap_or(&[]);
        while let Some(used) = self.step(&mut walk, rest) {
            rest = rest.get(used..).unwrap_or(&[]);
        }
        walk.way
    }

    /// Goes into the subschema that the next keywords name; how many were used, none at the end.
    fn step<'s>(&'s self, walk: &mut Walk<'s, '_>, rest: &[String]) -> Option<usize> {
        let keyword = rest.first()?.as_str();
        match keyword {
            "$ref" | "$dynamicRef" => {
                let (pointer, schema) = self.resolve(walk.at.schema.get(keyword)?.as_str()?)?;
                (walk.at.pointer, walk.at.schema) = (pointer, schema);
                walk.arrive();
                Some(1)
            }
            "properties" | "patternProperties" | "prefixItems" => {
                walk.into(rest.get(..2)?)?;
                walk.descend()?;
                Some(2)
            }
            "additionalProperties" | "unevaluatedProperties" | "items" | "unevaluatedItems" | "contains" => {
                rest.get(1)?;
                walk.into(rest.get(..1)?)?;
                walk.descend()?;
                Some(1)
            }
            "allOf" | "anyOf" | "oneOf" | "dependentSchemas" => {
                walk.into(rest.get(..2)?)?;
                walk.arrive();
                Some(2)
            }
            "then" | "else" => {
                walk.way.conditions.push(walk.way.steps.len().saturating_sub(1));
                walk.into(rest.get(..1)?)?;
                walk.arrive();
                Some(1)
            }
            _ => None,
        }
    }

    /// A schema and all that apply to the same value with it: references, `allOf`, `anyOf`, `oneOf`, `then`, `else`.
    pub(super) fn spread<'s>(&'s self, schema: &'s Value) -> Vec<&'s Value> {
        let mut all: Vec<&Value> = Vec::new();
        let mut next = vec![schema];
        while let Some(schema) = next.pop() {
            if all.iter().any(|known| std::ptr::eq(*known, schema)) || all.len() >= MAX_SCHEMAS {
                continue;
            }
            all.push(schema);
            let lists = ["oneOf", "anyOf", "allOf"].iter().filter_map(|k| schema.get(k)?.as_array());
            let single = ["else", "then"].iter().filter_map(|k| schema.get(k));
            next.extend(single.chain(lists.flatten().rev()));
            next.extend(
                schema.get("$ref").and_then(Value::as_str).and_then(|r| self.resolve(r)).map(|(_, s)| s),
            );
        }
        all
    }

    /// The schemas that apply to the value one step below those of `schemas`.
    pub(super) fn below<'s>(&'s self, schemas: &[&'s Value], segment: &Segment) -> Vec<&'s Value> {
        let mut found = Vec::new();
        for schema in schemas {
            match segment {
                Segment::Key(key) => found.extend(member(schema, key)),
                Segment::Index(_) => {}
            }
            let index = match segment {
                Segment::Index(index) => Some(*index),
                Segment::Key(key) if found.is_empty() => key.parse().ok(),
                Segment::Key(_) => None,
            };
            if let Some(index) = index {
                let prefix = schema.get("prefixItems").and_then(|p| p.get(index));
                found.extend(prefix.or_else(|| schema.get("items")));
            }
        }
        found.into_iter().flat_map(|schema| self.spread(schema)).collect()
    }

    /// The schemas that apply at the end of a route, and whether one on the way marks the value as a secret.
    pub(super) fn at<'s>(&'s self, route: &[Segment]) -> (Vec<&'s Value>, bool) {
        let mut schemas = self.spread(&self.root);
        let mut secret = is_secret(&schemas);
        for segment in route {
            schemas = self.below(&schemas, segment);
            secret |= is_secret(&schemas);
        }
        (schemas, secret)
    }
}

/// Whether one of the schemas of a value marks it as a secret.
pub(super) fn is_secret(schemas: &[&Value]) -> bool {
    schemas.iter().any(|s| s.get("writeOnly") == Some(&Value::Bool(true)))
}

/// What one schema says of a member: by name, else by a pattern of names, else of all others.
fn member<'s>(schema: &'s Value, key: &str) -> Option<&'s Value> {
    if let Some(found) = schema.get("properties").and_then(|p| p.get(key)) {
        return Some(found);
    }
    let patterns = schema.get("patternProperties").and_then(Value::as_object);
    // Which of several patterns fits matters to the validator; to explain, the only one does.
    if let Some((_, only)) = patterns.filter(|p| p.len() == 1).and_then(|p| p.iter().next()) {
        return Some(only);
    }
    schema.get("additionalProperties").filter(|s| s.is_object())
}

struct Walk<'s, 'v> {
    values: &'v Values<'v>,
    instance: std::vec::IntoIter<String>,
    way: Way<'s>,
    at: Step<'s>,
}

impl Walk<'_, '_> {
    /// Goes down in the schema.
    fn into(&mut self, keywords: &[String]) -> Option<()> {
        for keyword in keywords {
            self.at.schema = match self.at.schema {
                Value::Array(items) => items.get(keyword.parse::<usize>().ok()?)?,
                other => other.get(keyword)?,
            };
            self.at.pointer.push('/');
            self.at.pointer.push_str(&keyword.replace('~', "~0").replace('/', "~1"));
        }
        Some(())
    }

    /// Goes down in the values.
    fn descend(&mut self) -> Option<()> {
        self.at.node = child(self.values, self.at.node, &self.instance.next()?)?;
        self.arrive();
        Some(())
    }

    fn arrive(&mut self) {
        self.way.steps.push(self.at.clone());
    }
}

/// The child that a segment of a JSON Pointer names.
fn child(values: &Values<'_>, node: Id, segment: &str) -> Option<Id> {
    values.get(node, segment).or_else(|| values.item(node, segment.parse().ok()?))
}

/// The value at a JSON Pointer below `root`.
pub(super) fn locate(values: &Values<'_>, root: Id, pointer: &str) -> Option<Id> {
    segments(pointer).try_fold(root, |at, segment| child(values, at, &segment))
}

/// The unescaped segments of a JSON Pointer.
fn segments(pointer: &str) -> impl Iterator<Item = String> + '_ {
    pointer.split('/').skip(1).map(|s| s.replace("~1", "/").replace("~0", "~"))
}
