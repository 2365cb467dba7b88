//! Searches for values that lead to every part of the templates. It starts from the defaults and changes only values
//! that conditions look at; a change that leads to something new is kept, and searched from.

use super::{
    super::Package,
    tree::{get, map, node, others, put, text},
};
use crate::{
    field::{self, Field},
    schema::Part,
    source::Span,
    template::{Rendered, places},
    values::{self, Origin, Route, Segment, Values},
    yaml::{Data, Node},
};
use rayon::prelude::*;
use std::{
    collections::{BTreeMap, BTreeSet, hash_map::DefaultHasher},
    hash::{Hash, Hasher},
};

/// Sets of values that are searched from.
const SETS: usize = 200;
/// Renderings of one search.
const RENDERINGS: usize = 4000;

/// A package under audit.
pub(super) struct Subject<'p> {
    pub(super) package: &'p Package,
    /// What the schema names, by route below `values`.
    pub(super) parts: BTreeMap<Route, Part>,
    /// Texts that conditions may look for.
    pub(super) words: BTreeSet<Box<str>>,
}

/// One set of values, with what was rendered of it.
pub(super) struct Set {
    /// All roots that a template sees.
    pub(super) tree: Node,
    pub(super) outcome: Outcome,
}

/// What a rendering came to, without what it borrows.
pub(super) struct Outcome {
    /// Some expression had no value.
    pub(super) faulty: bool,
    /// Equal for equal objects.
    pub(super) digest: u64,
    /// The places in templates that it names.
    pub(super) places: BTreeSet<Span>,
    /// The values that were read.
    pub(super) reads: BTreeSet<Route>,
    /// The conditions, each with a value that it looked at.
    conditions: BTreeSet<(Span, Route)>,
}

impl Subject<'_> {
    /// The roots that a template sees, with default values and all improvements.
    fn first(&self) -> Node {
        let on = |i: &super::super::Improvement| (i.name.clone(), node(Data::Bool(true)));
        let improvements: Vec<(String, Node)> = self.package.improvements.iter().map(on).collect();
        let null = || node(Data::Null);
        map([
            ("values", self.package.defaults.clone()),
            ("release", map([("name", text("demo")), ("namespace", text("demo")), ("service", text("Helm"))])),
            ("package", self.package.own.clone()),
            ("environment", map([("name", text("demo"))])),
            ("cluster", map([("name", null()), ("kubernetesVersion", null())])),
            ("improvements", map(improvements.iter().map(|(name, node)| (name.as_str(), node.clone())))),
        ])
    }

    /// What the schema names at a route from the top.
    pub(super) fn part(&self, route: &Route) -> Option<&Part> {
        match route.0.first() {
            Some(Segment::Key(root)) if root == "values" => self.parts.get(&route.below()),
            _ => None,
        }
    }

    /// Renders a tree of all roots.
    pub(super) fn render(&self, tree: &Node) -> Outcome {
        let roots: Vec<_> = tree
            .entries()
            .iter()
            .map(|e| (&*e.key.text, vec![Origin { layer: 1, key: None, node: &e.value }]))
            .collect();
        let values = values::merge(&roots);
        let rendered = self.package.program.render(&values);
        Outcome::new(&values, &rendered)
    }

    /// Sets of values, the defaults first, of which each leads to something that those before it do not.
    pub(super) fn explore(&self) -> Vec<Set> {
        let tree = self.first();
        let outcome = self.render(&tree);
        let mut seen: BTreeSet<(Span, Option<Route>)> = outcome.features().collect();
        let mut tried: BTreeSet<(Span, Route)> = BTreeSet::new();
        let mut sets = vec![Set { tree, outcome }];
        let (mut next, mut left) = (0, RENDERINGS);
        while let Some(set) = sets.get(next) {
            let fresh: BTreeSet<Route> = set
                .outcome
                .conditions
                .iter()
                .filter(|condition| tried.insert((*condition).clone()))
                .map(|(_, route)| route.clone())
                .collect();
            let from = set.tree.clone();
            let mut tries: Vec<Node> = Vec::new();
            for route in fresh {
                let Some(now) = get(&from, &route.0) else { continue };
                for other in others(now, self.part(&route), &self.words) {
                    let mut tree = from.clone();
                    if put(&mut tree, &route.0, other) {
                        tries.push(tree);
                    }
                }
            }
            tries.truncate(left);
            left -= tries.len();
            let outcomes: Vec<Outcome> = tries.par_iter().map(|tree| self.render(tree)).collect();
            for (tree, outcome) in tries.into_iter().zip(outcomes).filter(|(_, o)| !o.faulty) {
                let before = seen.len();
                seen.extend(outcome.features());
                if seen.len() > before && sets.len() < SETS {
                    sets.push(Set { tree, outcome });
                }
            }
            next += 1;
        }
        sets
    }
}

impl Outcome {
    fn new(values: &Values<'_>, rendered: &Rendered<'_>) -> Self {
        let trace = &rendered.trace;
        let mut hasher = DefaultHasher::new();
        rendered.documents.iter().for_each(|document| digest(document, &mut hasher));
        let ids: BTreeSet<values::Id> = trace.reads.iter().copied().collect();
        let guards = trace.guards.iter().map(|g| (g.at, g.reads));
        let conditions: BTreeSet<(Span, values::Id)> = trace
            .omissions
            .iter()
            .map(|by| (by.at, by.reads))
            .chain(guards)
            .flat_map(|(at, reads)| trace.reads(reads).iter().map(move |id| (at, *id)))
            .collect();
        Self {
            faulty: !rendered.faults.is_empty(),
            digest: hasher.finish(),
            places: places(rendered),
            reads: ids.into_iter().map(|id| values.route(id)).collect(),
            conditions: conditions.into_iter().map(|(at, id)| (at, values.route(id))).collect(),
        }
    }

    /// What tells a rendering from others: the places that it names, and what its conditions looked at.
    fn features(&self) -> impl Iterator<Item = (Span, Option<Route>)> {
        let places = self.places.iter().map(|at| (*at, None));
        places.chain(self.conditions.iter().map(|(at, route)| (*at, Some(route.clone()))))
    }
}

/// Writes what a field holds, whatever made it.
fn digest(field: &Field<'_>, out: &mut DefaultHasher) {
    std::mem::discriminant(&field.data).hash(out);
    match &field.data {
        field::Data::Null => {}
        field::Data::Bool(b) => b.hash(out),
        field::Data::Int(i) => i.hash(out),
        field::Data::UInt(u) => u.hash(out),
        field::Data::Float(f) => f.to_bits().hash(out),
        field::Data::Str(s) => s.hash(out),
        field::Data::Seq(items) => {
            items.len().hash(out);
            items.iter().for_each(|item| digest(item, out));
        }
        field::Data::Map(members) => {
            members.len().hash(out);
            for member in members {
                member.key.hash(out);
                digest(&member.value, out);
            }
        }
    }
}
