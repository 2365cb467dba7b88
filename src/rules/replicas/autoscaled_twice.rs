//! Finds workloads that two autoscalers scale.

use crate::{
    diag::{Finding, Level},
    rules::{Check, Environment, Example, Rule, objects::autoscalers},
    workspace::RuleLevel,
};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "autoscaled-twice",
    summary: "two autoscalers for one workload",
    level: RuleLevel::Report(Level::Error),
    docs: "Each of them sets the number of pods as if it were alone, and takes back what the other has done; a ScaledObject is a \
        HorizontalPodAutoscaler, too, which KEDA makes, and KEDA refuses it beside another one.\n\n\
        Keep one. Both kinds can look at several metrics and take the highest answer.",
    parameters: &[],
    bad: &[
        Example::Files(&[
            (
                "environments/prod/environment.yaml",
                "namespace: prod\n\
                 components:\n  dolphinscheduler: { package: dolphinscheduler, version: 1.3.9, manifests: [manifests/autoscaler.yaml] }\n",
            ),
            (
                "environments/prod/dolphinscheduler.yaml",
                "worker:\n  autoscaling:\n    enabled: true\n  resources: { requests: { cpu: 500m } }\n",
            ),
            (
                "environments/prod/manifests/autoscaler.yaml",
                "apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata: { name: nights }\nspec:\n  \
                 scaleTargetRef:\n    kind: StatefulSet\n    name: dolphinscheduler-worker # <-\n  \
                 triggers: [{ type: cron, metadata: { timezone: Asia/Shanghai, start: 0 20 * * *, end: 0 8 * * *, desiredReplicas: \"10\" } }]\n",
            ),
        ]),
        Example::Manifests(
            "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: { name: web }\nspec:\n  \
             scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }\n  maxReplicas: 5\n---\n\
             apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: { name: web-memory }\nspec:\n  \
             scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web } # <-\n  maxReplicas: 5\n",
        ),
    ],
    good: &[Example::Manifests(
        "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: { name: web }\nspec:\n  \
         scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }\n  maxReplicas: 5\n---\n\
         apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: { name: database }\nspec:\n  \
         scaleTargetRef: { apiVersion: apps/v1, kind: StatefulSet, name: web }\n  maxReplicas: 5\n",
    )],
    check: Check::Environment(|environment, _| check(environment)),
};

fn check(environment: &Environment<'_, '_>) -> Vec<Finding> {
    let scalers = autoscalers(environment);
    let mut findings = Vec::new();
    for (n, scaler) in scalers.iter().enumerate() {
        let Some(first) = scalers.iter().take(n).find(|first| first.rivals(scaler)) else { continue };
        let (one, two) = (&first.manifest.identity, &scaler.manifest.identity);
        let name = scaler.target.as_str().unwrap_or_default();
        let message = format!("{one} and {two} both scale `{name}`: each takes back what the other does");
        findings.push(
            scaler
                .subject
                .finding(RULE.code, scaler.target.by, None, message)
                .related(first.target.by.at, "the first one names it here")
                .help("keep one of the two, with the metrics of both"),
        );
    }
    findings
}
