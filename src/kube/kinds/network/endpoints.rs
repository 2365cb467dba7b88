//! `EndpointSlice`: addresses of one family, ports, and hints.

use crate::kube::{
    at::At,
    check::Check,
    format::{names, net},
};

/// The most endpoints of a slice.
const ENDPOINTS: usize = 1000;
/// The most addresses of an endpoint.
const ADDRESSES: usize = 100;
/// The most ports of a slice.
const PORTS: usize = 20_000;
/// The most hints of a kind.
const HINTS: usize = 8;
/// The most labels of the topology.
const TOPOLOGY: usize = 16;
/// Who manages slices and is not warned of addresses.
const OWN: [&str; 2] = ["endpointslice-controller.k8s.io", "endpointslicemirroring-controller.k8s.io"];

/// Checks an `EndpointSlice`.
pub(super) fn check<'t>(check: &mut Check<'t>, object: At<'t>) {
    let family = object.get("addressType");
    check.require_one_of(family, &["IPv4", "IPv6", "FQDN"]);
    if family.str() == "FQDN" {
        check.warn(family, "endpoints that are DNS names are deprecated");
    }
    ports(check, object.get("ports"));
    let endpoints = object.get("endpoints");
    if endpoints.len() > ENDPOINTS {
        check.too_long(endpoints, format!("must have at most {ENDPOINTS} items"));
        return;
    }
    let manager = object.at(&["metadata", "labels", "endpointslice.kubernetes.io/managed-by"]);
    let warned = check.minor >= super::IP_WARNINGS && !OWN.contains(&manager.str());
    for one in endpoints.items() {
        endpoint(check, one, family.str(), warned);
    }
}

fn ports<'t>(check: &mut Check<'t>, at: At<'t>) {
    if at.len() > PORTS {
        check.too_long(at, format!("must have at most {PORTS} items"));
        return;
    }
    check.unique(at.items(), |port| Some(port.get("name").str()), "another port has this name");
    for port in at.items() {
        let name = port.get("name");
        if !name.blank() {
            check.text(name, names::label);
        }
        check.one_of_or_null(port.get("protocol"), &["TCP", "UDP", "SCTP"]);
        check.text(port.get("appProtocol"), names::qualified);
    }
}

fn endpoint<'t>(check: &mut Check<'t>, at: At<'t>, family: &str, warned: bool) {
    let addresses = at.get("addresses");
    if check.require(addresses) && addresses.len() > ADDRESSES {
        check.too_long(addresses, format!("must have at most {ADDRESSES} items"));
    }
    for one in addresses.items() {
        let fine = address(check, one, family);
        if fine
            && warned
            && let Some(concern) = net::ip_concern(one.str())
        {
            check.warn(one, concern);
        }
    }
    check.text(at.get("nodeName"), names::subdomain);
    check.text(at.get("hostname"), names::label);
    if check.version == "v1beta1" {
        let topology = at.get("topology");
        if topology.len() > TOPOLOGY {
            check.too_long(topology, format!("must have at most {TOPOLOGY} labels"));
        }
    }
    let hints = at.get("hints");
    for (key, judge) in
        [("forZones", names::label_value as fn(&str) -> _), ("forNodes", names::subdomain as fn(&str) -> _)]
    {
        let list = hints.get(key);
        // Servers before this one drop the field.
        if key == "forNodes" && check.minor < 34 {
            continue;
        }
        if list.len() > HINTS {
            check.too_long(list, format!("must have at most {HINTS} items"));
            return;
        }
        check.unique(list.items(), |hint| Some(hint.get("name").str()), "another hint has this name");
        for hint in list.items() {
            if let Some(what) = judge(hint.get("name").str()) {
                check.invalid(hint.get("name"), what);
            }
        }
    }
}

fn address<'t>(check: &mut Check<'t>, at: At<'t>, family: &str) -> bool {
    let text = at.str();
    let wrong = match family {
        "IPv4" => net::ip_judge(check.minor)(text)
            .or_else(|| other_family(text, true))
            .or_else(|| net::endpoint(text)),
        "IPv6" => {
            net::ip_canonical(text).or_else(|| other_family(text, false)).or_else(|| net::endpoint(text))
        }
        "FQDN" => names::full_domain(text),
        _ => None,
    };
    let fine = wrong.is_none();
    if let Some(what) = wrong {
        check.invalid(at, what);
    }
    fine
}

fn other_family(text: &str, four: bool) -> Option<std::borrow::Cow<'static, str>> {
    let fine = net::address(text).is_some_and(|ip| net::is_v4(ip) == four);
    let what = if four { "must be an IPv4 address" } else { "must be an IPv6 address" };
    (!fine).then_some(what.into())
}
