//! What Argo CD must know of a rendered component: its kinds, its namespaces, and what an autoscaler owns in it.

use crate::{
    field::Field,
    manifest::Manifest,
    source::Span,
};
use std::collections::BTreeSet;

/// One rendered component.
#[derive(Debug)]
pub struct Part<'a> {
    /// Its name, a folder below the environment's.
    pub name: &'a str,
    /// Where it is asked for.
    pub at: Span,
    /// Whether it holds the environment's own objects, which all others need.
    pub first: bool,
    /// Group and kind of what lives in no namespace.
    pub(super) cluster: BTreeSet<(String, String)>,
    /// Group and kind of what lives in a namespace.
    pub(super) namespaced: BTreeSet<(String, String)>,
    /// The namespaces it writes to.
    pub(super) namespaces: BTreeSet<String>,
    /// The workloads whose replicas an autoscaler sets.
    pub(super) scaled: BTreeSet<Scaled>,
}

/// A workload whose replicas an autoscaler sets.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Scaled {
    pub(super) group: String,
    pub(super) kind: String,
    pub(super) name: String,
}

impl<'a> Part<'a> {
    /// Looks through the objects of a component.
    pub fn new(name: &'a str, at: Span, first: bool, manifests: &[Manifest<'_>]) -> Self {
        let mut part = Self {
            name,
            at,
            first,
            cluster: BTreeSet::new(),
            namespaced: BTreeSet::new(),
            namespaces: BTreeSet::new(),
            scaled: manifests.iter().filter_map(scaled).collect(),
        };
        for identity in manifests.iter().map(|m| &m.identity) {
            let kind = (identity.group.clone(), identity.kind.clone());
            match &identity.namespace {
                Some(namespace) => {
                    part.namespaced.insert(kind);
                    part.namespaces.insert(namespace.clone());
                }
                None => {
                    part.cluster.insert(kind);
                }
            }
        }
        part
    }
}

/// What an object scales, if it is an autoscaler.
fn scaled(manifest: &Manifest<'_>) -> Option<Scaled> {
    // KEDA means a Deployment where nothing is said.
    let default = match (&*manifest.identity.group, &*manifest.identity.kind) {
        ("autoscaling", "HorizontalPodAutoscaler") => "",
        ("keda.sh", "ScaledObject") => "Deployment",
        _ => return None,
    };
    let target = manifest.body.at(&["spec", "scaleTargetRef"])?;
    let text = |key: &str| target.get(key).and_then(Field::as_str);
    let version = text("apiVersion").unwrap_or("apps/v1");
    Some(Scaled {
        group: version.rsplit_once('/').map_or("", |(group, _)| group).to_owned(),
        kind: text("kind").unwrap_or(default).to_owned(),
        name: text("name")?.to_owned(),
    })
    .filter(|scaled| !scaled.kind.is_empty())
}
