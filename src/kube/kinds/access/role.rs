//! Roles and their bindings: rules, subjects and references.

use crate::kube::{
    at::At,
    check::{Check, Fault},
    format::names,
    kinds::selector::selector,
};

/// Checks a `Role`.
pub(super) fn role<'t>(check: &mut Check<'t>, object: At<'t>) {
    object.get("rules").items().for_each(|one| rule(check, one, true));
}

/// Checks a `ClusterRole`.
pub(super) fn cluster_role<'t>(check: &mut Check<'t>, object: At<'t>) {
    object.get("rules").items().for_each(|one| rule(check, one, false));
    let aggregation = object.get("aggregationRule");
    if aggregation.present() {
        let selectors = aggregation.get("clusterRoleSelectors");
        check.require(selectors);
        selectors.items().for_each(|one| selector(check, one));
    }
}

fn rule<'t>(check: &mut Check<'t>, at: At<'t>, namespaced: bool) {
    check.require(at.get("verbs"));
    let urls = at.get("nonResourceURLs");
    if urls.is_empty() {
        for key in ["apiGroups", "resources"] {
            check.require(at.get(key));
        }
        return;
    }
    if namespaced {
        check.forbidden(urls, "may only be set in a ClusterRole");
    }
    if ["apiGroups", "resources", "resourceNames"].iter().any(|key| !at.get(key).is_empty()) {
        check.forbidden(urls, "may not stand beside `apiGroups`, `resources` or `resourceNames`");
    }
}

/// Checks a `RoleBinding`.
pub(super) fn binding<'t>(check: &mut Check<'t>, object: At<'t>) {
    bound(check, object, &["Role", "ClusterRole"]);
    object.get("subjects").items().for_each(|one| subject(check, one, true));
}

/// Checks a `ClusterRoleBinding`.
pub(super) fn cluster_binding<'t>(check: &mut Check<'t>, object: At<'t>) {
    bound(check, object, &["ClusterRole"]);
    object.get("subjects").items().for_each(|one| subject(check, one, false));
}

fn bound<'t>(check: &mut Check<'t>, object: At<'t>, kinds: &[&'static str]) {
    let at = object.get("roleRef");
    check.one_of(at.get("apiGroup"), &[super::RBAC]);
    check.require_one_of(at.get("kind"), kinds);
    let name = at.get("name");
    if check.require(name) {
        check.text(name, names::path_segment);
    }
}

/// Checks who is given a role.
pub(crate) fn subject<'t>(check: &mut Check<'t>, at: At<'t>, namespaced: bool) {
    let (kind, name, group) = (at.get("kind"), at.get("name"), at.get("apiGroup"));
    let named = check.require(name);
    if !check.require_one_of(kind, &["ServiceAccount", "User", "Group"]) {
        return;
    }
    if kind.str() != "ServiceAccount" {
        check.one_of(group, &[super::RBAC]);
        return;
    }
    if named {
        check.text(name, names::subdomain);
    }
    if !group.blank() {
        check.fault(Fault::ValueUnsupported, group, "must be empty for a ServiceAccount");
    }
    if !namespaced {
        check.require(at.get("namespace"));
    }
}
