//! What applying a published change does: impacts of the objects of a folder, as it was and as it is to be. They stand in the commit, so
//! that whoever reads the log of the branch knows which release restarted what.

use super::objects::Objects;
use crate::{
    diff::{self, Impact},
    manifest::Manifest,
    ops::diff::mask,
};

/// An impact and the object that has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// The object, as `Kind/name`.
    pub object: String,
    /// What applying it does.
    pub impact: Impact,
}

impl std::fmt::Display for Effect {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {} {}", self.impact.kind.name(), self.object, self.impact.text)
    }
}

/// The effects of a change, the worst first.
pub(in crate::ops) fn effects(before: &Objects, after: &Objects) -> Vec<Effect> {
    let (before, after) = (before.manifests(), after.manifests());
    let before: Vec<&Manifest<'_>> = before.iter().collect();
    let after: Vec<&Manifest<'_>> = after.iter().collect();
    let mut found = Vec::new();
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
        let impacts = diff::impacts(old, new, &changes, (&before, &after));
        found.extend(impacts.into_iter().map(|impact| Effect {
            object: owner.identity.to_string(),
            impact: Impact { text: mask::text(&impact.text), ..impact },
        }));
    }
    found.sort_by_key(|effect| effect.impact.kind);
    found
}
