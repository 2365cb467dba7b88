//! Whose pods are replaced, and whose keep the old where they would be thought to be replaced.

use super::{
    Impact, Kind,
    case::{Case, flag, kind, number, text},
    likeness::alike,
    scale::replicas,
    words::{DOWN, pods},
};
use crate::{
    field::{Data, Field},
    manifest::{Manifest, pod_template},
};

/// Custom kinds whose operators restart what they run: group, kind, keys of `spec` that do not make them do so, what happens.
const OPERATED: &[(&str, &str, &[&str], &str)] = &[
    (
        "dolphindb.dolphindb.io",
        "DolphinDB",
        &["minPersistentVolumeSize", "logCleanLimit"],
        "restarts all its nodes",
    ),
    (
        "zookeeper.pravega.io",
        "ZookeeperCluster",
        &[
            "replicas",
            "persistence",
            "clientService",
            "headlessService",
            "adminServerService",
            "maxUnavailableReplicas",
        ],
        "rolls its members, one after another",
    ),
    ("flink.apache.org", "FlinkDeployment", &["ingress"], "stops its job and starts it again"),
    ("flink.apache.org", "FlinkSessionJob", &[], "stops its job and starts it again"),
    (
        "sparkoperator.k8s.io",
        "SparkApplication",
        &["timeToLiveSeconds", "restartPolicy"],
        "runs again from the start",
    ),
    (
        "minio.min.io",
        "Tenant",
        &["pools", "buckets", "users", "exposeServices", "prometheusOperator"],
        "rolls its servers",
    ),
];

/// What becomes of the pods of an object whose template is another.
pub(super) enum Roll {
    /// They are replaced; how it is put.
    Now(String),
    /// They keep the old; why.
    Not(String),
    /// There are none, or they end by themselves.
    Nothing,
}

/// The pods that are replaced, or that wait for it.
pub(super) fn restart(case: &Case<'_, '_, '_>) -> Vec<Impact> {
    let Some((old, new)) = case.both() else { return Vec::new() };
    if !case.changes.is_empty()
        && let Some(text) = operated(old, new)
    {
        return vec![Kind::Restart.with(text)];
    }
    match roll(case.around.1, old, new) {
        Roll::Now(text) => vec![Kind::Restart.with(text)],
        Roll::Not(text) => vec![Kind::Stale.with(text)],
        Roll::Nothing => Vec::new(),
    }
}

/// What becomes of the pods of a workload, old and new.
pub(super) fn roll(around: &[&Manifest<'_>], old: &Manifest<'_>, new: &Manifest<'_>) -> Roll {
    let (group, name) = kind(new);
    let (is_set, spec) = (matches!((group, name), ("apps", _) | ("", "ReplicationController")), &new.body);
    let Some(route) = pod_template(&new.identity).filter(|_| is_set) else { return Roll::Nothing };
    let changed = !template_alike(old.body.at(route), new.body.at(route));
    let count = replicas(around, new);
    if count == Some(0) {
        return Roll::Nothing;
    }
    let unpaused = flag(&old.body, &["spec", "paused"]) && !flag(spec, &["spec", "paused"]);
    let many = count.map_or_else(|| "its pods".to_owned(), its);
    let keep = |why: &str| Roll::Not(format!("changes its pod template, but its pods keep the old {why}"));
    match name {
        "Deployment" if unpaused && !changed => Roll::Now(
            "is not paused anymore: it rolls its pods if their template is not the one they have".to_owned(),
        ),
        _ if !changed => Roll::Nothing,
        "Deployment" if flag(spec, &["spec", "paused"]) => keep("while it is paused"),
        "Deployment" if text(spec, &["spec", "strategy", "type"]) == Some("Recreate") => {
            Roll::Now(format!("stops {many}, then starts new ones: {DOWN} (`Recreate`)"))
        }
        "Deployment" => Roll::Now(format!("rolls {many}")),
        "ReplicaSet" | "ReplicationController" => keep("until they are deleted"),
        _ if text(spec, &["spec", "updateStrategy", "type"]) == Some("OnDelete") => {
            keep("until they are deleted (`OnDelete`)")
        }
        "DaemonSet" => Roll::Now("rolls its pod on every node".to_owned()),
        _ => stateful(spec, count, &many),
    }
}

/// Pods of a StatefulSet are replaced from the last one down to its partition.
fn stateful(spec: &Field<'_>, count: Option<i64>, many: &str) -> Roll {
    let partition = number(spec, &["spec", "updateStrategy", "rollingUpdate", "partition"]).unwrap_or(0);
    let start = number(spec, &["spec", "ordinals", "start"]).unwrap_or(0);
    let below = (partition - start).max(0);
    match count {
        Some(n) if below >= n => Roll::Not(format!(
            "changes its pod template, but its pods keep the old: all stand below the partition {partition}"
        )),
        Some(n) if below > 0 => {
            Roll::Now(format!("rolls {} of its {}, those from ordinal {partition} on", n - below, pods(n)))
        }
        Some(1) => Roll::Now(format!("stops its pod, then starts a new one: {DOWN}")),
        _ => Roll::Now(format!("rolls {many}, one after another")),
    }
}

fn its(n: i64) -> String {
    if n == 1 { "its pod".to_owned() } else { format!("its {}", pods(n)) }
}

fn template_alike(old: Option<&Field<'_>>, new: Option<&Field<'_>>) -> bool {
    alike(&["spec", "template"], old, new)
}

/// What an operator does about a changed spec.
fn operated(old: &Manifest<'_>, new: &Manifest<'_>) -> Option<String> {
    let (.., quiet, what) = OPERATED.iter().find(|(g, k, ..)| (*g, *k) == kind(new))?;
    let (a, b) = (old.body.get("spec")?, new.body.get("spec")?);
    let keys = a.members().iter().chain(b.members()).map(|m| &*m.key);
    let loud = keys.filter(|key| !quiet.contains(key)).any(|key| {
        let (a, b) = (a.get(key).map(without_counts), b.get(key).map(without_counts));
        !alike(&["spec", key], a.as_ref(), b.as_ref())
    });
    if !loud {
        return None;
    }
    let how = match text(b, &["job", "upgradeMode"]) {
        Some("stateless") => " without its state (`upgradeMode: stateless`)",
        Some("savepoint") => " from a savepoint",
        Some("last-state") => " from its last checkpoint",
        _ => "",
    };
    Some(format!("{what}{how}"))
}

/// A part of a spec without the numbers that `scale` and the sizes that `resize` tell of.
fn without_counts<'a>(field: &Field<'a>) -> Field<'a> {
    let mut field = field.clone();
    if let Data::Map(members) = &mut field.data {
        members.retain(|m| !matches!(&*m.key, "replicas" | "dataSize" | "logSize"));
    }
    field
}
