//! The values that a schema names, each with values that it allows: for those who try a package with all of them.

use super::document::Document;
use crate::{
    source::Span,
    values::{Route, Segment},
};
use serde_json::{Map, Value, json};

/// How deep a schema is followed: one that refers to itself has no end.
const DEEPEST: usize = 12;
/// How many values are told.
const MOST: usize = 5000;

/// A value that a schema names. The first item stands for all items of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// Where it stands.
    pub route: Route,
    /// Its key in the schema.
    pub at: Span,
    /// Values that the schema allows by name: of `enum` and `const`.
    pub allowed: Vec<Value>,
    /// Values that it mentions: of `examples` and `default`.
    pub examples: Vec<Value>,
    /// A value with everything in it; the schema's patterns and conditions may ask for another.
    pub sample: Value,
    /// The schema names nothing that it holds.
    pub leaf: bool,
}

/// Schemas of one value with where they stand, as JSON Pointers.
type Group<'s> = Vec<(String, &'s Value)>;

/// The values that a schema names, in the order of the schema.
pub(super) fn parts(document: &Document) -> Vec<Part> {
    let mut walk = Walk { document, parts: Vec::new(), depth: 0 };
    walk.value(&Route::default(), &vec![(String::new(), &document.root)]);
    walk.parts
}

struct Walk<'s> {
    document: &'s Document,
    parts: Vec<Part>,
    depth: usize,
}

impl<'s> Walk<'s> {
    /// Takes one value; gives a sample of it.
    fn value(&mut self, route: &Route, named: &Group<'s>) -> Value {
        let group = self.spread(named);
        let (allowed, examples) =
            (mentioned(&group, "enum", "const"), mentioned(&group, "examples", "default"));
        let slot = self.parts.len();
        let known = !route.0.is_empty();
        if known {
            let at = named.first().map_or(Span::default(), |(pointer, _)| self.document.span(pointer));
            let (allowed, examples) = (allowed.clone(), examples.clone());
            let part = Part { route: route.clone(), at, allowed, examples, sample: Value::Null, leaf: true };
            self.parts.push(part);
        }
        let kind = kind(&group);
        let (mut members, mut items) = (Map::new(), None);
        if self.depth < DEEPEST && self.parts.len() < MOST {
            self.depth += 1;
            for (key, named) in properties(&group) {
                let value = self.value(&step(route, Segment::Key(key.clone())), &named);
                members.insert(key, value);
            }
            let named = at_keyword(&group, "items");
            if !named.is_empty() {
                items = Some(self.value(&step(route, Segment::Index(0)), &named));
            }
            self.depth -= 1;
        }
        let leaf = members.is_empty() && items.is_none();
        let sample = if !members.is_empty() && kind != "array" {
            Value::Object(members)
        } else if let Some(item) = items {
            json!([item])
        } else if let Some(example) = examples.iter().chain(&allowed).find(|v| !is_empty(v)) {
            example.clone()
        } else {
            self.plain(kind, &group)
        };
        if known && let Some(part) = self.parts.get_mut(slot) {
            (part.sample, part.leaf) = (sample.clone(), leaf);
        }
        sample
    }

    /// A value of which the schema says no more than its type.
    fn plain(&mut self, kind: &str, group: &Group<'s>) -> Value {
        let least = group.iter().find_map(|(_, s)| s.get("minimum")?.as_i64());
        match kind {
            "object" => {
                let named = at_keyword(group, "additionalProperties");
                let inner = if named.is_empty() || self.depth >= DEEPEST {
                    json!("text")
                } else {
                    // Of free keys only the sample is wanted.
                    let before = self.parts.len();
                    self.depth += 1;
                    let value = self.value(&Route(vec![Segment::Index(0)]), &named);
                    self.depth -= 1;
                    self.parts.truncate(before);
                    value
                };
                json!({ "added": inner })
            }
            "array" => json!(["text"]),
            "boolean" => json!(true),
            "integer" | "number" => json!(least.unwrap_or(0).max(1)),
            _ => json!("text"),
        }
    }

    /// The schemas of a value with all that apply with them.
    fn spread(&self, named: &Group<'s>) -> Group<'s> {
        let mut all: Group<'s> = Vec::new();
        let mut next: Group<'s> = named.iter().rev().cloned().collect();
        while let Some((pointer, schema)) = next.pop() {
            if all.len() >= MOST || all.iter().any(|(_, known)| std::ptr::eq(*known, schema)) {
                continue;
            }
            for key in ["else", "then"] {
                next.extend(schema.get(key).map(|s| (format!("{pointer}/{key}"), s)));
            }
            for key in ["oneOf", "anyOf", "allOf"] {
                let list = schema.get(key).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
                let list = list.iter().enumerate();
                next.extend(list.rev().map(|(n, s)| (format!("{pointer}/{key}/{n}"), s)));
            }
            let reference = schema.get("$ref").and_then(Value::as_str);
            next.extend(reference.and_then(|r| self.document.resolve(r)));
            all.push((pointer, schema));
        }
        all
    }
}

fn step(route: &Route, segment: Segment) -> Route {
    let mut route = route.clone();
    route.0.push(segment);
    route
}

/// What schemas say of the members of a map, by name, in order.
fn properties<'s>(group: &Group<'s>) -> Vec<(String, Group<'s>)> {
    let mut found: Vec<(String, Group<'s>)> = Vec::new();
    for (pointer, schema) in group {
        for (key, inner) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            if !inner.is_object() {
                continue;
            }
            let named =
                (format!("{pointer}/properties/{}", key.replace('~', "~0").replace('/', "~1")), inner);
            match found.iter_mut().find(|(k, _)| k == key) {
                Some((_, list)) => list.push(named),
                None => found.push((key.clone(), vec![named])),
            }
        }
    }
    found
}

fn at_keyword<'s>(group: &Group<'s>, keyword: &str) -> Group<'s> {
    let inner = |(pointer, schema): &(String, &'s Value)| {
        Some((format!("{pointer}/{keyword}"), schema.get(keyword).filter(|s| s.is_object())?))
    };
    group.iter().filter_map(inner).collect()
}

/// The values that schemas mention under two keywords, of which the first holds a list; each once.
fn mentioned(group: &Group<'_>, list: &str, single: &str) -> Vec<Value> {
    let mut found: Vec<Value> = Vec::new();
    for (_, schema) in group {
        let list = schema.get(list).and_then(Value::as_array).into_iter().flatten();
        for value in list.chain(schema.get(single)) {
            if !found.contains(value) {
                found.push(value.clone());
            }
        }
    }
    found
}

/// The type of a value; of several, the one that holds most.
fn kind(group: &Group<'_>) -> &'static str {
    let says = |kind: &str| {
        group.iter().any(|(_, s)| match s.get("type") {
            Some(Value::String(one)) => one == kind,
            Some(Value::Array(several)) => several.iter().any(|k| k == kind),
            _ => false,
        })
    };
    ["object", "array", "string", "integer", "number", "boolean"]
        .into_iter()
        .find(|k| says(k))
        .unwrap_or("string")
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(on) => !on,
        Value::Number(n) => n.as_f64() == Some(0.0),
        Value::String(s) => s.is_empty(),
        Value::Array(a) => a.is_empty(),
        Value::Object(o) => o.is_empty(),
    }
}
