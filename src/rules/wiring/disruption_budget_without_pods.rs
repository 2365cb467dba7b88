//! Finds PodDisruptionBudgets that protect no pod of their environment.

use crate::{
    diag::{Finding, Level},
    rules::{
        Check, Environment, Example, Rule,
        objects::{Inventory, Object, Selector},
    },
    workspace::RuleLevel,
};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "disruption-budget-without-pods",
    summary: "a PodDisruptionBudget whose selector matches the pods of no workload",
    level: RuleLevel::Report(Level::Warn),
    docs: "It protects nothing: a drain of nodes may take all pods of the workload that was meant at once.\n\n\
        Select labels that the pod template has. Where the environment has a custom resource whose operator makes pods, nothing is said: \
        the budget may be for those.",
    parameters: &[],
    bad: &[Example::Manifests(
        "apiVersion: v1\nkind: Pod\nmetadata: { name: a, labels: { app: a } }\nspec:\n  containers: [{ name: a, image: a:1 }]\n---\n\
         apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: { name: a }\nspec:\n  maxUnavailable: 1\n  selector:\n    \
         matchLabels:\n      app: b # <-\n---\n\
         apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: { name: b }\nspec:\n  maxUnavailable: 1\n  selector:\n    \
         matchExpressions: [{ key: app, operator: In, values: [b, c] }] # <-\n",
    )],
    good: &[
        Example::Manifests(
            "apiVersion: v1\nkind: Pod\nmetadata: { name: a, labels: { app: a } }\nspec:\n  containers: [{ name: a, image: a:1 }]\n---\n\
             apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: { name: a }\nspec:\n  maxUnavailable: 1\n  selector:\n    \
             matchExpressions: [{ key: app, operator: In, values: [a, b] }]\n---\n\
             # all pods of the namespace\napiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: { name: all }\nspec:\n  maxUnavailable: 1\n  selector: {}\n",
        ),
        Example::Values("worker:\n  pdb: { create: true, maxUnavailable: 1 }\n"),
        Example::Manifests(
            "apiVersion: zookeeper.pravega.io/v1beta1\nkind: ZookeeperCluster\nmetadata: { name: zookeeper }\nspec: { replicas: 3 }\n---\n\
             apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: { name: zookeeper }\nspec:\n  maxUnavailable: 1\n  \
             selector: { matchLabels: { app: zookeeper } }\n",
        ),
    ],
    check: Check::Environment(|environment, _| check(environment)),
};

fn check(environment: &Environment<'_, '_>) -> Vec<Finding> {
    let inventory = environment.inventory();
    let budgets = inventory.of_kind("PodDisruptionBudget").iter();
    let idle = budgets.filter_map(|budget| {
        let message = format!("{} protects no pod of this environment", budget.manifest.identity);
        let finding = idle(inventory, *budget, "selector", RULE.code, message)?;
        Some(finding.help("select labels that a pod template of a workload has"))
    });
    idle.collect()
}

/// A finding about a selector below `spec` that matches no pod, if it does so for sure. One that asks for nothing matches all.
pub(super) fn idle<'s, 'a>(
    inventory: &Inventory<'s, 'a>,
    object: Object<'s, 'a>,
    key: &str,
    code: &'static str,
    message: String,
) -> Option<Finding> {
    let field = object.manifest.body.at(&["spec", key])?;
    let namespace = object.manifest.identity.namespace.as_deref();
    let selector = Selector::of(field);
    if selector.is_empty()
        || selector.is_of_started()
        || inventory.has_other_pods(namespace)
        || !inventory.selected(namespace, &selector).is_empty()
    {
        return None;
    }
    let alone = |label: &&crate::field::Member<'_>| {
        inventory.selected(namespace, &Selector::of_label(label)).is_empty()
    };
    let wrong = selector.labels().iter().find(alone).or_else(|| selector.labels().first());
    let by = wrong.map(|label| label.value.by).or_else(|| Some(field.get("matchExpressions")?.by));
    let part = wrong.and_then(|label| label.value.as_str());
    Some(object.subject.finding(code, by.unwrap_or(field.by), part, message))
}
