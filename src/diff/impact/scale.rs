//! How many pods there are.

use super::{
    Impact, Kind,
    case::{Case, flag, kind, number, text},
    words::pods,
};
use crate::{field::Field, manifest::Manifest};

/// The numbers of custom kinds: group, kind, what leads to the number, what it counts.
const NUMBERS: &[(&str, &str, &[&str], &str)] = &[
    ("zookeeper.pravega.io", "ZookeeperCluster", &["spec", "replicas"], "members"),
    ("dolphindb.dolphindb.io", "DolphinDB", &["spec", "controller", "replicas"], "controllers"),
    ("dolphindb.dolphindb.io", "DolphinDB", &["spec", "datanode", "replicas"], "data nodes"),
    ("dolphindb.dolphindb.io", "DolphinDB", &["spec", "computenode", "replicas"], "compute nodes"),
    ("flink.apache.org", "FlinkDeployment", &["spec", "jobManager", "replicas"], "job managers"),
    ("flink.apache.org", "FlinkDeployment", &["spec", "taskManager", "replicas"], "task managers"),
    ("flink.apache.org", "FlinkDeployment", &["spec", "job", "parallelism"], "parallel tasks"),
    ("sparkoperator.k8s.io", "SparkApplication", &["spec", "executor", "instances"], "executors"),
    ("batch", "Job", &["spec", "parallelism"], "pods at a time"),
    ("data.fluid.io", "AlluxioRuntime", &["spec", "replicas"], "workers"),
    ("data.fluid.io", "JuiceFSRuntime", &["spec", "replicas"], "workers"),
];

/// The bounds of autoscalers: group, kind, the least and the most, and the least that nobody wrote.
const SCALERS: &[(&str, &str, &str, &str, i64)] = &[
    ("autoscaling", "HorizontalPodAutoscaler", "minReplicas", "maxReplicas", 1),
    ("keda.sh", "ScaledObject", "minReplicaCount", "maxReplicaCount", 0),
];

/// The numbers of pods that are others now.
pub(super) fn scale(case: &Case<'_, '_, '_>) -> Vec<Impact> {
    let mut found = Vec::new();
    if let Some((old, new)) = case.both() {
        found.extend(workload(case, old, new));
        found.extend(custom(old, new));
        found.extend(pools(old, new));
        found.extend(bounds(case, old, new));
    } else if let Some(new) = case.comes() {
        found
            .extend(scaler(new).map(|(least, most)| {
                format!("keeps {} at {}", target_name(&new.body), between(least, most))
            }));
    }
    found.into_iter().map(|text| Kind::Scale.with(text)).collect()
}

fn scales(manifest: &Manifest<'_>) -> bool {
    matches!(
        kind(manifest),
        ("apps", "Deployment" | "StatefulSet" | "ReplicaSet") | ("", "ReplicationController")
    )
}

/// How many pods a workload has, if the environment says it: none when an autoscaler does.
pub(super) fn replicas(around: &[&Manifest<'_>], workload: &Manifest<'_>) -> Option<i64> {
    match autoscaler(around, workload) {
        Some(_) => None,
        None => Some(number(&workload.body, &["spec", "replicas"]).unwrap_or(1)),
    }
}

/// The autoscaler of a workload.
fn autoscaler<'r, 'a>(around: &[&'r Manifest<'a>], workload: &Manifest<'_>) -> Option<&'r Manifest<'a>> {
    around.iter().copied().find(|m| {
        scaler(m).is_some()
            && m.identity.namespace == workload.identity.namespace
            && text(&m.body, &["spec", "scaleTargetRef", "name"]) == Some(&workload.identity.name)
            && target_kind(&m.body) == workload.identity.kind
    })
}

fn target_kind<'f>(body: &'f Field<'_>) -> &'f str {
    text(body, &["spec", "scaleTargetRef", "kind"]).unwrap_or("Deployment")
}

fn target_name(body: &Field<'_>) -> String {
    let name = text(body, &["spec", "scaleTargetRef", "name"]).unwrap_or_default();
    format!("{}/{name}", target_kind(body))
}

/// The least and the most pods that an autoscaler keeps; none for what is no autoscaler.
fn scaler(manifest: &Manifest<'_>) -> Option<(i64, Option<i64>)> {
    let (.., min, max, least) = SCALERS.iter().find(|(g, k, ..)| (*g, *k) == kind(manifest))?;
    let least = number(&manifest.body, &["spec", min]).unwrap_or(*least);
    Some((least, number(&manifest.body, &["spec", max])))
}

fn between(least: i64, most: Option<i64>) -> String {
    match most {
        Some(most) if most == least => pods(least),
        Some(most) => format!("{least} to {}", pods(most)),
        None => format!("{} or more", pods(least)),
    }
}

fn workload(case: &Case<'_, '_, '_>, old: &Manifest<'_>, new: &Manifest<'_>) -> Option<String> {
    if !scales(new) {
        return None;
    }
    let count = |m: &Manifest<'_>| number(&m.body, &["spec", "replicas"]);
    let by = autoscaler(case.around.1, new);
    match (count(old), count(new)) {
        (was, is) if was.unwrap_or(1) == is.unwrap_or(1) => None,
        // What is taken away is not left alone: applying it puts the default in its place.
        (Some(was), None) => Some(match by {
            Some(by) => format!(
                "is handed to {}, and has 1 pod instead of {was} until that acts: `replicas` that is taken away is 1",
                by.identity
            ),
            None => format!("has 1 pod instead of {was}: `replicas` is not written anymore"),
        }),
        (was, Some(is)) => {
            let from = match (was, autoscaler(case.around.0, old)) {
                (None, Some(by)) => format!("what {} chose", by.identity),
                (was, _) => was.unwrap_or(1).to_string(),
            };
            let and = by.map_or(String::new(), |by| format!("; {} sets another number", by.identity));
            Some(if is == 0 {
                format!("stops: has no pods instead of {from}")
            } else {
                format!("has {} instead of {from}{and}", pods(is))
            })
        }
        (None, None) => None,
    }
}

fn custom(old: &Manifest<'_>, new: &Manifest<'_>) -> Vec<String> {
    let known = NUMBERS.iter().filter(|(g, k, ..)| (*g, *k) == kind(new));
    known
        .filter_map(|(_, _, keys, what)| {
            let (was, is) = (number(&old.body, keys)?, number(&new.body, keys)?);
            (was != is).then(|| format!("has {is} {what} instead of {was}"))
        })
        .collect()
}

/// A MinIO tenant grows by pools.
fn pools(old: &Manifest<'_>, new: &Manifest<'_>) -> Option<String> {
    if kind(new) != ("minio.min.io", "Tenant") {
        return None;
    }
    let count = |m: &Manifest<'_>| m.body.at(&["spec", "pools"]).map_or(0, |p| p.items().len());
    let (was, is) = (count(old), count(new));
    (was != is).then(|| format!("has {is} pools of servers instead of {was}"))
}

fn bounds(case: &Case<'_, '_, '_>, old: &Manifest<'_>, new: &Manifest<'_>) -> Option<String> {
    let (was, is) = (scaler(old)?, scaler(new)?);
    if was == is || flag(&new.body, &["spec", "paused"]) {
        return None;
    }
    let _ = case;
    Some(format!(
        "keeps {} at {} instead of {}",
        target_name(&new.body),
        between(is.0, is.1),
        between(was.0, was.1).trim_end_matches(" pods")
    ))
}
