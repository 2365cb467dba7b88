//! How pods spread over nodes, zones and the like.

use super::{affinity, scope::Scope, since};
use crate::kube::{
    at::At,
    check::Check,
    kinds::{node_selector::warn_of_label, selector::selector},
};

/// Checks the constraints of a pod.
pub(super) fn check<'t>(check: &mut Check<'t>, scope: &Scope<'t>) {
    let constraints = scope.spec.get("topologySpreadConstraints");
    for at in constraints.items() {
        one(check, scope, at);
    }
    let pair = |at: At<'t>| Some((at.get("topologyKey").str(), at.get("whenUnsatisfiable").str()));
    let what = "another constraint has this `topologyKey` and `whenUnsatisfiable`";
    check.unique(constraints.items(), pair, what);
}

fn one<'t>(check: &mut Check<'t>, scope: &Scope<'t>, at: At<'t>) {
    let (skew, action, domains) = (at.get("maxSkew"), at.get("whenUnsatisfiable"), at.get("minDomains"));
    if skew.absent() {
        check.required(skew, "must be 1 or more");
    }
    check.within(skew, 1, i64::MAX);
    check.require(at.get("topologyKey"));
    warn_of_label(check, at.get("topologyKey"));
    check.require_one_of(action, &["DoNotSchedule", "ScheduleAnyway"]);
    check.within(domains, 1, i64::MAX);
    if domains.present() && action.str() != "DoNotSchedule" {
        check.invalid(domains, "may only be set when `whenUnsatisfiable` is `DoNotSchedule`");
    }
    for key in ["nodeAffinityPolicy", "nodeTaintsPolicy"] {
        check.one_of_or_null(at.get(key), &["Honor", "Ignore"]);
    }
    let chosen = at.get("labelSelector");
    if chosen.absent() {
        check.warn(chosen, "a constraint without it counts no pod");
    }
    selector(check, chosen);
    if check.minor >= since::SPREAD_KEYS_MERGED {
        affinity::keys(check, scope, at);
    } else if check.minor >= since::SPREAD_KEYS {
        keys(check, at);
    }
}

/// The keys as a server judges them that does not add them to the selector.
fn keys<'t>(check: &mut Check<'t>, at: At<'t>) {
    let (chosen, keys) = (at.get("labelSelector"), at.get("matchLabelKeys"));
    if chosen.absent() && !keys.is_empty() {
        check.forbidden(keys, "may not be set without `labelSelector`");
    }
    for key in keys.items() {
        affinity::label_key(check, key);
        let asked = chosen.get("matchLabels").get(key.str()).depth == 0
            && chosen.get("matchLabels").present()
            || chosen.get("matchExpressions").items().any(|one| one.get("key").str() == key.str());
        if asked {
            check.invalid(key, "must not be asked for by `labelSelector` too");
        }
    }
}
