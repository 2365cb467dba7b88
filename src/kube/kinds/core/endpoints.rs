//! `Endpoints`: the addresses behind a service.

use super::service::concern;
use crate::kube::{
    at::At,
    check::Check,
    format::{names, net},
};

/// Checks `Endpoints`.
pub(super) fn check<'t>(check: &mut Check<'t>, object: At<'t>) {
    for subset in object.get("subsets").items() {
        let (ready, waiting) = (subset.get("addresses"), subset.get("notReadyAddresses"));
        if ready.is_empty() && waiting.is_empty() {
            check.invalid(subset, "needs `addresses` or `notReadyAddresses`");
        }
        for one in ready.items().chain(waiting.items()) {
            address(check, one);
        }
        let several = subset.get("ports").len() > 1;
        for port in subset.get("ports").items() {
            if !port.get("name").blank() {
                check.text(port.get("name"), names::label);
            } else if several {
                check.required(port.get("name"), "subsets with several ports need it");
            }
            if port.get("port").absent() {
                check.required(port.get("port"), "must be from 1 to 65535");
            } else {
                check.within(port.get("port"), 1, 65_535);
            }
            check.one_of(port.get("protocol"), &["TCP", "UDP", "SCTP"]);
            check.text(port.get("appProtocol"), names::qualified);
        }
    }
}

fn address<'t>(check: &mut Check<'t>, at: At<'t>) {
    let ip = at.get("ip");
    let judge = net::ip_judge(check.minor);
    if check.require(ip) && check.text(ip, judge) && check.text(ip, net::endpoint) {
        concern(check, ip);
    }
    if !at.get("hostname").blank() {
        check.text(at.get("hostname"), names::label);
    }
    check.text(at.get("nodeName"), names::subdomain);
}
