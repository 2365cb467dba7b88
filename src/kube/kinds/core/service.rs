//! `Service` of all types: ports, traffic, load balancers. Its addresses are in `cluster_ip`.

use super::cluster_ip;
use crate::kube::{
    at::{At, Data},
    check::{Check, Fault},
    format::{names, net},
    metadata,
};
use std::collections::HashSet;

/// The ports that nodes open for services, unless the server is told otherwise.
const NODE_PORTS: std::ops::RangeInclusive<i64> = 30_000..=32_767;

/// The most seconds that a client keeps its endpoint.
const AFFINITY: i64 = 86_400;

/// The first minor version that lets names begin with a digit.
const DIGITS_SINCE: u32 = 35;
/// The first minor versions that judge how traffic is distributed, and that know more than one way.
const DISTRIBUTION_SINCE: u32 = 31;
const SAME_SINCE: u32 = 34;

const HINTS: &str = "service.kubernetes.io/topology-aware-hints";
const MODE: &str = "service.kubernetes.io/topology-mode";
const SOURCES: &str = "service.beta.kubernetes.io/load-balancer-source-ranges";

/// Checks a `Service`.
pub(super) fn check<'t>(check: &mut Check<'t>, object: At<'t>) {
    let spec = object.get("spec");
    let kind = spec.get("type").str_or("ClusterIP");
    name(check, object);
    check.one_of(spec.get("type"), &["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"]);
    topology(check, object);
    if kind == "ExternalName" {
        external_name(check, spec);
    } else {
        if !spec.get("externalName").blank() {
            check.warn(spec.get("externalName"), "it is ignored unless `type` is `ExternalName`");
        }
        cluster_ip::check(check, spec, kind);
    }
    if spec.get("ports").is_empty() && kind != "ExternalName" && !cluster_ip::is_headless(spec) {
        check.required(
            spec.get("ports"),
            "only headless services and those of type `ExternalName` have no ports",
        );
    }
    ports(check, spec, kind);
    metadata::labels(check, spec.get("selector"));
    affinity(check, spec);
    external_ips(check, spec, kind);
    load_balancer(check, object, kind);
    traffic(check, spec, kind);
}

/// Before 1.35 the name must begin with a letter.
fn name(check: &mut Check<'_>, object: At<'_>) {
    let at = check.object.at(&["metadata", "name"]);
    let text = object.at(&["metadata", "name"]).str();
    if check.minor < DIGITS_SINCE
        && names::label(text).is_none()
        && let Some(what) = names::label_1035(text)
    {
        check.fault(Fault::NameInvalid, at, what);
    }
    let at = check.object.at(&["metadata", "generateName"]);
    if check.minor < DIGITS_SINCE && at.str().starts_with(|c: char| c.is_ascii_digit()) {
        check.fault(Fault::NameInvalid, at, "must begin with a letter");
    }
}

fn topology<'t>(check: &mut Check<'t>, object: At<'t>) {
    let annotations = object.at(&["metadata", "annotations"]);
    let (hints, mode) = (annotations.get(HINTS), annotations.get(MODE));
    if hints.depth == 0 {
        check.warn(hints, format!("the annotation is deprecated: use `{MODE}`"));
        if mode.depth == 0 && mode.str() != hints.str() {
            check.invalid(mode, format!("must be the same as the annotation `{HINTS}`"));
        }
    }
}

fn external_name<'t>(check: &mut Check<'t>, spec: At<'t>) {
    for key in ["clusterIPs", "clusterIP", "ipFamilies"] {
        if !spec.get(key).blank() {
            check.forbidden(spec.get(key), "may not be set when `type` is `ExternalName`");
        }
    }
    if spec.get("ipFamilyPolicy").present() {
        check.forbidden(spec.get("ipFamilyPolicy"), "may not be set when `type` is `ExternalName`");
    }
    let name = spec.get("externalName");
    let host = name.str().strip_suffix('.').unwrap_or(name.str());
    if host.is_empty() {
        check.required(name, "services of type `ExternalName` need it");
    } else if let Some(what) = names::subdomain(host) {
        check.invalid(name, what);
    }
}

fn ports<'t>(check: &mut Check<'t>, spec: At<'t>, kind: &str) {
    let list = spec.get("ports");
    let several = list.len() > 1;
    for port in list.items() {
        if !port.get("name").blank() {
            check.text(port.get("name"), names::label);
        } else if several {
            check.required(port.get("name"), "services with several ports need it");
        }
        one_port(check, port, kind);
    }
    let protocol = |port: At<'t>| port.get("protocol").str_or("TCP");
    let number = |port: At<'t>, key| port.get(key).int().filter(|n| *n != 0);
    let named = list.items().map(|port| port.get("name")).filter(|name| !name.blank());
    check.unique(named, |name| Some(name.str()), "another port has this name");
    let (mut all, mut open) = (HashSet::new(), HashSet::new());
    for port in list.items() {
        if !all.insert((protocol(port), port.get("port").int().unwrap_or(0))) {
            check.duplicate(port, "another entry has this port and protocol");
        }
        if number(port, "nodePort").is_some_and(|n| !open.insert((protocol(port), n))) {
            check.duplicate(port.get("nodePort"), "another entry has this port and protocol");
        }
    }
}

fn one_port<'t>(check: &mut Check<'t>, port: At<'t>, kind: &str) {
    if port.get("port").absent() {
        check.required(port.get("port"), "must be from 1 to 65535");
    } else {
        check.within(port.get("port"), 1, 65_535);
    }
    check.one_of(port.get("protocol"), &["TCP", "UDP", "SCTP"]);
    let target = port.get("targetPort");
    match target.data() {
        Data::Str(name) if !name.is_empty() => {
            check.text(target, names::port_name);
        }
        Data::Int(number) if number != 0 => {
            check.within(target, 1, 65_535);
        }
        _ => {}
    }
    check.text(port.get("appProtocol"), names::qualified);
    let node = port.get("nodePort");
    let Some(number) = node.int().filter(|n| *n != 0) else { return };
    match kind {
        "ClusterIP" => check.forbidden(node, "may not be set when `type` is `ClusterIP`"),
        "NodePort" | "LoadBalancer" if !NODE_PORTS.contains(&number) => {
            let (least, most) = NODE_PORTS.into_inner();
            let what =
                format!("servers take node ports from {least} to {most}, unless they are told otherwise");
            check.breaks(node, what);
        }
        _ => {}
    }
}

fn affinity<'t>(check: &mut Check<'t>, spec: At<'t>) {
    check.one_of(spec.get("sessionAffinity"), &["None", "ClientIP"]);
    if spec.get("sessionAffinity").str() == "ClientIP" {
        check.within(spec.at(&["sessionAffinityConfig", "clientIP", "timeoutSeconds"]), 1, AFFINITY);
    }
}

fn external_ips<'t>(check: &mut Check<'t>, spec: At<'t>, kind: &str) {
    let list = spec.get("externalIPs");
    let judge = net::ip_judge(check.minor);
    for ip in list.items() {
        let fine = match judge(ip.str()) {
            Some(what) => {
                check.invalid(ip, what);
                false
            }
            None => check.text(ip, net::endpoint),
        };
        if fine {
            concern(check, ip);
        }
    }
    if kind == "ExternalName" && !list.is_empty() {
        check.warn(list, "they are ignored when `type` is `ExternalName`");
    }
}

/// What the server warns of an address.
pub(super) fn concern<'t>(check: &mut Check<'t>, ip: At<'t>) {
    if let Some(what) = net::ip_concern(ip.str()) {
        check.warn(ip, what);
    }
}

fn load_balancer<'t>(check: &mut Check<'t>, object: At<'t>, kind: &str) {
    const WHAT: &str = "may only be set when `type` is `LoadBalancer`";
    let spec = object.get("spec");
    let (sources, annotation) =
        (spec.get("loadBalancerSourceRanges"), object.at(&["metadata", "annotations"]).get(SOURCES));
    let judge = net::cidr_judge(check.minor);
    let set = if sources.is_empty() { annotation } else { sources };
    if set.depth == 0 && kind != "LoadBalancer" && (!sources.is_empty() || annotation.depth == 0) {
        check.forbidden(set, WHAT);
    } else if sources.is_empty() {
        let ranges = annotation.str().trim();
        let wrong =
            if ranges.is_empty() { None } else { ranges.split(',').find_map(|range| judge(range.trim())) };
        if let Some(what) = wrong {
            check.invalid(annotation, format!("{what}; several stand between commas"));
        }
    }
    for range in sources.items() {
        match judge(range.str().trim()) {
            Some(what) => check.invalid(range, what),
            None => {
                if let Some(what) = net::cidr_concern(range.str().trim()) {
                    check.warn(range, what);
                }
            }
        }
    }
    let class = spec.get("loadBalancerClass");
    if kind == "LoadBalancer" {
        check.text(class, names::qualified);
    } else {
        for at in [class, spec.get("allocateLoadBalancerNodePorts")].into_iter().filter(|at| at.present()) {
            check.forbidden(at, WHAT);
        }
    }
    if !spec.get("loadBalancerIP").blank() {
        concern(check, spec.get("loadBalancerIP"));
    }
}

fn traffic<'t>(check: &mut Check<'t>, spec: At<'t>, kind: &str) {
    let outside = spec.get("externalTrafficPolicy");
    let reachable = matches!(kind, "LoadBalancer" | "NodePort")
        || (kind == "ClusterIP" && !spec.get("externalIPs").is_empty());
    if reachable {
        check.one_of(outside, &["Cluster", "Local"]);
    } else if !outside.blank() {
        check.forbidden(outside, "may only be set for services that are reached from outside: `NodePort`, `LoadBalancer` or with `externalIPs`");
    }
    let health = spec.get("healthCheckNodePort");
    if health.int().is_some_and(|port| port != 0) {
        if kind == "LoadBalancer" && outside.str() == "Local" {
            check.within(health, 1, 65_535);
        } else {
            check.forbidden(
                health,
                "may only be set when `type` is `LoadBalancer` and `externalTrafficPolicy` is `Local`",
            );
        }
    }
    check.one_of_or_null(spec.get("internalTrafficPolicy"), &["Cluster", "Local"]);
    let distribution = spec.get("trafficDistribution");
    match check.minor {
        SAME_SINCE.. => {
            check.one_of_or_null(distribution, &["PreferClose", "PreferSameZone", "PreferSameNode"]);
        }
        DISTRIBUTION_SINCE.. => {
            check.one_of_or_null(distribution, &["PreferClose"]);
        }
        _ => {}
    }
}
