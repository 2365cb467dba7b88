//! NetworkPolicies: one that denies by default, and one for each of those that are let through all the same.

use super::object;
use crate::{
    diag::Finding,
    field::{By, Data, Field, Maker},
    source::Span,
    workspace::Setting,
};

const VERSION: &str = "networking.k8s.io/v1";

/// The label by which every cluster names its namespaces.
const NAMESPACE_LABEL: &str = "kubernetes.io/metadata.name";

/// The directions that are denied.
#[derive(Clone, Copy)]
struct Denied {
    ingress: bool,
    egress: bool,
}

/// The policies that are asked for.
pub(super) fn policies<'a>(
    setting: &Setting<'_, 'a>,
    maker: &mut Maker<'_>,
    findings: &mut Vec<Finding>,
) -> Vec<Field<'a>> {
    let Some(default) = setting.get(&["default"]) else { return Vec::new() };
    let word = default.text().unwrap_or_default();
    let denied = Denied { ingress: word != "deny-egress", egress: word != "deny-ingress" };
    let by = maker.by(default.span());
    let mut made = vec![policy(format!("default-{word}"), denied, None, by)];
    // What is on by default is asked for by the default.
    let place = |key: &str| match setting.get(&[key]) {
        Some(own) if own.flag() == Some(false) => None,
        Some(own) => Some(own.span()),
        None => Some(default.span()),
    };
    if let Some(at) = place("allowSameNamespace") {
        let by = maker.by(at);
        let all = Field::map(vec![("podSelector", Field::map::<&str>(Vec::new(), by))], by);
        made.push(policy("allow-same-namespace", denied, Some(&[all]), by));
    }
    if let Some(at) = place("allowDNS").filter(|_| denied.egress) {
        made.push(dns(maker.by(at)));
    }
    if let Some(names) = setting.get(&["allowNamespaces"]) {
        let peers: Vec<_> = names.entries().map(|(_, name)| namespace(&name, maker)).collect();
        made.push(policy("allow-namespaces", denied, Some(&peers), maker.by(names.key_span())));
    }
    for (key, name, open, direction) in [
        ("allowFrom", "allow-from", !denied.ingress, "comes in"),
        ("allowTo", "allow-to", !denied.egress, "goes out"),
    ] {
        let Some(ranges) = setting.get(&[key]) else { continue };
        if open {
            findings.push(idle(key, direction, ranges.key_span(), default.span()));
            continue;
        }
        let one = Denied { ingress: key == "allowFrom", egress: key == "allowTo" };
        let peers: Vec<_> = ranges.entries().map(|(_, range)| block(&range, maker)).collect();
        made.push(policy(name, one, Some(&peers), maker.by(ranges.key_span())));
    }
    made
}

fn idle(key: &str, direction: &str, at: Span, default: Span) -> Finding {
    let message = format!("`{key}` does nothing: what {direction} is not denied");
    Finding::error("environment-policy-idle", at, message)
        .related(default, "this is what is denied")
        .help(format!("remove `{key}`, or set the default to deny-all"))
}

/// A policy for all pods; with peers it lets them through, without it denies.
fn policy<'a>(
    name: impl Into<std::borrow::Cow<'a, str>>,
    denied: Denied,
    peers: Option<&[Field<'a>]>,
    by: By,
) -> Field<'a> {
    let mut spec = vec![("podSelector", Field::map::<&str>(Vec::new(), by))];
    let mut types = Vec::new();
    for (on, kind, list, side) in
        [(denied.ingress, "Ingress", "ingress", "from"), (denied.egress, "Egress", "egress", "to")]
    {
        if !on {
            continue;
        }
        types.push(kind);
        if let Some(peers) = peers {
            let rule = Field::map(vec![(side, Field::list(peers.to_vec(), by))], by);
            spec.push((list, Field::list(vec![rule], by)));
        }
    }
    spec.insert(1, ("policyTypes", Field::texts(&types, by)));
    let mut members = object(VERSION, "NetworkPolicy", Field::text(name, by), by);
    members.push(("spec", Field::map(spec, by)));
    Field::map(members, by)
}

/// Look-ups go wherever they go: to the cluster's DNS, or to a cache on the node, which no selector reaches.
fn dns<'a>(by: By) -> Field<'a> {
    let port = |protocol: &'a str| {
        let number = Field { data: Data::Int(53), by };
        Field::map(vec![("protocol", Field::text(protocol, by)), ("port", number)], by)
    };
    let rule = Field::map(vec![("ports", Field::list(vec![port("UDP"), port("TCP")], by))], by);
    let spec = vec![
        ("podSelector", Field::map::<&str>(Vec::new(), by)),
        ("policyTypes", Field::texts(&["Egress"], by)),
        ("egress", Field::list(vec![rule], by)),
    ];
    let mut members = object(VERSION, "NetworkPolicy", Field::text("allow-dns", by), by);
    members.push(("spec", Field::map(spec, by)));
    Field::map(members, by)
}

fn namespace<'a>(name: &Setting<'_, 'a>, maker: &mut Maker<'_>) -> Field<'a> {
    let by = maker.by(name.span());
    let label = Field::map(vec![(NAMESPACE_LABEL, Field::text(name.text().unwrap_or_default(), by))], by);
    let selector = Field::map(vec![("matchLabels", label)], by);
    Field::map(vec![("namespaceSelector", selector)], by)
}

fn block<'a>(range: &Setting<'_, 'a>, maker: &mut Maker<'_>) -> Field<'a> {
    let by = maker.by(range.span());
    let cidr = Field::text(range.text().unwrap_or_default(), by);
    Field::map(vec![("ipBlock", Field::map(vec![("cidr", cidr)], by))], by)
}
