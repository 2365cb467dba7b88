//! Finds Services that select no pod of their environment.

use crate::{
    diag::{Finding, Level},
    field::Field,
    rules::{
        Check, Environment, Example, Rule,
        objects::{Inventory, Object, Selector, Workload, has},
    },
    workspace::RuleLevel,
};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "service-without-pods",
    summary: "a Service whose selector matches the pods of no workload",
    level: RuleLevel::Report(Level::Error),
    docs: "The Service is made and has no endpoints: connections to it are refused, and nothing says why. All labels of the selector \
        must be on one pod template of the same namespace, with the same values.\n\n\
        Labels that Kubernetes adds to pods are known, such as `statefulset.kubernetes.io/pod-name`. Where the environment has a custom \
        resource whose operator makes pods, nothing is said: the Service may be for those.",
    parameters: &[],
    bad: &[
        Example::Manifests(
            "apiVersion: v1\nkind: Pod\nmetadata: { name: a, labels: { app: a, tier: web } }\nspec:\n  containers: [{ name: a, image: a:1 }]\n---\n\
             apiVersion: v1\nkind: Service\nmetadata: { name: a }\nspec:\n  selector:\n    tier: web\n    app: b # <-\n  ports: [{ port: 80 }]\n",
        ),
        Example::Manifests(
            "apiVersion: v1\nkind: Pod\nmetadata: { name: a, namespace: other, labels: { app: a } }\nspec:\n  containers: [{ name: a, image: a:1 }]\n---\n\
             apiVersion: v1\nkind: Service\nmetadata: { name: a }\nspec:\n  selector:\n    app: a # <-\n  ports: [{ port: 80 }]\n",
        ),
    ],
    good: &[
        Example::Manifests(
            "apiVersion: v1\nkind: Pod\nmetadata: { name: a, labels: { app: a } }\nspec:\n  containers: [{ name: a, image: a:1 }]\n---\n\
             apiVersion: v1\nkind: Service\nmetadata: { name: a }\nspec:\n  selector:\n    app: a\n  ports: [{ port: 80 }]\n",
        ),
        Example::Manifests(
            "# another name for a host outside\napiVersion: v1\nkind: Service\nmetadata: { name: database }\nspec:\n  type: ExternalName\n  \
             externalName: db.abc.com\n---\n\
             # its endpoints are written by hand\napiVersion: v1\nkind: Service\nmetadata: { name: mail }\nspec:\n  ports: [{ port: 25 }]\n",
        ),
        Example::Manifests(
            "apiVersion: zookeeper.pravega.io/v1beta1\nkind: ZookeeperCluster\nmetadata: { name: zookeeper }\nspec: { replicas: 3 }\n---\n\
             apiVersion: v1\nkind: Service\nmetadata: { name: zookeeper-metrics }\nspec:\n  selector: { app: zookeeper }\n  ports: [{ port: 7000 }]\n",
        ),
        Example::Manifests(
            "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: { name: db }\nspec:\n  serviceName: db-0\n  selector: { matchLabels: { app: db } }\n  \
             template:\n    metadata: { labels: { app: db } }\n    spec:\n      containers: [{ name: db, image: db:1 }]\n---\n\
             apiVersion: v1\nkind: Service\nmetadata: { name: db-0 }\nspec:\n  selector: { app: db, statefulset.kubernetes.io/pod-name: db-0 }\n  \
             ports: [{ port: 5432 }]\n",
        ),
    ],
    check: Check::Environment(|environment, _| check(environment)),
};

fn check(environment: &Environment<'_, '_>) -> Vec<Finding> {
    let inventory = environment.inventory();
    let mut findings = Vec::new();
    for service in inventory.of_kind("Service") {
        let identity = &service.manifest.identity;
        let namespace = identity.namespace.as_deref();
        let Some((field, selector)) = selector(service) else { continue };
        if !inventory.selected(namespace, &selector).is_empty() || inventory.has_other_pods(namespace) {
            continue;
        }
        let near = nearest(inventory, namespace, &selector);
        let wrong = selector
            .labels()
            .iter()
            .find(|label| near.is_none_or(|workload| !has(workload, &label.key, label.value.as_str())));
        let by = wrong.map_or(field.by, |label| label.value.by);
        let part = wrong.and_then(|label| label.value.as_str());
        let message = format!("{identity} selects no pod of this environment");
        let help = near.zip(wrong).and_then(|(workload, label)| {
            let has = workload.label(&label.key)?;
            Some(format!("the pods of {} have `{}: {has}`", workload.manifest.identity, label.key))
        });
        let help = help.unwrap_or_else(|| "select labels that a pod template of a workload has".to_owned());
        findings.push(service.subject.finding(RULE.code, by, part, message).help(help));
    }
    findings
}

/// What a Service selects pods by; none for one that does not.
pub(super) fn selector<'s, 'a>(service: &Object<'s, 'a>) -> Option<(&'s Field<'a>, Selector<'s, 'a>)> {
    let spec = service.manifest.body.get("spec")?;
    let field = spec.get("selector")?;
    let elsewhere = spec.get("type").and_then(Field::as_str) == Some("ExternalName");
    let selector = Selector::of_labels(field);
    (!elsewhere && !selector.is_empty() && !selector.is_of_started()).then_some((field, selector))
}

/// The workload of a namespace whose pods have the most labels of a selector, and one at least.
fn nearest<'i, 's, 'a>(
    inventory: &'i Inventory<'s, 'a>,
    namespace: Option<&str>,
    selector: &Selector<'s, 'a>,
) -> Option<&'i Workload<'s, 'a>> {
    let mut best = (0, None);
    for (object, workload) in inventory.workloads() {
        let labels = selector.labels().iter();
        let count = labels.filter(|label| has(workload, &label.key, label.value.as_str())).count();
        if count > best.0 && object.manifest.identity.namespace.as_deref() == namespace {
            best = (count, Some(workload));
        }
    }
    best.1
}
