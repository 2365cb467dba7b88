//! Finds NetworkPolicies that are about no pod of their environment.

use super::disruption_budget_without_pods::idle;
use crate::{
    diag::{Finding, Level},
    rules::{Check, Environment, Example, Rule},
    workspace::RuleLevel,
};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "network-policy-without-pods",
    summary: "a NetworkPolicy whose podSelector matches the pods of no workload",
    level: RuleLevel::Report(Level::Warn),
    docs: "It guards nothing, and lets nothing through: the pods that were meant are as open, or as closed, as if it were not there.\n\n\
        Select labels that the pod template has. Pods that software starts while it runs, such as the executors of Spark, are known by their \
        labels; where the environment has a custom resource whose operator makes pods, nothing is said.",
    parameters: &[],
    bad: &[Example::Manifests(
        "apiVersion: v1\nkind: Pod\nmetadata: { name: a, labels: { app: a } }\nspec:\n  containers: [{ name: a, image: a:1 }]\n---\n\
         apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: a }\nspec:\n  podSelector:\n    \
         matchLabels:\n      app: b # <-\n  policyTypes: [Ingress]\n",
    )],
    good: &[Example::Manifests(
        "apiVersion: v1\nkind: Pod\nmetadata: { name: a, labels: { app: a } }\nspec:\n  containers: [{ name: a, image: a:1 }]\n---\n\
         apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: a }\nspec:\n  podSelector: { matchLabels: { app: a } }\n  \
         policyTypes: [Ingress]\n---\n\
         # all pods\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: all }\nspec:\n  podSelector: {}\n  \
         policyTypes: [Ingress]\n---\n\
         # of jobs that are submitted\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: spark }\nspec:\n  \
         podSelector: { matchLabels: { spark-role: executor } }\n  policyTypes: [Ingress]\n---\n\
         # of the pods that answer for a certificate\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: acme }\nspec:\n  \
         podSelector: { matchLabels: { acme.cert-manager.io/http01-solver: \"true\" } }\n  policyTypes: [Ingress]\n",
    )],
    check: Check::Environment(|environment, _| check(environment)),
};

fn check(environment: &Environment<'_, '_>) -> Vec<Finding> {
    let inventory = environment.inventory();
    let policies = inventory.of_kind("NetworkPolicy").iter();
    let idle = policies.filter_map(|policy| {
        let message = format!("{} is about no pod of this environment", policy.manifest.identity);
        let finding = idle(inventory, *policy, "podSelector", RULE.code, message)?;
        Some(finding.help("select labels that a pod template of a workload has"))
    });
    idle.collect()
}
