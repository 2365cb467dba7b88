//! Where a `PersistentVolume` comes from: exactly one source, and the fields of each.

use crate::kube::{at::At, check::Check, format::names};

/// The sources, in the order in which a server looks at them.
const SOURCES: [&str; 22] = [
    "hostPath",
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "glusterfs",
    "flocker",
    "nfs",
    "rbd",
    "quobyte",
    "cephfs",
    "iscsi",
    "cinder",
    "fc",
    "flexVolume",
    "azureFile",
    "vsphereVolume",
    "photonPersistentDisk",
    "portworxVolume",
    "azureDisk",
    "scaleIO",
    "local",
    "storageos",
    "csi",
];

/// Sources that no longer work, and since when.
const GONE: [(&str, u32, u32); 6] = [
    ("cephfs", 28, 31),
    ("photonPersistentDisk", 11, 16),
    ("scaleIO", 16, 22),
    ("storageos", 22, 25),
    ("glusterfs", 25, 26),
    ("rbd", 28, 31),
];

/// Checks the source of the volume `volume`.
pub(super) fn source<'t>(check: &mut Check<'t>, spec: At<'t>, volume: &str) {
    let mut first: Option<&'static str> = None;
    for (name, at) in spec.chosen(&SOURCES) {
        match first {
            // A server takes this one beside an earlier one.
            Some(first) if name != "flexVolume" => {
                check.forbidden(at, format!("may not stand beside `{first}`"));
            }
            _ => fields(check, name, at, volume),
        }
        first = first.or(Some(name));
        if let Some((_, since, gone)) = GONE.iter().find(|(gone, ..)| *gone == name)
            && check.minor >= *since
        {
            check.warn(at, format!("deprecated since Kubernetes 1.{since}, without function since 1.{gone}"));
        }
    }
    if first.is_none() {
        check.required(spec, "needs a source such as `csi`, `nfs`, `local` or `hostPath`");
    }
}

/// Checks the fields of the source `name` of the volume `volume`.
pub(crate) fn fields<'t>(check: &mut Check<'t>, name: &str, at: At<'t>, volume: &str) {
    let needed: &[&'static str] = match name {
        "gcePersistentDisk" => &["pdName"],
        "awsElasticBlockStore" | "cinder" | "portworxVolume" => &["volumeID"],
        "glusterfs" => &["endpoints", "path"],
        "nfs" => &["server", "path"],
        "rbd" => &["monitors", "image"],
        "cephfs" => &["monitors"],
        "quobyte" => &["registry", "volume"],
        "iscsi" => &["targetPortal", "iqn"],
        "flexVolume" => &["driver"],
        "azureFile" => &["secretName", "shareName"],
        "vsphereVolume" => &["volumePath"],
        "photonPersistentDisk" => &["pdID"],
        "azureDisk" => &["diskName", "diskURI"],
        "scaleIO" => &["gateway", "system", "volumeName"],
        "local" | "hostPath" => &["path"],
        "storageos" => &["volumeName"],
        "csi" => &["driver", "volumeHandle"],
        _ => &[],
    };
    for key in needed {
        check.require(at.get(key));
    }
    match name {
        "hostPath" | "local" => path(check, at),
        "gcePersistentDisk" | "awsElasticBlockStore" => {
            check.within(at.get("partition"), 0, 255);
        }
        "nfs" if !at.get("path").blank() && !at.get("path").str().starts_with('/') => {
            check.invalid(at.get("path"), "must begin with `/`");
        }
        "glusterfs" => {
            check.text(at.get("endpointsNamespace"), names::label);
        }
        "flocker" => flocker(check, at),
        "quobyte" => quobyte(check, at),
        "iscsi" => {
            iscsi(check, at, volume);
            if at.get("secretRef").present() {
                check.require(at.at(&["secretRef", "name"]));
            }
        }
        "fc" => fibre_channel(check, at),
        "flexVolume" => flex(check, at),
        "azureFile" if at.get("secretNamespace").present() => {
            check.require(at.get("secretNamespace"));
        }
        "azureDisk" => azure_disk(check, at),
        "cinder" => secret(check, at.get("secretRef"), false),
        "storageos" => {
            for key in ["volumeName", "volumeNamespace"].iter().filter(|key| !at.get(key).blank()) {
                check.text(at.get(key), names::label);
            }
            secret(check, at.get("secretRef"), false);
        }
        "csi" => csi(check, at),
        _ => {}
    }
}

/// A reference to a Secret, if it is there.
fn secret<'t>(check: &mut Check<'t>, at: At<'t>, judged: bool) {
    if at.absent() {
        return;
    }
    let (name, namespace) = (at.get("name"), at.get("namespace"));
    if check.require(name) && judged {
        check.text(name, names::subdomain);
    }
    if check.require(namespace) && judged {
        check.text(namespace, names::label);
    }
}

/// Whether a path is the root, `.` and `..` resolved.
pub(super) fn is_root(path: &str) -> bool {
    let mut depth = 0usize;
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => depth = depth.saturating_sub(1),
            _ => depth += 1,
        }
    }
    depth == 0
}

fn path<'t>(check: &mut Check<'t>, at: At<'t>) {
    let path = at.get("path");
    if path.blank() {
        return;
    }
    if path.str().split('/').any(|part| part == "..") {
        check.invalid(path, "must not contain `..`");
    }
    check.one_of(
        at.get("type"),
        &["DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice", "BlockDevice"],
    );
}

fn flocker<'t>(check: &mut Check<'t>, at: At<'t>) {
    let (name, uuid) = (at.get("datasetName"), at.get("datasetUUID"));
    match (name.blank(), uuid.blank()) {
        (true, true) => check.required(name, "or `datasetUUID`"),
        (false, false) => check.forbidden(uuid, "may not stand beside `datasetName`"),
        _ => {}
    }
    if name.str().contains('/') {
        check.invalid(name, "must not contain `/`");
    }
}

fn quobyte<'t>(check: &mut Check<'t>, at: At<'t>) {
    let (registry, tenant) = (at.get("registry"), at.get("tenant"));
    if registry.blank() {
        return;
    }
    if tenant.str().len() > 64 {
        check.too_long(tenant, "must have at most 64 characters");
    } else if !registry.str().split(',').all(is_host_and_port) {
        check.invalid(registry, "must be hosts with ports, such as `a:1,b:2`");
    }
}

/// Whether a text is a host and a port, of any form: one colon, or a host in brackets before it.
fn is_host_and_port(text: &str) -> bool {
    match text.strip_prefix('[') {
        Some(rest) => rest.split_once(']').is_some_and(|(host, port)| {
            !host.contains('[') && port.starts_with(':') && !port[1..].contains([':', '[', ']'])
        }),
        None => text.matches(':').count() == 1 && !text.contains(['[', ']']),
    }
}

/// Checks an iSCSI disk of the volume `volume`, its Secret apart.
pub(crate) fn iscsi<'t>(check: &mut Check<'t>, at: At<'t>, volume: &str) {
    let (portal, initiator) = (at.get("targetPortal"), at.get("initiatorName"));
    if initiator.present() && volume.len() + 1 + portal.str().len() > 64 {
        check.too_long(
            portal,
            "with the volume's name it must have at most 63 characters when `initiatorName` is set",
        );
    }
    for name in [at.get("iqn"), initiator] {
        // An empty `iqn` is reported as one that lacks.
        let judged = name.present() && (name.is(initiator) || !name.blank());
        if judged && !is_iscsi_name(name.str()) {
            check.invalid(name, "must be a name such as `iqn.2001-04.com.example:disk`, `eui.` and 16 or `naa.` and 32 characters");
        }
    }
    check.within(at.get("lun"), 0, 255);
    let secret = at.get("secretRef");
    if secret.absent() && (at.get("chapAuthDiscovery").flag() || at.get("chapAuthSession").flag()) {
        check.required(secret, "CHAP needs it");
    }
}

/// Whether a text is the name of an iSCSI node.
fn is_iscsi_name(text: &str) -> bool {
    let coded = |rest: &str, count: usize| {
        let mut chars = rest.chars();
        chars.next().is_some() && chars.as_str().len() == count && chars.all(|c| c.is_ascii_alphanumeric())
    };
    if let Some(rest) = text.strip_prefix("eui") {
        return coded(rest, 16);
    }
    if let Some(rest) = text.strip_prefix("naa") {
        return coded(rest, 32);
    }
    let Some(rest) = text.strip_prefix("iqn.") else { return false };
    let Some((date, rest)) = rest.split_once('.') else { return false };
    let dated = match date.split_once('-') {
        Some((year, month)) => {
            let digits = |text: &str, count| text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
            digits(year, 4) && digits(month, 2)
        }
        None => false,
    };
    dated
        && rest.split_once(':').is_some_and(|(authority, name)| {
            !authority.is_empty()
                && authority.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.')
                && !name.is_empty()
                && !name.contains(|c: char| ",;*&$|".contains(c) || c.is_ascii_whitespace())
        })
}

fn fibre_channel<'t>(check: &mut Check<'t>, at: At<'t>) {
    let (targets, ids, lun) = (at.get("targetWWNs"), at.get("wwids"), at.get("lun"));
    match (targets.is_empty(), ids.is_empty()) {
        (true, true) => check.required(targets, "or `wwids`"),
        (false, false) => check.forbidden(ids, "may not stand beside `targetWWNs`"),
        _ => {}
    }
    if !targets.is_empty() {
        if lun.absent() {
            check.required(lun, "`targetWWNs` needs it");
        }
        check.within(lun, 0, 255);
    }
}

fn flex<'t>(check: &mut Check<'t>, at: At<'t>) {
    for (key, value) in at.get("options").members() {
        let space = format!(".{}", key.split('/').next().unwrap_or(key).to_lowercase());
        if space.ends_with(".kubernetes.io") || space.ends_with(".k8s.io") {
            check.invalid_key(value, "must not be of `kubernetes.io` or `k8s.io`, which are reserved");
        }
    }
}

fn azure_disk<'t>(check: &mut Check<'t>, at: At<'t>) {
    let (kind, uri) = (at.get("kind"), at.get("diskURI"));
    check.one_of_or_null(at.get("cachingMode"), &["None", "ReadOnly", "ReadWrite"]);
    check.one_of_or_null(kind, &["Shared", "Dedicated", "Managed"]);
    let (begin, what) = match kind.str() {
        "Managed" => ("/subscriptions/", "must begin with `/subscriptions/` for a managed disk"),
        _ => ("https://", "must begin with `https://` for a disk that is not managed"),
    };
    if !uri.blank() && !uri.str().starts_with(begin) {
        check.invalid(uri, what);
    }
}

fn csi<'t>(check: &mut Check<'t>, at: At<'t>) {
    if !at.get("driver").blank() {
        check.text(at.get("driver"), names::driver);
    }
    for key in [
        "controllerPublishSecretRef",
        "controllerExpandSecretRef",
        "nodePublishSecretRef",
        "nodeExpandSecretRef",
    ] {
        secret(check, at.get(key), true);
    }
}

#[cfg(test)]
mod tests {
    use super::{is_host_and_port, is_iscsi_name, is_root};

    #[test]
    fn names_of_iscsi_nodes() {
        for text in ["iqn.2001-04.com.example:storage.disk1", "eui.0123456789abcdef"] {
            assert!(is_iscsi_name(text), "{text}");
        }
        for text in ["", "iqn", "iqn.2001.com:a", "iqn.2001-04.com.example", "eui.01", "iqn.2001-04.com:a b"]
        {
            assert!(!is_iscsi_name(text), "{text}");
        }
    }

    #[test]
    fn hosts_and_ports() {
        assert!(["a:1", "[::1]:2", ":"].iter().all(|text| is_host_and_port(text)));
        assert!(["", "a", "::1:2", "[::1]", "a:1:2"].iter().all(|text| !is_host_and_port(text)));
    }

    #[test]
    fn roots() {
        assert!(is_root("/") && is_root("/a/..") && is_root("/./"));
        assert!(!is_root("/a"));
    }
}
