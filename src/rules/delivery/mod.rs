//! Rules about Argo CD: what it is allowed to sync, and in which order.

mod application_outside_project;
mod glob;
mod hook_deadlock;
mod hook_ignored;
mod job_recreated;
mod projects;
mod sync_option_missing;

use super::Family;

/// The family.
pub(super) const FAMILY: Family = Family {
    title: "Delivery with Argo CD",
    rules: &[
        &application_outside_project::RULE,
        &hook_deadlock::RULE,
        &hook_ignored::RULE,
        &job_recreated::RULE,
        &sync_option_missing::RULE,
    ],
};
