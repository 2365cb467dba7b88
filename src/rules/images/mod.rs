//! Rules about container images: which build runs, and where it comes from.

mod tag_floating;

use super::Family;

/// The family.
pub(super) const FAMILY: Family = Family { title: "Images", rules: &[&tag_floating::RULE] };
