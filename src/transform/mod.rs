//! Transforms: changes to every manifest of a component after rendering, as environment.yaml asks. One file each; the table
//! below is the whole list, in the order in which they run.
//!
//! A transform is idempotent: what it did once it does not do again. What is not asked for changes nothing. Every field
//! that a transform makes or changes names the line that asked (see [`edit`]).

mod annotations;
pub mod edit;
mod image_pull_policy;
mod image_registry;
mod image_tags;
mod labels;
mod linkerd;
mod merge;
mod metadata;
mod operation;
mod patch;
mod pods;
mod prometheus;
mod seen;
#[cfg(test)]
mod tests;

pub use seen::{Asked, Seen, asked_for};

use crate::{
    diag::Finding,
    field::{Field, Trace},
    manifest::{Identity, Manifest, canonical},
    package::Facts,
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
    /// What the component's package knows about its system.
    pub facts: &'s Facts,
    /// The images that the component has.
    pub seen: &'s mut Seen,
    /// The component's name.
    pub component: &'a str,
    /// The namespace of the environment, and where it is written.
    pub namespace: (&'a str, Span),
}

impl<'a> Scope<'_, 'a> {
    /// Adds an object, unless it is there: what the package makes wins, and a second run adds nothing.
    fn add(&mut self, body: Field<'a>) {
        let by = edit::made(self.trace, "namespace", self.namespace.1);
        let body = canonical(body, self.namespace.0, by);
        if let Ok(identity) = Identity::of(&body)
            && !self.manifests.iter().any(|m| m.identity == identity)
        {
            self.manifests.push(Manifest { identity, body });
        }
    }
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

/// All transforms, in the order in which they run: images by the names that packages give them, then where those are pulled
/// from; then what adds annotations and objects; last what is common to all objects.
pub static TRANSFORMS: &[&Transform] = &[
    &image_tags::TRANSFORM,
    &image_registry::TRANSFORM,
    &image_pull_policy::TRANSFORM,
    &linkerd::TRANSFORM,
    &prometheus::TRANSFORM,
    &labels::TRANSFORM,
    &annotations::TRANSFORM,
];

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
