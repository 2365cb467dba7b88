//! What applying a change does to what runs: one file a kind of impact. `case` is what they look at, `delivery` how Argo CD
//! treats an object, `likeness` which fields a server takes for the same.

mod case;
mod data_loss;
mod defaults;
mod delivery;
mod expose;
mod fixed;
mod grant;
mod image;
mod left;
mod likeness;
mod moved;
mod network_policy;
mod recreate;
mod refused;
mod remove;
mod resize;
mod restart;
mod scale;
mod scratch;
mod stale;
mod words;

use super::Change;
use crate::manifest::Manifest;
use case::Case;
pub use left::{Left, left};
pub use moved::{cluster, handed, moved};

/// What applying a changed object does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Impact {
    /// Of which kind it is.
    pub kind: Kind,
    /// What it does, a phrase that follows the object: "rolls its 3 pods".
    pub text: String,
}

impl Impact {
    /// What to sort by, so that the worst comes first: the kind, then what is down before what goes on running.
    pub fn gravity(&self) -> (Kind, bool) {
        (self.kind, !self.text.contains(words::DOWN))
    }
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

    fn with(self, text: impl Into<String>) -> Impact {
        Impact { kind: self, text: text.into() }
    }
}

/// What applying an object does: `old` is what the cluster has, `new` what it is to have; one of them may be none. Two
/// that have not the same name and namespace are one that goes away and one that comes.
/// `around` are the other objects of the environment, old and new, for what follows in them.
pub fn impacts(
    old: Option<&Manifest<'_>>,
    new: Option<&Manifest<'_>>,
    changes: &[Change<'_, '_>],
    around: (&[&Manifest<'_>], &[&Manifest<'_>]),
) -> Vec<Impact> {
    let case = Case { old, new, changes, around };
    let mut found = refused::refused(&case);
    if !found.is_empty() {
        // Nothing of the change is done; what is lost by doing it another way is to be known before.
        found.extend(scratch::lost_anew(&case).map(|text| Kind::DataLoss.with(text)));
        return found;
    }
    found.extend(data_loss::data_loss(&case));
    found.extend(recreate::recreate(&case));
    found.extend(remove::remove(&case));
    found.extend(moved::destination(&case));
    if !found.iter().any(|impact| impact.kind == Kind::Recreate) {
        found.extend(restart::restart(&case));
    }
    found.extend(stale::stale(&case));
    found.extend(expose::expose(&case));
    found.extend(grant::grant(&case));
    found.extend(scale::scale(&case));
    found.extend(resize::resize(&case));
    found.extend(image::image(&case));
    found.sort_by_key(Impact::gravity);
    found.dedup();
    found
}
