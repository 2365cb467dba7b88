//! What runs and scales pods: apps, batch, autoscaling, policy.

use super::Rules;

/// The kinds of this area.
pub(super) const RULES: &[Rules] = &[];
