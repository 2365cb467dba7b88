//! `labels`: labels common to all objects and to the pods that they make. Selectors stay, and so do claim templates, which
//! cannot be changed; a key that is there wins.
//!
//! Runs after what adds objects, so that those have the labels too.

use super::{Scope, Transform, metadata};
use crate::diag::Finding;

pub(super) static TRANSFORM: Transform = Transform { name: NAME, apply };
const NAME: &str = "labels";

fn apply(scope: &mut Scope<'_, '_>) -> Vec<Finding> {
    metadata::common(scope, NAME);
    Vec::new()
}
