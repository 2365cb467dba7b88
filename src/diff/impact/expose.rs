//! What can be reached from outside, more or less than before.

use super::{
    Impact, Kind,
    case::{Case, flag, kind, number, text, texts},
    network_policy,
    words::{code, list},
};
use crate::{
    field::Field,
    manifest::{Manifest, pod_template},
};

/// What more, or what else, can be reached.
pub(super) fn expose(case: &Case<'_, '_, '_>) -> Vec<Impact> {
    let mut found = Vec::new();
    let (old, new) = match case.both() {
        Some((old, new)) => (Some(old), Some(new)),
        None => (None, case.comes()),
    };
    if let Some(gone) = case.gone() {
        found.extend(network_policy::gone(gone));
    }
    if let Some(new) = new {
        match kind(new) {
            ("networking.k8s.io" | "extensions", "Ingress") => found.extend(ingress(old, new)),
            ("", "Service") => found.extend(service(old, new)),
            ("networking.k8s.io", "NetworkPolicy") => {
                found.extend(old.into_iter().flat_map(|old| network_policy::widened(&old.body, &new.body)));
            }
            ("minio.min.io", "Tenant") => {
                for name in ["minio", "console"] {
                    let on = |m: &Manifest<'_>| flag(&m.body, &["spec", "exposeServices", name]);
                    if on(new) && !old.is_some_and(on) {
                        found.push(format!("has its operator expose its {name} Service as `LoadBalancer`"));
                    }
                }
            }
            _ => {}
        }
        found.extend(node_ports(old, new));
    }
    found.into_iter().map(|text| Kind::Expose.with(text)).collect()
}

/// The host names of an Ingress; `*` for rules without one, and for a backend of all that no rule fits.
pub(super) fn hosts(body: &Field<'_>) -> Vec<String> {
    let rules = body.at(&["spec", "rules"]).map_or(&[][..], Field::items);
    let mut hosts: Vec<String> =
        rules.iter().map(|rule| text(rule, &["host"]).unwrap_or("*").to_owned()).collect();
    if body.at(&["spec", "defaultBackend"]).is_some() || body.at(&["spec", "backend"]).is_some() {
        hosts.push("*".to_owned());
    }
    hosts.sort();
    hosts.dedup();
    hosts
}

/// The paths of an Ingress, with their hosts.
fn paths(body: &Field<'_>) -> Vec<String> {
    let rules = body.at(&["spec", "rules"]).map_or(&[][..], Field::items);
    let of = |rule: &Field<'_>| -> Vec<String> {
        let host = text(rule, &["host"]).unwrap_or("*").to_owned();
        let paths = rule.at(&["http", "paths"]).map_or(&[][..], Field::items);
        paths.iter().map(|p| format!("{host}{}", text(p, &["path"]).unwrap_or("/"))).collect()
    };
    rules.iter().flat_map(of).collect()
}

fn ingress(old: Option<&Manifest<'_>>, new: &Manifest<'_>) -> Vec<String> {
    let after = hosts(&new.body);
    let Some(old) = old else {
        return (!after.is_empty())
            .then(|| format!("makes {} reachable from outside", named(&after)))
            .into_iter()
            .collect();
    };
    let before = hosts(&old.body);
    let mut found = Vec::new();
    let only = |a: &[String], b: &[String]| -> Vec<String> {
        a.iter().filter(|h| !b.contains(h)).cloned().collect()
    };
    let (added, removed) = (only(&after, &before), only(&before, &after));
    if !added.is_empty() {
        found.push(format!("makes {} reachable from outside", named(&added)));
    }
    if !removed.is_empty() {
        found.push(format!("serves {} no more", named(&removed)));
    }
    let (was, is) = (paths(&old.body), paths(&new.body));
    let host = |path: &String, hosts: &[String]| {
        hosts.iter().any(|h| path.strip_prefix(h.as_str()).is_some_and(|r| r.starts_with('/')))
    };
    let further: Vec<String> = only(&is, &was).into_iter().filter(|p| !host(p, &added)).collect();
    let fewer: Vec<String> = only(&was, &is).into_iter().filter(|p| !host(p, &removed)).collect();
    if !further.is_empty() {
        found.push(format!("makes {} reachable from outside", code(&further)));
    }
    if !fewer.is_empty() {
        found.push(format!("serves {} no more", code(&fewer)));
    }
    let tls = |m: &Manifest<'_>| m.body.at(&["spec", "tls"]).is_some_and(|t| !t.items().is_empty());
    if tls(old) && !tls(new) {
        found.push("serves without TLS".to_owned());
    }
    let class = |m: &Manifest<'_>| text(&m.body, &["spec", "ingressClassName"]).map(str::to_owned);
    if let (Some(was), Some(is)) = (class(old), class(new))
        && was != is
    {
        found.push(format!("is served by `{is}` instead of `{was}`"));
    }
    found
}

fn named(hosts: &[String]) -> String {
    if hosts.iter().any(|h| h == "*") { "every host name".to_owned() } else { code(hosts) }
}

fn service(old: Option<&Manifest<'_>>, new: &Manifest<'_>) -> Vec<String> {
    let mut found = Vec::new();
    let of = |m: &Manifest<'_>| text(&m.body, &["spec", "type"]).unwrap_or("ClusterIP").to_owned();
    let (was, is) = (old.map_or_else(|| "ClusterIP".to_owned(), of), of(new));
    let open = |t: &str| matches!(t, "NodePort" | "LoadBalancer");
    let ports = |m: &Manifest<'_>| -> Vec<String> {
        let ports = m.body.at(&["spec", "ports"]).map_or(&[][..], Field::items);
        ports.iter().filter_map(|p| number(p, &["nodePort"])).map(|n| n.to_string()).collect()
    };
    let at = match ports(new).as_slice() {
        [] => "on a port that the cluster chooses".to_owned(),
        ports => format!("on {}", list(ports)),
    };
    if was != is && open(&is) {
        found.push(match is.as_str() {
            "NodePort" => format!("can be reached on every node, {at}"),
            _ => "gets a load balancer that leads to it".to_owned(),
        });
    } else if was != is && open(&was) {
        found.push(format!("cannot be reached from outside anymore: `{is}` instead of `{was}`"));
    } else if open(&is)
        && let Some(old) = old
        && ports(old) != ports(new)
    {
        let from = match ports(old).as_slice() {
            [] => String::new(),
            old => format!(", instead of {}", list(old)),
        };
        found.push(format!("can be reached on every node, {at}{from}"));
    }
    let added = |key: &str| -> Vec<String> {
        let had = old.map_or_else(Vec::new, |o| texts(&o.body, &["spec", key]));
        texts(&new.body, &["spec", key]).into_iter().filter(|t| !had.contains(t)).map(str::to_owned).collect()
    };
    let external = added("externalIPs");
    if !external.is_empty() {
        found.push(format!("can be reached at {}", code(&external)));
    }
    if let Some(old) = old.filter(|_| is == "LoadBalancer" && was == is) {
        let limited = |m: &Manifest<'_>| !texts(&m.body, &["spec", "loadBalancerSourceRanges"]).is_empty();
        let ranges = added("loadBalancerSourceRanges");
        if limited(old) && !limited(new) {
            found.push("lets every address in: its `loadBalancerSourceRanges` are gone".to_owned());
        } else if limited(old) && !ranges.is_empty() {
            found.push(format!("lets {} in too", code(&ranges)));
        }
    }
    found
}

/// The ports and the network of nodes that pods take.
fn node_ports(old: Option<&Manifest<'_>>, new: &Manifest<'_>) -> Vec<String> {
    let Some(route) = pod_template(&new.identity) else { return Vec::new() };
    let host =
        |m: &Manifest<'_>| m.body.at(route).is_some_and(|template| flag(template, &["spec", "hostNetwork"]));
    let ports = |m: &Manifest<'_>| -> Vec<String> {
        let containers = m.body.at(route).and_then(|t| t.at(&["spec", "containers"]));
        let all = containers.map_or(&[][..], Field::items).iter();
        let ports = all.flat_map(|c| c.get("ports").map_or(&[][..], Field::items));
        ports.filter_map(|p| number(p, &["hostPort"])).filter(|n| *n != 0).map(|n| n.to_string()).collect()
    };
    let mut found = Vec::new();
    if host(new) && !old.is_some_and(host) {
        found.push(
            "uses the network of its nodes (`hostNetwork`): all its ports can be reached there".to_owned(),
        );
    }
    let had = old.map_or_else(Vec::new, ports);
    let added: Vec<String> = ports(new).into_iter().filter(|p| !had.contains(p)).collect();
    if !added.is_empty() && !host(new) {
        found.push(format!("can be reached on its nodes, on {} (`hostPort`)", list(&added)));
    }
    found
}
