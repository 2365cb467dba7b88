//! Finds pods and RoleBindings that name a ServiceAccount which their environment does not have.

use super::absent::{Absent, is_said_to_exist, needed};
use crate::{
    diag::{Finding, Level},
    field::Field,
    rules::{
        Check, Environment, Example, Parameters, Rule,
        objects::{Inventory, Object, Referent},
    },
    workspace::{Parameter, RuleLevel, RuleSetting},
};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "service-account-missing",
    summary: "a pod or RoleBinding that names a ServiceAccount which the environment does not have",
    level: RuleLevel::Report(Level::Warn),
    docs: "No pod is made for a workload whose ServiceAccount is not there: the workload stands at 0, and only its events say why. A \
        RoleBinding to one gives its rights to nobody.\n\n\
        Add the ServiceAccount, or mend its name. Each namespace has `default`. The operators of Spark and Flink bring the accounts of \
        their jobs, so those are not asked for; name others that exist in the cluster in `existing`.",
    parameters: &[Parameter {
        name: "existing",
        about: "names of ServiceAccounts that exist in the cluster",
        default: RuleSetting::Texts(&[]),
    }],
    bad: &[
        Example::Values("serviceAccount:\n  create: false\n  name: scheduler # <-\n"),
        Example::Manifests(
            "apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: reader }\n---\n\
             apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: { name: readers }\n\
             roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view }\nsubjects:\n  \
             - { kind: ServiceAccount, name: readers, namespace: dev } # <-\n",
        ),
    ],
    good: &[
        Example::Values("serviceAccount:\n  create: true\n  name: scheduler\n"),
        Example::Manifests(
            "apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec:\n  serviceAccountName: default\n  containers: [{ name: web, image: web:1 }]\n---\n\
             apiVersion: flink.apache.org/v1beta1\nkind: FlinkDeployment\nmetadata: { name: counts }\nspec:\n  serviceAccount: flink\n---\n\
             apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: { name: prometheus }\n\
             roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view }\nsubjects:\n  \
             - { kind: ServiceAccount, name: prometheus-k8s, namespace: monitoring }\n",
        ),
    ],
    check: Check::Environment(check),
};

/// Groups whose operators bring the accounts of their pods.
const BROUGHT: &[&str] = &["flink.apache.org", "sparkoperator.k8s.io"];

fn check(environment: &Environment<'_, '_>, parameters: &Parameters<'_>) -> Vec<Finding> {
    let inventory = environment.inventory();
    let existing = parameters.texts("existing");
    let mut absent = Absent::new("ServiceAccount");
    let pods = needed(environment.components, Referent::Account).map(|(object, one)| (object, one.name));
    for (object, field) in pods.chain(bound(inventory)) {
        let identity = &object.manifest.identity;
        let name = field.as_str().unwrap_or_default();
        let known = name == "default"
            || BROUGHT.contains(&identity.group.as_str())
            || existing.contains(&name)
            || inventory.may_have("ServiceAccount", identity.namespace.as_deref(), name);
        if !known && !is_said_to_exist(object.subject, field.by) {
            absent.add(name, object, field.by);
        }
    }
    let help = "add it, or name it in `existing` of this rule if it exists in the cluster";
    absent.findings(RULE.code, inventory, help)
}

/// The accounts that RoleBindings name in their own namespace.
fn bound<'i, 's, 'a>(
    inventory: &'i Inventory<'s, 'a>,
) -> impl Iterator<Item = (Object<'s, 'a>, &'s Field<'a>)> + use<'i, 's, 'a> {
    inventory.of_kind("RoleBinding").iter().flat_map(|object| {
        let own = object.manifest.identity.namespace.as_deref();
        let subjects = object.manifest.body.get("subjects").map_or(&[][..], Field::items);
        subjects.iter().filter_map(move |one| {
            let text = |key: &str| one.get(key).and_then(Field::as_str);
            let here = text("kind") == Some("ServiceAccount") && (text("namespace") == own);
            one.get("name").filter(|_| here).map(|name| (*object, name))
        })
    })
}
