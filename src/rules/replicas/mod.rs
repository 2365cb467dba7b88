//! Rules about how many pods there are, and what happens to them when nodes go or versions change.
mod autoscaled_twice;
mod fixed_and_autoscaled;
mod too_few;

use super::Family;

/// The family.
pub(super) const FAMILY: Family = Family {
    title: "Replicas and disruption",
    rules: &[&autoscaled_twice::RULE, &fixed_and_autoscaled::RULE, &too_few::RULE],
};
