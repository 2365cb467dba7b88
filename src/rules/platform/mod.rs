//! Rules about data platforms: what DolphinScheduler, ZooKeeper, object stores and monitoring take amiss.

use super::Family;

/// The family.
pub(super) const FAMILY: Family = Family { title: "DolphinScheduler and data platforms", rules: &[] };
