//! The addresses of a `Service` within the cluster: `clusterIP`, `clusterIPs` and their families. Whether the cluster has
//! them is for the server.

use super::service::concern;
use crate::kube::{at::At, check::Check, format::net};

/// The most addresses: one a family.
const MOST: usize = 2;

const NONE: &str = "None";

/// The first address, and whether there is only one.
fn first<'t>(spec: At<'t>) -> (&'t str, bool) {
    let list = spec.get("clusterIPs");
    match list.items().next() {
        Some(one) => (one.str(), list.len() == 1),
        None => (spec.get("clusterIP").str(), true),
    }
}

/// Whether a service has no address: its name leads to the pods.
pub(super) fn is_headless(spec: At<'_>) -> bool {
    first(spec) == (NONE, true)
}

/// Checks the addresses of a service that is not of type `ExternalName`.
pub(super) fn check<'t>(check: &mut Check<'t>, spec: At<'t>, kind: &str) {
    let (one, list) = (spec.get("clusterIP"), spec.get("clusterIPs"));
    match (one.str(), list.items().next()) {
        ("", Some(_)) => check.required(one, "it must be the first of `clusterIPs`"),
        (text, Some(first)) if first.str() != text => {
            check.invalid(first, format!("must be the same as `clusterIP`: `{text}`"));
        }
        _ => {}
    }
    families(check, spec);
    if is_headless(spec) {
        headless(check, spec, kind);
        return;
    }
    let fine = check.clean(|check| addresses(check, one, list));
    if fine && list.len() > 1 {
        let v4 = list.items().filter(|ip| net::address(ip.str()).is_some_and(net::is_v4)).count();
        if list.len() > MOST || v4 != 1 {
            check.invalid(list, "must hold at most one IPv4 and one IPv6 address");
        }
    }
    if fine {
        expected(check, spec);
    }
}

/// A service without an address.
fn headless<'t>(check: &mut Check<'t>, spec: At<'t>, kind: &str) {
    if matches!(kind, "NodePort" | "LoadBalancer") {
        check.invalid(spec.get("clusterIP"), format!("must be an address when `type` is `{kind}`"));
    }
    if kind != "ClusterIP" {
        return;
    }
    for key in ["loadBalancerIP", "externalIPs"] {
        if !spec.get(key).blank() {
            check.warn(spec.get(key), "headless services ignore it");
        }
    }
    if spec.get("sessionAffinity").str_or(NONE) != NONE {
        check.warn(spec.get("sessionAffinity"), "headless services ignore it");
    }
}

fn addresses<'t>(check: &mut Check<'t>, one: At<'t>, list: At<'t>) {
    let judge = net::ip_judge(check.minor);
    let alone = (list.is_empty() && !one.blank()).then_some(one);
    for ip in alone.into_iter().chain(list.items()) {
        match judge(ip.str()) {
            Some(_) if ip.str() == NONE => check.invalid(ip, "must stand alone"),
            Some(what) => check.invalid(ip, what),
            None => concern(check, ip),
        }
    }
}

fn families<'t>(check: &mut Check<'t>, spec: At<'t>) {
    let (families, policy) = (spec.get("ipFamilies"), spec.get("ipFamilyPolicy"));
    for family in families.items() {
        check.require_one_of(family, &["IPv4", "IPv6"]);
    }
    check.unique(families.items(), |family| Some(family.str()), "");
    check.one_of_or_null(policy, &["SingleStack", "PreferDualStack", "RequireDualStack"]);
    // Only headless services without a selector have both families by default.
    let both = is_headless(spec) && spec.get("selector").is_empty();
    let single = if policy.absent() { !both } else { policy.str() == "SingleStack" };
    let two = families.len() == MOST || spec.get("clusterIPs").len() == MOST;
    if single && two {
        check.invalid(policy, "must be `PreferDualStack` or `RequireDualStack` for two families");
    }
}

/// Every address must be of the family that is named for it.
fn expected<'t>(check: &mut Check<'t>, spec: At<'t>) {
    let (one, list) = (spec.get("clusterIP"), spec.get("clusterIPs"));
    let alone = (list.is_empty() && !one.blank()).then_some(one);
    for (ip, family) in alone.into_iter().chain(list.items()).zip(spec.get("ipFamilies").items()) {
        let v4 = net::address(ip.str()).is_some_and(net::is_v4);
        if matches!((family.str(), v4), ("IPv4", false) | ("IPv6", true)) {
            check.invalid(ip, format!("must be of the family `{}`, as `ipFamilies` says", family.str()));
        }
    }
}
