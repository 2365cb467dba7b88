//! Schemas and values in words: "a whole number of 0 or more", "the string `fiv`".
//!
//! Which schema and which value are meant is for `violation`; the sentence around the words for `explain`.

use super::document::Document;
use crate::values::Data;
use serde_json::Value;

/// How deep words look into schemas that refer to each other.
const DEPTH: usize = 8;

/// Longer texts are cut.
const MAX_SHOWN: usize = 60;

/// What a schema expects; `None` when it has no words for it.
pub(super) fn expected(document: &Document, schema: &Value) -> Option<String> {
    words(document, schema, DEPTH)
}

fn words(document: &Document, schema: &Value, depth: usize) -> Option<String> {
    let depth = depth.checked_sub(1)?;
    if let Some(text) = schema.get("x-podwright-expected").and_then(Value::as_str) {
        return Some(text.to_owned());
    }
    if let Some(value) = schema.get("const") {
        return Some(json(value));
    }
    if let Some(options) = schema.get("enum").and_then(Value::as_array) {
        let options: Vec<String> = options.iter().map(json).collect();
        return Some(if options.len() == 1 { or(&options) } else { format!("one of {}", or(&options)) });
    }
    for union in ["anyOf", "oneOf"] {
        if let Some(branches) = schema.get(union).and_then(Value::as_array) {
            let mut all: Vec<String> = branches.iter().filter_map(|b| words(document, b, depth)).collect();
            all.dedup();
            if !all.is_empty() {
                return Some(or(&all));
            }
        }
    }
    let typed = match schema.get("type") {
        Some(Value::String(name)) => Some(of_type(schema, name)),
        Some(Value::Array(names)) => {
            let all: Vec<String> =
                names.iter().filter_map(Value::as_str).map(|name| of_type(schema, name)).collect();
            Some(or(&all))
        }
        _ => None,
    };
    let referred = || words(document, document.resolve(schema.get("$ref")?.as_str()?)?.1, depth);
    let parts = || schema.get("allOf")?.as_array()?.iter().find_map(|s| words(document, s, depth));
    typed.or_else(referred).or_else(parts).or_else(|| untyped(schema))
}

/// What a schema without a type expects.
fn untyped(schema: &Value) -> Option<String> {
    let has = |keys: &[&str]| keys.iter().any(|k| schema.get(k).is_some());
    if has(&["pattern", "minLength", "maxLength", "format"]) {
        Some(string(schema))
    } else if has(&["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]) {
        Some(number(schema, "a number"))
    } else {
        let not = schema.get("not")?;
        let values = not.get("enum").and_then(Value::as_array).cloned();
        let values = values.or_else(|| Some(vec![not.get("const")?.clone()]))?;
        Some(format!("something other than {}", or(&values.iter().map(json).collect::<Vec<_>>())))
    }
}

fn of_type(schema: &Value, name: &str) -> String {
    match name {
        "string" => string(schema),
        "integer" => number(schema, "a whole number"),
        "number" => number(schema, "a number"),
        "boolean" => "true or false".to_owned(),
        "array" => sized(schema, "a list", ["minItems", "maxItems"], "item"),
        "object" => sized(schema, "a map", ["minProperties", "maxProperties"], "entry"),
        other => other.to_owned(),
    }
}

fn string(schema: &Value) -> String {
    if let Some(format) = schema.get("format").and_then(Value::as_str) {
        return match format {
            "uri" => "a URL such as https://example.com".to_owned(),
            "hostname" | "idn-hostname" => "a host name such as db.example.com".to_owned(),
            "ipv4" => "an IPv4 address".to_owned(),
            "ipv6" => "an IPv6 address".to_owned(),
            "email" => "an e-mail address".to_owned(),
            "date" => "a date such as 2026-01-31".to_owned(),
            "date-time" => "a time such as 2026-01-31T12:00:00Z".to_owned(),
            "regex" => "a regular expression".to_owned(),
            other => format!("a string of the format {other}"),
        };
    }
    if let Some(pattern) = schema.get("pattern").and_then(Value::as_str) {
        return format!("a string that matches `{pattern}`");
    }
    let limit = |key: &str| schema.get(key).and_then(Value::as_u64);
    match (limit("minLength"), limit("maxLength")) {
        (Some(1), None) => "a string that is not empty".to_owned(),
        (None | Some(0), None) => "a string".to_owned(),
        (Some(min), None) => format!("a string of {min} characters or more"),
        (None | Some(0), Some(max)) => format!("a string of at most {max} characters"),
        (Some(min), Some(max)) => format!("a string of {min} to {max} characters"),
    }
}

fn number(schema: &Value, what: &str) -> String {
    let bound = |key: &str| schema.get(key).filter(|v| v.is_number());
    let mut text = match (bound("minimum"), bound("maximum")) {
        (Some(min), Some(max)) => format!("{what} from {min} to {max}"),
        (Some(min), None) => format!("{what} of {min} or more"),
        (None, Some(max)) => format!("{what} of at most {max}"),
        (None, None) => what.to_owned(),
    };
    for (key, word) in
        [("exclusiveMinimum", "above"), ("exclusiveMaximum", "below"), ("multipleOf", "divisible by")]
    {
        if let Some(value) = bound(key) {
            text.push_str(&format!(" {word} {value}"));
        }
    }
    text
}

fn sized(schema: &Value, what: &str, keys: [&str; 2], one: &str) -> String {
    let limit = |key: &str| schema.get(key).and_then(Value::as_u64);
    let many = if one == "entry" { "entries" } else { "items" };
    match keys.map(limit) {
        [Some(1), None] => format!("{what} with at least one {one}"),
        [Some(min), None] => format!("{what} with at least {min} {many}"),
        [_, Some(max)] => format!("{what} with at most {max} {many}"),
        [None, None] => what.to_owned(),
    }
}

/// The kinds of JSON that a schema accepts at all; none when it does not say.
pub(super) fn kinds<'s>(document: &'s Document, schema: &'s Value) -> Vec<&'s str> {
    let mut all = Vec::new();
    for schema in document.spread(schema) {
        match schema.get("type") {
            Some(Value::String(name)) => all.push(name.as_str()),
            Some(Value::Array(names)) => all.extend(names.iter().filter_map(Value::as_str)),
            _ => {}
        }
        let listed = schema.get("enum").and_then(Value::as_array).into_iter().flatten();
        all.extend(listed.chain(schema.get("const")).map(|value| match value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        }));
    }
    all
}

/// Whether the patterns and lists of the schemas of one value leave a text possible; a pattern that is none says nothing.
pub(super) fn take_text(schemas: &[&Value], text: &str) -> bool {
    let patterns = schemas.iter().filter_map(|s| regex::Regex::new(s.get("pattern")?.as_str()?).ok());
    let patterns = patterns.map(|pattern| pattern.is_match(text));
    let lists = schemas.iter().filter_map(|s| s.get("enum")?.as_array());
    let lists = lists.map(|list| list.iter().any(|one| one.as_str() == Some(text)));
    let answers: Vec<bool> = patterns.chain(lists).collect();
    answers.is_empty() || answers.contains(&true)
}

/// Whether a value is of one of some kinds.
pub(super) fn is_of(data: Data<'_>, kinds: &[&str]) -> bool {
    kinds.iter().any(|kind| match data {
        Data::Absent => *kind == "null",
        Data::Bool(_) => *kind == "boolean",
        Data::Int(_) | Data::UInt(_) => matches!(*kind, "integer" | "number"),
        Data::Float(f) => *kind == "number" || (*kind == "integer" && f.fract() == 0.0),
        Data::Str(_) => *kind == "string",
        Data::Seq(_) => *kind == "array",
        Data::Map(_) => *kind == "object",
    })
}

/// A value with its kind: "the string `fiv`", "a list". A secret one has only its kind.
pub(super) fn with_kind(data: Data<'_>, secret: bool) -> String {
    let (kind, bare) = match data {
        Data::Absent => return "null".to_owned(),
        Data::Bool(_) => ("the boolean", "a boolean"),
        Data::Int(_) | Data::UInt(_) | Data::Float(_) => ("the number", "a number"),
        Data::Str("") => return "an empty string".to_owned(),
        Data::Str(_) => ("the string", "a string"),
        Data::Seq(_) => return "a list".to_owned(),
        Data::Map(_) => return "a map".to_owned(),
    };
    if secret { bare.to_owned() } else { format!("{kind} {}", value(data)) }
}

/// A value without its kind: "`fiv`", "an empty map".
pub(super) fn value(data: Data<'_>) -> String {
    match data {
        Data::Absent => "null".to_owned(),
        Data::Bool(b) => format!("`{b}`"),
        Data::Int(i) => format!("`{i}`"),
        Data::UInt(u) => format!("`{u}`"),
        Data::Float(f) => format!("`{f}`"),
        Data::Str("") => "an empty string".to_owned(),
        Data::Str(text) => format!("`{}`", cut(text)),
        Data::Seq(children) if children.ids().len() == 0 => "an empty list".to_owned(),
        Data::Map(children) if children.ids().len() == 0 => "an empty map".to_owned(),
        Data::Seq(_) => "this list".to_owned(),
        Data::Map(_) => "this map".to_owned(),
    }
}

/// A text as it may stand in a message: one line, not too long.
pub(super) fn cut(text: &str) -> String {
    let mut shown: String = text.chars().take(MAX_SHOWN).flat_map(escape).collect();
    if text.chars().nth(MAX_SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

fn escape(c: char) -> impl Iterator<Item = char> {
    let control = c.is_control().then(|| c.escape_default());
    let plain = (!c.is_control()).then_some(c);
    control.into_iter().flatten().chain(plain)
}

/// A value of a schema, in backticks.
pub(super) fn json(value: &Value) -> String {
    match value {
        Value::String(text) if text.is_empty() => "an empty string".to_owned(),
        Value::String(text) => format!("`{}`", cut(text)),
        other => format!("`{}`", cut(&other.to_string())),
    }
}

/// "a, b or c".
pub(super) fn or(items: &[String]) -> String {
    list(items, "or")
}

/// "a, b `word` c".
pub(super) fn list(items: &[String], word: &str) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [front @ .., last] => format!("{} {word} {last}", front.join(", ")),
    }
}
