//! The core group, pods and volumes apart: services, configuration, namespaces and their limits.

mod config_map;

use super::Rules;
use crate::kube::format::names;

/// The kinds of this area.
pub(super) const RULES: &[Rules] =
    &[Rules { group: "", kind: "ConfigMap", name: names::subdomain, check: config_map::check }];
