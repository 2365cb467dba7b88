//! From violations to findings: the path of each place, its line, and the headline.

use super::{
    at::{At, Data, Value},
    check::{Fault, Violation},
};
use crate::{
    diag::{Finding, Level},
    field::By,
    source::Span,
};
use std::{collections::HashMap, fmt::Write as _};

/// The longest value that a headline shows, in characters.
const SHOWN: usize = 64;

/// Where the line of a violation is known from.
#[derive(Debug, Clone, Copy)]
pub enum Spot {
    /// A file that was read.
    Text(Span),
    /// A field that was rendered: its makers are in the trace.
    Made(By),
}

/// A violation with its place in words.
#[derive(Debug)]
pub struct Placed<'t> {
    /// The violation.
    pub violation: Violation<'t>,
    /// The path of the place: `spec.ports[0].name`.
    pub path: String,
    /// The path of what is there: as `path`, without the keys that are missing at its end; empty for the object.
    pub near: String,
    /// Where its line is known from.
    pub spot: Spot,
    /// Who the object is: `Service/api`.
    subject: String,
    /// The value is a secret: headlines do not show it.
    secret: bool,
}

impl<'t> Placed<'t> {
    /// The nearest thing that is there, and the first key that is missing in it; none where nothing is missing.
    pub fn lacking(&self) -> Option<(Value<'t>, &str)> {
        let key = route(&self.violation).next()?;
        Some((self.violation.at.near, key))
    }

    /// The text of the value at fault, if it is one.
    pub fn text(&self) -> Option<&str> {
        match self.violation.at.data() {
            Data::Str(text) if !self.violation.on_key => Some(text),
            _ => None,
        }
    }

    /// The finding, at the line that was found for the spot; a `sensitive` value is not shown.
    pub fn finding(&self, at: Span, sensitive: bool) -> Finding {
        let violation = &self.violation;
        let mut headline = self.headline(sensitive);
        if violation.later && violation.fault.refused() {
            headline.push_str("; the object is accepted, and what is made of it is not");
        }
        let mut finding = Finding::error(violation.code(), at, headline);
        if !violation.refused() {
            finding.level = Level::Warn;
        }
        finding.help.clone_from(&self.violation.help);
        finding.masked(sensitive || self.secret)
    }

    fn headline(&self, sensitive: bool) -> String {
        let Self { path, subject, violation, .. } = self;
        let what = &violation.what;
        let of = if path.is_empty() { subject.clone() } else { format!("`{path}` of {subject}") };
        let and = |what: &str| {
            let value = if sensitive || self.secret || violation.on_key { None } else { shown(violation.at) };
            match value {
                // In place of a number, the text of one says nothing of its quotes.
                Some(value) if violation.fault == Fault::TypeWrong && is_text(violation.at) => {
                    format!("{of} is the string {value}, and {what}")
                }
                Some(value) => format!("{of} is {value}, and {what}"),
                None => format!("{of} {what}"),
            }
        };
        match violation.fault {
            Fault::KindUnknown | Fault::ApiRemoved | Fault::ApiDeprecated => what.to_string(),
            Fault::FieldUnknown => format!("{subject} has no field `{path}`{}", after(what)),
            Fault::FieldUnserved => format!("{of} {what}"),
            Fault::FieldMissing => {
                // Said of what is not there, "must be 1 or more" would have nothing that must.
                let it = if what.starts_with("must ") { "it " } else { "" };
                let lacks = if path.is_empty() { "is incomplete".into() } else { format!("lacks `{path}`") };
                format!("{subject} {lacks}{}", after(&format!("{it}{what}")))
            }
            Fault::ValueDuplicate => format!("{of} is a duplicate{}", after(what)),
            Fault::ValueTooLong => format!("{of} is too long{}", after(what)),
            Fault::FieldForbidden | Fault::ObjectTooLarge => format!("{of} {what}"),
            Fault::TypeWrong | Fault::ValueInvalid | Fault::ValueUnsupported | Fault::NameInvalid => {
                and(what)
            }
            Fault::ServerWarning | Fault::BreaksLater | Fault::RuleNotEvaluated => format!("{of}: {what}"),
        }
    }
}

fn after(what: &str) -> String {
    if what.is_empty() { String::new() } else { format!(": {what}") }
}

fn is_text(at: At<'_>) -> bool {
    matches!(at.data(), Data::Str(text) if !text.is_empty())
}

/// A scalar as a headline shows it; none of lists and maps, and of what is absent.
fn shown(at: At<'_>) -> Option<String> {
    match at.data() {
        Data::Bool(b) => Some(format!("`{b}`")),
        Data::Int(i) => Some(format!("`{i}`")),
        Data::Float(f) => Some(format!("`{f}`")),
        Data::Str("") => Some("empty".to_owned()),
        Data::Str(text) => {
            let first: String =
                text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(SHOWN).collect();
            let more = if text.chars().nth(SHOWN).is_some() { "…" } else { "" };
            Some(format!("`{first}{more}`"))
        }
        Data::Null | Data::List | Data::Map => None,
    }
}

/// "`a`, `b` or `c`".
pub(super) fn alternatives(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|n| format!("`{n}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// "`a`, `b`, `c`", shortened when there are many.
pub(super) fn names(names: &[&str]) -> String {
    const MOST: usize = 8;
    let mut text = names.iter().take(MOST).map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ");
    if names.len() > MOST {
        text.push_str(", ...");
    }
    text
}

/// The keys of a violation that are missing.
fn route<'v>(violation: &'v Violation<'_>) -> impl Iterator<Item = &'v str> {
    violation.at.missing.iter().take(violation.at.depth).copied().chain(violation.field.as_deref())
}

/// Leaves out what is said of a field within, or again of, one that was said to be missing.
fn once(mut violations: Vec<Violation<'_>>) -> Vec<Violation<'_>> {
    let missing: Vec<(usize, usize, Vec<String>)> = (violations.iter().enumerate())
        .filter(|(_, v)| v.fault == Fault::FieldMissing)
        .map(|(n, v)| (n, v.at.near.address(), route(v).map(str::to_owned).collect()))
        .filter(|(_, _, gone): &(_, _, Vec<String>)| !gone.is_empty())
        .collect();
    let mut n = 0;
    violations.retain(|violation| {
        let (own, near) = (n, violation.at.near.address());
        n += 1;
        let within = |gone: &[String]| {
            let mut way = route(violation);
            let below = gone.iter().all(|key| way.next() == Some(key));
            below && (way.next().is_some() || violation.fault != Fault::FieldMissing)
        };
        let again = |gone: &[String]| route(violation).eq(gone);
        !violation.fault.refused()
            || !missing.iter().any(|(other, at, gone)| {
                *at == near && *other != own && (within(gone) || (*other < own && again(gone)))
            })
    });
    violations
}

/// One step of the walk: the path and spots of a value that a violation names.
#[derive(Debug, Clone)]
struct Found {
    path: String,
    value: Spot,
    key: Spot,
}

/// Gives the violations of an object their places. One walk for all of them.
pub fn place<'t>(object: Value<'t>, violations: Vec<Violation<'t>>) -> Vec<Placed<'t>> {
    if violations.is_empty() {
        return Vec::new();
    }
    let violations = once(violations);
    let mut wanted: HashMap<usize, Option<Found>> =
        violations.iter().map(|v| (v.at.near.address(), None)).collect();
    walk(object, &mut String::new(), spot(object), &mut wanted);
    let root = At::new(object);
    let (kind, name) = (root.get("kind").str(), root.at(&["metadata", "name"]).str());
    let subject = match (kind, name) {
        ("", _) => "the object".to_owned(),
        (kind, "") => format!("the {kind}"),
        (kind, name) => format!("{kind}/{name}"),
    };
    violations
        .into_iter()
        .map(|violation| {
            let found = wanted.get(&violation.at.near.address()).cloned().flatten();
            let Found { mut path, value, key } = found.unwrap_or_else(|| Found {
                path: String::new(),
                value: spot(object),
                key: spot(object),
            });
            let near = path.clone();
            route(&violation).for_each(|missing| step(&mut path, missing));
            let at_key = violation.on_key || violation.field.is_some() || violation.at.depth > 0;
            // Where there is no value at all, there is none to hide.
            let filled = ["data", "stringData"].iter().any(|key| root.get(key).present());
            let secret = kind == "Secret"
                && filled
                && !violation.on_key
                && (path.starts_with("data") || path.starts_with("stringData"));
            let spot = if at_key { key } else { value };
            Placed { violation, path, near, spot, subject: subject.clone(), secret }
        })
        .collect()
}

/// Where a value stands.
fn spot(value: Value<'_>) -> Spot {
    match value {
        Value::Node(node) => Spot::Text(node.span),
        Value::Field(field) => Spot::Made(field.by),
    }
}

/// Where the first key of a map stands, or the value itself.
fn first_key(value: Value<'_>) -> Spot {
    match value {
        Value::Node(node) => Spot::Text(node.entries().first().map_or(node.span, |e| e.key.span)),
        Value::Field(field) => Spot::Made(field.members().first().map_or(field.by, |m| m.by)),
    }
}

/// Looks for the wanted values in `value`, which stands at `path`, behind the key at `key`.
fn walk(value: Value<'_>, path: &mut String, key: Spot, wanted: &mut HashMap<usize, Option<Found>>) {
    if let Some(found) = wanted.get_mut(&value.address()) {
        *found = Some(Found { path: path.clone(), value: spot(value), key });
    }
    let length = path.len();
    match value.data() {
        Data::List => {
            for n in 0..value.len() {
                if let Some(item) = value.item(n) {
                    let _ = write!(path, "[{n}]");
                    walk(item, path, first_key(item), wanted);
                    path.truncate(length);
                }
            }
        }
        Data::Map => {
            for n in 0..value.len() {
                if let Some((name, member)) = value.member(n) {
                    step(path, name);
                    walk(member, path, member_key(value, n), wanted);
                    path.truncate(length);
                }
            }
        }
        _ => {}
    }
}

fn member_key(map: Value<'_>, n: usize) -> Spot {
    match map {
        Value::Node(node) => Spot::Text(node.entries().get(n).map_or(node.span, |e| e.key.span)),
        Value::Field(field) => Spot::Made(field.members().get(n).map_or(field.by, |m| m.by)),
    }
}

/// Adds a key to a path; a key that is no plain word is quoted.
fn step(path: &mut String, key: &str) {
    let plain = !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    let _ = if !plain {
        write!(path, "[\"{key}\"]")
    } else if path.is_empty() {
        write!(path, "{key}")
    } else {
        write!(path, ".{key}")
    };
}
