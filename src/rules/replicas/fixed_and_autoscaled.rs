//! Finds workloads whose number of pods stands in Git while an autoscaler sets it.

use crate::{
    diag::{Finding, Level},
    rules::{
        Check, Environment, Example, Rule,
        objects::{Autoscaler, autoscalers},
    },
    workspace::RuleLevel,
};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "replicas-fixed-and-autoscaled",
    summary: "a workload with a fixed number of pods that an autoscaler scales",
    level: RuleLevel::Report(Level::Error),
    docs: "Each time the manifests are applied, the number in Git takes the place of what a HorizontalPodAutoscaler or a ScaledObject \
        found right: pods go under load, and come back a minute later.\n\n\
        Leave `spec.replicas` out; in values, `replicas: null`. Where Podwright writes the Application of Argo CD, that leaves the \
        number alone for autoscalers of the same component: then nothing is found.",
    parameters: &[],
    bad: &[
        Example::Files(&[
            (
                "environments/prod/environment.yaml",
                "namespace: prod\n\
                 components:\n  dolphinscheduler: { package: dolphinscheduler, version: 1.3.9, manifests: [manifests/autoscaler.yaml] }\n",
            ),
            ("environments/prod/dolphinscheduler.yaml", "api:\n  replicas: \"3\" # <-\n"),
            (
                "environments/prod/manifests/autoscaler.yaml",
                "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: { name: api }\nspec:\n  \
                 scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: dolphinscheduler-api }\n  \
                 minReplicas: 2\n  maxReplicas: 5\n",
            ),
        ]),
        Example::Manifests(
            "apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata: { name: web }\nspec:\n  scaleTargetRef: { name: web }\n  \
             triggers: [{ type: cron, metadata: { timezone: Asia/Shanghai, start: 0 8 * * *, end: 0 20 * * *, desiredReplicas: \"10\" } }]\n---\n\
             apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec:\n  replicas: 3 # <-\n  \
             selector: { matchLabels: { app: web } }\n  template:\n    metadata: { labels: { app: web } }\n    spec:\n      \
             containers: [{ name: web, image: nginx:1.27.0 }]\n",
        ),
    ],
    good: &[
        Example::Files(&[
            (
                "environments/prod/environment.yaml",
                "namespace: prod\n\
                 components:\n  dolphinscheduler: { package: dolphinscheduler, version: 1.3.9, manifests: [manifests/autoscaler.yaml] }\n",
            ),
            ("environments/prod/dolphinscheduler.yaml", "api:\n  replicas: null\n"),
            (
                "environments/prod/manifests/autoscaler.yaml",
                "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: { name: api }\nspec:\n  \
                 scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: dolphinscheduler-api }\n  \
                 minReplicas: 2\n  maxReplicas: 5\n",
            ),
        ]),
        // The package leaves the number out by itself.
        Example::Values(
            "worker:\n  replicas: \"5\"\n  autoscaling:\n    enabled: true\n  resources: { requests: { cpu: 500m } }\n",
        ),
        Example::Files(&[
            (
                "environments/prod/environment.yaml",
                "namespace: prod\n\
                 argocd: { repoURL: https://git.abc.com/environments.git, targetRevision: main }\n\
                 components:\n  dolphinscheduler: { package: dolphinscheduler, version: 1.3.9, manifests: [manifests/autoscaler.yaml] }\n",
            ),
            ("environments/prod/dolphinscheduler.yaml", "api:\n  replicas: \"3\"\n"),
            (
                "environments/prod/manifests/autoscaler.yaml",
                "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: { name: api }\nspec:\n  \
                 scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: dolphinscheduler-api }\n  \
                 minReplicas: 2\n  maxReplicas: 5\n",
            ),
        ]),
    ],
    check: Check::Environment(|environment, _| check(environment)),
};

fn check(environment: &Environment<'_, '_>) -> Vec<Finding> {
    let scalers = autoscalers(environment);
    let argocd = environment.config.settings.get(&["argocd"]).is_some();
    let mut findings = Vec::new();
    for subject in environment.components {
        // What an autoscaler of the same component scales, the Application of that component does not put back.
        let counts = |scaler: &&Autoscaler<'_, '_>| !argocd || scaler.subject.component != subject.component;
        for manifest in subject.manifests {
            let scaler = scalers.iter().filter(counts).find(|scaler| scaler.scales(&manifest.identity));
            let Some((scaler, replicas)) = scaler.zip(manifest.body.at(&["spec", "replicas"])) else {
                continue;
            };
            let message = format!(
                "{} has a fixed number of pods, and {} sets another: each sync puts it back",
                manifest.identity, scaler.manifest.identity
            );
            let help = match subject.is_plain(replicas.by) {
                true => "leave `replicas` out",
                false => "leave `replicas` out: `null` in values",
            };
            findings.push(
                subject
                    .finding(RULE.code, replicas.by, None, message)
                    .related(scaler.target.by.at, "what the autoscaler scales")
                    .help(help),
            );
        }
    }
    findings
}
