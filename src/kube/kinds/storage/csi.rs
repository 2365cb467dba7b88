//! Storage drivers: `CSIDriver`, `CSINode`, `CSIStorageCapacity` and `VolumeAttachment`.

use super::{claim::access_modes, source};
use crate::kube::{at::At, check::Check, format::names, kinds::selector::selector};

/// The longest ID of a node, in characters.
const NODE_ID: usize = 256;

/// Checks a `CSIDriver`.
pub(super) fn driver<'t>(check: &mut Check<'t>, object: At<'t>) {
    let spec = object.get("spec");
    check.one_of_or_null(spec.get("fsGroupPolicy"), &["ReadWriteOnceWithFSType", "File", "None"]);
    let tokens = spec.get("tokenRequests");
    check.unique(tokens.items(), |one| Some(one.get("audience").str()), "another token has this audience");
    for one in tokens.items() {
        let seconds = one.get("expirationSeconds");
        if seconds.int().is_some_and(|n| !(600..=1 << 32).contains(&n)) {
            check.invalid(seconds, "must be from 600 (10 minutes) to 4294967296");
        }
    }
    for mode in spec.get("volumeLifecycleModes").items() {
        check.require_one_of(mode, &["Persistent", "Ephemeral"]);
    }
    let period = spec.get("nodeAllocatableUpdatePeriodSeconds");
    // The server drops the field before this version.
    if check.minor >= 35 {
        check.within(period, 10, i64::MAX);
    }
}

/// Checks a `CSINode`.
pub(super) fn node<'t>(check: &mut Check<'t>, object: At<'t>) {
    let drivers = object.at(&["spec", "drivers"]);
    check.unique(drivers.items(), |one| Some(one.get("name").str()), "another driver has this name");
    for driver in drivers.items() {
        if check.require(driver.get("name")) {
            check.text(driver.get("name"), names::driver);
        }
        let id = driver.get("nodeID");
        if check.require(id) && id.str().len() > NODE_ID {
            check.too_long(id, format!("must have at most {NODE_ID} characters"));
        }
        check.not_negative(driver.at(&["allocatable", "count"]));
        let keys = driver.get("topologyKeys");
        check.unique(keys.items(), |key| Some(key.str()), "it stands there twice");
        for key in keys.items() {
            if let Some(what) = names::qualified(key.str()) {
                check.invalid(key, what);
            }
        }
    }
}

/// Checks a `CSIStorageCapacity`.
pub(super) fn capacity<'t>(check: &mut Check<'t>, object: At<'t>) {
    selector(check, object.get("nodeTopology"));
    let class = object.get("storageClassName");
    if check.require(class) {
        check.text(class, names::subdomain);
    }
    let capacity = object.get("capacity");
    if capacity.quantity().is_some_and(|quantity| quantity.sign() < 0) {
        check.invalid(capacity, "must be 0 or more");
    }
}

/// Checks a `VolumeAttachment`.
pub(super) fn attachment<'t>(check: &mut Check<'t>, object: At<'t>) {
    let spec = object.get("spec");
    let (attacher, node) = (spec.get("attacher"), spec.get("nodeName"));
    if check.require(attacher) {
        check.text(attacher, names::driver);
    }
    if check.require(node) {
        check.text(node, names::subdomain);
    }
    let source = spec.get("source");
    let (name, inline) = (source.get("persistentVolumeName"), source.get("inlineVolumeSpec"));
    match (name.present(), inline.present()) {
        (false, false) => check.required(name, "or `inlineVolumeSpec`"),
        (true, true) => check.forbidden(inline, "may not stand beside `persistentVolumeName`"),
        (false, true) => self::inline(check, inline),
        (true, false) => {
            if check.require(name) {
                check.text(name, names::subdomain);
            }
        }
    }
}

/// A volume that is written out in an attachment: one of a storage driver.
fn inline<'t>(check: &mut Check<'t>, at: At<'t>) {
    access_modes(check, at);
    for key in ["claimRef", "capacity", "nodeAffinity", "storageClassName"] {
        if at.get(key).present() && (key == "claimRef" || key == "nodeAffinity" || !at.get(key).blank()) {
            check.forbidden(at.get(key), "may not be set for a volume of an attachment");
        }
    }
    if at.get("csi").absent() {
        check.required(at.get("csi"), "a volume of an attachment needs it");
    }
    check.one_of(at.get("persistentVolumeReclaimPolicy"), &["Retain"]);
    check.one_of_or_null(at.get("volumeMode"), &["Filesystem"]);
    source::source(check, at, "");
}
