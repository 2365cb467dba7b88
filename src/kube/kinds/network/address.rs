//! `IPAddress` and `ServiceCIDR`: the addresses of services.

use crate::kube::{
    at::At,
    check::Check,
    format::{
        names,
        net::{self, Range},
    },
};

/// Checks an `IPAddress`.
pub(super) fn ip<'t>(check: &mut Check<'t>, object: At<'t>) {
    let parent = object.at(&["spec", "parentRef"]);
    if parent.absent() {
        check.required(parent, "");
        return;
    }
    let group = parent.get("group");
    if !group.blank() {
        check.text(group, names::subdomain);
    }
    for key in ["resource", "name"] {
        check.require(parent.get(key));
    }
    for key in ["resource", "name", "namespace"] {
        check.text(parent.get(key), names::path_segment);
    }
}

/// Checks a `ServiceCIDR`.
pub(super) fn service<'t>(check: &mut Check<'t>, object: At<'t>) {
    let cidrs = object.at(&["spec", "cidrs"]);
    if !check.require(cidrs) {
        return;
    }
    if cidrs.len() > 2 {
        check.too_long(cidrs, "must have at most 2 items, one of IPv4 and one of IPv6");
        return;
    }
    let mut families = Vec::new();
    for one in cidrs.items() {
        if let Some(what) = net::cidr_canonical(one.str()) {
            check.invalid(one, what);
        }
        families.extend(Range::parse(one.str()).map(|range| range.ip.is_ipv4()));
    }
    if let [first, second] = families[..]
        && first == second
    {
        check.invalid(cidrs, "must have at most one CIDR of IPv4 and one of IPv6");
    }
}
