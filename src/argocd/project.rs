//! The AppProject of an environment: its one repository, its places in its cluster, the kinds that are rendered, and the times
//! in which it may be synced.

use super::{Cluster, Part, VERSION, Wish, names, window};
use crate::{
    field::{By, Field, Maker},
    manifest::cluster_scoped,
    workspace::Setting,
};
use std::collections::{BTreeMap, BTreeSet};

/// The AppProject of an environment.
pub(super) fn project<'a>(
    wish: &Wish<'_, 'a>,
    environment: &str,
    (cluster, own): (&Cluster<'a>, &str),
    parts: &[Part<'a>],
    maker: &mut Maker<'_>,
) -> Field<'a> {
    let by = maker.by(wish.at());
    // Before the Applications that need it.
    let wave = vec![("argocd.argoproj.io/sync-wave", Field::text("-2", by))];
    let metadata =
        vec![("name", Field::text(names::project(environment), by)), ("annotations", Field::map(wave, by))];
    let namespaces: BTreeSet<&str> =
        parts.iter().flat_map(|p| &p.namespaces).map(String::as_str).chain([own]).collect();
    let destination = |namespace: &&str| {
        let place = cluster.field(wish, maker);
        Field::map(vec![place, ("namespace", Field::text((*namespace).to_owned(), by))], by)
    };
    let destinations = namespaces.iter().map(destination).collect();
    let mut spec = vec![
        ("description", Field::text(format!("The environment {environment}."), by)),
        ("sourceRepos", Field::list(vec![wish.text(&["repoURL"], "", maker)], by)),
        ("destinations", Field::list(destinations, by)),
    ];
    // Without a list Argo CD allows no kind of the cluster, and every kind of a namespace.
    let (cluster, namespaced) = allowed(wish, parts, by, maker);
    if !cluster.items().is_empty() {
        spec.push(("clusterResourceWhitelist", cluster));
    }
    spec.push(("namespaceResourceWhitelist", namespaced));
    spec.extend(window::windows(wish, maker).map(|windows| ("syncWindows", windows)));
    let members = vec![
        ("apiVersion", Field::text(VERSION, by)),
        ("kind", Field::text("AppProject", by)),
        ("metadata", Field::map(metadata, by)),
        ("spec", Field::map(spec, by)),
    ];
    Field::map(members, by)
}

/// The kinds of the cluster and of namespaces that are rendered, and those that are allowed beside; each once, in order.
fn allowed<'a>(
    wish: &Wish<'_, 'a>,
    parts: &[Part<'a>],
    by: By,
    maker: &mut Maker<'_>,
) -> (Field<'a>, Field<'a>) {
    let of = |kind: &(String, String)| (kind.clone(), by);
    let mut cluster: BTreeMap<_, By> = parts.iter().flat_map(|p| &p.cluster).map(of).collect();
    let mut namespaced: BTreeMap<_, By> = parts.iter().flat_map(|p| &p.namespaced).map(of).collect();
    for (_, setting) in wish.setting.get(&["allow"]).iter().flat_map(Setting::entries) {
        let text = |key: &str| setting.get(&[key]).and_then(|s| s.text()).unwrap_or_default().to_owned();
        let kind = (text("group"), text("kind"));
        let list = if cluster_scoped(&kind.0, &kind.1) { &mut cluster } else { &mut namespaced };
        list.entry(kind).or_insert_with(|| maker.by(setting.span()));
    }
    let list = |kinds: BTreeMap<(String, String), By>| {
        let one = |((group, kind), by)| {
            Field::map(vec![("group", Field::text(group, by)), ("kind", Field::text(kind, by))], by)
        };
        Field::list(kinds.into_iter().map(one).collect(), by)
    };
    (list(cluster), list(namespaced))
}
