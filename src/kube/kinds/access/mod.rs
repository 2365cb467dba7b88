//! Rights, certificates and who may do what: rbac, certificates, authentication.

use super::Rules;

/// The kinds of this area.
pub(super) const RULES: &[Rules] = &[];
