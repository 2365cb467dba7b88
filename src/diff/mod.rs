//! What two renderings differ in, by what it means to a cluster: objects paired by who they are, lists by the keys that Kubernetes
//! merges them by, and what applying each change does.
//!
//! Pure: two sides in, differences out. Where the sides come from, and how differences look, is for the floors above.

mod fields;
mod impact;
mod lists;
mod pair;
mod route;
mod text;
pub mod told;
mod touched;

pub use fields::changes;
pub use impact::{Impact, Kind as ImpactKind, Left, cluster, handed, impacts, left, moved};
pub use pair::{Pair, known, pairs};
pub use route::{Route, Step};
pub use text::{Stretch, Tag, stretches};
pub use touched::touched;

use crate::field::Field;

/// A field in which two objects differ: the outermost that only one of them has, or a value that is another.
#[derive(Debug, Clone)]
pub struct Change<'m, 'a> {
    /// The way from the top of the object.
    pub route: Route,
    /// What it held.
    pub old: Option<&'m Field<'a>>,
    /// What it holds.
    pub new: Option<&'m Field<'a>>,
    /// The map or list that it was in, and the one that it is in: the nearest that both sides have.
    pub within: (&'m Field<'a>, &'m Field<'a>),
    /// The items of a list are the same in another order.
    pub reordered: bool,
}
