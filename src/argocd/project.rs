//! The AppProject of an environment: its one repository, its places in its cluster, and the kinds that are rendered.

use super::{Cluster, Part, VERSION, Wish, names};
use crate::field::{By, Field, Maker};
use std::collections::BTreeSet;

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
    let cluster = kinds(parts.iter().flat_map(|p| &p.cluster), by);
    if !cluster.items().is_empty() {
        spec.push(("clusterResourceWhitelist", cluster));
    }
    spec.push(("namespaceResourceWhitelist", kinds(parts.iter().flat_map(|p| &p.namespaced), by)));
    let members = vec![
        ("apiVersion", Field::text(VERSION, by)),
        ("kind", Field::text("AppProject", by)),
        ("metadata", Field::map(metadata, by)),
        ("spec", Field::map(spec, by)),
    ];
    Field::map(members, by)
}

/// A list of kinds, each once, in order.
fn kinds<'k, 'a>(kinds: impl Iterator<Item = &'k (String, String)>, by: By) -> Field<'a> {
    let kinds: BTreeSet<&(String, String)> = kinds.collect();
    let one = |(group, kind): &(String, String)| {
        let members =
            vec![("group", Field::text(group.clone(), by)), ("kind", Field::text(kind.clone(), by))];
        Field::map(members, by)
    };
    Field::list(kinds.into_iter().map(one).collect(), by)
}
