//! Rules about the service mesh.

use super::Family;

/// The family.
pub(super) const FAMILY: Family = Family { title: "Service mesh", rules: &[] };
