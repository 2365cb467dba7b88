//! Which data goes with an object that goes away or is made anew, and with pods that are scaled away.

use super::{
    Impact, Kind,
    case::{Case, kind, number, text},
    delivery::{self, Force, Prune},
    moved,
    refused::faults,
    scratch,
    words::pods,
};
use crate::{field::Field, manifest::Manifest};

/// The data that is deleted, or may be.
pub(super) fn data_loss(case: &Case<'_, '_, '_>) -> Vec<Impact> {
    let mut found = Vec::new();
    if let Some(gone) = case.gone() {
        found.extend(lost(gone).and_then(|what| pruned(case, gone, &what)));
        found.extend(moved::left_behind(case, gone));
    }
    if let Some((old, new)) = case.both()
        && anew(case, new)
    {
        found.extend(lost(old).map(|what| format!("is deleted and made anew: {what}")));
    }
    if let Some((old, new)) = case.both() {
        found.extend(scaled(old, new));
        found.extend(emptied(old, new));
    }
    found.extend(scratch::lost(case));
    found.into_iter().map(|text| Kind::DataLoss.with(text)).collect()
}

/// What is lost with an object.
pub(super) fn lost(manifest: &Manifest<'_>) -> Option<String> {
    let body = &manifest.body;
    let data = match kind(manifest) {
        ("", "PersistentVolumeClaim") => {
            "its volume is deleted with all that is on it, if its StorageClass reclaims by `Delete`"
        }
        ("", "PersistentVolume") => match text(body, &["spec", "persistentVolumeReclaimPolicy"]) {
            Some("Delete") => "what it stores is deleted (`persistentVolumeReclaimPolicy: Delete`)",
            _ => "the claim that uses it loses its volume; what is stored stays, and nothing names it",
        },
        ("", "Namespace") => "everything in the namespace is deleted, its volume claims too",
        ("apiextensions.k8s.io", "CustomResourceDefinition") => return Some(kind_lost(body)),
        ("apps", "StatefulSet") if text(body, &["spec", POLICY, "whenDeleted"]) == Some("Delete") => {
            "the volume claims of its pods are deleted (`whenDeleted: Delete`)"
        }
        ("dolphindb.dolphindb.io", "DolphinDB") => "the operator deletes the volume claims of all its nodes",
        ("zookeeper.pravega.io", "ZookeeperCluster") if reclaims(body) => {
            "the operator deletes the volume claims of its members (`reclaimPolicy: Delete`)"
        }
        ("minio.min.io", "Tenant") => "its servers stop; the objects stay in volume claims that nothing uses",
        ("objectbucket.io", "ObjectBucketClaim") => {
            "its bucket is deleted, if its class reclaims by `Delete`"
        }
        ("data.fluid.io", "Dataset") => "its caches are deleted",
        ("kafka.strimzi.io", "Kafka") | ("postgresql.cnpg.io", "Cluster") => {
            "the operator deletes what it made for it, volume claims too unless they are to stay"
        }
        _ => return None,
    };
    Some(data.to_owned())
}

const POLICY: &str = "persistentVolumeClaimRetentionPolicy";

fn kind_lost(body: &Field<'_>) -> String {
    let kind = text(body, &["spec", "names", "kind"]).unwrap_or("its kind");
    format!("every {kind} of the cluster is deleted with it")
}

/// The operator keeps volumes unless it is told otherwise.
fn reclaims(body: &Field<'_>) -> bool {
    text(body, &["spec", "persistence", "reclaimPolicy"]) == Some("Delete")
        && text(body, &["spec", "storageType"]) != Some("ephemeral")
}

/// What is said of an object that goes away; nothing when it stays.
fn pruned(case: &Case<'_, '_, '_>, gone: &Manifest<'_>, what: &str) -> Option<String> {
    let goes = match case.new {
        Some(_) => format!("is another object now: {} goes away", gone.identity),
        None => "goes away".to_owned(),
    };
    match delivery::prune(gone) {
        Prune::No => None,
        Prune::Yes => Some(format!("{goes}: {what}; `Prune=false` on it keeps it")),
        Prune::Confirm => Some(format!("{goes} once somebody confirms it: {what}")),
        Prune::Despite(asked) => {
            Some(format!("{goes}: {what}; `{asked}` does not keep it from being pruned, `Prune=false` does"))
        }
    }
}

/// Whether the object is deleted and made anew.
pub(super) fn anew(case: &Case<'_, '_, '_>, new: &Manifest<'_>) -> bool {
    !case.changes.is_empty()
        && match delivery::force(new) {
            Force::Always(_) => true,
            Force::Refused => !faults(case).is_empty(),
            Force::No => false,
        }
}

/// Claims that go with the pods that are scaled away.
fn scaled(old: &Manifest<'_>, new: &Manifest<'_>) -> Option<String> {
    let count = |m: &Manifest<'_>| number(&m.body, &["spec", "replicas"]);
    let deletes = kind(new) == ("apps", "StatefulSet")
        && text(&new.body, &["spec", POLICY, "whenScaled"]) == Some("Delete")
        && new.body.at(&["spec", "volumeClaimTemplates"]).is_some_and(|c| !c.items().is_empty());
    let (was, is) = (count(old).unwrap_or(1), count(new)?);
    (deletes && is < was).then(|| {
        format!(
            "deletes the volume claims of {}, which are scaled away (`whenScaled: Delete`)",
            pods(was - is)
        )
    })
}

/// Storage that lasts given up for one that does not.
fn emptied(old: &Manifest<'_>, new: &Manifest<'_>) -> Option<String> {
    if kind(new) == ("zookeeper.pravega.io", "ZookeeperCluster") {
        let kept = |m: &Manifest<'_>| text(&m.body, &["spec", "storageType"]) != Some("ephemeral");
        return (kept(old) && !kept(new))
            .then(|| "keeps its data in `emptyDir` volumes now: it is gone with each pod".to_owned());
    }
    let route = crate::manifest::pod_template(&new.identity)?;
    let volumes = |m: &Manifest<'_>| -> Vec<(String, bool, bool)> {
        let spec = m.body.at(route).and_then(|t| t.at(&["spec", "volumes"]));
        let of = |v: &Field<'_>| {
            let name = text(v, &["name"]).unwrap_or_default().to_owned();
            (name, v.get("persistentVolumeClaim").is_some(), v.get("emptyDir").is_some())
        };
        spec.map_or(&[][..], Field::items).iter().map(of).collect()
    };
    let after = volumes(new);
    let lost = volumes(old)
        .into_iter()
        .find(|(name, claim, _)| *claim && after.iter().any(|(n, _, empty)| n == name && *empty))?;
    Some(format!("its volume `{}` is an `emptyDir` now: what it holds is gone with each pod", lost.0))
}
