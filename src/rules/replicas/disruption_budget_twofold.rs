//! Finds pods that two PodDisruptionBudgets select.

use crate::{
    diag::{Finding, Level},
    manifest::Manifest,
    rules::{Check, Environment, Example, Rule, objects::budgets},
    workspace::RuleLevel,
};
use std::collections::HashMap;

pub(in crate::rules) static RULE: Rule = Rule {
    code: "disruption-budget-twofold",
    summary: "pods that two PodDisruptionBudgets select",
    level: RuleLevel::Report(Level::Error),
    docs: "Kubernetes does not weigh two budgets against each other: it refuses to evict such a pod at all, so that no drain of its node \
        ever ends.\n\n\
        Keep one, or choose labels for the selectors that part the pods. Packages often bring a budget of their own: look there \
        before you add one.",
    parameters: &[],
    bad: &[
        Example::Files(&[
            (
                "environments/prod/environment.yaml",
                "namespace: prod\n\
                 components:\n  dolphinscheduler: { package: dolphinscheduler, version: 1.3.9, manifests: [manifests/budgets.yaml] }\n",
            ),
            ("environments/prod/dolphinscheduler.yaml", "worker:\n  pdb: { create: true }\n"),
            (
                "environments/prod/manifests/budgets.yaml",
                "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: { name: workers }\nspec:\n  maxUnavailable: 1\n  \
                 selector: # <-\n    matchLabels:\n      app.kubernetes.io/name: dolphinscheduler-worker\n",
            ),
        ]),
        Example::Manifests(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec:\n  replicas: 3\n  \
             selector: { matchLabels: { app: web } }\n  template:\n    metadata: { labels: { app: web, tier: front } }\n    spec:\n      \
             containers: [{ name: web, image: nginx:1.27.0 }]\n---\n\
             apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: { name: front }\nspec:\n  maxUnavailable: 1\n  \
             selector: { matchExpressions: [{ key: tier, operator: In, values: [front] }] }\n---\n\
             apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: { name: web }\nspec:\n  maxUnavailable: 1\n  \
             selector: { matchLabels: { app: web } } # <-\n",
        ),
    ],
    good: &[
        Example::Values("master:\n  pdb: { create: true }\nworker:\n  pdb: { create: true }\n"),
        Example::Manifests(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec:\n  replicas: 3\n  \
             selector: { matchLabels: { app: web } }\n  template:\n    metadata: { labels: { app: web, tier: front } }\n    spec:\n      \
             containers: [{ name: web, image: nginx:1.27.0 }]\n---\n\
             apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: { name: others }\nspec:\n  maxUnavailable: 1\n  \
             selector: { matchExpressions: [{ key: tier, operator: Exists }, { key: app, operator: NotIn, values: [web] }] }\n---\n\
             apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: { name: web }\nspec:\n  maxUnavailable: 1\n  \
             selector: { matchLabels: { app: web } }\n",
        ),
    ],
    check: Check::Environment(|environment, _| check(environment)),
};

fn check(environment: &Environment<'_, '_>) -> Vec<Finding> {
    let budgets = budgets(environment);
    let mut findings = Vec::new();
    // The first budget of each object that has pods, by where the object is.
    let mut first: HashMap<*const Manifest<'_>, usize> = HashMap::new();
    for (n, two) in budgets.iter().enumerate() {
        let objects = || two.workloads.iter().map(|workload| workload.manifest);
        let before = objects().filter_map(|pods| Some((*first.get(&std::ptr::from_ref(pods))?, pods)));
        let shared = before.min_by_key(|(one, _)| *one);
        objects().for_each(|pods| {
            first.entry(std::ptr::from_ref(pods)).or_insert(n);
        });
        let Some((one, pods)) = shared.and_then(|(one, pods)| Some((budgets.get(one)?, pods))) else {
            continue;
        };
        let message = format!(
            "{} and {} both select the pods of {}: Kubernetes evicts none of them",
            one.manifest.identity, two.manifest.identity, pods.identity
        );
        findings.push(
            two.subject
                .finding(RULE.code, two.selector, None, message)
                .related(one.selector.at, "the first one selects them here")
                .help("keep one of the two"),
        );
    }
    findings
}
