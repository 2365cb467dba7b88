//! What Argo CD must know of a rendered component: its kinds, its namespaces, and what an autoscaler owns in it.

use crate::{field::Field, manifest::Manifest, source::Span};
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

    /// Whether it has no object.
    pub(super) fn is_empty(&self) -> bool {
        self.cluster.is_empty() && self.namespaced.is_empty()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{field::By, manifest::Identity};

    fn manifest<'a>(version: &'a str, kind: &'a str, target: &[(&'a str, &'a str)]) -> Manifest<'a> {
        let by = By::default();
        let text = |t: &'a str| Field::text(t, by);
        let target = target.iter().map(|(key, value)| (*key, text(value))).collect();
        let spec = Field::map(vec![("scaleTargetRef", Field::map(target, by))], by);
        let metadata = Field::map(vec![("name", text("x")), ("namespace", text("ns"))], by);
        let members = vec![("apiVersion", text(version)), ("kind", text(kind)), ("metadata", metadata)];
        let body = Field::map(members.into_iter().chain([("spec", spec)]).collect(), by);
        Manifest { identity: Identity::of(&body).unwrap(), body }
    }

    #[test]
    fn autoscalers_tell_what_they_scale() {
        let scaled = |version, kind, target: &[_]| {
            let found = scaled(&manifest(version, kind, target))?;
            Some(format!("{}/{}/{}", found.group, found.kind, found.name))
        };
        let (hpa, keda) = ("HorizontalPodAutoscaler", "ScaledObject");
        let whole = [("apiVersion", "apps/v1"), ("kind", "StatefulSet"), ("name", "w")];
        assert_eq!(scaled("autoscaling/v2", hpa, &whole).unwrap(), "apps/StatefulSet/w");
        assert_eq!(scaled("keda.sh/v1alpha1", keda, &[("name", "w")]).unwrap(), "apps/Deployment/w");
        let core = [("apiVersion", "v1"), ("kind", "ReplicationController"), ("name", "w")];
        assert_eq!(scaled("autoscaling/v2", hpa, &core).unwrap(), "/ReplicationController/w");
        assert_eq!(scaled("autoscaling/v2", hpa, &[("name", "w")]), None, "the kind is missing");
        assert_eq!(scaled("apps/v1", "Deployment", &whole), None);
    }

    #[test]
    fn kinds_are_counted_by_where_they_live() {
        let mut role = manifest("rbac.authorization.k8s.io/v1", "ClusterRole", &[]);
        role.identity.namespace = None;
        let part = Part::new("web", Span::default(), false, &[role, manifest("v1", "Service", &[])]);
        assert_eq!(part.cluster.len(), 1);
        assert_eq!(part.namespaced.first(), Some(&(String::new(), "Service".to_owned())));
        assert_eq!(part.namespaces.first().map(String::as_str), Some("ns"));
    }
}
