//! Rules about pods and their containers: resources, probes and privileges.
mod container_privileged;
mod host_namespace_shared;
mod host_path_mounted;
mod probe_missing;
mod resources_missing;
mod runs_as_root;
mod service_account_token_mounted;

use super::Family;

/// The family.
pub(super) const FAMILY: Family = Family {
    title: "Workloads",
    rules: &[
        &container_privileged::RULE,
        &host_namespace_shared::RULE,
        &host_path_mounted::RULE,
        &probe_missing::RULE,
        &resources_missing::RULE,
        &runs_as_root::RULE,
        &service_account_token_mounted::RULE,
    ],
};
