//! Finds hooks that wait for what waits for them.

use crate::{
    diag::{Finding, Level},
    field::Field,
    manifest::Manifest,
    rules::{
        Check, Example, Parameters, Rule, Subject,
        objects::{
            argocd::{HELM_HOOK, HOOK, is_hook, phases},
            labels::annotation,
            workloads,
        },
    },
    workspace::{Parameter, RuleLevel, RuleSetting},
};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "hook-deadlock",
    summary: "a Job that prepares a database, as a hook that waits until those who need the database are healthy",
    level: RuleLevel::Report(Level::Warn),
    docs: "Argo CD runs PostSync hooks, which Helm's post-install and post-upgrade are to it, when all objects of the sync are healthy. A server \
        that needs the tables of the Job does not become healthy before, so the Job never starts, and the sync never ends. With \
        Helm the same manifests work, as long as nobody asks it to wait.\n\n\
        Make the Job a hook of the sync itself, before the servers: `argocd.argoproj.io/hook: Sync` with a negative \
        `argocd.argoproj.io/sync-wave`, or PreSync where the database stands elsewhere, and \
        `argocd.argoproj.io/hook-delete-policy: BeforeHookCreation`.",
    parameters: &[Parameter {
        name: "words",
        about: "parts of names and commands of Jobs that prepare a database",
        default: RuleSetting::Texts(&[
            "db-init",
            "init-db",
            "dbinit",
            "initdb",
            "db-migrat",
            "migrate",
            "migration",
            "init-schema",
            "schema-init",
            "create-schema",
            "upgrade-schema",
        ]),
    }],
    bad: &[Example::Manifests(
        "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: dolphinscheduler-db-init-job\n  annotations:\n    \
             helm.sh/hook: post-install,post-upgrade # <-\nspec:\n  template:\n    spec:\n      restartPolicy: Never\n      \
             containers: [{ name: init, image: \"apache/dolphinscheduler-tools:3.2.2\", args: [tools/bin/upgrade-schema.sh] }]\n---\n\
             apiVersion: apps/v1\nkind: StatefulSet\nmetadata: { name: dolphinscheduler-master }\nspec:\n  serviceName: master\n  \
             selector: { matchLabels: { app: master } }\n  template:\n    metadata: { labels: { app: master } }\n    \
             spec: { containers: [{ name: master, image: \"apache/dolphinscheduler-master:3.2.2\" }] }\n",
    )],
    good: &[
        Example::Manifests(
            "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: dolphinscheduler-db-init-job\n  annotations:\n    \
             argocd.argoproj.io/hook: Sync\n    argocd.argoproj.io/sync-wave: \"-1\"\n    \
             argocd.argoproj.io/hook-delete-policy: BeforeHookCreation\nspec:\n  template:\n    spec:\n      restartPolicy: Never\n      \
             containers: [{ name: init, image: \"apache/dolphinscheduler-tools:3.2.2\", args: [tools/bin/upgrade-schema.sh] }]\n---\n\
             apiVersion: apps/v1\nkind: StatefulSet\nmetadata: { name: dolphinscheduler-master }\nspec:\n  serviceName: master\n  \
             selector: { matchLabels: { app: master } }\n  template:\n    metadata: { labels: { app: master } }\n    \
             spec: { containers: [{ name: master, image: \"apache/dolphinscheduler-master:3.2.2\" }] }\n",
        ),
        // It only looks at what runs.
        Example::Manifests(
            "apiVersion: batch/v1\nkind: Job\nmetadata: { name: smoke-test, annotations: { argocd.argoproj.io/hook: PostSync } }\nspec:\n  \
             template:\n    spec:\n      restartPolicy: Never\n      containers: [{ name: test, image: \"a:1\", command: [curl, \"http://web\"] }]\n---\n\
             apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec:\n  selector: { matchLabels: { app: web } }\n  template:\n    \
             metadata: { labels: { app: web } }\n    spec: { containers: [{ name: web, image: \"nginx:1.27.0\" }] }\n",
        ),
    ],
    check: Check::Component(check),
};

fn check(subject: &Subject<'_, '_>, parameters: &Parameters<'_>) -> Vec<Finding> {
    let words = parameters.texts("words");
    let waited = |m: &Manifest<'_>| {
        matches!(&*m.identity.kind, "Deployment" | "StatefulSet" | "DaemonSet") && !is_hook(&m.body)
    };
    if !subject.manifests.iter().any(waited) {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for workload in workloads(subject).iter().filter(|w| w.ends()) {
        let body = &workload.manifest.body;
        let Some(hook) = annotation(body, HOOK).or_else(|| annotation(body, HELM_HOOK)) else { continue };
        let said = |container: &Field<'_>| {
            let texts =
                ["command", "args"].into_iter().filter_map(|key| container.get(key)).flat_map(Field::items);
            texts.filter_map(Field::as_str).any(|text| words.iter().any(|w| text.contains(w)))
        };
        let prepares = words.iter().any(|w| workload.manifest.identity.name.contains(w))
            || workload.containers().iter().any(|c| said(c.field));
        if phases(body) != ["PostSync"] || !prepares {
            continue;
        }
        let identity = &workload.manifest.identity;
        let message =
            format!("{identity} waits until all others are healthy, and they wait for what it does");
        findings.push(
            subject
                .finding(RULE.code, hook.by, hook.as_str(), message)
                .help("make it `argocd.argoproj.io/hook: Sync` in an earlier `sync-wave`"),
        );
    }
    findings
}
