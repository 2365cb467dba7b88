//! The audit of a package: every value that its schema declares changes something in what is rendered, and every part
//! of its templates is there for some values.
//!
//! It is a search and no proof: it renders the package with values that conditions look at, near ones and those that the
//! schema mentions. What it does not find is a warning. That a field names the values that made it is not judged here:
//! the tests prove it of the engine.

mod explore;
mod tree;

use super::Package;
use crate::{
    diag::{Finding, Findings, Level},
    schema::Part,
    source::Span,
    template::{branches, words},
    values::{Route, Segment},
    yaml::{Data, Node},
};
use explore::{Set, Subject};
use rayon::prelude::*;
use std::collections::BTreeSet;

/// The code of the audit's findings.
const CODE: &str = "package-unreached";

impl Package {
    /// What of the package leads to nothing, at the lines of its schema, its default values and its templates.
    pub fn audit(&self) -> Vec<Finding> {
        let parts = self.schema.parts().into_iter().map(|part| (part.route.clone(), part)).collect();
        let subject = Subject { package: self, parts, words: words(&self.program) };
        let sets = subject.explore();
        let mut findings = Findings::default();
        findings.extend(subject.idle(&sets));
        findings.extend(subject.dead(&sets));
        findings.extend(subject.undeclared());
        findings.into_sorted(|f| f.at.file)
    }
}

fn warning(at: Span, message: String, help: &str) -> Finding {
    let mut finding = Finding::error(CODE, at, message).help(help);
    finding.level = Level::Warn;
    finding
}

impl Subject<'_> {
    /// Values that change nothing.
    fn idle(&self, sets: &[Set]) -> Vec<Finding> {
        let mut defaults = Vec::new();
        tree::leaves(&self.package.defaults, &Route::default(), &mut defaults);
        let leaves: Vec<&Part> = self.parts.values().filter(|p| p.leaf).collect();
        let idle = leaves.into_par_iter().filter(|part| !sets.iter().any(|set| self.reached(part, set)));
        let told = |part: &Part| {
            let message = format!("the value `{}` changes nothing in what is rendered", part.route);
            let help = "read it in a template, or remove it; if certain values matter, name one in the schema's `examples`";
            let finding = warning(part.at, message, help);
            match defaults.iter().find(|(route, _)| *route == part.route) {
                Some((_, at)) => finding.related(*at, "its default stands here"),
                None => finding,
            }
        };
        idle.map(told).collect()
    }

    /// Whether some other value changes what is rendered of a set.
    fn reached(&self, part: &Part, set: &Set) -> bool {
        let mut route = Route(vec![Segment::Key("values".to_owned())]);
        route.0.extend(part.route.0.iter().cloned());
        if !looked_at(&route, &set.reads) {
            return false;
        }
        let mut tree = set.tree.clone();
        let before = match self.fill(&mut tree, &route) {
            None => None,
            Some(false) => Some(set.digest),
            Some(true) => self.digest(&tree),
        };
        let Some(before) = before else { return false };
        let absent = tree::node(Data::Null);
        let now = tree::get(&tree, &route.0).unwrap_or(&absent).clone();
        let words = self.words.values().flatten();
        tree::others(&now, Some(part), words).into_iter().any(|other| {
            // What has no value then, was read.
            tree::put(&mut tree, &route.0, other) && self.digest(&tree) != Some(before)
        })
    }

    /// Puts samples where a list is empty or a map is not there on the way to a route; whether it did, or none if that
    /// does not lead there.
    fn fill(&self, tree: &mut Node, route: &Route) -> Option<bool> {
        let mut filled = false;
        for n in 1..route.0.len() {
            let way = Route(route.0[..n].to_vec());
            let there = match (tree::get(tree, &way.0), &route.0[n]) {
                (Some(node), Segment::Key(key)) => !node.entries().is_empty() || node.get(key).is_some(),
                (Some(node), Segment::Index(_)) => !node.items().is_empty(),
                (None, _) => false,
            };
            if !there {
                let sample = tree::of(&self.part(&way)?.sample);
                if !tree::put(tree, &way.0, sample) {
                    return None;
                }
                filled = true;
            }
        }
        Some(filled)
    }

    /// Parts of templates that no values lead to; of those in one another, the outermost.
    fn dead(&self, sets: &[Set]) -> Vec<Finding> {
        let seen: BTreeSet<Span> = sets.iter().flat_map(|s| s.places.iter().copied()).collect();
        let mut told: BTreeSet<Span> = BTreeSet::new();
        let mut findings = Vec::new();
        for branch in branches(&self.package.program) {
            if branch.makes.is_empty() || branch.makes.iter().any(|at| seen.contains(at)) {
                continue;
            }
            if !told.contains(&branch.at) {
                let message = "no values were found that lead to this part of the template";
                let help = "remove it, or name a value that leads there in the schema's `examples`";
                findings.push(warning(branch.at, message.to_owned(), help));
            }
            told.insert(branch.at);
            told.extend(branch.makes);
        }
        findings
    }

    /// Default values that the schema does not name.
    fn undeclared(&self) -> Vec<Finding> {
        let mut defaults = Vec::new();
        tree::leaves(&self.package.defaults, &Route::default(), &mut defaults);
        let known = |route: &Route| self.package.schema.describe(route).is_some();
        let told = |(route, at): (Route, Span)| {
            let help = "add it to values.schema.json, where people see what they may set";
            warning(at, format!("the schema does not name the value `{route}`"), help)
        };
        defaults.into_iter().filter(|(route, _)| !known(route)).map(told).collect()
    }
}

/// Whether what was read has to do with a route: the value itself, what it is in, or what it holds.
fn looked_at(route: &Route, reads: &BTreeSet<Route>) -> bool {
    let above = (1..=route.0.len()).any(|n| reads.contains(&Route(route.0[..n].to_vec())));
    above || reads.range(route.clone()..).next().is_some_and(|next| next.0.starts_with(&route.0))
}
