//! What webhooks and policies of admission match: resources, operations and conditions.

use super::cel::cel;
use crate::kube::{at::At, check::Check, format::names, kinds::selector::selector};
use std::collections::HashSet;

/// The most conditions.
const CONDITIONS: usize = 64;

/// Checks a rule: operations on resources.
pub(super) fn rule<'t>(check: &mut Check<'t>, at: At<'t>) {
    let operations = at.get("operations");
    check.require(operations);
    for one in operations.items() {
        check.require_one_of(one, &["CREATE", "UPDATE", "DELETE", "CONNECT", "*"]);
    }
    let (groups, versions) = (at.get("apiGroups"), at.get("apiVersions"));
    check.require(groups);
    check.require(versions);
    for one in versions.items().filter(|one| one.blank()) {
        check.invalid(one, "must not be empty");
    }
    for list in [operations, groups, versions] {
        lone_wildcard(check, list);
    }
    resources(check, at.get("resources"));
    check.one_of_or_null(at.get("scope"), &["Cluster", "Namespaced", "*"]);
}

/// A `*` in a list stands alone.
pub(super) fn lone_wildcard<'t>(check: &mut Check<'t>, list: At<'t>) {
    if list.len() > 1
        && let Some(one) = list.items().find(|one| one.str() == "*")
    {
        check.invalid(one, "must stand alone in the list");
    }
}

fn resources<'t>(check: &mut Check<'t>, at: At<'t>) {
    check.require(at);
    let (mut parents, mut children) = (HashSet::new(), HashSet::new());
    // Of several, a server looks at the last one that has no subresource.
    let mut bare = false;
    for one in at.items() {
        let Some((parent, child)) = one.str().split_once('/') else {
            if one.blank() {
                check.invalid(one, "must not be empty");
            } else {
                bare = one.str() != "*";
            }
            continue;
        };
        if parents.contains(parent) || children.contains(child) {
            check.invalid(one, "is covered by an item with `*` before it");
        }
        if child == "*" {
            parents.insert(parent);
        }
        if parent == "*" {
            children.insert(child);
        }
    }
    let find = |text: &str| at.items().find(|one| one.str() == text);
    if let Some(all) = find("*/*").filter(|_| at.len() > 1) {
        check.invalid(all, "must stand alone in the list");
    }
    if let Some(all) = find("*").filter(|_| bare) {
        check.invalid(all, "must not stand beside resources without subresources");
    }
}

/// Checks the resources that a policy matches.
pub(super) fn match_resources<'t>(check: &mut Check<'t>, at: At<'t>, mutating: bool) {
    check.one_of_or_null(at.get("matchPolicy"), &["Equivalent", "Exact"]);
    selector(check, at.get("namespaceSelector"));
    selector(check, at.get("objectSelector"));
    for key in ["resourceRules", "excludeResourceRules"] {
        for one in at.get(key).items() {
            let names = one.get("resourceNames");
            for name in names.items() {
                check.text(name, names::path_segment);
            }
            check.unique(names.items(), |name| Some(name.str()), "it stands there twice");
            rule(check, one);
            if mutating && key == "resourceRules" {
                for deletes in one.get("operations").items().filter(|one| one.str() == "DELETE") {
                    check.invalid(
                        deletes,
                        "must be `CREATE`, `UPDATE`, `CONNECT` or `*`: what is deleted cannot be changed",
                    );
                }
            }
        }
    }
}

/// Checks conditions: names, and expressions that have these variables.
pub(super) fn match_conditions<'t>(check: &mut Check<'t>, at: At<'t>, variables: &[&str]) {
    if at.len() > CONDITIONS {
        check.too_long(at, format!("must have at most {CONDITIONS} items"));
    }
    for one in at.items() {
        let (name, expression) = (one.get("name"), one.get("expression"));
        if check.require(name) {
            check.text(name, names::qualified);
        }
        if expression.str().trim().is_empty() {
            check.required(expression, "");
        } else {
            cel(check, expression, expression.str().trim(), variables);
        }
    }
    let named = at.items().map(|one| one.get("name")).filter(|name| !name.blank());
    check.unique(named, |name| Some(name.str()), "another condition has this name");
}
