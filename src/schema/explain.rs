//! Violations as findings: where they stand and what they say.
//!
//! A finding stands at what a layer wrote; a value that only the package wrote is blamed on the line that asked
//! for it. Which violations there are is for `violation`; suggestions for keys are for `keys`.

use super::document::{Document, is_secret};
use super::violation::{Fault, Violation, right_kind};
use super::words;
use super::{KEY, MISSING, TYPE, VALUE};
use crate::diag::Finding;
use crate::source::Span;
use crate::values::{Data, Id, Route, Segment, Values};
use crate::yaml;
use serde_json::Value;

/// What a finding is made from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Explainer<'s, 'v> {
    pub(super) document: &'s Document,
    pub(super) values: &'v Values<'v>,
    pub(super) root: Id,
    /// Where to point when no layer is to blame.
    pub(super) missing: Span,
}

impl<'s> Explainer<'s, '_> {
    /// The finding of one violation.
    pub(super) fn explain(self, violation: &Violation<'s>) -> Finding {
        let finding = match &violation.fault {
            Fault::Unknown(key) => self.unknown(violation, key),
            Fault::Missing(key) => self.absent(violation, key),
            Fault::Name(key) => self.name(violation, key),
            Fault::Kind | Fault::Value => self.wrong(violation),
        };
        let says = match violation.fault {
            Fault::Unknown(_) => "the schema knows no other keys here",
            _ => "the schema asks for it here",
        };
        finding.related(self.document.span(&violation.pointer), says)
    }

    /// The way from the root of the schema to a value.
    pub(super) fn route(self, id: Id) -> Route {
        let above = self.values.route(self.root).0.len();
        Route(self.values.route(id).0.into_iter().skip(above).collect())
    }

    pub(super) fn child(self, node: Id, key: &str) -> Route {
        let mut route = self.route(node);
        route.0.push(Segment::Key(key.to_owned()));
        route
    }

    /// Whether a value may be shown.
    fn secret(self, route: &Route) -> bool {
        self.document.at(&route.0).1
    }

    /// Whether what is expected has a secret in it; then so may have what stands there instead.
    fn holds_secret(self, route: &Route) -> bool {
        let schemas = self.document.at(&route.0).0;
        let keys = schemas.iter().filter_map(|s| s.get("properties")?.as_object()).flatten();
        keys.into_iter().any(|(_, s)| is_secret(&self.document.spread(s)))
    }

    /// A key with a name that is not allowed.
    fn name(self, violation: &Violation<'s>, key: &str) -> Finding {
        // The validator does not tell the way through a reference: then any schema of the map may be the one.
        let names = violation.way.group().iter().find_map(|s| s.schema.get("propertyNames"));
        let schemas = || self.document.at(&self.route(violation.node).0).0;
        let names = names.or_else(|| schemas().into_iter().find_map(|s| s.get("propertyNames")));
        let expected = names.and_then(|s| words::expected(self.document, s));
        let id = self.values.get(violation.node, key);
        let at = id.filter(|&id| self.values.written(id)).and_then(|id| self.values.key_span(id));
        let place = self.within(violation.node);
        let shown = if key.is_empty() { "\"\"".to_owned() } else { words::cut(key) };
        let message = match expected {
            Some(expected) => format!("the key `{shown}`{place} must be {expected}"),
            None => format!("the key `{shown}`{place} is not allowed"),
        };
        let secret = self.secret(&self.child(violation.node, key));
        Finding::error(KEY, at.unwrap_or(self.missing), message).masked(secret)
    }

    /// " in `a.b`", or nothing at the root.
    pub(super) fn within(self, node: Id) -> String {
        if node == self.root { String::new() } else { format!(" in `{}`", self.route(node)) }
    }

    /// A key that is not there.
    fn absent(self, violation: &Violation<'s>, key: &str) -> Finding {
        let route = self.child(violation.node, key);
        let (schemas, secret) = self.document.at(&route.0);
        let conditional = self.then_of(violation, key);
        let all = || conditional.iter().chain(&schemas);
        let headline = all().find_map(|s| s.get("x-podwright-missing")?.as_str());
        let expected = wanted(self.document, all());
        let message = match headline {
            Some(text) => self.fill(text, violation.node, key),
            None => format!("`{route}` is required{}", self.when(violation)),
        };
        let removed = self.values.get(violation.node, key).filter(|&id| self.values.written(id));
        let at = removed
            .and_then(|id| self.values.key_span(id))
            .or_else(|| self.trigger(violation))
            .or_else(|| self.nearest_written(violation.node))
            .unwrap_or(self.missing);
        let mut finding = Finding::error(MISSING, at, message);
        if removed.is_some() {
            finding = finding.label("removed here");
        }
        finding
            .help(set(&route, expected.as_deref(), example(all(), secret)))
            .masked(secret && removed.is_some())
    }

    /// What the schema that requires a key says of it itself.
    fn then_of(self, violation: &Violation<'s>, key: &str) -> Vec<&'s Value> {
        let own = violation.way.steps.last().and_then(|s| s.schema.get("properties")?.get(key));
        own.map(|schema| self.document.spread(schema)).unwrap_or_default()
    }

    /// The key of the nearest map above a missing value that a layer wrote.
    fn nearest_written(self, mut node: Id) -> Option<Span> {
        while node != self.root {
            if self.values.written(node) {
                return self.values.key_span(node);
            }
            node = self.values.parent(node);
        }
        None
    }

    /// The line that made a conditional rule apply.
    fn trigger(self, violation: &Violation<'s>) -> Option<Span> {
        let written = violation.triggers.iter().copied().find(|&id| self.values.written(id))?;
        self.entry(written)
    }

    /// " when `a.b` is `true`", of a rule that is conditional.
    fn when(self, violation: &Violation<'s>) -> String {
        let all = || violation.triggers.iter().copied();
        let Some(id) = all().find(|&id| self.values.written(id)).or_else(|| all().next()) else {
            return String::new();
        };
        let (route, data) = (self.route(id), self.values.data(id));
        match shown(data, self.secret(&route)) {
            Some(text) => format!(" when `{route}` is {text}"),
            None => format!(" with this `{route}`"),
        }
    }

    /// A key with its value, when they stand together.
    fn entry(self, id: Id) -> Option<Span> {
        let (key, value) = (self.values.key_span(id)?, self.values.span(id)?);
        let together = key.file == value.file && key.start <= value.start;
        Some(if together && !matches!(self.values.data(id), Data::Map(_) | Data::Seq(_)) {
            key.to(value)
        } else {
            key
        })
    }

    /// A value that is not allowed.
    fn wrong(self, violation: &Violation<'s>) -> Finding {
        let node = violation.node;
        let (values, data, route) = (self.values, self.values.data(node), self.route(node));
        let secret = self.secret(&route) || self.holds_secret(&route);
        let expected = self.expected(violation);
        let headline = violation
            .way
            .annotation("x-podwright-missing")
            .filter(|_| violation.keyword() == "not" || is_empty(values, node));
        let finding = if let Some(text) = headline {
            let message = self.fill(text, values.parent(node), values.key(node));
            let schemas: Vec<&Value> =
                violation.way.group().iter().map(|s| s.schema).chain(self.document.at(&route.0).0).collect();
            let expected = wanted(self.document, schemas.iter());
            let help = set(&route, expected.as_deref(), example(schemas.iter(), secret));
            Finding::error(MISSING, self.blame(violation), message).help(help)
        } else {
            let kind = violation.fault == Fault::Kind || !right_kind(self.document, violation, data);
            let name = if node == self.root { "the file".to_owned() } else { format!("`{route}`") };
            let when = self.when(violation);
            let given = if kind { Some(words::with_kind(data, secret)) } else { shown(data, secret) };
            let message = match (expected, given) {
                (Some(expected), Some(given)) => format!("{name} must be {expected}{when}, not {given}"),
                (Some(expected), None) => format!("{name} must be {expected}{when}"),
                (None, given) => {
                    format!("{name} must not be {}", given.as_deref().unwrap_or("what it is"))
                }
            };
            let finding = Finding::error(if kind { TYPE } else { VALUE }, self.blame(violation), message);
            if secret { finding } else { self.mend(violation, finding, kind) }
        };
        let finding = self.origins(violation, finding, secret);
        finding.masked(secret && self.values.written(node))
    }

    /// What was expected, in words.
    fn expected(self, violation: &Violation<'s>) -> Option<String> {
        let group = violation.way.group();
        let said = violation.way.annotation("x-podwright-expected").map(str::to_owned);
        said.or_else(|| group.iter().rev().find_map(|s| words::expected(self.document, s.schema))).map(
            |text| match violation.keyword() {
                "uniqueItems" => "a list in which nothing stands twice".to_owned(),
                _ => text,
            },
        )
    }

    /// Where a value is to be blamed: where it is written, else what asked for it.
    fn blame(self, violation: &Violation<'s>) -> Span {
        let node = violation.node;
        // The text of an emptied map is that of its removed children: the key says more.
        let emptied = matches!(self.values.data(node), Data::Map(_)) && is_empty(self.values, node);
        let own = if emptied { self.values.key_span(node) } else { self.values.span(node) };
        let own = own.filter(|_| self.values.written(node));
        own.or_else(|| self.trigger(violation)).unwrap_or(self.missing)
    }

    /// Adds the other lines that made the value what it is.
    fn origins(self, violation: &Violation<'s>, mut finding: Finding, secret: bool) -> Finding {
        let written = self.values.written(violation.node);
        let chain = self.values.chain(violation.node);
        let trigger = violation.triggers.iter().copied().find(|&id| written && self.values.written(id));
        if let Some((id, at)) = trigger.and_then(|id| Some((id, self.entry(id)?))) {
            finding = finding.related(at, format!("`{}` asks for it", self.route(id)));
        }
        // An excerpt of a secret's line would show it.
        let Some((top, lower)) = chain.split_last().filter(|_| !secret) else { return finding };
        if !written {
            return finding.related(top.node.span, "the package's default stands here");
        }
        let other = lower.iter().rev().find(|o| !matches!(o.node.data, yaml::Data::Null));
        match other.filter(|o| !same(&o.node.data, &top.node.data)) {
            Some(o) => {
                let what = if o.layer == 0 { "the package's default" } else { "the value" };
                let text = brief(o.node).map(|text| format!(" {text}")).unwrap_or_default();
                finding.related(o.node.span, format!("overrides {what}{text} set here"))
            }
            None => finding,
        }
    }

    /// Puts names into a headline of the schema: `{key}`, `{parent}` (the key of the map) and `{route}`.
    pub(super) fn fill(self, text: &str, node: Id, key: &str) -> String {
        let parent = if node == self.root { "" } else { self.values.key(node) };
        let route = self.child(node, key).to_string();
        text.replace("{key}", &words::cut(key)).replace("{parent}", parent).replace("{route}", &route)
    }
}

/// What schemas expect, in words; what one refuses is no advice.
fn wanted<'a, 's: 'a>(
    document: &Document,
    mut schemas: impl Iterator<Item = &'a &'s Value>,
) -> Option<String> {
    schemas.find_map(|s| words::expected(document, s).filter(|_| s.get("not").is_none()))
}

/// "set `a.b` to a host name, for example `x`".
fn set(route: &Route, expected: Option<&str>, example: Option<String>) -> String {
    let to = expected.map(|e| format!(" to {e}")).unwrap_or_default();
    let known = |e: &String| expected.is_some_and(|text| text.contains(e.trim_matches('`')));
    let such = example.filter(|e| !known(e)).map(|e| format!(", for example {e}")).unwrap_or_default();
    format!("set `{route}`{to}{such}")
}

/// The first example that a schema gives, when it is short.
fn example<'a, 's: 'a>(schemas: impl Iterator<Item = &'a &'s Value>, secret: bool) -> Option<String> {
    let mut all = schemas.filter_map(|s| s.get("examples")?.as_array()?.first());
    all.find(|v| !secret && !v.is_object() && !v.is_array()).map(words::json)
}

fn is_empty(values: &Values<'_>, node: Id) -> bool {
    match values.data(node) {
        Data::Absent | Data::Str("") => true,
        Data::Map(_) | Data::Seq(_) => values.present(node).next().is_none(),
        _ => false,
    }
}

/// A value of the right kind, when its text says something.
fn shown(data: Data<'_>, secret: bool) -> Option<String> {
    let telling = match data {
        Data::Str("") => true,
        Data::Map(_) | Data::Seq(_) => false,
        _ => !secret,
    };
    telling.then(|| words::value(data))
}

/// Whether one layer leaves what another says: the same scalar, or maps, which merge.
fn same(a: &yaml::Data, b: &yaml::Data) -> bool {
    match (a, b) {
        (yaml::Data::Map(_), yaml::Data::Map(_)) => true,
        (yaml::Data::Seq(_), _) => false,
        (a, b) => a == b,
    }
}

/// The text of a scalar.
fn brief(node: &yaml::Node) -> Option<String> {
    Some(match &node.data {
        yaml::Data::Bool(b) => format!("`{b}`"),
        yaml::Data::Int(i) => format!("`{i}`"),
        yaml::Data::UInt(u) => format!("`{u}`"),
        yaml::Data::Float(f) => format!("`{f}`"),
        yaml::Data::Str(text) if !text.is_empty() => format!("`{}`", words::cut(text)),
        _ => return None,
    })
}
