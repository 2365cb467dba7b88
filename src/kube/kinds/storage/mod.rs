//! Volumes, claims and storage classes.

use super::Rules;

/// The kinds of this area.
pub(super) const RULES: &[Rules] = &[];
