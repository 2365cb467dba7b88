//! Which values are secrets: the `writeOnly` marks, followed once through the schema and not once for every value.
//!
//! The schemas that apply to a value follow from those that apply to what it is in and from its key. So every set
//! of schemas is a state, keys lead from state to state, and where no mark lies ahead the walk over the values ends.
//! Asking the document for every leaf of every environment took a fifth of a large run.

use super::document::{Document, is_secret};
use crate::values::{Data, Id, Segment, Values};
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};

/// A schema with more states than this refers to itself in a way that is not worth following.
const MAX_STATES: usize = 4096;

/// A set of schemas, which is what a place of the schema comes to.
#[derive(Debug, Default)]
struct State {
    /// One of them marks the value.
    secret: bool,
    /// One of them, or one further down, marks a value.
    live: bool,
    /// Where the keys that are known by name lead.
    keys: HashMap<Box<str>, usize>,
    /// Where all other keys lead.
    other: usize,
    /// No schema says anything of other keys: one that is a number may be meant as an index.
    silent: bool,
    /// Where the items of a list lead.
    items: usize,
}

/// The marks of a schema. The first state is that of the root.
#[derive(Debug)]
pub(super) struct Secrets(Vec<State>);

impl Secrets {
    /// The marks of a schema; none if they are too many or depend on the place in a list.
    pub(super) fn of(document: &Document) -> Option<Self> {
        let mut builder = Builder { document, known: HashMap::new(), sets: Vec::new() };
        builder.state(document.spread(&document.root));
        let mut states: Vec<State> = Vec::new();
        while let Some(set) = builder.sets.get(states.len()).cloned() {
            if states.len() >= MAX_STATES || set.iter().any(|s| s.get("prefixItems").is_some()) {
                return None;
            }
            states.push(builder.follow(&set));
        }
        // What is ahead of a state becomes known backwards, a step a round.
        let ahead = |states: &[State], state: &State| {
            let mut next = state.keys.values().chain([&state.other, &state.items]);
            state.secret || next.any(|&n| states[n].live)
        };
        while let Some(at) = states.iter().position(|s| !s.live && ahead(&states, s)) {
            states[at].live = true;
        }
        Some(Self(states))
    }

    /// Whether the value at a route is marked, is in something that is, or may have something in it that is.
    pub(super) fn ahead(&self, route: &[Segment]) -> bool {
        let mut at = 0;
        for segment in route {
            if self.0[at].secret {
                return true;
            }
            at = match segment {
                Segment::Key(key) => self.0[at].after(key),
                Segment::Index(_) => self.0[at].items,
            };
        }
        self.0[at].live
    }

    /// Whether a value below `root` is marked, or is in something that is.
    pub(super) fn marks(&self, values: &Values<'_>, root: Id, id: Id) -> bool {
        let mut way = Vec::with_capacity(8);
        let mut at = id;
        while at != root {
            let above = values.parent(at);
            if above == at {
                // It is none of these values.
                return false;
            }
            way.push((at, above));
            at = above;
        }
        let mut state = &self.0[0];
        for (below, above) in way.into_iter().rev() {
            if state.secret {
                return true;
            }
            let list = matches!(values.data(above), Data::Seq(_));
            state = &self.0[if list { state.items } else { state.after(values.key(below)) }];
        }
        state.secret
    }

    /// The leaves below `root` that are marked, or are in something that is, in order.
    pub(super) fn leaves(&self, values: &Values<'_>, root: Id) -> Vec<Id> {
        let mut found = Vec::new();
        let mut stack = vec![(root, 0)];
        while let Some((id, at)) = stack.pop() {
            let state = &self.0[at];
            if state.secret {
                found.extend(values.leaves(id));
            } else if state.live {
                let list = matches!(values.data(id), Data::Seq(_));
                let next = |c| (c, if list { state.items } else { state.after(values.key(c)) });
                stack.extend(values.children(id).rev().map(next));
            }
        }
        found
    }
}

impl State {
    fn after(&self, key: &str) -> usize {
        match self.keys.get(key) {
            Some(&next) => next,
            None if self.silent && key.parse::<usize>().is_ok() => self.items,
            None => self.other,
        }
    }
}

struct Builder<'s> {
    document: &'s Document,
    /// The states by the addresses of their schemas.
    known: HashMap<BTreeSet<usize>, usize>,
    sets: Vec<Vec<&'s Value>>,
}

impl<'s> Builder<'s> {
    fn state(&mut self, set: Vec<&'s Value>) -> usize {
        let addresses = set.iter().map(|s| std::ptr::from_ref(*s) as usize).collect();
        let sets = &mut self.sets;
        *self.known.entry(addresses).or_insert_with(|| {
            sets.push(set);
            sets.len() - 1
        })
    }

    fn follow(&mut self, set: &[&'s Value]) -> State {
        let names = set.iter().filter_map(|s| s.get("properties")?.as_object()).flat_map(|p| p.keys());
        let names: BTreeSet<&String> = names.collect();
        let document = self.document;
        // No property is named so, and it is no index.
        let others = document.below(set, &Segment::Key("\0".to_owned()));
        let silent = others.is_empty();
        let other = self.state(others);
        let mut below = |segment: Segment| self.state(document.below(set, &segment));
        State {
            secret: is_secret(set),
            live: false,
            other,
            silent,
            keys: names.iter().map(|n| (n.as_str().into(), below(Segment::Key((*n).clone())))).collect(),
            items: below(Segment::Index(0)),
        }
    }
}
