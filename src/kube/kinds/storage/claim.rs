//! `PersistentVolumeClaim`: access modes, size, class and what the volume is filled from.

use crate::kube::{at::At, check::Check, format::names, kinds::selector::selector};

/// The access modes.
const MODES: [&str; 4] = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];

/// Checks a `PersistentVolumeClaim`.
pub(super) fn check<'t>(check: &mut Check<'t>, object: At<'t>) {
    let class = object.at(&["metadata", "annotations", "volume.beta.kubernetes.io/storage-class"]);
    if class.depth == 0 {
        check.warn(class, "the annotation is deprecated; use `spec.storageClassName`");
    }
    let at = object.get("spec");
    asked(check, at);
    // The server drops a reference into another namespace, then a source that it does not know without a reference.
    let (source, reference) = (at.get("dataSource"), at.get("dataSourceRef"));
    let referred = reference.present() && reference.get("namespace").blank();
    let sourced = source.present() && (referred || is_classic(source));
    if referred {
        data_source(check, reference);
    }
    if sourced {
        data_source(check, source);
    }
    if referred && sourced {
        same(check, source, reference);
    }
}

/// Checks the spec of a claim within a pod.
pub(crate) fn spec<'t>(check: &mut Check<'t>, at: At<'t>) {
    asked(check, at);
    let (source, reference) = (at.get("dataSource"), at.get("dataSourceRef"));
    for one in [source, reference].into_iter().filter(|one| one.present()) {
        data_source(check, one);
    }
    let namespace = reference.get("namespace");
    if !namespace.blank() {
        check.text(namespace, names::label);
        if source.present() {
            check.forbidden(source, "may not stand beside `dataSourceRef` with a `namespace`");
        }
    } else if source.present() && reference.present() {
        same(check, source, reference);
    }
}

/// What a claim asks for, its data sources apart.
fn asked<'t>(check: &mut Check<'t>, at: At<'t>) {
    access_modes(check, at);
    selector(check, at.get("selector"));
    let (size, limit) =
        (at.at(&["resources", "requests", "storage"]), at.at(&["resources", "limits", "storage"]));
    if size.depth > 0 {
        check.required(size, "");
    } else if size.quantity().is_none_or(|quantity| quantity.sign() <= 0) {
        check.invalid(size, "must be more than 0");
    }
    for one in [size, limit] {
        if one.quantity().is_some_and(|quantity| !quantity.is_whole()) {
            check.warn(one, "must be whole bytes");
        }
    }
    if !at.get("storageClassName").blank() {
        check.text(at.get("storageClassName"), names::subdomain);
    }
    check.one_of_or_null(at.get("volumeMode"), &["Block", "Filesystem"]);
    let attributes = at.get("volumeAttributesClassName");
    // The server drops the field before this version.
    if !attributes.blank() && check.minor >= 34 {
        check.text(attributes, names::subdomain);
    }
}

/// Checks the access modes of a volume or claim.
pub(super) fn access_modes<'t>(check: &mut Check<'t>, spec: At<'t>) {
    let modes = spec.get("accessModes");
    if !check.require(modes) {
        return;
    }
    let mut others = false;
    for mode in modes.items() {
        let known = check.require_one_of(mode, &MODES);
        others |= known && mode.str() != "ReadWriteOncePod";
    }
    if others && modes.items().any(|mode| mode.str() == "ReadWriteOncePod") {
        check.forbidden(modes, "may not have `ReadWriteOncePod` and other modes");
    }
}

/// Whether it is a claim or a snapshot of a volume.
fn is_classic(at: At<'_>) -> bool {
    matches!(
        (at.get("kind").str(), at.get("apiGroup").str()),
        ("PersistentVolumeClaim", "") | ("VolumeSnapshot", "snapshot.storage.k8s.io")
    )
}

fn data_source<'t>(check: &mut Check<'t>, at: At<'t>) {
    let (group, kind) = (at.get("apiGroup"), at.get("kind"));
    check.require(at.get("name"));
    let named = check.require(kind);
    if !group.blank() {
        check.text(group, names::subdomain);
    } else if named && kind.str() != "PersistentVolumeClaim" {
        check.invalid(kind, "must be `PersistentVolumeClaim` when there is no `apiGroup`");
    }
}

fn same<'t>(check: &mut Check<'t>, source: At<'t>, reference: At<'t>) {
    let differs = |key| {
        let (one, other) = (source.get(key), reference.get(key));
        one.present() != other.present() || one.str() != other.str()
    };
    if ["kind", "name"].iter().any(|key| source.get(key).str() != reference.get(key).str())
        || differs("apiGroup")
    {
        check.invalid(source, "must be the same as `dataSourceRef`");
    }
}
