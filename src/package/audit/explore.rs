//! Searches for values that lead to every part of the templates. It starts from the defaults and changes only values
//! that conditions look at; a change that leads to something new is kept, and searched from.

use super::{
    super::Package,
    tree::{get, map, node, others, put, text},
};
use crate::{
    field::{self, Field, Trace},
    schema::Part,
    source::Span,
    template::{Rendered, places},
    values::{self, Id, Origin, Route, Segment, TOP, Values},
    yaml::{Data, Node},
};
use rayon::prelude::*;
use std::{
    collections::{BTreeMap, BTreeSet, HashSet, hash_map::DefaultHasher},
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
    /// Texts that expressions compare with, by the expression.
    pub(super) words: BTreeMap<Span, BTreeSet<Box<str>>>,
}

/// One set of values, with what was rendered of it.
pub(super) struct Set {
    /// All roots that a template sees.
    pub(super) tree: Node,
    /// Equal for equal objects.
    pub(super) digest: u64,
    /// The places in templates that it names.
    pub(super) places: BTreeSet<Span>,
    /// The values that were read.
    pub(super) reads: BTreeSet<Route>,
    /// The values that conditions looked at, each with the conditions.
    conditions: BTreeMap<Route, BTreeSet<Span>>,
}

/// What tells a rendering from others: a place that it names, and the value that a condition there looked at.
type Feature = (Span, u64);

impl Subject<'_> {
    /// The roots that a template sees, with default values and all improvements.
    fn first(&self) -> Node {
        let null = || node(Data::Null);
        let improvements = self.package.improvements.iter().map(|i| (&*i.name, node(Data::Bool(true))));
        map([
            ("values", self.package.defaults.clone()),
            (
                "release",
                map([("name", text("demo")), ("namespace", text("demo")), ("service", text("Helm"))]),
            ),
            ("package", self.package.own.clone()),
            ("environment", map([("name", text("demo"))])),
            ("cluster", map([("name", null()), ("kubernetesVersion", null())])),
            ("improvements", map(improvements)),
        ])
    }

    /// What the schema names at a route from the top.
    pub(super) fn part(&self, route: &Route) -> Option<&Part> {
        match route.0.first() {
            Some(Segment::Key(root)) if root == "values" => self.parts.get(&route.below()),
            _ => None,
        }
    }

    /// Renders a tree of all roots, and looks at the result.
    fn render<T>(&self, tree: &Node, look: impl FnOnce(&Values<'_>, &Rendered<'_>) -> T) -> T {
        let layer = |node| vec![Origin { layer: 1, key: None, node }];
        let roots: Vec<_> = tree.entries().iter().map(|e| (&*e.key.text, layer(&e.value))).collect();
        let values = values::merge(&roots);
        look(&values, &self.package.program.render(&values))
    }

    /// Equal for equal objects; none where some expression has no value.
    pub(super) fn digest(&self, tree: &Node) -> Option<u64> {
        self.render(tree, |_, rendered| rendered.faults.is_empty().then(|| digest(rendered)))
    }

    /// Sets of values, the defaults first, of which each leads to something that those before it do not.
    pub(super) fn explore(&self) -> Vec<Set> {
        let tree = self.first();
        let mut seen: HashSet<Feature> = self.render(&tree, features).into_iter().collect();
        let mut sets = vec![self.set(tree)];
        let mut tried: BTreeSet<(Span, Route)> = BTreeSet::new();
        let (mut next, mut left) = (0, RENDERINGS);
        while let Some(set) = sets.get(next) {
            let mut tries = self.tries(set, &mut tried);
            tries.truncate(left);
            left -= tries.len();
            let found: Vec<Vec<Feature>> = tries.par_iter().map(|tree| self.render(tree, features)).collect();
            for (tree, found) in tries.into_iter().zip(found) {
                let before = seen.len();
                seen.extend(found);
                if seen.len() > before && sets.len() < SETS {
                    sets.push(self.set(tree));
                }
            }
            next += 1;
        }
        sets
    }

    /// A set with another value for each that its conditions looked at, where none of those was tried before.
    fn tries(&self, set: &Set, tried: &mut BTreeSet<(Span, Route)>) -> Vec<Node> {
        let mut tries = Vec::new();
        for (route, conditions) in &set.conditions {
            let fresh: Vec<&Span> =
                conditions.iter().filter(|at| tried.insert((**at, route.clone()))).collect();
            let Some(now) = get(&set.tree, &route.0).filter(|_| !fresh.is_empty()) else { continue };
            let words = fresh.into_iter().filter_map(|at| self.words.get(at)).flatten();
            for other in others(now, self.part(route), words) {
                let mut tree = set.tree.clone();
                if put(&mut tree, &route.0, other) {
                    tries.push(tree);
                }
            }
        }
        tries
    }

    fn set(&self, tree: Node) -> Set {
        let (digest, places, reads, conditions) = self.render(&tree, |values, rendered| {
            let trace = &rendered.trace;
            let ids: BTreeSet<Id> = trace.reads.iter().copied().collect();
            let mut conditions: BTreeMap<Route, BTreeSet<Span>> = BTreeMap::new();
            for (at, id) in looks(trace) {
                conditions.entry(values.route(id)).or_default().insert(at);
            }
            let reads = ids.into_iter().map(|id| values.route(id)).collect();
            (digest(rendered), places(rendered).into_iter().collect(), reads, conditions)
        });
        Set { tree, digest, places, reads, conditions }
    }
}

/// Conditions that held or left something out, each with a value that it looked at.
fn looks(trace: &Trace) -> impl Iterator<Item = (Span, Id)> {
    let guards = trace.guards.iter().map(|g| (g.at, g.reads));
    let all = trace.omissions.iter().map(|by| (by.at, by.reads)).chain(guards);
    all.flat_map(|(at, reads)| trace.reads(reads).iter().map(move |id| (at, *id)))
}

/// The features of a rendering; none where some expression has no value.
fn features(values: &Values<'_>, rendered: &Rendered<'_>) -> Vec<Feature> {
    if !rendered.faults.is_empty() {
        return Vec::new();
    }
    let looks = looks(&rendered.trace).map(|(at, id)| (at, way(values, id)));
    places(rendered).into_iter().map(|at| (at, 0)).chain(looks).collect()
}

/// Equal for values of one route, which have other identities in another set.
fn way(values: &Values<'_>, id: Id) -> u64 {
    let mut hasher = DefaultHasher::new();
    let mut at = id;
    while at != TOP {
        values.key(at).hash(&mut hasher);
        at = values.parent(at);
    }
    hasher.finish()
}

fn digest(rendered: &Rendered<'_>) -> u64 {
    let mut hasher = DefaultHasher::new();
    rendered.documents.iter().for_each(|document| add(document, &mut hasher));
    hasher.finish()
}

/// Adds what a field holds, whatever made it.
fn add(field: &Field<'_>, out: &mut DefaultHasher) {
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
            items.iter().for_each(|item| add(item, out));
        }
        field::Data::Map(members) => {
            members.len().hash(out);
            for member in members {
                member.key.hash(out);
                add(&member.value, out);
            }
        }
    }
}
