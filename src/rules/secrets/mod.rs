//! Rules about passwords and keys that everybody can read, or guess.

mod default_credentials;
mod in_configmap;
mod in_env;
mod last_applied_annotation;
mod places;
mod plain_text;
mod rendered;

use super::Family;

/// The family.
pub(super) const FAMILY: Family = Family {
    title: "Secrets",
    rules: &[
        &last_applied_annotation::RULE,
        &plain_text::RULE,
        &rendered::RULE,
        &in_configmap::RULE,
        &in_env::RULE,
        &default_credentials::RULE,
    ],
};
