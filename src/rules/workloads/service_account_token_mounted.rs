//! Finds pods that hold a key to the API server and have no use for it.

use crate::{
    diag::Finding,
    field::{Data, Field},
    manifest::{Manifest, pod_template},
    rules::{
        Check, Environment, Example, Rule,
        objects::{Workload, by_place, workloads},
    },
    workspace::RuleLevel,
};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "service-account-token-mounted",
    summary: "a pod that gets a token for the API server although nothing gives its account rights",
    level: RuleLevel::Allow,
    docs: "Kubernetes puts a token into every pod that does not refuse it. Whoever breaks into the pod has it, and all that the \
        account is ever allowed.\n\n\
        Set `automountServiceAccountToken: false`, on the pod or its ServiceAccount. Accounts that a RoleBinding or ClusterRoleBinding \
        of the environment gives rights to need it, and so does a pod that says `true`; those are not found.",
    parameters: &[],
    bad: &[
        Example::Values(
            "serviceAccount: # <-\n  create: true\n\
             postgresql:\n  enabled: false\nexternalDatabase:\n  host: db.abc.com\n\
             zookeeper:\n  enabled: false\nexternalZookeeper:\n  zookeeperQuorum: zk.abc.com:2181\n",
        ),
        Example::Manifests(
            "apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec:\n  containers: # <-\n    - { name: a, image: nginx:1.27.0 }\n",
        ),
    ],
    good: &[
        Example::Values(
            "serviceAccount:\n  create: true\n  automount: false\n\
             postgresql:\n  enabled: false\nexternalDatabase:\n  host: db.abc.com\n\
             zookeeper:\n  enabled: false\nexternalZookeeper:\n  zookeeperQuorum: zk.abc.com:2181\n",
        ),
        Example::Manifests(
            "apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec:\n  serviceAccountName: watcher\n  \
             containers: [{ name: a, image: nginx:1.27.0 }]\n---\n\
             apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: { name: watcher }\n\
             roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view }\n\
             subjects: [{ kind: ServiceAccount, name: watcher, namespace: dev }]\n---\n\
             apiVersion: v1\nkind: Pod\nmetadata: { name: b }\nspec:\n  serviceAccountName: quiet\n  \
             containers: [{ name: b, image: nginx:1.27.0 }]\n---\n\
             apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: quiet }\nautomountServiceAccountToken: false\n",
        ),
    ],
    check: Check::Environment(|environment, _| check(environment)),
};

/// The key by which pods and their accounts refuse a token.
const KEY: &str = "automountServiceAccountToken";

fn check(environment: &Environment<'_, '_>) -> Vec<Finding> {
    let all: Vec<&Manifest<'_>> =
        environment.components.iter().flat_map(|subject| subject.manifests).collect();
    let mut found = Vec::new();
    for subject in environment.components {
        let meant = |w: &Workload<'_, '_>| pod_template(&w.manifest.identity).is_some();
        for workload in workloads(subject).into_iter().filter(meant) {
            let Some(pod) = workload.pod().filter(|pod| pod.get(KEY).is_none()) else { continue };
            let account = pod.get("serviceAccountName").and_then(Field::as_str).unwrap_or("default");
            if all.iter().any(|manifest| settles(manifest, account)) {
                continue;
            }
            let says = "pods get a token for the API server, and nothing gives it a use";
            let finding = subject.missing(RULE.code, pod, KEY, says);
            let finding = finding.help(format!("set `{KEY}: false`"));
            found.push((workload.manifest.identity.to_string(), finding));
        }
    }
    by_place(found)
}

/// Whether an object says that an account gets no token, or gives it rights.
fn settles(manifest: &Manifest<'_>, account: &str) -> bool {
    match &*manifest.identity.kind {
        "ServiceAccount" => {
            manifest.identity.name == account
                && manifest.body.get(KEY).is_some_and(|field| field.data == Data::Bool(false))
        }
        "RoleBinding" | "ClusterRoleBinding" => {
            let subjects = manifest.body.get("subjects").map_or(&[][..], Field::items);
            let named = |subject: &Field<'_>| subject.get("name").and_then(Field::as_str) == Some(account);
            subjects.iter().any(named)
        }
        _ => false,
    }
}
