//! Finds workloads with fewer pods than the environment demands.

use crate::{
    diag::Finding,
    field::Field,
    rules::{Check, Example, Parameters, Rule, Subject, objects::workloads},
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
    bad: &[Example::Files(&[
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
    ])],
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
                "api:\n  replicas: \"2\"\nalert:\n  replicas: \"2\"\n\
                 postgresql:\n  enabled: false\nexternalDatabase:\n  host: db.abc.com\n",
            ),
        ]),
        Example::Manifests(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec:\n  replicas: 1 # podwright: allow replicas-too-few -- a cache that may be lost\n  \
             selector: { matchLabels: { app: web } }\n  template:\n    metadata: { labels: { app: web } }\n    spec:\n      containers: [{ name: web, image: nginx:1.27.0 }]\n",
        ),
    ],
    check: Check::Component(check),
};

fn check(subject: &Subject<'_, '_>, parameters: &Parameters<'_>) -> Vec<Finding> {
    let least = u64::from(parameters.number("least"));
    let except = parameters.texts("except");
    let mut findings = Vec::new();
    for workload in workloads(subject) {
        let identity = &workload.manifest.identity;
        let Some(count) = workload.count().filter(|&n| n < least) else { continue };
        if except.contains(&identity.name.as_str()) || scaled(subject, &identity.name) {
            continue;
        }
        let message = format!("{identity} has {count} of the {least} pods that this environment demands");
        let finding = match workload.replicas() {
            Some(field) => subject.finding(RULE.code, field.by, None, message),
            None => match workload.manifest.body.get("spec") {
                Some(spec) => subject.missing(RULE.code, spec, "replicas", message),
                None => continue,
            },
        };
        findings.push(finding.help(format!("run at least {least}")));
    }
    findings
}

/// Whether an autoscaler of the component sets the number of pods of a workload.
fn scaled(subject: &Subject<'_, '_>, name: &str) -> bool {
    subject.manifests.iter().any(|m| {
        let target = m.body.at(&["spec", "scaleTargetRef", "name"]).and_then(Field::as_str);
        target == Some(name) && matches!(&*m.identity.kind, "HorizontalPodAutoscaler" | "ScaledObject")
    })
}
