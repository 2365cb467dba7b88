//! Rules about Argo CD: what it is allowed to sync, and in which order.

use super::Family;

/// The family.
pub(super) const FAMILY: Family = Family { title: "Delivery with Argo CD", rules: &[] };
