//! Where the pods of a workload are described.

use crate::{
    field::Field,
    manifest::{Manifest, Spot},
};

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

/// Does something with the pods that an object makes: those of a built-in kind, and those of a custom kind whose
/// templates a package knows.
pub(super) fn each_pods<'a>(
    manifest: &mut Manifest<'a>,
    templates: &[Spot],
    act: &mut impl FnMut(Pods<'_, 'a>),
) {
    let batch = manifest.identity.group == "batch";
    let mut one = |template: &mut Field<'a>| {
        let policy = template.at(&["spec", "restartPolicy"]).and_then(Field::as_str);
        let finish = batch || matches!(policy, Some("Never" | "OnFailure"));
        act(Pods { template, finish });
    };
    if let Some(route) = route(manifest) {
        manifest.body.at_mut(route).into_iter().for_each(&mut one);
        return;
    }
    for known in templates.iter().filter(|t| t.means(&manifest.identity)) {
        known.each_mut(&mut manifest.body, &mut one);
    }
}

/// The spec of an object's pods, to be read.
pub(super) fn spec<'m, 'a>(manifest: &'m Manifest<'a>) -> Option<&'m Field<'a>> {
    manifest.body.at(route(manifest)?)?.get("spec")
}
