//! Finds uploads that stay in the pod that took them.

use super::storage::{Store, parts, stores};
use crate::{
    diag::{Finding, Level},
    field::Field,
    manifest::Manifest,
    rules::{
        Check, Example, Rule, Subject,
        objects::scheduler::{Role, Server, servers},
    },
    workspace::RuleLevel,
};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "file-storage-not-shared",
    summary: "uploaded files on the file system of a pod, where other pods do not see them",
    level: RuleLevel::Report(Level::Warn),
    docs: "With `RESOURCE_STORAGE_TYPE: HDFS` on `file:///` each pod of the API server and of the workers keeps uploads in its own file \
        system. What one API server takes, another does not show, no worker finds, and the next restart deletes.\n\n\
        Mount one volume with the access mode ReadWriteMany at `RESOURCE_UPLOAD_PATH` (`common.fsFileResourcePersistence` of the package), \
        or keep files in S3 or HDFS. Where nobody uploads files, set `RESOURCE_STORAGE_TYPE: NONE`.",
    parameters: &[],
    bad: &[
        Example::Values(
            "common:\n  configmap: # <-\n    RESOURCE_UPLOAD_PATH: /data\nworker:\n  replicas: \"3\"\n",
        ),
        Example::Values(
            "common:\n  configmap:\n    FS_DEFAULT_FS: file:/// # <-\n  fsFileResourcePersistence:\n    enabled: true\n    \
             accessModes: [ReadWriteOnce]\n    storageClassName: fast\n",
        ),
    ],
    good: &[
        Example::Values(
            "common:\n  configmap:\n    FS_DEFAULT_FS: file:///\n  fsFileResourcePersistence:\n    enabled: true\n    \
             storageClassName: nfs\n",
        ),
        Example::Values("common:\n  configmap:\n    RESOURCE_STORAGE_TYPE: NONE\n"),
        Example::Values("common:\n  configmap:\n    FS_DEFAULT_FS: hdfs://mycluster:8020\n"),
        Example::Manifests(
            "apiVersion: v1\nkind: Pod\nmetadata: { name: everything }\nspec:\n  containers:\n    - name: api\n      \
             image: apache/dolphinscheduler:1.3.9\n      args: [api-server]\n      env:\n        \
             - { name: RESOURCE_STORAGE_TYPE, value: HDFS }\n        - { name: FS_DEFAULT_FS, value: \"file:///\" }\n",
        ),
    ],
    check: Check::Component(|subject, _| check(subject)),
};

fn check(subject: &Subject<'_, '_>) -> Vec<Finding> {
    let servers = servers(subject);
    let keeps = |server: &&Server<'_, '_, '_>| matches!(server.role, Role::Api | Role::Worker);
    let pods: u64 = servers.iter().filter(keeps).map(|s| s.workload.count().unwrap_or(1)).sum();
    if pods < 2 {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for store in stores(subject, "HDFS") {
        let own = |server: &Server<'_, '_, '_>| std::ptr::eq(store.container.field, server.container.field);
        if !servers.iter().filter(keeps).any(own) {
            continue;
        }
        let (scheme, authority) = store.root.as_str().map_or(("", ""), parts);
        if !(scheme == "file" || scheme.is_empty() && authority.is_empty()) || shared(subject, &store) {
            continue;
        }
        let path = upload_path(subject, &store);
        let message =
            format!("uploads stay in the pod that takes them: no volume that all share is at `{path}`");
        findings.push(
            subject
                .finding(RULE.code, store.root.by, store.root.as_str(), message)
                .help("mount a claim with the access mode ReadWriteMany there, or keep files in S3 or HDFS"),
        );
    }
    findings
}

fn upload_path<'m>(subject: &Subject<'m, '_>, store: &Store<'m, '_>) -> &'m str {
    let path = store.container.variable(subject, "RESOURCE_UPLOAD_PATH").and_then(Field::as_str);
    path.filter(|p| !p.is_empty()).unwrap_or("/dolphinscheduler")
}

/// Whether what stands at the upload path is, or may be, one volume for all pods.
fn shared(subject: &Subject<'_, '_>, store: &Store<'_, '_>) -> bool {
    let text =
        |field: &Field<'_>, key: &str| field.get(key).and_then(Field::as_str).unwrap_or_default().to_owned();
    let path = upload_path(subject, store).trim_end_matches('/');
    let within = |mount: &str| {
        path.strip_prefix(mount.trim_end_matches('/'))
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let mounts = store.container.field.get("volumeMounts").map_or(&[][..], Field::items);
    let mount =
        mounts.iter().filter(|m| within(&text(m, "mountPath"))).max_by_key(|m| text(m, "mountPath").len());
    let Some(name) = mount.map(|m| text(m, "name")) else { return false };
    let volumes = store.workload.pod().and_then(|pod| pod.get("volumes")).map_or(&[][..], Field::items);
    let Some(volume) = volumes.iter().find(|v| text(v, "name") == name) else {
        // A claim template makes a volume for each pod.
        return false;
    };
    if volume.get("emptyDir").is_some() || volume.get("ephemeral").is_some() {
        return false;
    }
    let Some(claim) = volume.get("persistentVolumeClaim") else { return true };
    let claim = text(claim, "claimName");
    let here = |m: &&Manifest<'_>| m.identity.kind == "PersistentVolumeClaim" && m.identity.name == claim;
    match subject.manifests.iter().find(here).and_then(|m| m.body.at(&["spec", "accessModes"])) {
        Some(modes) => modes.items().iter().any(|mode| mode.as_str() == Some("ReadWriteMany")),
        None => true,
    }
}
