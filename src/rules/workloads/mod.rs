//! Rules about pods and their containers: resources, probes and privileges.

use super::Family;

/// The family.
pub(super) const FAMILY: Family = Family { title: "Workloads", rules: &[] };
