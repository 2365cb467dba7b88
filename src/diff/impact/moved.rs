//! What stays behind when an environment is moved to another cluster, or an object to another namespace or name.

use super::{
    Impact, Kind,
    case::{Case, kind, text},
    data_loss::lost,
    delivery::{self, Prune},
    scratch::scratch,
    words::list,
};
use crate::manifest::Manifest;

/// Kinds that hold data, or whose operators make what does.
const STORES: [(&str, &str); 7] = [
    ("", "PersistentVolumeClaim"),
    ("dolphindb.dolphindb.io", "DolphinDB"),
    ("zookeeper.pravega.io", "ZookeeperCluster"),
    ("minio.min.io", "Tenant"),
    ("objectbucket.io", "ObjectBucketClaim"),
    ("kafka.strimzi.io", "Kafka"),
    ("postgresql.cnpg.io", "Cluster"),
];

/// What moving an environment from one cluster to another does; `before` are the objects that the first one has of it.
pub fn moved(from: &str, to: &str, before: &[&Manifest<'_>]) -> Vec<Impact> {
    let same = if from.contains("://") { " (unless both are addresses of one)" } else { "" };
    let moves = format!("moves from cluster `{from}` to `{to}`{same}");
    let stores: Vec<String> = before.iter().filter(|m| stores(m)).map(|m| m.identity.to_string()).collect();
    let mut found = Vec::new();
    if !stores.is_empty() {
        let they = if stores.len() == 1 { "it starts" } else { "they start" };
        let text = format!("{moves}: the data of {} stays in `{from}`, and {they} without", list(&stores));
        found.push(Kind::DataLoss.with(text));
    }
    if !before.is_empty() {
        let stays = format!("{moves}: what runs in `{from}` stays there, and nothing changes or removes it");
        found.push(Kind::Remove.with(stays));
    }
    found
}

/// Whether an object has data that does not come along.
pub(super) fn stores(manifest: &Manifest<'_>) -> bool {
    lasts(manifest) || scratch(manifest).is_some()
}

/// Whether its data is on volumes that may outlast it.
fn lasts(manifest: &Manifest<'_>) -> bool {
    let claims =
        || manifest.body.at(&["spec", "volumeClaimTemplates"]).is_some_and(|c| !c.items().is_empty());
    STORES.contains(&kind(manifest)) || kind(manifest) == ("apps", "StatefulSet") && claims()
}

/// The data that an object leaves behind where another takes its place: under another name, or in another namespace. What is
/// deleted with it is told as that.
pub(super) fn left_behind(case: &Case<'_, '_, '_>, gone: &Manifest<'_>) -> Option<String> {
    let stays = delivery::prune(gone) == Prune::No && stores(gone) || lost(gone).is_none() && lasts(gone);
    let comes = case.new.or_else(|| successor(case, gone)).filter(|_| stays)?;
    let (was, is) = (&gone.identity, &comes.identity);
    Some(match (&was.namespace, &is.namespace) {
        (Some(from), Some(to)) if was.name == is.name => {
            format!("moves: its data stays in namespace `{from}`, and the one in `{to}` starts without")
        }
        _ => format!("has another name: its data stays with {was}, and this one starts without"),
    })
}

/// An object that comes in another namespace under the name of one that goes away.
fn successor<'r, 'a>(case: &Case<'r, '_, 'a>, gone: &Manifest<'_>) -> Option<&'r Manifest<'a>> {
    let (before, after) = case.around;
    let same = |m: &Manifest<'_>| kind(m) == kind(gone) && m.identity.name == gone.identity.name;
    let is_new = |m: &Manifest<'_>| !before.iter().any(|old| old.identity == m.identity);
    after.iter().copied().find(|m| same(m) && is_new(m))
}

/// An Application of Argo CD that is to sync to another cluster: it prunes in the new one alone.
pub(super) fn destination(case: &Case<'_, '_, '_>) -> Option<Impact> {
    let (old, new) = case.both().filter(|(_, new)| kind(new) == ("argoproj.io", "Application"))?;
    let (from, to) = (cluster(old)?, cluster(new)?);
    (from != to).then(|| {
        let stays = "what it synced there stays, and is pruned no more";
        Kind::Remove.with(format!("syncs to cluster `{to}` instead of `{from}`: {stays}"))
    })
}

/// What moving an environment from one Argo CD to another does; `cascades` says that its old Applications delete what they run when
/// they are deleted.
pub fn handed(from: &str, to: &str, cascades: bool) -> Impact {
    let is = format!("is run by the Argo CD `{to}` instead of `{from}`");
    let until =
        format!("the Applications in `{from}` go only when its root prunes them, and until then both run it");
    match cascades {
        true => Kind::DataLoss.with(format!(
            "{is}: {until}; as they have `cascade: true`, what they run is deleted with them, volume claims too"
        )),
        false => Kind::Remove.with(format!("{is}: {until}")),
    }
}

/// The cluster that an Application syncs to; none for another object.
pub fn cluster<'m>(application: &'m Manifest<'_>) -> Option<&'m str> {
    let part = |key: &str| text(&application.body, &["spec", "destination", key]);
    let is_application = kind(application) == ("argoproj.io", "Application");
    // The two ways to name the cluster that Argo CD runs in.
    let of = is_application.then(|| part("server").or_else(|| part("name"))).flatten()?;
    Some(if of == "https://kubernetes.default.svc" { "in-cluster" } else { of })
}
