//! Rules about names by which objects find each other, within an environment and across those of a cluster.
mod namespace_shared;
mod service_without_pods;

use super::Family;

/// The family.
pub(super) const FAMILY: Family = Family {
    title: "References between objects",
    rules: &[&namespace_shared::RULE, &service_without_pods::RULE],
};
