//! What a server writes into fields that nobody wrote, as far as it tells changes from none. Source: the defaults that the
//! documentation of the Kubernetes API names, held against a server of 1.34.

use crate::field::{Data, Field};

/// A value that stands for what is not written.
enum Value {
    Text(&'static str),
    Int(i64),
    Yes,
    /// A map whose members are all defaults.
    Map,
}

/// Defaults by the last keys of a place: all of them must fit.
const DEFAULTS: &[(&[&str], Value)] = &[
    (&["restartPolicy"], Value::Text("Always")),
    (&["dnsPolicy"], Value::Text("ClusterFirst")),
    (&["schedulerName"], Value::Text("default-scheduler")),
    (&["spec", "terminationGracePeriodSeconds"], Value::Int(30)),
    (&["spec", "securityContext"], Value::Map),
    (&["spec", "enableServiceLinks"], Value::Yes),
    (&["terminationMessagePath"], Value::Text("/dev/termination-log")),
    (&["terminationMessagePolicy"], Value::Text("File")),
    (&["ports", "protocol"], Value::Text("TCP")),
    (&["timeoutSeconds"], Value::Int(1)),
    (&["periodSeconds"], Value::Int(10)),
    (&["successThreshold"], Value::Int(1)),
    (&["failureThreshold"], Value::Int(3)),
    (&["httpGet", "scheme"], Value::Text("HTTP")),
    (&["httpGet", "path"], Value::Text("/")),
    (&["defaultMode"], Value::Int(0o644)),
    (&["fieldRef", "apiVersion"], Value::Text("v1")),
    (&["serviceAccountToken", "expirationSeconds"], Value::Int(3600)),
    (&["resourceFieldRef", "divisor"], Value::Text("0")),
    (&["resources"], Value::Map),
    (&["metadata"], Value::Map),
    (&["volumeMode"], Value::Text("Filesystem")),
    (&["volumeClaimTemplates", "status"], Value::Map),
    (&["status", "phase"], Value::Text("Pending")),
    (&["podManagementPolicy"], Value::Text("OrderedReady")),
    (&["completionMode"], Value::Text("NonIndexed")),
    (&["roleRef", "apiGroup"], Value::Text("rbac.authorization.k8s.io")),
    (&["rbd", "user"], Value::Text("admin")),
    (&["rbd", "pool"], Value::Text("rbd")),
    (&["rbd", "keyring"], Value::Text("/etc/ceph/keyring")),
    (&["iscsi", "iscsiInterface"], Value::Text("default")),
    (&["azureDisk", "cachingMode"], Value::Text("ReadWrite")),
    (&["azureDisk", "fsType"], Value::Text("ext4")),
    (&["scaleIO", "fsType"], Value::Text("xfs")),
    (&["scaleIO", "storageMode"], Value::Text("ThinProvisioned")),
    (&["reclaimPolicy"], Value::Text("Delete")),
    (&["volumeBindingMode"], Value::Text("Immediate")),
    (&["preemptionPolicy"], Value::Text("PreemptLowerPriority")),
    (&["fsGroupPolicy"], Value::Text("ReadWriteOnceWithFSType")),
    (&["attachRequired"], Value::Yes),
    (&["onPodConditions", "status"], Value::Text("True")),
];

/// Booleans for which nothing and false are one; of others, false is a value of its own.
const FLAGS: [&str; 9] = [
    "hostNetwork",
    "hostPID",
    "hostIPC",
    "readOnly",
    "tty",
    "stdin",
    "stdinOnce",
    "unsatisfiable",
    "publishNotReadyAddresses",
];

/// Whether a server heeds a field at all: a claim template is a claim, whatever it calls itself.
pub(super) fn heeded(path: &[&str]) -> bool {
    !matches!(path, [.., "volumeClaimTemplates", "apiVersion" | "kind"])
}

/// Whether a field that only one side has is what a server would put there, or nothing.
pub(super) fn is_default(path: &[&str], field: &Field<'_>) -> bool {
    let empty = match &field.data {
        Data::Null => true,
        Data::Seq(items) => items.is_empty(),
        Data::Str(text) => text.is_empty() && !path.ends_with(&["storageClassName"]),
        Data::Bool(false) => path.last().is_some_and(|key| FLAGS.contains(key)),
        // Of maps of texts, one without members is none; of what has a type, it is a choice.
        Data::Map(members) => {
            members.is_empty()
                && path
                    .last()
                    .is_some_and(|k| matches!(*k, "labels" | "annotations" | "nodeSelector" | "parameters"))
        }
        _ => false,
    };
    let last = path.last().copied();
    let zero = field.data == Data::Int(0)
        && matches!(last, Some("hostPort" | "initialDelaySeconds" | "lun" | "partition"));
    let stamp = last == Some("creationTimestamp");
    empty
        || zero
        || stamp
        || DEFAULTS.iter().any(|(keys, value)| path.ends_with(keys) && value.is(path, field))
}

impl Value {
    fn is(&self, path: &[&str], field: &Field<'_>) -> bool {
        match (self, &field.data) {
            (Self::Text(text), Data::Str(s)) => s == text,
            (Self::Int(n), Data::Int(i)) => n == i,
            (Self::Yes, Data::Bool(true)) => true,
            (Self::Map, Data::Map(members)) => members.iter().all(|m| {
                let below: Vec<&str> = path.iter().copied().chain([&*m.key]).collect();
                is_default(&below, &m.value)
            }),
            _ => false,
        }
    }
}

/// Whether a field that only one side has follows from what stands beside its place on the other.
pub(super) fn follows(path: &[&str], field: &Field<'_>, beside: &Field<'_>) -> bool {
    let is = |text: &str| field.as_str() == Some(text);
    match path.last().copied() {
        Some("imagePullPolicy") => {
            let image = beside.get("image").and_then(Field::as_str).unwrap_or_default();
            let name = image.rsplit('/').next().unwrap_or_default();
            let latest = !image.contains('@') && (!name.contains(':') || name.ends_with(":latest"));
            is(if latest { "Always" } else { "IfNotPresent" })
        }
        // Requests of a Pod that are not written are its limits; those of a template stay unwritten.
        Some("requests") => {
            !path.contains(&"template")
                && beside.get("limits").is_some_and(|limits| {
                    field
                        .members()
                        .iter()
                        .all(|m| limits.get(&m.key).is_some_and(|limit| limit.data == m.value.data))
                })
        }
        Some("serviceAccount") => beside.get("serviceAccountName").map(|f| &f.data) == Some(&field.data),
        Some("serviceAccountName") => beside.get("serviceAccount").map(|f| &f.data) == Some(&field.data),
        // So it is on the network of the node.
        Some("hostPort") => beside.get("containerPort").map(|f| &f.data) == Some(&field.data),
        Some("emptyDir") => field.members().is_empty() && beside.members().iter().all(|m| m.key == "name"),
        _ => false,
    }
}
