//! `PersistentVolume`: capacity, access modes, policies; its source is for `source`.

use super::{claim::access_modes, source};
use crate::kube::{at::At, check::Check, format::names, kinds::node_selector::node_selector};

/// The annotation of mount options.
const MOUNT_OPTIONS: &str = "volume.beta.kubernetes.io/mount-options";
/// The sources whose volumes take mount options from the annotation.
const MOUNTED: [&str; 13] = [
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "glusterfs",
    "nfs",
    "rbd",
    "quobyte",
    "iscsi",
    "cinder",
    "cephfs",
    "azureFile",
    "vsphereVolume",
    "azureDisk",
    "photonPersistentDisk",
];

/// Checks a `PersistentVolume`.
pub(super) fn check<'t>(check: &mut Check<'t>, object: At<'t>) {
    let spec = object.get("spec");
    access_modes(check, spec);
    capacity(check, spec.get("capacity"));
    let policy = spec.get("persistentVolumeReclaimPolicy");
    check.one_of(policy, &["Delete", "Recycle", "Retain"]);
    if policy.str() == "Recycle" {
        check.warn(policy, "the policy is deprecated; let volumes be provisioned");
        let path = spec.at(&["hostPath", "path"]);
        if path.str().starts_with('/') && source::is_root(path.str()) {
            check.forbidden(policy, "may not be `Recycle` for the `hostPath` `/`");
        }
    }
    let affinity = spec.get("nodeAffinity");
    if affinity.present() {
        let required = affinity.get("required");
        if required.absent() {
            check.required(required, "");
        } else {
            node_selector(check, required);
        }
    }
    source::source(check, spec, object.at(&["metadata", "name"]).str());
    if spec.get("local").present() && affinity.absent() {
        check.required(affinity, "a `local` volume needs it");
    }
    if !spec.get("storageClassName").blank() {
        check.text(spec.get("storageClassName"), names::subdomain);
    }
    check.one_of_or_null(spec.get("volumeMode"), &["Block", "Filesystem"]);
    attributes(check, spec);
    annotations(check, object.at(&["metadata", "annotations"]), spec);
}

fn capacity<'t>(check: &mut Check<'t>, at: At<'t>) {
    if !check.require(at) {
        return;
    }
    for (key, value) in at.members() {
        if key != "storage" {
            check.invalid_key(value, "must be `storage`, the only capacity that a volume has");
        } else if value.quantity().is_none_or(|quantity| quantity.sign() <= 0) {
            check.invalid(value, "must be more than 0");
        }
    }
}

fn attributes<'t>(check: &mut Check<'t>, spec: At<'t>) {
    let class = spec.get("volumeAttributesClassName");
    // The server drops the field before this version.
    if class.absent() || check.minor < 34 {
        return;
    }
    if class.blank() {
        check.invalid(class, "must be a name");
    } else {
        check.text(class, names::subdomain);
    }
    if spec.get("csi").absent() {
        check.required(spec.get("csi"), "`volumeAttributesClassName` needs it");
    }
}

fn annotations<'t>(check: &mut Check<'t>, at: At<'t>, spec: At<'t>) {
    let class = at.get("volume.beta.kubernetes.io/storage-class");
    if class.depth == 0 {
        check.warn(class, "the annotation is deprecated; use `spec.storageClassName`");
    }
    let options = at.get(MOUNT_OPTIONS);
    if options.depth == 0 {
        check.warn(options, "the annotation is deprecated; use `spec.mountOptions`");
        if spec.chosen(&MOUNTED).next().is_none() {
            check.forbidden(options, "may not be set for this source of volumes");
        }
    }
}
