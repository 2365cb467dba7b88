//! Where the pods of a workload are described.

use crate::{field::Field, manifest::Manifest};

/// The pods that an object makes.
#[derive(Debug)]
pub(super) struct Pods<'m, 'a> {
    /// The map with their metadata and spec: a template, or the object itself if it is a Pod.
    pub(super) template: &'m mut Field<'a>,
    /// They are meant to end.
    pub(super) finish: bool,
}

/// The way to the pod template of a built-in kind.
fn route(manifest: &Manifest<'_>) -> Option<&'static [&'static str]> {
    match (manifest.identity.group.as_str(), manifest.identity.kind.as_str()) {
        ("", "Pod") => Some(&[]),
        ("apps", "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet") => Some(&["spec", "template"]),
        ("", "ReplicationController") | ("batch", "Job") => Some(&["spec", "template"]),
        ("batch", "CronJob") => Some(&["spec", "jobTemplate", "spec", "template"]),
        _ => None,
    }
}

/// The pods of an object, if it makes any.
pub(super) fn pods<'m, 'a>(manifest: &'m mut Manifest<'a>) -> Option<Pods<'m, 'a>> {
    let route = route(manifest)?;
    let batch = manifest.identity.group == "batch";
    let template = manifest.body.at_mut(route)?;
    let policy = template.at(&["spec", "restartPolicy"]).and_then(Field::as_str);
    let finish = batch || matches!(policy, Some("Never" | "OnFailure"));
    Some(Pods { template, finish })
}

/// The spec of an object's pods, to be read.
pub(super) fn spec<'m, 'a>(manifest: &'m Manifest<'a>) -> Option<&'m Field<'a>> {
    manifest.body.at(route(manifest)?)?.get("spec")
}
