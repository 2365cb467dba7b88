//! Rules about how many pods there are, and what happens to them when nodes go or versions change.
mod autoscaled_twice;
mod disruption_budget_blocks_drains;
mod disruption_budget_twofold;
mod fixed_and_autoscaled;
mod quorum_even;
mod quorum_too_small;
mod rolling_update_deadlock;
mod too_few;

use super::Family;

/// The family.
pub(super) const FAMILY: Family = Family {
    title: "Replicas and disruption",
    rules: &[
        &autoscaled_twice::RULE,
        &disruption_budget_blocks_drains::RULE,
        &disruption_budget_twofold::RULE,
        &quorum_even::RULE,
        &quorum_too_small::RULE,
        &fixed_and_autoscaled::RULE,
        &too_few::RULE,
        &rolling_update_deadlock::RULE,
    ],
};
