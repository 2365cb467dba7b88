//! Finds custom objects whose operator deletes their data when they go, and that nothing keeps.

use crate::{
    diag::{Finding, Level},
    field::{By, Field},
    manifest::Manifest,
    rules::{
        Check, Example, Rule, Subject,
        objects::{argocd::option, labels::annotation},
    },
    workspace::RuleLevel,
};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "data-deleted-with-object",
    summary: "an object that takes its data along when Argo CD prunes or deletes it",
    level: RuleLevel::Report(Level::Warn),
    docs: "The operator of DolphinDB deletes the volumes of a cluster with its DolphinDB object, and that of ZooKeeper does when \
        `persistence.reclaimPolicy` is `Delete`. A file that is moved or renamed in Git is enough: Argo CD prunes the object, and the \
        data is gone.\n\n\
        Set the annotation `argocd.argoproj.io/sync-options: Prune=false,Delete=confirm` (Prune=confirm asks too), or let ZooKeeper \
        `Retain` its volumes.",
    parameters: &[],
    bad: &[
        Example::Manifests(
            "apiVersion: dolphindb.dolphindb.io/v1\nkind: DolphinDB # <-\nmetadata: { name: ticks }\nspec: { mode: standalone }\n",
        ),
        Example::Manifests(
            "apiVersion: zookeeper.pravega.io/v1beta1\nkind: ZookeeperCluster\nmetadata:\n  name: zookeeper\n  \
             annotations: { argocd.argoproj.io/sync-options: Prune=false }\nspec:\n  replicas: 3\n  persistence:\n    reclaimPolicy: Delete # <-\n",
        ),
    ],
    good: &[
        Example::Manifests(
            "apiVersion: dolphindb.dolphindb.io/v1\nkind: DolphinDB\nmetadata:\n  name: ticks\n  \
             annotations: { argocd.argoproj.io/sync-options: \"Prune=false,Delete=confirm\" }\nspec: { mode: standalone }\n",
        ),
        // The operator's own default is Retain.
        Example::Manifests(
            "apiVersion: zookeeper.pravega.io/v1beta1\nkind: ZookeeperCluster\nmetadata: { name: zookeeper }\nspec: { replicas: 3 }\n",
        ),
    ],
    check: Check::Component(|subject, _| check(subject)),
};

fn check(subject: &Subject<'_, '_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for manifest in subject.manifests {
        let Some(by) = owns(manifest) else { continue };
        let body = &manifest.body;
        let pruned = !option(body, subject.config, &["Prune=false", "Prune=confirm"]);
        let kept = annotation(body, "helm.sh/resource-policy").and_then(Field::as_str) == Some("keep");
        let deleted = !kept && !option(body, subject.config, &["Delete=false", "Delete=confirm"]);
        let (when, lacks) = match (pruned, deleted) {
            (true, true) => ("pruned, or its Application deleted", "Prune=false,Delete=confirm"),
            (true, false) => ("pruned", "Prune=false"),
            (false, true) => ("deleted with its Application", "Delete=confirm"),
            (false, false) => continue,
        };
        let message = format!("{} takes its data along when it is {when}", manifest.identity);
        findings.push(
            subject
                .finding(RULE.code, by, None, message)
                .help(format!("add `{lacks}` to its annotation `argocd.argoproj.io/sync-options`")),
        );
    }
    findings
}

/// What says that an object takes its data along.
fn owns(manifest: &Manifest<'_>) -> Option<By> {
    match (&*manifest.identity.group, &*manifest.identity.kind) {
        ("dolphindb.dolphindb.io", "DolphinDB") => manifest.body.get("kind").map(|kind| kind.by),
        ("zookeeper.pravega.io", "ZookeeperCluster") => {
            let policy = manifest.body.at(&["spec", "persistence", "reclaimPolicy"])?;
            (policy.as_str() == Some("Delete")).then_some(policy.by)
        }
        _ => None,
    }
}
