//! Which places of the templates make a field of an object, whatever the values are; and which make objects of a kind.
//!
//! Whether one of them did, and what kept it out, is in the trace of a rendering and for others to say.

use super::{
    Program,
    expr::{Expr, Kind, Operator},
    lint::Under,
    plan::{Entry, Item, Key, Map, Node, NodeKind, Part},
};
use crate::source::Span;
use std::collections::BTreeSet;

/// Fragments that are followed into one another: as many as the lint of packages allows.
const DEEPEST: usize = 16;

/// A step on the way to a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Want {
    /// A key of a map.
    Key(String),
    /// The item of a list with this place, from 0.
    Index(usize),
    /// The item of a list that has this text under this key.
    Item(String, String),
}

/// A place of a template that makes what was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The key, the item or the object.
    pub at: Span,
    /// What is written there.
    pub value: Span,
    /// What must be so for it to be made, outermost first, from where the search began.
    pub under: Vec<Under>,
    /// The calls of fragments on the way, outermost first, from where the search began.
    pub calls: Vec<Span>,
    /// A value stands there as it is, or keys are computed: what is in it, no template says.
    pub open: bool,
    /// Where its conditions hold it is made, whatever the values are.
    pub sure: bool,
    /// Of an object, what its name ends with, as far as the template says that.
    pub tail: Box<str>,
}

/// What there is about a field.
#[derive(Debug, Default)]
pub struct Places {
    /// Whether a template wrote what the search began in.
    pub written: bool,
    /// The places that make it.
    pub places: Vec<Place>,
    /// The keys that the templates know where the first one is missing.
    pub keys: BTreeSet<String>,
}

/// The places that make the field at `way` below what is written at `top`.
pub(super) fn fields(program: &Program, top: Span, way: &[Want]) -> Places {
    let mut search = Search::new(program, way.len());
    let documents = program.units.iter().flat_map(|u| &u.documents);
    if let Some(node) = documents.filter(|d| d.at.file == top.file).find_map(|d| locate(d, top)) {
        search.found.written = true;
        search.node(node, node.at, way);
    }
    search.found
}

/// The places that make objects of a kind, in lower case.
pub(super) fn objects(program: &Program, kind: &str) -> Vec<Place> {
    let mut search = Search::new(program, 0);
    for unit in program.units.iter().filter(|u| u.params.is_none()) {
        unit.documents.iter().for_each(|d| search.object(d, kind));
    }
    search.found.places
}

/// The node that is written at a place.
fn locate(node: &Node, at: Span) -> Option<&Node> {
    if node.at == at {
        return Some(node);
    }
    match &node.kind {
        NodeKind::Map(map) => in_entries(&map.entries, at),
        NodeKind::Seq(items) => in_items(items, at),
        NodeKind::Choice(branches) => branches.iter().find_map(|(_, n)| locate(n, at)),
        _ => None,
    }
}

fn in_entries(entries: &[Entry], at: Span) -> Option<&Node> {
    entries.iter().find_map(|entry| match entry {
        Entry::Pair { value, .. } => locate(value, at),
        Entry::If(branches) => branches.iter().find_map(|(_, body)| in_entries(body, at)),
        Entry::For(_, body) | Entry::With(_, body) => in_entries(body, at),
        Entry::Merge(_) => None,
    })
}

fn in_items(items: &[Item], at: Span) -> Option<&Node> {
    items.iter().find_map(|item| match item {
        Item::One(node) => locate(node, at),
        Item::If(branches) => branches.iter().find_map(|(_, body)| in_items(body, at)),
        Item::For(_, body) | Item::With(_, body) => in_items(body, at),
        Item::Merge(_) => None,
    })
}

struct Search<'p> {
    program: &'p Program,
    /// How many steps there are from the start.
    steps: usize,
    under: Vec<Under>,
    calls: Vec<Span>,
    found: Places,
}

impl<'p> Search<'p> {
    fn new(program: &'p Program, steps: usize) -> Self {
        Self { program, steps, under: Vec::new(), calls: Vec::new(), found: Places::default() }
    }

    fn found(&mut self, at: Span, value: Span, sure: bool) {
        let (under, calls) = (self.under.clone(), self.calls.clone());
        self.found.places.push(Place { at, value, under, calls, open: false, sure, tail: Box::default() });
    }

    fn open(&mut self, at: Span, value: Span) {
        let (under, calls) = (self.under.clone(), self.calls.clone());
        self.found.places.push(Place {
            at,
            value,
            under,
            calls,
            open: true,
            sure: false,
            tail: Box::default(),
        });
    }

    /// What makes the rest of a way in a node; `at` is its key.
    fn node(&mut self, node: &'p Node, at: Span, way: &[Want]) {
        if way.is_empty() {
            let sure = matches!(&node.kind, NodeKind::Map(map) if !map.soft);
            let when = match &node.kind {
                NodeKind::Map(map) => map.when.as_ref(),
                _ => None,
            };
            return self.below(when.map(|e| Under::Holds(e.at)), |s| s.found(at, node.at, sure));
        }
        match &node.kind {
            NodeKind::Map(map) => self.when(map, |s| s.entries(&map.entries, way)),
            NodeKind::Seq(items) => self.items(items, way),
            NodeKind::Choice(branches) => self.branches(branches, |s, n| s.node(n, at, way)),
            NodeKind::Expr(e) => self.expr(e, at, way),
            _ => {}
        }
    }

    fn when(&mut self, map: &'p Map, inner: impl FnOnce(&mut Self)) {
        self.below(map.when.as_ref().map(|e| Under::Holds(e.at)), inner);
    }

    fn below(&mut self, under: Option<Under>, inner: impl FnOnce(&mut Self)) {
        let depth = self.under.len();
        self.under.extend(under);
        inner(self);
        self.under.truncate(depth);
    }

    fn branches<B>(&mut self, branches: &'p [(Option<Expr>, B)], mut inner: impl FnMut(&mut Self, &'p B)) {
        let depth = self.under.len();
        for (condition, body) in branches {
            let own = condition.as_ref().map(|e| Under::Holds(e.at));
            self.below(own, |s| inner(s, body));
            self.under.extend(condition.as_ref().map(|e| Under::Fails(e.at)));
        }
        self.under.truncate(depth);
    }

    /// A fragment is gone into; any other expression gives a value of which no template says what is in it.
    fn expr(&mut self, e: &'p Expr, at: Span, way: &[Want]) {
        let Kind::Fragment(unit, _) = &e.kind else { return self.open(at, e.at) };
        let unit = self.program.units.get(*unit);
        let Some(unit) = unit.filter(|_| self.calls.len() < DEEPEST) else { return };
        self.calls.push(e.at);
        unit.documents.iter().for_each(|d| self.node(d, at, way));
        self.calls.pop();
    }

    fn entries(&mut self, entries: &'p [Entry], way: &[Want]) {
        let [Want::Key(want), rest @ ..] = way else { return };
        for entry in entries {
            match entry {
                Entry::Pair { at, key: Key::Literal(key), value } => {
                    if way.len() == self.steps {
                        self.found.keys.insert(key.to_string());
                    }
                    if **key == **want {
                        self.node(value, *at, rest);
                    }
                }
                Entry::Pair { at, key: Key::Text(_), value } => self.open(*at, value.at),
                Entry::If(branches) => self.branches(branches, |s, body| s.entries(body, way)),
                Entry::For(looped, body) => {
                    self.below(Some(Under::Turns(looped.over.at)), |s| s.entries(body, way));
                }
                Entry::With(_, body) => self.entries(body, way),
                Entry::Merge(e) => self.expr(e, e.at, way),
            }
        }
    }

    fn items(&mut self, items: &'p [Item], way: &[Want]) {
        let [want, rest @ ..] = way else { return };
        // A JSON Pointer writes the place of an item as a key.
        let place = match want {
            Want::Key(key) => key.parse().ok().map(Want::Index),
            _ => None,
        };
        let want = place.as_ref().unwrap_or(want);
        for item in items {
            match item {
                Item::One(node) => self.item(node, want, rest),
                Item::If(branches) => self.branches(branches, |s, body| s.items(body, way)),
                Item::For(looped, body) => {
                    self.below(Some(Under::Turns(looped.over.at)), |s| s.items(body, way));
                }
                Item::With(_, body) => self.items(body, way),
                Item::Merge(e) => self.expr(e, e.at, way),
            }
        }
    }

    /// An item that is not there has no place among the others: each may be the one.
    fn item(&mut self, node: &'p Node, want: &Want, rest: &[Want]) {
        let NodeKind::Map(map) = &node.kind else {
            if matches!(want, Want::Index(_)) {
                self.node(node, node.at, rest);
            }
            return;
        };
        let meant = match want {
            Want::Item(key, text) => may_have(&map.entries, key, text),
            Want::Index(_) => true,
            Want::Key(_) => false,
        };
        if meant {
            self.when(map, |s| match rest {
                [] => s.found(node.at, node.at, !map.soft),
                rest => s.entries(&map.entries, rest),
            });
        }
    }

    fn object(&mut self, node: &'p Node, kind: &str) {
        match &node.kind {
            NodeKind::Map(map) if is_kind(&map.entries, kind) => {
                self.when(map, |s| s.whole(node, &map.entries));
            }
            NodeKind::Map(map) => self.when(map, |s| s.object_in(&map.entries, node, kind)),
            NodeKind::Seq(items) => self.objects(items, kind),
            NodeKind::Choice(branches) => self.branches(branches, |s, n| s.object(n, kind)),
            _ => {}
        }
    }

    /// Documents may stand as a whole below conditions and names.
    fn object_in(&mut self, entries: &'p [Entry], node: &'p Node, kind: &str) {
        for entry in entries {
            match entry {
                Entry::If(branches) => self.branches(branches, |s, body| s.object_in(body, node, kind)),
                Entry::With(_, body) if is_kind(body, kind) => self.whole(node, body),
                Entry::With(_, body) => self.object_in(body, node, kind),
                Entry::Pair { .. } if is_kind(entries, kind) => {
                    return self.whole(node, entries);
                }
                _ => {}
            }
        }
    }

    fn whole(&mut self, node: &'p Node, entries: &'p [Entry]) {
        self.found(node.at, node.at, true);
        if let Some(place) = self.found.places.last_mut() {
            place.tail = name_tail(entries).into();
        }
    }

    fn objects(&mut self, items: &'p [Item], kind: &str) {
        for item in items {
            match item {
                Item::One(node) => self.object(node, kind),
                Item::If(branches) => self.branches(branches, |s, body| s.objects(body, kind)),
                Item::For(looped, body) => {
                    self.below(Some(Under::Turns(looped.over.at)), |s| s.objects(body, kind));
                }
                Item::With(_, body) => self.objects(body, kind),
                Item::Merge(_) => {}
            }
        }
    }
}

fn is_kind(entries: &[Entry], kind: &str) -> bool {
    entries.iter().any(|entry| {
        matches!(entry, Entry::Pair { key: Key::Literal(key), value: Node { kind: NodeKind::Str(text), .. }, .. }
            if **key == *"kind" && text.eq_ignore_ascii_case(kind))
    })
}

/// What the name of an object ends with: the last words of `metadata.name`, or of what a fragment is told of it.
fn name_tail(entries: &[Entry]) -> &str {
    let metadata = pair(entries, "metadata").map(|node| &node.kind);
    match metadata {
        Some(NodeKind::Map(map)) => match pair(&map.entries, "name").map(|node| &node.kind) {
            Some(NodeKind::Str(text)) => text,
            Some(NodeKind::Text(parts)) => match parts.last() {
                Some(Part::Literal(text)) => text,
                Some(Part::Expr(e)) => expr_tail(e),
                None => "",
            },
            Some(NodeKind::Expr(e)) => expr_tail(e),
            _ => "",
        },
        Some(NodeKind::Expr(e)) => expr_tail(e),
        _ => "",
    }
}

fn pair<'e>(entries: &'e [Entry], want: &str) -> Option<&'e Node> {
    entries.iter().find_map(|entry| match entry {
        Entry::Pair { key: Key::Literal(key), value, .. } if **key == *want => Some(value),
        _ => None,
    })
}

fn expr_tail(e: &Expr) -> &str {
    match &e.kind {
        Kind::Str(text) => text,
        Kind::Binary(Operator::Concat, _, last) => expr_tail(last),
        Kind::Fragment(_, arguments) => {
            arguments.iter().find(|a| *a.name == *"name").map_or("", |a| expr_tail(&a.value))
        }
        _ => "",
    }
}

/// Whether an item may hold a text under a key: what is computed may be any.
fn may_have(entries: &[Entry], want: &str, text: &str) -> bool {
    entries.iter().any(|entry| match entry {
        Entry::Pair { key: Key::Literal(key), value, .. } if **key == *want => match &value.kind {
            NodeKind::Str(have) => **have == *text,
            _ => true,
        },
        Entry::With(_, body) | Entry::For(_, body) => may_have(body, want, text),
        Entry::If(branches) => branches.iter().any(|(_, body)| may_have(body, want, text)),
        Entry::Merge(_) => false,
        Entry::Pair { .. } => false,
    })
}
