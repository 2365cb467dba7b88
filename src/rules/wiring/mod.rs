//! Rules about names by which objects find each other, within an environment and across those of a cluster.
mod absent;
mod autoscaler_target_missing;
mod claim_missing;
mod config_map_missing;
mod disruption_budget_without_pods;
mod governing_service_missing;
mod ingress_backend_missing;
mod ingress_host_shared;
mod namespace_shared;
mod network_policy_without_pods;
mod object_shared;
mod quota;
mod quota_exceeded;
mod quota_without_requests;
mod reference_key_missing;
mod role_missing;
mod secret_missing;
mod service_account_missing;
mod service_port_missing;
mod service_without_pods;

use super::Family;

/// The family.
pub(super) const FAMILY: Family = Family {
    title: "References between objects",
    rules: &[
        &config_map_missing::RULE,
        &secret_missing::RULE,
        &reference_key_missing::RULE,
        &claim_missing::RULE,
        &service_account_missing::RULE,
        &service_without_pods::RULE,
        &service_port_missing::RULE,
        &ingress_backend_missing::RULE,
        &autoscaler_target_missing::RULE,
        &governing_service_missing::RULE,
        &disruption_budget_without_pods::RULE,
        &network_policy_without_pods::RULE,
        &role_missing::RULE,
        &quota_exceeded::RULE,
        &quota_without_requests::RULE,
        &namespace_shared::RULE,
        &object_shared::RULE,
        &ingress_host_shared::RULE,
    ],
};
