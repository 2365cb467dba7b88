//! Transforms: changes to every manifest of a component after rendering, as environment.yaml asks. One file each; the table
//! below is the whole list, in the order in which they run.
//!
//! A transform is idempotent: what it did once it does not do again. What is not asked for changes nothing. Every field
//! that a transform makes or changes names the line that asked (see [`edit`]).

pub mod edit;
mod image_registry;
mod merge;
mod operation;
mod patch;

use crate::{
    diag::Finding,
    field::Trace,
    manifest::{Manifest, canonical},
    source::Span,
    workspace::Settings,
};

/// What a transform works on.
#[derive(Debug)]
pub struct Scope<'s, 'a> {
    /// The component's objects.
    pub manifests: &'s mut Vec<Manifest<'a>>,
    /// What made their fields.
    pub trace: &'s mut Trace,
    /// What environment.yaml asks for.
    pub settings: &'s Settings<'a>,
    /// The component's name.
    pub component: &'a str,
    /// The namespace of the environment, and where it is written.
    pub namespace: (&'a str, Span),
}

/// One transform.
pub struct Transform {
    /// The key of environment.yaml that asks for it.
    pub name: &'static str,
    /// Does it; what is wrong with what was asked is a finding.
    apply: for<'a> fn(&mut Scope<'_, 'a>) -> Vec<Finding>,
}

impl std::fmt::Debug for Transform {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// All transforms, in the order in which they run.
pub static TRANSFORMS: &[&Transform] = &[&image_registry::TRANSFORM];

/// Runs what is asked for, and brings what was changed into canonical form again.
pub fn run(scope: &mut Scope<'_, '_>) -> Vec<Finding> {
    // Patches come first: what they add is transformed like everything else.
    let patched = scope.settings.get(&["components", scope.component, patch::NAME]).is_some();
    let mut findings = patch::apply(scope);
    let mut ran = false;
    for transform in TRANSFORMS {
        let keys: Vec<&str> = transform.name.split('.').collect();
        if scope.settings.get(&keys).is_some() {
            findings.extend((transform.apply)(scope));
            ran = true;
        }
    }
    if ran || patched {
        let by = edit::made(scope.trace, "namespace", scope.namespace.1);
        for manifest in scope.manifests.iter_mut() {
            let body = std::mem::replace(&mut manifest.body, edit::nothing());
            manifest.body = canonical(body, scope.namespace.0, by);
        }
    }
    findings
}
