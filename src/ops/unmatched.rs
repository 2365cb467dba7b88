//! Keys about images that match none, and monitors without metrics. A line in a folder that several environments share is told when it matches in none
//! of them, and only when all of them were compiled: part of them cannot know.

use super::{compile::Compiled, project::Project};
use crate::{
    source::{FileId, Span},
    transform::{Asked, Seen, asked_for},
};
use std::collections::{BTreeMap, BTreeSet};

/// Adds the findings to the environments that the lines count for; `compiled` is in the order of the chosen ones.
pub(super) fn tell(project: &Project<'_>, compiled: &mut [Compiled]) {
    // By environment, what it came to.
    let places: BTreeMap<usize, usize> = project.chosen.iter().enumerate().map(|(n, &at)| (at, n)).collect();
    let mut matched: BTreeSet<Span> = BTreeSet::new();
    let mut unmatched: BTreeMap<Span, (usize, Asked<'_>)> = BTreeMap::new();
    for (&at, &n) in &places {
        let (Some(config), Some(seen)) = (&project.environments[at].config, &compiled[n].seen) else {
            continue;
        };
        for key in asked_for(&config.settings) {
            match seen.has(&key) {
                true => drop(matched.insert(key.at)),
                false => drop(unmatched.insert(key.at, (n, key))),
            }
        }
    }
    unmatched.retain(|at, _| !matched.contains(at));
    if unmatched.is_empty() {
        return;
    }
    let takers = takers(project);
    for (n, key) in unmatched.into_values() {
        let takers = takers.get(&key.at.file).map_or(&[][..], Vec::as_slice);
        let seen: Option<Vec<&Seen>> =
            takers.iter().map(|at| places.get(at).and_then(|&n| compiled[n].seen.as_ref())).collect();
        if let Some(seen) = seen {
            let mut all = Seen::default();
            seen.into_iter().for_each(|one| all.join(one));
            compiled[n].findings.push(all.unmatched(&key));
        }
    }
}

/// The environments that each environment.yaml counts for.
fn takers(project: &Project<'_>) -> BTreeMap<FileId, Vec<usize>> {
    let mut takers: BTreeMap<FileId, Vec<usize>> = BTreeMap::new();
    let workspace = project.workspace;
    for (at, environment) in workspace.environments.iter().enumerate() {
        for &layer in &environment.layers {
            if let Some(document) = &workspace.folders[layer].environment {
                takers.entry(document.file).or_default().push(at);
            }
        }
    }
    takers
}
