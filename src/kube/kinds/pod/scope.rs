//! What the rules of one part of a pod know of the other parts.

use super::since;
use crate::kube::at::At;
use std::collections::HashMap;

/// How many characters of `generateName` a server takes.
const GENERATED: usize = 58;

/// What is behind a volume, as far as mounts of it care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Backing {
    /// A claim: of a name, of a template or of a set.
    Claim,
    /// An empty directory.
    EmptyDir,
    /// Anything else.
    Other,
}

/// A pod or a template of pods.
pub(super) struct Scope<'t> {
    /// Whether it is a pod; else a template.
    pub of_pod: bool,
    /// The metadata.
    pub meta: At<'t>,
    /// The spec.
    pub spec: At<'t>,
    /// The name of the pod, or one as a server makes from `generateName`. None of a template.
    pub name: Option<String>,
    /// What is behind the volumes, by name.
    pub volumes: HashMap<&'t str, Backing>,
    /// Volumes of images: servers drop them, and their mounts, where they are not enabled.
    pub images: Vec<&'t str>,
    /// The names of claims of a set, which are volumes too.
    pub set_claims: Vec<&'t str>,
    /// The seconds that a pod has to end.
    pub grace: i64,
    /// Whether the users of the pod are those of the host.
    pub host_users: bool,
    /// Whether the network is that of the host.
    pub host_network: bool,
}

impl<'t> Scope<'t> {
    /// A pod.
    pub(super) fn of_pod(minor: u32, object: At<'t>) -> Self {
        let meta = object.get("metadata");
        let name = match (meta.get("name").str(), meta.get("generateName").str()) {
            ("", "") => String::new(),
            ("", start) => start.chars().take(GENERATED).chain("aaaaa".chars()).collect(),
            (name, _) => name.to_owned(),
        };
        let name = Some(name).filter(|name| !name.is_empty());
        Self { of_pod: true, name, ..Self::of_template(minor, object, None) }
    }

    /// A template of pods. The `claims` of a set are volumes too, before those of the template.
    pub(super) fn of_template(minor: u32, at: At<'t>, claims: Option<At<'t>>) -> Self {
        let spec = at.get("spec");
        let set_claims: Vec<&'t str> = claims
            .map(|claims| claims.items().map(|one| one.at(&["metadata", "name"]).str()).collect())
            .unwrap_or_default();
        let (images, others): (Vec<At<'t>>, Vec<At<'t>>) =
            spec.get("volumes").items().partition(|volume| volume.get("image").present());
        let mut volumes: HashMap<&'t str, Backing> =
            others.iter().map(|volume| (volume.get("name").str(), backing(*volume))).collect();
        volumes.extend(set_claims.iter().map(|name| (*name, Backing::Claim)));
        volumes.remove("");
        let host_users =
            minor < since::HOST_USERS || spec.get("hostUsers").absent() || spec.get("hostUsers").flag();
        Self {
            of_pod: false,
            meta: at.get("metadata"),
            spec,
            name: None,
            volumes,
            images: images.iter().map(|volume| volume.get("name").str()).collect(),
            set_claims,
            grace: spec.get("terminationGracePeriodSeconds").int().unwrap_or(30),
            host_users,
            host_network: spec.get("hostNetwork").flag(),
        }
    }

    /// The containers that start the pod, then those that run.
    pub(super) fn all_containers(&self) -> impl Iterator<Item = At<'t>> {
        self.spec.get("initContainers").items().chain(self.spec.get("containers").items())
    }

    /// Whether it is for Windows.
    pub(super) fn is_windows(&self) -> bool {
        self.spec.at(&["os", "name"]).str() == "windows"
    }
}

fn backing(volume: At<'_>) -> Backing {
    if volume.get("persistentVolumeClaim").present() || volume.get("ephemeral").present() {
        Backing::Claim
    } else if volume.get("emptyDir").present() || volume.value().is_some_and(|value| value.len() < 2) {
        Backing::EmptyDir
    } else {
        Backing::Other
    }
}

/// Whether an init container runs as long as the pod does.
pub(super) fn is_sidecar(minor: u32, container: At<'_>) -> bool {
    minor >= since::SIDECARS && container.get("restartPolicy").str() == "Always"
}
