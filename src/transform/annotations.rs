//! `annotations`: annotations common to all objects and to the pods that they make; a key that is there wins.
//!
//! Runs last: what another transform annotates is asked for more precisely.

use super::{Scope, Transform, metadata};
use crate::diag::Finding;

pub(super) static TRANSFORM: Transform = Transform { name: NAME, apply };
const NAME: &str = "annotations";

fn apply(scope: &mut Scope<'_, '_>) -> Vec<Finding> {
    metadata::common(scope, NAME);
    Vec::new()
}
