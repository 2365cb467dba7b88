//! What there is to reach in the templates: the parts that stand under a condition or in a loop, and the texts that
//! conditions compare with. Which values lead there is for the audit of `package`.

use super::{
    Program,
    expr::{Expr, Kind},
    plan::{Entry, Item, Key, Map, Node, NodeKind, Part},
};
use crate::{field::Field, source::Span, template::Rendered};
use std::collections::{BTreeMap, BTreeSet};

/// A part of a template that is not always there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// Its condition or the list that it walks; of an `else`, what it makes first.
    pub at: Span,
    /// All places in it that a rendering can name, of what was made there or left out there.
    pub makes: Vec<Span>,
}

/// The parts of the templates that are not always there, outer ones before what they hold. Text files are not looked
/// into.
pub fn branches(program: &Program) -> Vec<Branch> {
    let mut walk = Walk::default();
    for document in program.units.iter().flat_map(|unit| &unit.documents) {
        walk.node(document);
    }
    walk.branches
}

/// The texts that expressions compare with, by the expression.
pub fn words(program: &Program) -> BTreeMap<Span, BTreeSet<Box<str>>> {
    let mut walk = Walk::default();
    for document in program.units.iter().flat_map(|unit| &unit.documents) {
        walk.node(document);
    }
    walk.words
}

/// The places that a rendering names: of its fields, their keys, the calls on the way, the conditions that held, and
/// what was left out; some more than once.
pub fn places(rendered: &Rendered<'_>) -> Vec<Span> {
    fn field(at: &Field<'_>, found: &mut Vec<Span>) {
        found.push(at.by.at);
        for member in at.members() {
            found.push(member.by.at);
            field(&member.value, found);
        }
        at.items().iter().for_each(|item| field(item, found));
    }
    let mut found = Vec::new();
    rendered.documents.iter().for_each(|document| field(document, &mut found));
    let trace = &rendered.trace;
    found.extend(trace.frames.iter().map(|f| f.at));
    found.extend(trace.guards.iter().map(|g| g.at));
    found.extend(trace.omissions.iter().map(|by| by.at));
    found
}

/// Collects branches and words; `open` holds the places since the innermost branch began.
#[derive(Default)]
struct Walk {
    branches: Vec<Branch>,
    words: BTreeMap<Span, BTreeSet<Box<str>>>,
    /// The expression that is walked.
    within: Span,
    open: Vec<Span>,
}

impl Walk {
    /// A part under a condition; `inner` walks it.
    fn branch(&mut self, condition: Option<&Expr>, inner: impl FnOnce(&mut Self)) {
        let outer = std::mem::take(&mut self.open);
        let slot = self.branches.len();
        self.branches.push(Branch { at: Span::default(), makes: Vec::new() });
        inner(self);
        let makes = std::mem::replace(&mut self.open, outer);
        self.open.extend(&makes);
        // A condition that holds, names itself to what stands around it.
        if let Some(e) = condition {
            self.expr(e);
        }
        let at = condition.map(|e| e.at).or_else(|| makes.first().copied()).unwrap_or_default();
        self.branches[slot] = Branch { at, makes };
    }

    fn node(&mut self, node: &Node) {
        self.open.push(node.at);
        match &node.kind {
            NodeKind::Expr(e) => self.expr(e),
            NodeKind::Text(parts) => self.parts(parts),
            NodeKind::Map(Map { when: None, entries, .. }) => self.entries(entries),
            NodeKind::Map(Map { when, entries, .. }) => self.branch(when.as_ref(), |w| {
                // What a document makes stands at the map's own place.
                w.open.push(node.at);
                w.entries(entries);
            }),
            NodeKind::Seq(items) => self.items(items),
            NodeKind::Choice(branches) => {
                for (condition, inner) in branches {
                    self.branch(condition.as_ref(), |w| w.node(inner));
                }
            }
            _ => {}
        }
    }

    fn parts(&mut self, parts: &[Part]) {
        for part in parts {
            if let Part::Expr(e) = part {
                self.expr(e);
            }
        }
    }

    fn entries(&mut self, entries: &[Entry]) {
        for entry in entries {
            match entry {
                Entry::Pair { at, key, value } => {
                    self.open.push(*at);
                    if let Key::Text(parts) = key {
                        self.parts(parts);
                    }
                    self.node(value);
                }
                Entry::If(branches) => {
                    for (condition, body) in branches {
                        self.branch(condition.as_ref(), |w| w.entries(body));
                    }
                }
                Entry::For(looped, body) => self.branch(Some(&looped.over), |w| w.entries(body)),
                Entry::With(e, body) => {
                    self.expr(e);
                    self.entries(body);
                }
                Entry::Merge(e) => self.expr(e),
            }
        }
    }

    fn items(&mut self, items: &[Item]) {
        for item in items {
            match item {
                Item::One(node) => self.node(node),
                Item::If(branches) => {
                    for (condition, body) in branches {
                        self.branch(condition.as_ref(), |w| w.items(body));
                    }
                }
                Item::For(looped, body) => self.branch(Some(&looped.over), |w| w.items(body)),
                Item::With(e, body) => {
                    self.expr(e);
                    self.items(body);
                }
                Item::Merge(e) => self.expr(e),
            }
        }
    }

    fn expr(&mut self, e: &Expr) {
        self.open.push(e.at);
        self.within = e.at;
        self.inside(e);
    }

    /// The words of an expression, where it compares.
    fn inside(&mut self, e: &Expr) {
        match &e.kind {
            Kind::Item(a, b) | Kind::And(a, b) | Kind::Or(a, b) | Kind::Binary(_, a, b) => {
                self.inside(a);
                self.inside(b);
            }
            Kind::Not(a) | Kind::Neg(a) => self.inside(a),
            Kind::Compare(first, rest) => {
                let sides = std::iter::once(&**first).chain(rest.iter().map(|(_, e)| e));
                sides.for_each(|side| self.side(side));
            }
            Kind::If(three) => three.iter().for_each(|e| self.inside(e)),
            Kind::Filter(_, list) | Kind::Test(_, list) | Kind::List(list) | Kind::Range(list) => {
                list.iter().for_each(|e| self.inside(e));
            }
            Kind::Fragment(_, args) => args.iter().for_each(|a| self.inside(&a.value)),
            _ => {}
        }
    }

    /// One side of a comparison.
    fn side(&mut self, e: &Expr) {
        match &e.kind {
            Kind::Str(text) => {
                self.words.entry(self.within).or_default().insert(text.clone());
            }
            Kind::List(items) => items.iter().for_each(|item| self.side(item)),
            _ => self.inside(e),
        }
    }
}
