//! Ingress, network policies, endpoints slices and addresses.

use super::Rules;

/// The kinds of this area.
pub(super) const RULES: &[Rules] = &[];
