//! Rules about how many pods there are, and what happens to them when nodes go or versions change.
mod too_few;

use super::Family;

/// The family.
pub(super) const FAMILY: Family = Family { title: "Replicas and disruption", rules: &[&too_few::RULE] };
