//! What applying a change does to what runs: one file a kind of impact.

mod image;

use super::Change;
use crate::manifest::Manifest;

/// What applying a changed object does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Impact {
    /// Of which kind it is.
    pub kind: Kind,
    /// What it does, a phrase that follows the object: "rolls its 3 pods".
    pub text: String,
}

/// The kinds of impact, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The API server refuses the change.
    Refused,
    /// Data is deleted, or may be.
    DataLoss,
    /// It is deleted and made anew.
    Recreate,
    /// It goes away.
    Remove,
    /// Its pods are replaced.
    Restart,
    /// What runs keeps the old until it restarts.
    Stale,
    /// More, or something else, can be reached from outside.
    Expose,
    /// Somebody may do more.
    Grant,
    /// It has more or fewer pods.
    Scale,
    /// It changes its size in place.
    Resize,
    /// It runs another image.
    Image,
}

/// All kinds with their names, the worst first.
const KINDS: [(Kind, &str); 11] = [
    (Kind::Refused, "refused"),
    (Kind::DataLoss, "data-loss"),
    (Kind::Recreate, "recreate"),
    (Kind::Remove, "remove"),
    (Kind::Restart, "restart"),
    (Kind::Stale, "stale"),
    (Kind::Expose, "expose"),
    (Kind::Grant, "grant"),
    (Kind::Scale, "scale"),
    (Kind::Resize, "resize"),
    (Kind::Image, "image"),
];

impl Kind {
    /// Its name on the command line and in reports.
    pub fn name(self) -> &'static str {
        KINDS.iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }

    /// The kind of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        KINDS.iter().find(|(_, n)| *n == name).map(|(kind, _)| *kind)
    }

    /// The names of all kinds, the worst first.
    pub fn names() -> impl Iterator<Item = &'static str> {
        KINDS.iter().map(|(_, name)| *name)
    }
}

/// What applying an object does: `old` is what the cluster has, `new` what it is to have; one of them may be none.
/// `around` are the other objects of the environment, old and new, for what follows in them.
pub fn impacts(
    old: Option<&Manifest<'_>>,
    new: Option<&Manifest<'_>>,
    changes: &[Change<'_, '_>],
    around: (&[&Manifest<'_>], &[&Manifest<'_>]),
) -> Vec<Impact> {
    let _ = around;
    let mut found = Vec::new();
    found.extend(image::image(old, new, changes));
    found.sort_by_key(|impact| impact.kind);
    found.dedup();
    found
}
