//! Rules about pods and their containers: resources, probes and privileges.
mod container_privileged;
mod host_namespace_shared;
mod host_path_mounted;
mod runs_as_root;

use super::Family;

/// The family.
pub(super) const FAMILY: Family = Family {
    title: "Workloads",
    rules: &[
        &container_privileged::RULE,
        &host_namespace_shared::RULE,
        &host_path_mounted::RULE,
        &runs_as_root::RULE,
    ],
};
