//! Rules about container images: which build runs, and where it comes from.

mod digest_missing;
mod found;
mod pull_policy_contradicts;
mod registry_foreign;
mod tag_floating;

use super::Family;

/// The family.
pub(super) const FAMILY: Family = Family {
    title: "Images",
    rules: &[
        &tag_floating::RULE,
        &digest_missing::RULE,
        &registry_foreign::RULE,
        &pull_policy_contradicts::RULE,
    ],
};
