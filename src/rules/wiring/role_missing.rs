//! Finds RoleBindings to a Role which their environment does not have.

use super::absent::Absent;
use crate::{
    diag::{Finding, Level},
    field::Field,
    rules::{Check, Environment, Example, Rule},
    workspace::RuleLevel,
};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "role-missing",
    summary: "a RoleBinding to a Role which the environment does not have",
    level: RuleLevel::Report(Level::Warn),
    docs: "The binding is accepted and gives no rights until a Role of that name is made, whatever that then allows. What a binding refers to \
        can never be changed, so a wrong name means making it anew.\n\n\
        Add the Role, or mend the name. ClusterRoles are not asked for: the cluster brings its own, such as `view`.",
    parameters: &[],
    bad: &[Example::Manifests(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: { name: jobs }\nrules:\n  - { apiGroups: [batch], resources: [jobs], verbs: [get] }\n---\n\
         apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: { name: jobs }\n\
         roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: job } # <-\n\
         subjects: [{ apiGroup: rbac.authorization.k8s.io, kind: Group, name: operators }]\n",
    )],
    good: &[Example::Manifests(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: { name: jobs }\nrules:\n  - { apiGroups: [batch], resources: [jobs], verbs: [get] }\n---\n\
         apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: { name: jobs }\n\
         roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: jobs }\n\
         subjects: [{ apiGroup: rbac.authorization.k8s.io, kind: Group, name: operators }]\n---\n\
         apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: { name: viewers }\n\
         roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view }\n\
         subjects: [{ apiGroup: rbac.authorization.k8s.io, kind: Group, name: everybody }]\n",
    )],
    check: Check::Environment(|environment, _| check(environment)),
};

fn check(environment: &Environment<'_, '_>) -> Vec<Finding> {
    let inventory = environment.inventory();
    let mut absent = Absent::new("Role");
    for binding in inventory.of_kind("RoleBinding") {
        let namespace = binding.manifest.identity.namespace.as_deref();
        let Some(role) = binding.manifest.body.get("roleRef") else { continue };
        let is_role = role.get("kind").and_then(Field::as_str) == Some("Role");
        let Some(field) = role.get("name").filter(|_| is_role) else { continue };
        let name = field.as_str().unwrap_or_default();
        if !name.is_empty() && !inventory.may_have("Role", namespace, name) {
            absent.add(name, *binding, field.by);
        }
    }
    absent.findings(RULE.code, inventory, "add it, or bind a ClusterRole")
}
