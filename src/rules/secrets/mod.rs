//! Rules about passwords and keys that everybody can read.

mod last_applied_annotation;
mod plain_text;

use super::Family;

/// The family.
pub(super) const FAMILY: Family =
    Family { title: "Secrets", rules: &[&last_applied_annotation::RULE, &plain_text::RULE] };
