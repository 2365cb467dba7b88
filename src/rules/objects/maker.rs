//! Objects that make others in the cluster: which names may be there that Git does not hold.

use super::reference::is_custom;
use crate::{
    field::{Data, Field},
    manifest::{Identity, Manifest},
};

/// What controllers make of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Makes {
    /// Nothing that has pods or that others name, but for what [`products`] tells.
    Nothing,
    /// Objects whose names contain its own.
    Own,
    /// Any: it brings a chart or manifests of its own.
    All,
}

/// An object that is there once a controller has made it.
#[derive(Debug)]
pub(in crate::rules) struct Product<'m> {
    /// Its kind.
    pub(in crate::rules) kind: &'m str,
    /// Its name.
    pub(in crate::rules) name: &'m str,
    /// The keys that it will hold, of a Secret; none where that is not known.
    pub(in crate::rules) keys: Option<Vec<&'m str>>,
}

/// Groups of custom kinds of which nothing is made that has pods or that others name.
const INERT: &[&str] = &[
    "cert-manager.io",
    "external-secrets.io",
    "bitnami.com",
    "secrets.hashicorp.com",
    "kyverno.io",
    "linkerd.io",
    "monitoring.coreos.com",
    "networking.istio.io",
    "policy.linkerd.io",
    "scheduling.volcano.sh",
    "security.istio.io",
    "traefik.io",
    "traefik.containo.us",
];

/// Kinds of those groups, and of others, that are different.
const KINDS: &[(&str, &str, Makes)] = &[
    ("argoproj.io", "AppProject", Makes::Nothing),
    ("argoproj.io", "Application", Makes::All),
    ("argoproj.io", "ApplicationSet", Makes::All),
    ("argoproj.io", "ClusterWorkflowTemplate", Makes::Nothing),
    ("argoproj.io", "WorkflowTemplate", Makes::Nothing),
    ("core.oam.dev", "Application", Makes::All),
    ("helm.cattle.io", "HelmChart", Makes::All),
    ("helm.toolkit.fluxcd.io", "HelmRelease", Makes::All),
    ("keda.sh", "ClusterTriggerAuthentication", Makes::Nothing),
    ("keda.sh", "ScaledObject", Makes::Nothing),
    ("keda.sh", "TriggerAuthentication", Makes::Nothing),
    ("kustomize.toolkit.fluxcd.io", "Kustomization", Makes::All),
    // its main Service is called `minio`, whatever the tenant's name is
    ("minio.min.io", "Tenant", Makes::All),
    ("monitoring.coreos.com", "Alertmanager", Makes::Own),
    ("monitoring.coreos.com", "Prometheus", Makes::Own),
    ("monitoring.coreos.com", "PrometheusAgent", Makes::Own),
    ("monitoring.coreos.com", "ThanosRuler", Makes::Own),
    ("operators.coreos.com", "Subscription", Makes::All),
];

/// What controllers make of an object of a kind.
pub(super) fn makes(identity: &Identity) -> Makes {
    if !is_custom(identity) {
        return Makes::Nothing;
    }
    let (group, kind) = (identity.group.as_str(), identity.kind.as_str());
    let known = KINDS.iter().find(|(g, k, _)| (*g, *k) == (group, kind));
    let inert = if INERT.contains(&group) { Makes::Nothing } else { Makes::Own };
    known.map_or(inert, |(.., makes)| *makes)
}

/// Whether a name contains another as a part of its own: `ddb-demo-ctr` contains `demo`.
pub(super) fn contains(name: &str, part: &str) -> bool {
    let apart = |c: Option<char>| c.is_none_or(|c| !c.is_ascii_alphanumeric());
    name.match_indices(part).any(|(at, _)| {
        let (before, after) = (name.get(..at), name.get(at + part.len()..));
        apart(before.and_then(|t| t.chars().next_back())) && apart(after.and_then(|t| t.chars().next()))
    })
}

/// What an object says that it makes.
pub(super) fn products<'m>(manifest: &'m Manifest<'_>) -> Vec<Product<'m>> {
    let identity = &manifest.identity;
    if !is_custom(identity) {
        return Vec::new();
    }
    let body = &manifest.body;
    let text = |keys: &[&str]| body.at(keys).and_then(Field::as_str).filter(|text| !text.is_empty());
    let secret = |name: &'m str, keys| vec![Product { kind: "Secret", name, keys }];
    let own = identity.name.as_str();
    match (identity.group.as_str(), identity.kind.as_str()) {
        ("external-secrets.io", "ExternalSecret") => {
            let kind = text(&["spec", "target", "manifest", "kind"]).unwrap_or("Secret");
            let name = text(&["spec", "target", "name"]).unwrap_or(own);
            vec![Product { kind, name, keys: external_keys(body) }]
        }
        ("bitnami.com", "SealedSecret") => {
            let keys = |field: Option<&'m Field<'_>>| {
                field.map_or(&[][..], Field::members).iter().map(|member| &*member.key).collect::<Vec<_>>()
            };
            let mut all = keys(body.at(&["spec", "encryptedData"]));
            all.extend(keys(body.at(&["spec", "template", "data"])));
            secret(own, Some(all))
        }
        ("cert-manager.io", "Certificate") => {
            text(&["spec", "secretName"]).map_or_else(Vec::new, |name| secret(name, None))
        }
        ("secrets.hashicorp.com", _) => {
            text(&["spec", "destination", "name"]).map_or_else(Vec::new, |name| secret(name, None))
        }
        ("data.fluid.io", "Dataset") => {
            vec![Product { kind: "PersistentVolumeClaim", name: own, keys: None }]
        }
        _ => Vec::new(),
    }
}

/// The keys of the Secret of an ExternalSecret; none where they come from outside.
fn external_keys<'m>(body: &'m Field<'_>) -> Option<Vec<&'m str>> {
    let spec = body.get("spec")?;
    let there = |field: Option<&Field<'_>>| field.is_some_and(|field| field.data != Data::Null);
    let merges = spec.at(&["target", "creationPolicy"]).and_then(Field::as_str).is_some_and(|p| p != "Owner");
    if merges || there(spec.get("dataFrom")) || there(spec.at(&["target", "template"])) {
        return None;
    }
    Some(spec.get("data")?.items().iter().filter_map(|one| one.get("secretKey")?.as_str()).collect())
}

#[cfg(test)]
mod tests {
    use super::contains;

    #[test]
    fn names_contain_whole_parts_of_others() {
        for (name, part, want) in [
            ("demo", "demo", true),
            ("demo-config", "demo", true),
            ("ddb-demo-ctr-0", "demo", true),
            ("demos", "demo", false),
            ("a-demonstration", "demo", false),
            ("demonstration-demo", "demo", true),
            ("other", "demo", false),
        ] {
            assert_eq!(contains(name, part), want, "{name} {part}");
        }
    }
}
