//! The core group, pods and volumes apart: services, configuration, namespaces and their limits.

mod cluster_ip;
mod config_map;
mod endpoints;
mod event;
mod limit_range;
mod namespace;
mod node;
mod resource_quota;
mod secret;
mod service;

use super::Rules;
use crate::kube::format::names;

/// The kinds of this area.
pub(super) const RULES: &[Rules] = &[
    Rules { group: "", kind: "Binding", name: names::path_segment, check: node::binding },
    Rules { group: "", kind: "ConfigMap", name: names::subdomain, check: config_map::check },
    Rules { group: "", kind: "Endpoints", name: names::subdomain, check: endpoints::check },
    Rules { group: "", kind: "Event", name: names::path_segment, check: event::core },
    Rules { group: "events.k8s.io", kind: "Event", name: names::subdomain, check: event::events },
    Rules { group: "", kind: "LimitRange", name: names::subdomain, check: limit_range::check },
    Rules { group: "", kind: "Namespace", name: names::label, check: namespace::namespace },
    Rules { group: "", kind: "Node", name: names::subdomain, check: node::check },
    Rules { group: "", kind: "ResourceQuota", name: names::subdomain, check: resource_quota::check },
    Rules { group: "", kind: "Secret", name: names::subdomain, check: secret::check },
    Rules { group: "", kind: "Service", name: names::label, check: service::check },
    Rules { group: "", kind: "ServiceAccount", name: names::subdomain, check: namespace::service_account },
];
