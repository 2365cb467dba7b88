//! Finds workloads with fewer pods than the environment demands.

use crate::{
    diag::Finding,
    rules::{
        Check, Environment, Example, Parameters, Rule, Subject,
        objects::{Autoscaler, Workload, autoscalers, workloads},
    },
    workspace::{Parameter, RuleLevel, RuleSetting},
};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "replicas-too-few",
    summary: "a Deployment or StatefulSet with fewer pods than the environment demands",
    level: RuleLevel::Allow,
    docs: "With one pod, every drain of a node, every new version and every crash is an outage. An environment that promises more \
        says so: it sets the rule, and `least`.\n\n\
        Raise the replicas. A workload that an autoscaler scales is judged by the least number of that. For one that cannot have \
        several, such as a database that knows no replication, say so at the line, or name it in `except`.",
    parameters: &[
        Parameter {
            name: "least",
            about: "how many pods a workload has at least",
            default: RuleSetting::Number(2),
        },
        Parameter {
            name: "except",
            about: "names of workloads that are not meant",
            default: RuleSetting::Texts(&[]),
        },
    ],
    bad: &[
        Example::Files(&[
            (
                "environments/prod/environment.yaml",
                "namespace: prod\n\
                 rules: { replicas-too-few: { level: error, least: 3, except: [dolphinscheduler-zookeeper] } }\n\
                 components:\n  dolphinscheduler: { package: dolphinscheduler, version: 1.3.9 }\n",
            ),
            (
                "environments/prod/dolphinscheduler.yaml",
                "api:\n  replicas: \"2\" # <-\nalert: # <-\n  annotations: { team: data }\n\
                 postgresql:\n  enabled: false\nexternalDatabase:\n  host: db.abc.com\n",
            ),
        ]),
        Example::Files(&[
            (
                "environments/prod/environment.yaml",
                "namespace: prod\n\
                 rules: { replicas-too-few: { level: error, } }\n\
                 components:\n  app: { package: app, version: 1.0.0, manifests: [manifests/workers.yaml] }\n",
            ),
            (
                "environments/prod/manifests/workers.yaml",
                "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: workers }\nspec:\n  \
                 selector: { matchLabels: { app: workers } }\n  template:\n    metadata: { labels: { app: workers } }\n    spec:\n      \
                 containers: [{ name: worker, image: nginx:1.27.0 }]\n---\n\
                 apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata: { name: workers }\nspec:\n  scaleTargetRef: { name: workers }\n  \
                 minReplicaCount: 1 # <-\n  \
                 triggers: [{ type: cron, metadata: { timezone: Asia/Shanghai, start: 0 20 * * *, end: 0 8 * * *, desiredReplicas: \"10\" } }]\n",
            ),
        ]),
    ],
    good: &[
        Example::Files(&[
            (
                "environments/prod/environment.yaml",
                "namespace: prod\n\
                 rules: { replicas-too-few: { level: error, except: [dolphinscheduler-zookeeper] } }\n\
                 components:\n  dolphinscheduler: { package: dolphinscheduler, version: 1.3.9 }\n",
            ),
            (
                "environments/prod/dolphinscheduler.yaml",
                "api:\n  replicas: \"2\"\nalert:\n  replicas: \"2\"\nworker:\n  replicas: \"1\"\n  autoscaling: { enabled: true, minReplicas: 2 }\n  resources: { requests: { cpu: 500m } }\n\
                 postgresql:\n  enabled: false\nexternalDatabase:\n  host: db.abc.com\n",
            ),
        ]),
        Example::Manifests(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec:\n  replicas: 1 # podwright: allow replicas-too-few -- a cache that may be lost\n  \
             selector: { matchLabels: { app: web } }\n  template:\n    metadata: { labels: { app: web } }\n    spec:\n      containers: [{ name: web, image: nginx:1.27.0 }]\n",
        ),
    ],
    check: Check::Environment(check),
};

fn check(environment: &Environment<'_, '_>, parameters: &Parameters<'_>) -> Vec<Finding> {
    let least = u64::from(parameters.number("least"));
    let except = parameters.texts("except");
    let scalers = autoscalers(environment);
    let mut findings = Vec::new();
    for subject in environment.components {
        let meant = |w: &Workload<'_, '_>| !except.contains(&w.manifest.identity.name.as_str());
        for workload in workloads(subject).into_iter().filter(meant) {
            let scaler = scalers.iter().find(|scaler| scaler.scales(&workload.manifest.identity));
            let finding = match scaler {
                Some(scaler) => scaled(scaler, &workload, least),
                None => counted(subject, &workload, least),
            };
            findings.extend(finding.map(|finding| finding.help(format!("run at least {least}"))));
        }
    }
    findings
}

/// Judges a workload by its own number.
fn counted(subject: &Subject<'_, '_>, workload: &Workload<'_, '_>, least: u64) -> Option<Finding> {
    let identity = &workload.manifest.identity;
    let count = workload.count().filter(|&n| n < least)?;
    let message = format!("{identity} has {count} of the {least} pods that this environment demands");
    match workload.replicas() {
        Some(field) => Some(subject.finding(RULE.code, field.by, None, message)),
        None => {
            let spec = workload.manifest.body.get("spec")?;
            Some(subject.missing(RULE.code, spec, "replicas", message))
        }
    }
}

/// Judges a workload by the least number that its autoscaler leaves.
fn scaled(scaler: &Autoscaler<'_, '_>, workload: &Workload<'_, '_>, least: u64) -> Option<Finding> {
    let (who, what, count) = (&scaler.manifest.identity, &workload.manifest.identity, scaler.least());
    if count >= least {
        return None;
    }
    let message = format!("{who} leaves {what} {count} of the {least} pods that this environment demands");
    match scaler.least_field() {
        Some(field) => Some(scaler.subject.finding(RULE.code, field.by, None, message)),
        None => {
            let spec = scaler.manifest.body.get("spec")?;
            Some(scaler.subject.missing(RULE.code, spec, scaler.least_key(), message))
        }
    }
}
