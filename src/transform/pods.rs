//! Where the pods of a workload are described.

use crate::{
    field::Field,
    manifest::{Manifest, Spot, pod_template},
};

/// The pods that an object makes.
#[derive(Debug)]
pub(super) struct Pods<'m, 'a> {
    /// The map with their metadata and spec: a template, or the object itself if it is a Pod.
    pub(super) template: &'m mut Field<'a>,
    /// They are meant to end.
    pub(super) finish: bool,
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
    if let Some(route) = pod_template(&manifest.identity) {
        manifest.body.at_mut(route).into_iter().for_each(&mut one);
        return;
    }
    for known in templates.iter().filter(|t| t.means(&manifest.identity)) {
        known.each_mut(&mut manifest.body, &mut one);
    }
}

/// The spec of an object's pods, to be read.
pub(super) fn spec<'m, 'a>(manifest: &'m Manifest<'a>) -> Option<&'m Field<'a>> {
    manifest.body.at(pod_template(&manifest.identity)?)?.get("spec")
}
