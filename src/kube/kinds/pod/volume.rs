//! Volumes: their names, and where they come from.

use super::{mounts, overlap, projected, scope::Scope};
use crate::kube::{
    at::At,
    check::Check,
    format::names,
    kinds::storage::{claim, source},
    metadata,
};
use std::collections::HashSet;

/// The sources, in the order in which a server looks at them. Those of images are not judged: servers drop them.
const SOURCES: [&str; 29] = [
    "emptyDir",
    "hostPath",
    "gitRepo",
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "secret",
    "nfs",
    "iscsi",
    "glusterfs",
    "flocker",
    "persistentVolumeClaim",
    "rbd",
    "cinder",
    "cephfs",
    "quobyte",
    "downwardAPI",
    "fc",
    "flexVolume",
    "configMap",
    "azureFile",
    "vsphereVolume",
    "photonPersistentDisk",
    "portworxVolume",
    "azureDisk",
    "storageos",
    "projected",
    "scaleIO",
    "csi",
    "ephemeral",
];

/// Sources that are deprecated: since when, and since when without function.
const OLD: [(&str, u32, u32); 9] = [
    ("photonPersistentDisk", 11, 16),
    ("gitRepo", 11, 33),
    ("scaleIO", 16, 22),
    ("flocker", 22, 25),
    ("storageos", 22, 25),
    ("quobyte", 22, 25),
    ("glusterfs", 25, 26),
    ("cephfs", 28, 31),
    ("rbd", 28, 31),
];

/// The largest mode of a file.
const MODE: i64 = 0o777;

/// Checks the volumes of a pod. Those with the name of a claim of a set are replaced by it.
pub(super) fn volumes<'t>(check: &mut Check<'t>, scope: &Scope<'t>) {
    let mut seen = HashSet::new();
    for volume in scope.spec.get("volumes").items() {
        let name = volume.get("name");
        if volume.get("image").present() || scope.set_claims.contains(&name.str()) {
            continue;
        }
        if check.require(name) {
            check.text(name, names::label);
            if !seen.insert(name.str()) {
                check.duplicate(name, "another volume has this name");
            }
        }
        if let Some((kind, source)) = check.at_most_one(volume, &SOURCES) {
            one(check, scope, volume, kind, source);
        }
        for (kind, source) in volume.chosen(&SOURCES) {
            old(check, kind, source);
        }
    }
}

fn old<'t>(check: &mut Check<'t>, kind: &str, at: At<'t>) {
    let Some((_, since, gone)) = OLD.iter().find(|(old, ..)| *old == kind) else { return };
    if check.minor >= *since {
        let gone = match kind {
            "gitRepo" if check.minor < *gone => String::new(),
            "gitRepo" => format!(", and disabled since 1.{gone}"),
            _ => format!(", and without function since 1.{gone}"),
        };
        check.warn(at, format!("deprecated since Kubernetes 1.{since}{gone}"));
    }
}

fn one<'t>(check: &mut Check<'t>, scope: &Scope<'t>, volume: At<'t>, kind: &str, at: At<'t>) {
    match kind {
        "emptyDir" => {
            let limit = at.get("sizeLimit");
            if limit.quantity().is_some_and(|size| size.sign() < 0) {
                check.invalid(limit, "must be 0 or more");
            }
        }
        "gitRepo" => {
            check.require(at.get("repository"));
            check.text(at.get("directory"), mounts::descending);
        }
        "secret" | "configMap" => {
            check.require(at.get(if kind == "secret" { "secretName" } else { "name" }));
            mode(check, at.get("defaultMode"));
            projected::items(check, at);
            overlap::warn(check, &overlap::items(at));
        }
        "downwardAPI" => {
            mode(check, at.get("defaultMode"));
            projected::files(check, at);
            overlap::warn(check, &overlap::items(at));
        }
        "projected" => {
            mode(check, at.get("defaultMode"));
            projected::sources(check, at);
        }
        "persistentVolumeClaim" => persistent(check, scope, at.get("claimName")),
        "ephemeral" => ephemeral(check, scope, volume, at),
        "cinder" | "storageos" => named_secret(check, kind, at),
        "csi" => csi(check, at),
        "iscsi" => {
            check.require(at.get("targetPortal"));
            check.require(at.get("iqn"));
            source::iscsi(check, at, volume.get("name").str());
        }
        _ => source::fields(check, kind, at, volume.get("name").str()),
    }
}

/// The mode of a file.
pub(super) fn mode<'t>(check: &mut Check<'t>, at: At<'t>) {
    if at.int().is_some_and(|mode| !(0..=MODE).contains(&mode)) {
        check.invalid(at, "must be from 0 to 511, which is 0777 in octal");
    }
}

/// The name of the claim that a server makes for an ephemeral volume of a pod.
fn made_claim(scope: &Scope<'_>, volume: At<'_>) -> Option<String> {
    let name = volume.get("name").str();
    let pod = scope.name.as_deref()?;
    (!name.is_empty()).then(|| format!("{pod}-{name}"))
}

fn persistent<'t>(check: &mut Check<'t>, scope: &Scope<'t>, name: At<'t>) {
    check.require(name);
    let mut ephemeral = scope.spec.get("volumes").items().filter(|one| one.get("ephemeral").present());
    if ephemeral.any(|volume| made_claim(scope, volume).is_some_and(|made| made == name.str())) {
        check.invalid(name, "must not be the claim that is made for an ephemeral volume of the pod");
    }
}

fn ephemeral<'t>(check: &mut Check<'t>, scope: &Scope<'t>, volume: At<'t>, at: At<'t>) {
    let template = at.get("volumeClaimTemplate");
    if template.absent() {
        check.required(template, "");
        return;
    }
    metadata::template(check, template.get("metadata"));
    claim::spec(check, template.get("spec"));
    if let Some(made) = made_claim(scope, volume).filter(|made| !names::is_subdomain(made)) {
        let name = volume.get("name");
        check.invalid(name, format!("must make the name of a claim after that of the pod: `{made}` is none"));
    }
}

fn named_secret<'t>(check: &mut Check<'t>, kind: &str, at: At<'t>) {
    if kind == "cinder" {
        check.require(at.get("volumeID"));
    } else {
        check.require(at.get("volumeName"));
        for one in ["volumeName", "volumeNamespace"].into_iter().map(|key| at.get(key)) {
            if !one.blank() {
                check.text(one, names::label);
            }
        }
    }
    let secret = at.get("secretRef");
    if secret.present() {
        check.require(secret.get("name"));
    }
}

fn csi<'t>(check: &mut Check<'t>, at: At<'t>) {
    if check.require(at.get("driver")) {
        check.text(at.get("driver"), names::driver);
    }
    let secret = at.get("nodePublishSecretRef");
    if secret.present() && check.require(secret.get("name")) {
        check.text(secret.get("name"), names::subdomain);
    }
}
