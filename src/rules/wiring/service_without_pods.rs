//! Finds Services that select no pod of their environment.

use crate::{
    diag::{Finding, Level},
    field::Field,
    rules::{Check, Environment, Example, Rule, objects::workloads},
    workspace::RuleLevel,
};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "service-without-pods",
    summary: "a Service whose selector matches the pods of no workload",
    level: RuleLevel::Report(Level::Error),
    docs: "The Service is made and has no endpoints: connections to it are refused, and nothing says why. All labels of the selector \
        must be on one pod template, with the same values.",
    parameters: &[],
    bad: &[Example::Manifests(
        "apiVersion: v1\nkind: Pod\nmetadata: { name: a, labels: { app: a } }\nspec:\n  containers: [{ name: a, image: a:1 }]\n---\n\
         apiVersion: v1\nkind: Service\nmetadata: { name: a }\nspec:\n  selector:\n    app: b # <-\n  ports: [{ port: 80 }]\n",
    )],
    good: &[Example::Manifests(
        "apiVersion: v1\nkind: Pod\nmetadata: { name: a, labels: { app: a } }\nspec:\n  containers: [{ name: a, image: a:1 }]\n---\n\
         apiVersion: v1\nkind: Service\nmetadata: { name: a }\nspec:\n  selector:\n    app: a\n  ports: [{ port: 80 }]\n",
    )],
    check: Check::Environment(|environment, _| check(environment)),
};

fn check(environment: &Environment<'_, '_>) -> Vec<Finding> {
    let pods: Vec<_> = environment.components.iter().flat_map(workloads).collect();
    let mut findings = Vec::new();
    for subject in environment.components {
        for manifest in subject.manifests.iter().filter(|m| m.identity.kind == "Service") {
            let selector = manifest.body.at(&["spec", "selector"]).map_or(&[][..], Field::members);
            let Some(first) = selector.first() else { continue };
            let fits = |key: &str, value: &Field<'_>| pods.iter().any(|w| w.label(key) == value.as_str());
            let all = pods.iter().any(|w| selector.iter().all(|m| w.label(&m.key) == m.value.as_str()));
            if all {
                continue;
            }
            let wrong = selector.iter().find(|m| !fits(&m.key, &m.value)).unwrap_or(first);
            let message = format!("{} selects no pod of this environment", manifest.identity);
            findings.push(
                subject
                    .finding(RULE.code, wrong.value.by, wrong.value.as_str(), message)
                    .help("select labels that a pod template of a workload has"),
            );
        }
    }
    findings
}
