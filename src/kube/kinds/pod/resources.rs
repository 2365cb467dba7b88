//! Requests and limits: of containers, of the pod as a whole, and its overhead.

use super::{
    scope::{Scope, is_sidecar},
    since,
};
use crate::kube::{
    at::At,
    check::Check,
    format::{Verdict, names, quantity::Quantity, resources, unless},
};
use std::collections::{BTreeMap, HashSet};

const HUGE: &str = "hugepages-";
/// A thousandth, in billionths: the server rounds amounts of resources up to it.
const MILLI: i128 = 1_000_000;

/// Amounts of resources in thousandths, by name.
type Amounts<'t> = BTreeMap<&'t str, i128>;

/// An amount in thousandths, rounded away from 0.
fn amount(at: At<'_>) -> i128 {
    let nano = at.quantity().map_or(0, Quantity::nano);
    nano / MILLI + if nano % MILLI == 0 { 0 } else { nano.signum() }
}

fn amounts(at: At<'_>) -> Amounts<'_> {
    at.members().map(|(name, value)| (name, amount(value))).collect()
}

/// Checks the resources of a container.
pub(super) fn of_container<'t>(check: &mut Check<'t>, scope: &Scope<'t>, at: At<'t>) {
    requirements(check, at, resources::of_container);
    for list in ["limits", "requests"] {
        fractions(check, at.get(list));
    }
    if check.minor >= since::CLAIMS {
        claims(check, scope, at.get("claims"));
    }
}

fn requirements<'t>(check: &mut Check<'t>, at: At<'t>, judge: fn(&str) -> Verdict) {
    let (limits, requests) = (at.get("limits"), at.get("requests"));
    for list in [limits, requests] {
        for (name, value) in list.members() {
            one(check, name, value, judge);
        }
    }
    for (name, value) in requests.members() {
        let limit = limits.get(name);
        let overcommitted = resources::is_overcommitted(name);
        if limit.depth > 0 {
            if !overcommitted {
                check.required(limit, "such a resource needs a limit, and the request must equal it");
            }
        } else if overcommitted && amount(value) > amount(limit) {
            check.invalid(
                value,
                match limit.str() {
                    "" => "must be at most the limit".into(),
                    text => format!("must be at most the limit, `{text}`"),
                },
            );
        } else if !overcommitted && amount(value) != amount(limit) {
            check.invalid(value, "must be the same as the limit");
        }
    }
    let has = |wanted: fn(&str) -> bool| {
        [limits, requests].iter().any(|list| list.members().any(|(n, _)| wanted(n)))
    };
    if has(|name| name.starts_with(HUGE)) && !has(|name| matches!(name, "cpu" | "memory")) {
        check.forbidden(at, "may only have huge pages beside `cpu` or `memory`");
    }
}

fn one<'t>(check: &mut Check<'t>, name: &str, at: At<'t>, judge: fn(&str) -> Verdict) {
    if let Some(what) = judge(name) {
        check.invalid_key(at, what);
    }
    let amount = amount(at);
    if amount < 0 {
        check.invalid(at, "must be 0 or more");
    } else if resources::is_whole(name) && amount % 1000 != 0 {
        check.invalid(at, "must be a whole number");
    }
    if let Some(size) = name.strip_prefix(HUGE) {
        // Amounts in whole pages; the name holds the size of one.
        let page = Quantity::parse(size).map_or(0, Quantity::nano) / Quantity::whole(1).nano();
        let whole = amount / 1000 + i128::from(amount % 1000 > 0);
        if page <= 0 || Quantity::parse(size).is_none_or(|page| !page.is_whole()) {
            check.invalid_key(at, "must end with the size of a page, such as `2Mi`");
        } else if whole % page != 0 {
            check.invalid(at, format!("must be a multiple of {size}"));
        }
    }
}

/// Warns of parts of bytes.
fn fractions<'t>(check: &mut Check<'t>, at: At<'t>) {
    for value in ["memory", "ephemeral-storage"].into_iter().map(|name| at.get(name)) {
        if amount(value) % 1000 != 0 {
            check.warn(value, "there are no parts of bytes; `m` is a thousandth, and `M` or `Mi` a million");
        }
    }
}

/// The claims of a container name those of the pod, each or each part of one once.
fn claims<'t>(check: &mut Check<'t>, scope: &Scope<'t>, at: At<'t>) {
    let known: HashSet<&str> =
        scope.spec.get("resourceClaims").items().map(|claim| claim.get("name").str()).collect();
    let mut seen: Vec<(&str, &str)> = Vec::new();
    for claim in at.items() {
        let (name, request) = (claim.get("name"), claim.get("request"));
        if !check.require(name) {
            continue;
        }
        if !request.blank() {
            check.text(request, names::label);
        }
        if !known.contains(name.str()) {
            check.invalid(name, "must be the name of one of the `resourceClaims` of the pod");
        }
        let this = (name.str(), request.str());
        let overlaps = |other: &(&str, &str)| {
            other.0 == this.0 && (other.1 == this.1 || other.1.is_empty() || this.1.is_empty())
        };
        if seen.iter().any(overlaps) {
            check.duplicate(name, "another entry names this claim or this part of it");
        }
        seen.push(this);
    }
}

/// Checks the resources of the pod as a whole, and its overhead.
pub(super) fn of_pod<'t>(check: &mut Check<'t>, scope: &Scope<'t>) {
    let overhead = scope.spec.get("overhead");
    for (name, value) in overhead.members() {
        one(check, name, value, resources::of_container);
    }
    let huge = overhead.members().any(|(name, _)| name.starts_with(HUGE));
    if huge && !overhead.members().any(|(name, _)| matches!(name, "cpu" | "memory")) {
        check.forbidden(overhead, "may only have huge pages beside `cpu` or `memory`");
    }
    fractions(check, overhead);
    let at = scope.spec.get("resources");
    if at.absent() || check.minor < since::POD_RESOURCES {
        return;
    }
    if scope.is_windows() {
        check.forbidden(at, "may not be set in a pod for Windows");
        return;
    }
    if at.get("claims").present() {
        check.forbidden(at.get("claims"), "may only be set in containers");
    }
    requirements(check, at, pod_level);
    totals(check, scope, at);
}

/// A resource that a pod as a whole may ask for.
fn pod_level(name: &str) -> Verdict {
    let fine = matches!(name, "cpu" | "memory") || name.starts_with(HUGE);
    resources::any(name)
        .or_else(|| unless(fine, "must be `cpu`, `memory` or huge pages for the pod as a whole"))
}

/// What containers ask for together must fit into what the pod asks for.
fn totals<'t>(check: &mut Check<'t>, scope: &Scope<'t>, at: At<'t>) {
    let (limits, requests) = (at.get("limits"), at.get("requests"));
    let asked = total(check.minor, scope, |container| asked(scope, container));
    for (name, sum) in &asked {
        let (request, limit) = (requests.get(name), limits.get(name));
        if request.depth == 0 {
            if amount(request) < *sum {
                check.invalid(request, "must be at least what the containers request together");
            }
        } else if scope.of_pod
            && limit.depth == 0
            && resources::is_overcommitted(name)
            && amount(limit) < *sum
        {
            // The server takes their sum as the request of the pod.
            check.invalid(limit, "must be at least what the containers request together");
        }
    }
    let limited = total(check.minor, scope, |container| amounts(container.at(&["resources", "limits"])));
    for (name, sum) in limited.iter().filter(|(name, _)| name.starts_with(HUGE)) {
        if limits.get(name).depth == 0 && amount(limits.get(name)) < *sum {
            check.invalid(limits.get(name), "must be at least the limits of the containers together");
        }
    }
    for container in scope.spec.get("containers").items() {
        for (name, value) in container.at(&["resources", "limits"]).members() {
            if limits.get(name).depth == 0 && amount(limits.get(name)) < amount(value) {
                check.invalid(value, "must be at most the limit of the pod");
            }
        }
    }
}

/// What a container requests: in a pod, a limit without a request is one.
fn asked<'t>(scope: &Scope<'t>, container: At<'t>) -> Amounts<'t> {
    let requests = amounts(container.at(&["resources", "requests"]));
    if !scope.of_pod {
        return requests;
    }
    let mut all = amounts(container.at(&["resources", "limits"]));
    all.extend(requests);
    all
}

/// The largest sum of amounts at any time in the life of a pod.
fn total<'t>(minor: u32, scope: &Scope<'t>, of: impl Fn(At<'t>) -> Amounts<'t>) -> Amounts<'t> {
    let mut running = Amounts::new();
    for container in scope.spec.get("containers").items() {
        add(&mut running, of(container));
    }
    let (mut sidecars, mut starting) = (Amounts::new(), Amounts::new());
    for container in scope.spec.get("initContainers").items() {
        let mut now = of(container);
        if is_sidecar(minor, container) {
            add(&mut running, now.clone());
            add(&mut sidecars, now);
            now = sidecars.clone();
        } else {
            add(&mut now, sidecars.clone());
        }
        most(&mut starting, now);
    }
    most(&mut running, starting);
    running
}

fn add<K: Ord>(to: &mut BTreeMap<K, i128>, more: BTreeMap<K, i128>) {
    for (name, amount) in more {
        *to.entry(name).or_default() += amount;
    }
}

fn most<K: Ord>(to: &mut BTreeMap<K, i128>, other: BTreeMap<K, i128>) {
    for (name, amount) in other {
        let known = to.entry(name).or_insert(amount);
        *known = amount.max(*known);
    }
}
