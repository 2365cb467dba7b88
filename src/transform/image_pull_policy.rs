//! `images.pullPolicy`: one pull policy for every container, init containers and sidecars too, and for the images that a
//! package knows in custom kinds.
//!
//! Runs after the images have their final names; it depends on nothing else.

use super::{Scope, Transform, edit};
use crate::{diag::Finding, manifest::each_image};

pub(super) static TRANSFORM: Transform = Transform { name: NAME, apply };
const NAME: &str = "images.pullPolicy";

fn apply(scope: &mut Scope<'_, '_>) -> Vec<Finding> {
    let Some(setting) = scope.settings.get(&["images", "pullPolicy"]) else { return Vec::new() };
    let Some(policy) = setting.text() else { return Vec::new() };
    let trace = &mut *scope.trace;
    for manifest in scope.manifests.iter_mut() {
        each_image(manifest, &scope.facts.images, &mut |holder, keys| {
            // Lists of custom kinds that are called like containers but run no image stay as they are.
            if let Some(key) = &keys.pull_policy
                && holder.get(&keys.image).is_some()
            {
                edit::set(holder, key.clone(), policy, trace, NAME, setting.span());
            }
        });
    }
    Vec::new()
}
