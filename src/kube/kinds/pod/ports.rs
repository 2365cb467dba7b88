//! Ports of containers, within a container and over all of them.

use super::scope::Scope;
use crate::kube::{at::At, check::Check, format::names};
use std::collections::{HashMap, HashSet};

/// A port with its defaults.
#[derive(Clone, Copy)]
struct Port<'t> {
    at: At<'t>,
    container: &'t str,
    number: i64,
    host: i64,
    ip: &'t str,
    protocol: &'t str,
}

fn ports<'t>(scope: &Scope<'t>, container: At<'t>) -> impl Iterator<Item = Port<'t>> {
    // A pod in the host's network has its ports on the host; of a template this is said when a pod is made.
    let on_host = scope.of_pod && scope.host_network;
    container.get("ports").items().map(move |at| {
        let number = at.get("containerPort").int().unwrap_or(0);
        let host = at.get("hostPort").int().unwrap_or(0);
        Port {
            at,
            container: container.get("name").str(),
            number,
            host: if host == 0 && on_host { number } else { host },
            ip: at.get("hostIP").str(),
            protocol: at.get("protocol").str_or("TCP"),
        }
    })
}

/// Checks the ports of all containers.
pub(super) fn check<'t>(check: &mut Check<'t>, scope: &Scope<'t>) {
    let mut taken = HashSet::new();
    for container in scope.spec.get("containers").items() {
        one(check, scope, container, &mut taken);
        if scope.host_network {
            for port in ports(scope, container).filter(|port| port.host != 0 && port.host != port.number) {
                let at = port.at.get("hostPort");
                check.invalid(at, "must be the same as `containerPort` when `hostNetwork` is true");
            }
        }
    }
    // Containers that start the pod run one after the other: each has its ports for itself.
    for container in scope.spec.get("initContainers").items() {
        one(check, scope, container, &mut HashSet::new());
    }
    overlaps(check, scope);
    names_once(check, scope);
}

fn one<'t>(
    check: &mut Check<'t>,
    scope: &Scope<'t>,
    container: At<'t>,
    taken: &mut HashSet<(&'t str, &'t str, i64)>,
) {
    let mut seen = HashSet::new();
    for port in ports(scope, container) {
        let (name, number, host) =
            (port.at.get("name"), port.at.get("containerPort"), port.at.get("hostPort"));
        if !name.blank() && check.text(name, names::port_name) && !seen.insert(name.str()) {
            check.duplicate(name, "another port of the container has this name");
        }
        if number.absent() {
            check.required(number, "must be from 1 to 65535");
        } else {
            check.within(number, 1, 65535);
        }
        check.within(host, 0, 65535);
        check.one_of(port.at.get("protocol"), &["TCP", "UDP", "SCTP"]);
        if port.host != 0 && !taken.insert((port.protocol, port.ip, port.host)) {
            let at = if host.int().unwrap_or(0) == 0 { number } else { host };
            check.duplicate(at, "another port of the pod is on this port of the host");
        }
    }
}

/// Warns of ports that several containers, or one of them twice, open.
fn overlaps<'t>(check: &mut Check<'t>, scope: &Scope<'t>) {
    let mut known: HashMap<(i64, &'t str), Vec<Port<'t>>> = HashMap::new();
    for port in scope.all_containers().flat_map(|container| ports(scope, container)) {
        if !port.ip.is_empty() && port.host == 0 {
            check.warn(port.at.get("hostIP"), "has no effect without `hostPort`");
        }
        let others = known.entry((port.number, port.protocol)).or_default();
        let clash = others.iter().find_map(|other| Some((other.container, clash(port, *other)?)));
        if let Some((other, what)) = clash {
            check.warn(port.at, format!("the port {} {what} of the container `{other}`", port.number));
        }
        others.push(port);
    }
}

/// What two ports of the same number are to each other, if they are in each other's way.
fn clash(one: Port<'_>, other: Port<'_>) -> Option<&'static str> {
    let same_host = one.host == other.host;
    if same_host && one.ip == other.ip {
        Some("is the same as one")
    } else if one.host == 0 || other.host == 0 {
        Some("overlaps with one")
    } else if same_host && one.ip.is_empty() != other.ip.is_empty() {
        Some("cannot be told from one")
    } else {
        None
    }
}

/// Warns of names of ports that several containers have.
fn names_once<'t>(check: &mut Check<'t>, scope: &Scope<'t>) {
    let mut known: HashMap<&'t str, &'t str> = HashMap::new();
    for port in scope.all_containers().flat_map(|container| ports(scope, container)) {
        let name = port.at.get("name");
        if name.blank() {
            continue;
        }
        let first = *known.entry(name.str()).or_insert(port.container);
        if first != port.container {
            let what = format!(
                "services and probes that select `{}` use the port of the container `{first}`",
                name.str()
            );
            check.warn(name, what);
        }
    }
}
