//! `FlowSchema`: which requests belong to which level of priority.

use super::matching::lone_wildcard;
use crate::kube::{at::At, check::Check, format::names};

/// The highest precedence, which is the least important.
const PRECEDENCE: i64 = 10_000;
const VERBS: [&str; 10] =
    ["get", "list", "create", "update", "delete", "deletecollection", "patch", "watch", "proxy", "*"];

/// Checks a `FlowSchema`.
pub(super) fn check<'t>(check: &mut Check<'t>, object: At<'t>) {
    let (spec, name) = (object.get("spec"), object.at(&["metadata", "name"]));
    let precedence = spec.get("matchingPrecedence");
    // 0 is the default.
    if check.within(precedence, 0, PRECEDENCE) && precedence.int() == Some(1) && name.str() != "exempt" {
        check.invalid(precedence, "must be 2 or more for any schema but `exempt`");
    }
    let method = spec.get("distinguisherMethod");
    if method.present() {
        check.require_one_of(method.get("type"), &["ByNamespace", "ByUser"]);
    }
    let level = spec.at(&["priorityLevelConfiguration", "name"]);
    if check.require(level) {
        check.text(level, names::subdomain);
    }
    spec.get("rules").items().for_each(|one| rule(check, one));
}

fn rule<'t>(check: &mut Check<'t>, at: At<'t>) {
    let (subjects, resources, others) =
        (at.get("subjects"), at.get("resourceRules"), at.get("nonResourceRules"));
    check.require(subjects);
    subjects.items().for_each(|one| subject(check, one));
    if resources.is_empty() && others.is_empty() {
        check.required(resources, "or `nonResourceRules`");
    }
    for one in resources.items() {
        verbs(check, one.get("verbs"));
        for key in ["apiGroups", "resources"] {
            check.require(one.get(key));
            lone_wildcard(check, one.get(key));
        }
        let namespaces = one.get("namespaces");
        if namespaces.is_empty() && !one.get("clusterScope").flag() {
            check.required(namespaces, "a rule without `clusterScope: true` needs some");
        }
        lone_wildcard(check, namespaces);
        if !has_wildcard(namespaces) {
            for namespace in namespaces.items() {
                if let Some(what) = names::label(namespace.str()) {
                    check.invalid(namespace, what);
                }
            }
        }
    }
    for one in others.items() {
        verbs(check, one.get("verbs"));
        let urls = one.get("nonResourceURLs");
        check.require(urls);
        lone_wildcard(check, urls);
        if !has_wildcard(urls) {
            urls.items().for_each(|url| path(check, url));
        }
    }
}

fn has_wildcard(list: At<'_>) -> bool {
    list.items().any(|one| one.str() == "*")
}

fn verbs<'t>(check: &mut Check<'t>, at: At<'t>) {
    check.require(at);
    lone_wildcard(check, at);
    if !has_wildcard(at) {
        for verb in at.items() {
            check.require_one_of(verb, &VERBS);
        }
    }
}

fn path<'t>(check: &mut Check<'t>, at: At<'t>) {
    let text = at.str();
    let stars = text.matches('*').count();
    if !text.starts_with('/') {
        check.invalid(at, "must begin with `/`");
    } else if text.contains(' ') || text.contains("//") {
        check.invalid(at, "must not contain spaces or `//`");
    } else if stars > 1 || (stars == 1 && !text.ends_with("/*")) {
        check.invalid(at, "may have one `*` only, at its end after `/`");
    }
}

fn subject<'t>(check: &mut Check<'t>, at: At<'t>) {
    let kind = at.get("kind");
    if !check.require_one_of(kind, &["ServiceAccount", "User", "Group"]) {
        return;
    }
    for (name, key) in [("ServiceAccount", "serviceAccount"), ("User", "user"), ("Group", "group")] {
        let one = at.get(key);
        if name != kind.str() {
            if one.present() {
                check.forbidden(one, format!("may not be set for a subject of the kind `{}`", kind.str()));
            }
            continue;
        }
        if one.absent() {
            check.required(one, "`kind` asks for it");
            continue;
        }
        let name = one.get("name");
        let named = check.require(name);
        if key == "serviceAccount" {
            if named && name.str() != "*" {
                check.text(name, names::subdomain);
            }
            if check.require(one.get("namespace")) {
                check.text(one.get("namespace"), names::label);
            }
        }
    }
}
