//! What applying a published change does: impacts of the objects of a folder, as it was and as it is to be. They stand in the commit, so
//! that whoever reads the log of the branch knows which release restarted what.

use super::objects::Objects;
use crate::{
    diff::{self, Impact},
    manifest::{Identity, Manifest},
    ops::diff::mask,
};
use std::collections::BTreeMap;

/// An impact and the object that has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// The object, as `Kind/name`; empty for the environment as a whole.
    pub object: String,
    /// What applying it does.
    pub impact: Impact,
}

impl std::fmt::Display for Effect {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (kind, of) = (self.impact.kind.name(), if self.object.is_empty() { "" } else { " " });
        write!(f, "{kind}: {}{of}{}", self.object, self.impact.text)
    }
}

/// The effects of a change of an environment, the worst first. `others` are environments that come, which may take over what is left.
pub(in crate::ops) fn effects(
    before: &Objects,
    after: &Objects,
    others: &BTreeMap<&str, Objects>,
) -> Vec<Effect> {
    let (before, after) = (before.named(), after.manifests());
    let named: Vec<(&str, &Manifest<'_>)> = before.iter().map(|(component, m)| (*component, m)).collect();
    let before: Vec<&Manifest<'_>> = before.iter().map(|(_, m)| m).collect();
    let after: Vec<&Manifest<'_>> = after.iter().collect();
    let effect = |object: String, impact: Impact| {
        let impact = Impact { text: mask::text(&impact.text), ..impact };
        Effect { object, impact }
    };
    let others = taking_over(&before, others);
    let others: Vec<(&str, &Identity)> = others.iter().map(|(name, identity)| (*name, identity)).collect();
    let left = diff::left(&named, &after, &others);
    let whole = left.impacts.iter().cloned().chain(moved(&named, &after));
    let mut found: Vec<Effect> = whole.map(|impact| effect(String::new(), impact)).collect();
    for pair in diff::pairs(&before, &after, None) {
        let old = pair.old.and_then(|n| before.get(n).copied());
        let new = pair.new.and_then(|n| after.get(n).copied());
        let changes = match (old, new) {
            (Some(old), Some(new)) => diff::changes(&old.body, &new.body),
            _ => Vec::new(),
        };
        if changes.is_empty() && old.is_some() && new.is_some() {
            continue;
        }
        let Some(owner) = new.or(old) else { continue };
        // What is left running is told of the environment.
        let old = old.filter(|old| !left.holds(old));
        let impacts = diff::impacts(old, new, &changes, (&before, &after));
        found.extend(impacts.into_iter().map(|impact| effect(owner.identity.to_string(), impact)));
    }
    found.sort_by_key(|effect| effect.impact.gravity());
    found
}

/// The objects of environments that write to the same cluster.
fn taking_over<'o>(
    before: &[&Manifest<'_>],
    others: &BTreeMap<&'o str, Objects>,
) -> Vec<(&'o str, Identity)> {
    let mut found = Vec::new();
    for (name, objects) in others {
        let named = objects.named();
        let all: Vec<&Manifest<'_>> = named.iter().map(|(_, m)| m).collect();
        if cluster(&all) == cluster(before) {
            let theirs = named.iter().filter(|(component, _)| !component.is_empty());
            found.extend(theirs.map(|(_, m)| (*name, m.identity.clone())));
        }
    }
    found
}

/// What a move to another cluster does, as the Applications tell it.
fn moved(before: &[(&str, &Manifest<'_>)], after: &[&Manifest<'_>]) -> Vec<Impact> {
    let there: Vec<&Manifest<'_>> =
        before.iter().filter(|(component, _)| !component.is_empty()).map(|(_, m)| *m).collect();
    let old: Vec<&Manifest<'_>> = before.iter().map(|(_, m)| *m).collect();
    match (cluster(&old), cluster(after)) {
        (Some(from), Some(to)) if from != to => diff::moved(&from, &to, &there),
        _ => Vec::new(),
    }
}

/// The cluster that the Applications of an environment write to.
fn cluster(objects: &[&Manifest<'_>]) -> Option<String> {
    objects.iter().find_map(|m| diff::cluster(m)).map(str::to_owned)
}
