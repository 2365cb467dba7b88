//! Affinity: to nodes, and to other pods or away from them.

use super::{scope::Scope, since};
use crate::kube::{
    at::At,
    check::{Check, Fault},
    format::names,
    kinds::{node_selector, selector::selector},
};
use std::collections::HashSet;

const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";
const PREFERRED: &str = "preferredDuringSchedulingIgnoredDuringExecution";

/// Checks the affinity of a pod.
pub(super) fn check<'t>(check: &mut Check<'t>, scope: &Scope<'t>) {
    let affinity = scope.spec.get("affinity");
    let nodes = affinity.get("nodeAffinity");
    let required = nodes.get(REQUIRED);
    if required.present() {
        node_selector::node_selector(check, required);
    }
    for term in required.get("nodeSelectorTerms").items() {
        compared(check, term);
    }
    for one in nodes.get(PREFERRED).items() {
        weight(check, one);
        node_selector::preference(check, one.get("preference"));
        compared(check, one.get("preference"));
    }
    for pods in ["podAffinity", "podAntiAffinity"].into_iter().map(|key| affinity.get(key)) {
        for term in pods.get(REQUIRED).items() {
            self::term(check, scope, term);
        }
        for one in pods.get(PREFERRED).items() {
            weight(check, one);
            term(check, scope, one.get("podAffinityTerm"));
        }
    }
}

fn weight<'t>(check: &mut Check<'t>, at: At<'t>) {
    let weight = at.get("weight");
    if weight.absent() {
        check.required(weight, "must be from 1 to 100");
    }
    check.within(weight, 1, 100);
}

/// Numbers that labels are compared with.
fn compared<'t>(check: &mut Check<'t>, term: At<'t>) {
    for one in term.get("matchExpressions").items() {
        for value in one.get("values").items() {
            let number = value.str().parse::<i64>().is_ok();
            if matches!(one.get("operator").str(), "Gt" | "Lt") && !number {
                check.breaks(value, "no node matches: `Gt` and `Lt` compare with a whole number");
            }
        }
    }
}

fn term<'t>(check: &mut Check<'t>, scope: &Scope<'t>, at: At<'t>) {
    let chosen = at.get("labelSelector");
    selector(check, chosen);
    selector(check, at.get("namespaceSelector"));
    if chosen.absent() {
        check.warn(chosen, "a term without it matches no pod");
    }
    for space in at.get("namespaces").items() {
        if let Some(what) = names::label(space.str()) {
            check.invalid(space, what);
        }
    }
    if check.minor >= since::AFFINITY_KEYS {
        keys(check, scope, at);
    }
    let key = at.get("topologyKey");
    if check.require(key) {
        label_key(check, key);
    }
}

/// A label key.
pub(super) fn label_key<'t>(check: &mut Check<'t>, at: At<'t>) {
    if let Some(what) = names::qualified(at.str()) {
        check.fault(Fault::NameInvalid, at, format!("is a label key, and {what}"));
    }
}

/// Checks keys whose values are those of the pod itself. A server adds them to the selector of a pod, so that the
/// selector may not ask for the same.
pub(super) fn keys<'t>(check: &mut Check<'t>, scope: &Scope<'t>, at: At<'t>) {
    let (chosen, same, other) =
        (at.get("labelSelector"), at.get("matchLabelKeys"), at.get("mismatchLabelKeys"));
    for list in [same, other].into_iter().filter(|list| !list.is_empty()) {
        if chosen.absent() {
            check.forbidden(list, "may not be set without `labelSelector`");
        } else {
            list.items().for_each(|key| label_key(check, key));
        }
    }
    for key in same.items() {
        if other.items().any(|one| one.str() == key.str()) {
            check.invalid(key, "must not be in `mismatchLabelKeys` too");
        }
    }
    if chosen.absent() {
        return;
    }
    let labels = scope.meta.get("labels");
    let mut asked: HashSet<&str> = chosen.get("matchLabels").members().map(|(key, _)| key).collect();
    let own = chosen.get("matchExpressions").items().map(|one| one.get("key").str());
    let added = [same, other].into_iter().flat_map(At::items).map(At::str);
    let added = added.filter(|key| scope.of_pod && labels.get(key).depth == 0);
    let twice: HashSet<&str> = own.chain(added).filter(|key| !asked.insert(key)).collect();
    for key in same.items().filter(|key| twice.contains(key.str())) {
        check.invalid(key, "must not be asked for by `labelSelector` too");
    }
}
