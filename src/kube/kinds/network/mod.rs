//! Ingress, network policies, endpoints slices and addresses.

mod address;
mod endpoints;
mod ingress;
mod policy;

use super::Rules;
use crate::kube::format::{names, net};

/// The first minor version that warns of odd forms of addresses.
const IP_WARNINGS: u32 = 33;

const NETWORKING: &str = "networking.k8s.io";

/// The kinds of this area.
pub(super) const RULES: &[Rules] = &[
    Rules { group: NETWORKING, kind: "Ingress", name: names::subdomain, check: ingress::check },
    Rules { group: "extensions", kind: "Ingress", name: names::subdomain, check: ingress::check },
    Rules { group: NETWORKING, kind: "IngressClass", name: names::subdomain, check: ingress::class },
    Rules { group: NETWORKING, kind: "NetworkPolicy", name: names::subdomain, check: policy::check },
    Rules { group: NETWORKING, kind: "IPAddress", name: net::ip_canonical, check: address::ip },
    Rules { group: NETWORKING, kind: "ServiceCIDR", name: names::subdomain, check: address::service },
    Rules {
        group: "discovery.k8s.io",
        kind: "EndpointSlice",
        name: names::subdomain,
        check: endpoints::check,
    },
];
