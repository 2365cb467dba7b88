//! Finds pods that are meant to end and get a proxy that does not.

use super::proxies::{INJECT, asked_of_namespace, asks, meshed, namespace};
use crate::{
    diag::{Finding, Level},
    field::Field,
    manifest::Manifest,
    rules::{
        Check, Environment, Example, Parameters, Rule, Subject,
        objects::{Workload, labels::annotation},
    },
    workspace::{Parameter, RuleLevel, RuleSetting},
};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "mesh-job-never-ends",
    summary: "a Job or CronJob whose pods get a proxy of Linkerd, which runs on when the work is done",
    level: RuleLevel::Report(Level::Error),
    docs: "A pod ends when all its containers have. The proxy does not, so the Job never completes, its next run waits, and Argo CD waits \
        for a hook without end. The same is true of the drivers of Spark. Proxies that are native sidecars end with their pod: \
        Linkerd makes them by default from 2.20, before where `config.linkerd.io/proxy-enable-native-sidecar` asks for it.\n\n\
        Set `linkerd.io/inject: disabled` on the template of the pods, or let the work end the proxy (`linkerd-await --shutdown`). Where \
        Linkerd makes native sidecars by itself, say so in `nativeSidecars`.",
    parameters: &[Parameter {
        name: "nativeSidecars",
        about: "Linkerd makes native sidecars by default",
        default: RuleSetting::Flag(false),
    }],
    bad: &[
        Example::Manifests(
            "apiVersion: batch/v1\nkind: Job\nmetadata: { name: import }\nspec:\n  template:\n    metadata:\n      annotations:\n        \
             linkerd.io/inject: enabled # <-\n    spec:\n      restartPolicy: Never\n      containers: [{ name: import, image: \"a:1\" }]\n",
        ),
        Example::Manifests(
            "apiVersion: v1\nkind: Namespace\nmetadata: { name: dev, annotations: { linkerd.io/inject: enabled } }\n---\n\
             apiVersion: batch/v1\nkind: CronJob # <-\nmetadata: { name: report }\nspec:\n  schedule: \"0 2 * * *\"\n  jobTemplate:\n    spec:\n      \
             template:\n        spec:\n          restartPolicy: Never\n          containers: [{ name: report, image: \"a:1\" }]\n",
        ),
    ],
    good: &[
        Example::Files(&[
            (
                "environments/dev/environment.yaml",
                "namespace: dev\nmesh: { linkerd: { inject: enabled } }\n\
                 environment: { namespace: { annotations: { linkerd.io/inject: enabled } } }\n\
                 components: { app: { package: app, version: 1.0.0, manifests: [manifests/import.yaml] } }\n",
            ),
            (
                "environments/dev/manifests/import.yaml",
                "apiVersion: batch/v1\nkind: Job\nmetadata: { name: import }\nspec:\n  template:\n    spec:\n      \
                 restartPolicy: Never\n      containers: [{ name: import, image: \"a:1\" }]\n",
            ),
        ]),
        Example::Manifests(
            "apiVersion: batch/v1\nkind: Job\nmetadata: { name: import }\nspec:\n  template:\n    metadata:\n      \
             annotations: { linkerd.io/inject: enabled }\n    spec:\n      restartPolicy: Never\n      \
             containers: [{ name: import, image: \"a:1\", command: [linkerd-await, --shutdown, --, import] }]\n---\n\
             apiVersion: batch/v1\nkind: Job\nmetadata: { name: export }\nspec:\n  template:\n    metadata:\n      annotations:\n        \
             linkerd.io/inject: enabled\n        config.linkerd.io/proxy-enable-native-sidecar: \"true\"\n    spec:\n      \
             restartPolicy: Never\n      containers: [{ name: export, image: \"a:1\" }]\n",
        ),
    ],
    check: Check::Environment(check),
};

/// The annotations that ask for native sidecars: Linkerd 2.20 and later, 2.19, and before.
const NATIVE: [&str; 3] = [
    "config.linkerd.io/proxy-enable-native-sidecar",
    "config.beta.linkerd.io/proxy-enable-native-sidecar",
    "config.alpha.linkerd.io/proxy-enable-native-sidecar",
];

const HELP: &str = "set `linkerd.io/inject: disabled` on the template of the pods";

fn check(environment: &Environment<'_, '_>, parameters: &Parameters<'_>) -> Vec<Finding> {
    if parameters.flag("nativeSidecars") {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for meshed in meshed(environment).iter().filter(|m| m.workload.ends()) {
        let native = NATIVE.iter().any(|key| meshed.said(key).is_some_and(|said| said.text() == "true"));
        if native || shuts_down(&meshed.workload) {
            continue;
        }
        let message = format!(
            "the pods of {} get a proxy that runs on when they are done",
            meshed.workload.manifest.identity
        );
        let place = meshed.workload.manifest.body.get("kind");
        let finding = if meshed.own() {
            let inject = meshed.inject;
            inject.subject.finding(RULE.code, inject.field.by, Some(inject.text()), message)
        } else if let Some(place) = place {
            let finding = meshed.subject.finding(RULE.code, place.by, None, message);
            finding.related(meshed.inject.field.by.at, "the namespace asks for it")
        } else {
            continue;
        };
        findings.push(finding.help(HELP));
    }
    for subject in environment.components {
        for manifest in subject.manifests.iter().filter(|m| m.identity.group == "sparkoperator.k8s.io") {
            findings.extend(driver(environment, subject, manifest));
        }
    }
    findings
}

/// What ends the proxy when the work is done.
fn shuts_down(workload: &Workload<'_, '_>) -> bool {
    let argo = annotation(workload.template, "workflows.argoproj.io/kill-cmd-linkerd-proxy").is_some();
    let says = |container: &Field<'_>| {
        let words =
            ["command", "args"].into_iter().filter_map(|key| container.get(key)).flat_map(Field::items);
        words.filter_map(Field::as_str).any(|word| {
            word.contains("linkerd-await") || (word.contains(":4191") && word.contains("/shutdown"))
        })
    };
    argo || workload.containers().iter().any(|c| says(c.field))
}

/// The driver of an application of Spark.
fn driver(
    environment: &Environment<'_, '_>,
    subject: &Subject<'_, '_>,
    manifest: &Manifest<'_>,
) -> Option<Finding> {
    let spec = manifest.body.get("spec")?;
    let driver = spec.get("template").unwrap_or(spec).get("driver")?;
    let own = driver.at(&["annotations"]).and_then(|a| a.get(INJECT));
    let by = match own {
        Some(own) if asks(own) => own.by,
        Some(own) if own.as_str() == Some("disabled") => return None,
        _ => asked_of_namespace(namespace(environment, manifest)).map(|_| driver.by)?,
    };
    let message = format!("the driver of {} gets a proxy that runs on when it is done", manifest.identity);
    Some(
        subject
            .finding(RULE.code, by, None, message)
            .help("set `linkerd.io/inject: disabled` in the driver's annotations"),
    )
}
