//! `ResourceQuota`: how much a namespace may have, and of which pods.

use super::node::quantity;
use crate::kube::{at::At, check::Check, format::resources};
use std::collections::HashSet;

const SCOPES: [&str; 7] = [
    "Terminating",
    "NotTerminating",
    "BestEffort",
    "NotBestEffort",
    "PriorityClass",
    "CrossNamespacePodAffinity",
    "VolumeAttributesClass",
];

/// Scopes that leave nothing together.
const OPPOSITES: [(&str, &str); 2] = [("BestEffort", "NotBestEffort"), ("Terminating", "NotTerminating")];

const COMPUTE: [&str; 7] =
    ["pods", "cpu", "memory", "limits.cpu", "limits.memory", "requests.cpu", "requests.memory"];

/// Checks a `ResourceQuota`.
pub(super) fn check<'t>(check: &mut Check<'t>, object: At<'t>) {
    let spec = object.get("spec");
    let hard = spec.get("hard");
    for (name, amount) in hard.members() {
        if let Some(what) = resources::of_quota(name) {
            check.invalid_key(amount, what);
        } else {
            quantity(check, name, amount);
        }
    }
    for scope in spec.get("scopes").items() {
        self::scope(check, scope, hard);
    }
    opposites(check, spec.get("scopes"), &spec.get("scopes").items().map(At::str).collect());
    let selected = spec.at(&["scopeSelector", "matchExpressions"]);
    for one in selected.items() {
        requirement(check, one, hard);
    }
    opposites(check, selected, &selected.items().map(|one| one.get("scopeName").str()).collect());
}

/// Checks the name of a scope, and that the quota counts what the scope can hold.
fn scope<'t>(check: &mut Check<'t>, at: At<'t>, hard: At<'t>) {
    if !check.require_one_of(at, &SCOPES) {
        return;
    }
    let fits = |name: &str| match at.str() {
        "BestEffort" => name == "pods",
        "VolumeAttributesClass" => matches!(name, "persistentvolumeclaims" | "requests.storage"),
        _ => COMPUTE.contains(&name),
    };
    let own = |name: &str| !name.contains('/') && resources::of_quota(name).is_none();
    if let Some((name, _)) = hard.members().find(|(name, _)| own(name) && !fits(name)) {
        check.invalid(at, format!("must be left out, as `{name}` in `hard` is not counted by this scope"));
    }
}

fn requirement<'t>(check: &mut Check<'t>, at: At<'t>, hard: At<'t>) {
    let (name, operator, values) = (at.get("scopeName"), at.get("operator"), at.get("values"));
    scope(check, name, hard);
    check.require_one_of(operator, &["In", "NotIn", "Exists", "DoesNotExist"]);
    match operator.str() {
        "In" | "NotIn" if values.is_empty() => {
            check.required(values, "the operators `In` and `NotIn` need values");
        }
        "Exists" | "DoesNotExist" if !values.is_empty() => {
            check.forbidden(values, "may not stand beside the operators `Exists` and `DoesNotExist`");
        }
        _ => {}
    }
    let plain =
        !matches!(name.str(), "PriorityClass" | "VolumeAttributesClass") && SCOPES.contains(&name.str());
    if plain && matches!(operator.str(), "In" | "NotIn" | "DoesNotExist") {
        check.invalid(operator, format!("must be `Exists` for the scope `{}`", name.str()));
    }
}

fn opposites<'t>(check: &mut Check<'t>, at: At<'t>, scopes: &HashSet<&str>) {
    for (one, other) in OPPOSITES {
        if scopes.contains(one) && scopes.contains(other) {
            check.invalid(at, format!("must not have both `{one}` and `{other}`"));
        }
    }
}
