//! How Argo CD and Helm treat an object, by what its annotations ask for.

use super::case::annotation;
use crate::manifest::Manifest;

/// Whether Argo CD deletes the object and makes it anew instead of changing it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Force {
    /// At every change.
    Always(&'static str),
    /// When the API server refuses a change.
    Refused,
    /// Never.
    No,
}

/// What becomes of an object that the environment has no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Prune {
    /// It is deleted.
    Yes,
    /// It is deleted when somebody confirms it.
    Confirm,
    /// It stays. Only `Prune=false` asks for that.
    No,
    /// It is deleted, though an annotation looks like the opposite.
    Despite(&'static str),
}

fn option(manifest: &Manifest<'_>, option: &str) -> bool {
    annotation(manifest, "argocd.argoproj.io/sync-options")
        .is_some_and(|list| list.split(',').any(|o| o.trim() == option))
}

/// How Argo CD applies the object. It is the annotations of the new one that count.
pub(super) fn force(manifest: &Manifest<'_>) -> Force {
    if let Some(how) = hook(manifest) {
        return how;
    }
    match (option(manifest, "Force=true"), replaces(manifest)) {
        (true, true) => Force::Always("Replace=true,Force=true"),
        (true, false) => Force::Refused,
        _ => Force::No,
    }
}

/// Whether the object is put in the place of the old one, instead of being merged into it.
pub(super) fn replaces(manifest: &Manifest<'_>) -> bool {
    option(manifest, "Replace=true")
}

/// How the object is applied as a hook; none when it is none. A hook of Argo CD hides those of Helm.
fn hook(manifest: &Manifest<'_>) -> Option<Force> {
    let (policy, name) = if annotation(manifest, "argocd.argoproj.io/hook").is_some() {
        ("argocd.argoproj.io/hook-delete-policy", "BeforeHookCreation")
    } else {
        annotation(manifest, "helm.sh/hook")?;
        ("helm.sh/hook-delete-policy", "before-hook-creation")
    };
    let before = annotation(manifest, policy).is_none_or(|list| list.split(',').any(|p| p.trim() == name));
    // A hook that deletes itself when it is done is there no more when the next comes.
    Some(if before { Force::Always("it is a hook") } else { Force::No })
}

/// Whether the object is a hook: it runs at every sync.
pub(super) fn is_hook(manifest: &Manifest<'_>) -> bool {
    hook(manifest).is_some()
}

/// What becomes of an object that goes away. It is the annotations of the old one that count: those that the cluster has.
pub(super) fn prune(manifest: &Manifest<'_>) -> Prune {
    if option(manifest, "Prune=false") {
        Prune::No
    } else if option(manifest, "Prune=confirm") {
        Prune::Confirm
    } else if option(manifest, "Delete=false") {
        Prune::Despite("Delete=false")
    } else if annotation(manifest, "helm.sh/resource-policy") == Some("keep") {
        Prune::Despite("helm.sh/resource-policy: keep")
    } else {
        Prune::Yes
    }
}
