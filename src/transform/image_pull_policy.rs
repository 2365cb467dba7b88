//! `images.pullPolicy`: one pull policy for every container, init containers and sidecars too.
//!
//! Runs after the images have their final names; it depends on nothing else.

use super::{Scope, Transform, edit};
use crate::{diag::Finding, manifest::each_container};

pub(super) static TRANSFORM: Transform = Transform { name: NAME, apply };
const NAME: &str = "images.pullPolicy";

fn apply(scope: &mut Scope<'_, '_>) -> Vec<Finding> {
    let Some(setting) = scope.settings.get(&["images", "pullPolicy"]) else { return Vec::new() };
    let Some(policy) = setting.text() else { return Vec::new() };
    let trace = &mut *scope.trace;
    for manifest in scope.manifests.iter_mut() {
        each_container(&mut manifest.body, &mut |container| {
            // Lists of custom kinds that are called like containers but run no image stay as they are.
            if container.get("image").is_some() {
                edit::set(container, "imagePullPolicy", policy, trace, NAME, setting.span());
            }
        });
    }
    Vec::new()
}
