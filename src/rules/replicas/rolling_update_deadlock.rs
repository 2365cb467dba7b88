//! Finds Deployments whose new pods wait for a volume that the old ones hold.

use crate::{
    diag::{Finding, Level},
    field::{Data, Field},
    manifest::Manifest,
    rules::{
        Check, Environment, Example, Parameters, Rule, Subject,
        objects::{Workload, workloads},
    },
    workspace::{Parameter, RuleLevel, RuleSetting},
};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "rolling-update-deadlock",
    summary: "a Deployment whose pods share a volume that only one node can mount, and are not replaced one after the other",
    level: RuleLevel::Report(Level::Warn),
    docs: "A volume of a ReadWriteOnce claim is attached to one node. A rolling update starts the new pod before the old one goes: on another \
        node it waits for the volume, and the old one waits for it to be ready. Of several pods, those on other nodes never start.\n\n\
        With one pod, take `strategy.type: Recreate`, or `maxSurge: 0`. With several, take a volume that many nodes can mount \
        (ReadWriteMany), or a StatefulSet, which gives each pod a claim of its own. Volumes of the storage classes in `shareable` draw \
        the pods to their node, or are mounted anywhere whatever the claim says.",
    parameters: &[Parameter {
        name: "shareable",
        about: "storage classes of which several pods can use a ReadWriteOnce volume",
        default: RuleSetting::Texts(&["local-path", "nfs", "nfs-client", "nfs-csi"]),
    }],
    bad: &[
        Example::Values(
            "alert: # <-\n  persistentVolumeClaim: { enabled: true, storageClassName: ceph }\n\
             api:\n  replicas: \"3\"\n  persistentVolumeClaim:\n    enabled: true\n    storageClassName: ceph\n    \
             accessModes: [ReadWriteOnce] # <-\n",
        ),
        Example::Manifests(
            "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { name: data }\nspec:\n  accessModes: [ReadWriteOnce]\n  \
             storageClassName: ceph\n  resources: { requests: { storage: 1Gi } }\n---\n\
             apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: wiki }\nspec:\n  selector: { matchLabels: { app: wiki } }\n  \
             template:\n    metadata: { labels: { app: wiki } }\n    spec:\n      containers: [{ name: wiki, image: nginx:1.27.0 }]\n      \
             volumes: [{ name: data, persistentVolumeClaim: { claimName: data } }] # <-\n",
        ),
    ],
    good: &[
        Example::Values(
            "alert:\n  strategy: { type: Recreate }\n  persistentVolumeClaim: { enabled: true, storageClassName: ceph }\n\
             api:\n  replicas: \"3\"\n  persistentVolumeClaim: { enabled: true, storageClassName: ceph, accessModes: [ReadWriteMany] }\n\
             master:\n  persistentVolumeClaim: { enabled: true, storageClassName: ceph }\n",
        ),
        // On the disk of a node, to which the new pod goes, too; without a pod beside the old one; with a volume for each pod.
        Example::Values(
            "alert:\n  persistentVolumeClaim: { enabled: true, storageClassName: local-path }\n\
             api:\n  strategy: { rollingUpdate: { maxSurge: \"0\", maxUnavailable: \"1\" } }\n  \
             persistentVolumeClaim: { enabled: true, storageClassName: ceph }\n",
        ),
        Example::Manifests(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: wiki }\nspec:\n  replicas: 2\n  selector: { matchLabels: { app: wiki } }\n  \
             template:\n    metadata: { labels: { app: wiki } }\n    spec:\n      containers: [{ name: wiki, image: nginx:1.27.0 }]\n      \
             volumes:\n        - name: scratch\n          ephemeral:\n            volumeClaimTemplate:\n              \
             spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }\n",
        ),
    ],
    check: Check::Environment(check),
};

/// A claim that one node at a time can use, and the component that makes it.
struct Claim<'m, 'a> {
    subject: &'m Subject<'m, 'a>,
    manifest: &'m Manifest<'a>,
    modes: &'m Field<'a>,
}

fn check(environment: &Environment<'_, '_>, parameters: &Parameters<'_>) -> Vec<Finding> {
    let shareable = parameters.texts("shareable");
    let claims = claims(environment, &shareable);
    let mut findings = Vec::new();
    for subject in environment.components {
        for workload in workloads(subject).iter().filter(|w| w.manifest.identity.kind == "Deployment") {
            let held = claims.iter().find_map(|claim| Some((claim, claim.mount(workload)?)));
            findings.extend(held.and_then(|(claim, mount)| judge(subject, workload, claim, mount)));
        }
    }
    findings
}

/// The claims of an environment whose volumes only one node, or one pod, can mount.
fn claims<'m, 'a>(environment: &Environment<'m, 'a>, shareable: &[&str]) -> Vec<Claim<'m, 'a>> {
    let mut found = Vec::new();
    for subject in environment.components {
        for manifest in subject.manifests.iter().filter(|m| m.identity.kind == "PersistentVolumeClaim") {
            let Some(modes) = manifest.body.at(&["spec", "accessModes"]) else { continue };
            let has = |mode: &str| modes.items().iter().any(|one| one.as_str() == Some(mode));
            let class = manifest.body.at(&["spec", "storageClassName"]).and_then(Field::as_str);
            let shared = class.is_some_and(|class| shareable.contains(&class)) && has("ReadWriteOnce");
            if !shared && !has("ReadWriteMany") && !has("ReadOnlyMany") {
                found.push(Claim { subject, manifest, modes });
            }
        }
    }
    found
}

impl Claim<'_, '_> {
    /// The field by which the pods of a workload name it.
    fn mount<'m, 'a>(&self, workload: &Workload<'m, 'a>) -> Option<&'m Field<'a>> {
        if workload.manifest.identity.namespace != self.manifest.identity.namespace {
            return None;
        }
        let volumes = workload.pod()?.get("volumes")?.items().iter();
        let mut names = volumes.filter_map(|volume| volume.at(&["persistentVolumeClaim", "claimName"]));
        names.find(|name| name.as_str() == Some(&self.manifest.identity.name))
    }
}

fn judge(
    subject: &Subject<'_, '_>,
    workload: &Workload<'_, '_>,
    claim: &Claim<'_, '_>,
    mount: &Field<'_>,
) -> Option<Finding> {
    let (who, what, count) = (&workload.manifest.identity, &claim.manifest.identity, workload.count()?);
    if count > 1 {
        let message = format!(
            "only one node can mount {what}, and {who} has {count} pods: those on others never start"
        );
        let finding = claim.subject.finding(RULE.code, claim.modes.by, None, message);
        return Some(
            finding.help("claim ReadWriteMany, run one pod, or make it a StatefulSet with claim templates"),
        );
    }
    let spec = workload.manifest.body.get("spec")?;
    let kind = spec.at(&["strategy", "type"]);
    let surge = spec.at(&["strategy", "rollingUpdate", "maxSurge"]).map(|surge| &surge.data);
    let none = match surge {
        Some(Data::Int(n)) => *n == 0,
        Some(Data::Str(text)) => text == "0%",
        _ => false,
    };
    if count == 0 || none || kind.and_then(Field::as_str) == Some("Recreate") {
        return None;
    }
    let message =
        format!("a new pod of {who} waits for {what}, which the old one holds until the new one is ready");
    let finding = match kind {
        Some(kind) => subject.finding(RULE.code, kind.by, None, message),
        None => subject.finding(RULE.code, mount.by, None, message),
    };
    Some(finding.help("set `strategy.type: Recreate`"))
}
