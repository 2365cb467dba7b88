//! What Argo CD leaves running and manages no more: what an Application ran that goes away without the finalizer which deletes it.

use super::{
    Impact, Kind,
    case::{kind, text},
    delivery::is_hook,
    moved::stores,
    words::{code, list},
};
use crate::{
    field::Field,
    manifest::{Identity, Manifest, pod_template},
};
use std::collections::{BTreeMap, BTreeSet};

/// Asks Argo CD to delete what an Application runs when it goes; how follows behind a slash.
const FINALIZER: &str = "resources-finalizer.argocd.argoproj.io";

/// What is left running of an environment.
#[derive(Debug, Default)]
pub struct Left<'m> {
    /// What is to be said of it, for the environment as a whole; nothing where nothing is left.
    pub impacts: Vec<Impact>,
    identities: BTreeSet<&'m Identity>,
}

impl Left<'_> {
    /// Whether an old object is left running: its own impacts, which tell how it is deleted, do not hold.
    pub fn holds(&self, old: &Manifest<'_>) -> bool {
        self.identities.contains(&old.identity)
    }
}

/// What Argo CD leaves running of an environment, or of components that it has no more. `before` are its old objects, each with its
/// component, `after` its new ones (none of an environment that is removed), the Applications among both; `others` are those that
/// other environments of the new side have in the same cluster, each with the environment.
pub fn left<'m>(
    before: &[(&'m str, &'m Manifest<'_>)],
    after: &[&Manifest<'_>],
    others: &[(&str, &Identity)],
) -> Left<'m> {
    let stays: BTreeSet<&Identity> = after.iter().map(|m| &m.identity).collect();
    let gone = before.iter().map(|(_, m)| *m).filter(|m| is_application(m) && !stays.contains(&m.identity));
    let components: BTreeSet<&str> = gone.filter(|m| !cascades(m)).filter_map(component).collect();
    let left: Vec<&Manifest<'_>> = before
        .iter()
        .filter(|(of, m)| components.contains(of) && !is_application(m) && !stays.contains(&m.identity))
        .map(|(_, m)| *m)
        .collect();
    let mut taken: BTreeMap<&str, BTreeSet<&Identity>> = BTreeMap::new();
    for (environment, identity) in others {
        taken.entry(environment).or_default().insert(identity);
    }
    let in_others = |m: &Manifest<'_>| taken.values().any(|theirs| theirs.contains(&m.identity));
    let mut alone: Vec<_> = left.iter().filter(|m| !is_hook(m) && !in_others(m)).collect();
    // What has data, then what runs, is missed first.
    alone.sort_by_key(|m| (!stores(m), pod_template(&m.identity).is_none()));
    let alone: Vec<String> = alone.iter().map(|m| m.identity.to_string()).collect();
    let whole = !after.iter().any(|m| is_application(m));
    let of = if whole { String::new() } else { format!(" of {}", code(&Vec::from_iter(components))) };
    let mut impacts = Vec::new();
    if !alone.is_empty() {
        impacts.push(Kind::Remove.with(format!(
            "what runs{of} stays and is managed by nobody: {}; without `cascade: true` Argo CD deletes nothing",
            list(&alone)
        )));
    }
    for (environment, theirs) in taken {
        let objects = match left.iter().filter(|m| theirs.contains(&m.identity)).count() {
            0 => continue,
            1 => "1 object is".to_owned(),
            n => format!("{n} objects are"),
        };
        impacts.push(Kind::Remove.with(format!("{objects} taken over by `{environment}`, and not deleted")));
    }
    Left { impacts, identities: left.into_iter().map(|m| &m.identity).collect() }
}

fn is_application(manifest: &Manifest<'_>) -> bool {
    kind(manifest) == ("argoproj.io", "Application")
}

/// Whether deleting an Application deletes what it runs.
pub(super) fn cascades(application: &Manifest<'_>) -> bool {
    let finalizers = application.body.at(&["metadata", "finalizers"]).map_or(&[][..], Field::items);
    finalizers.iter().filter_map(Field::as_str).any(|f| f.split('/').next() == Some(FINALIZER))
}

/// The component that an Application syncs: the last folder of its path.
fn component<'m>(application: &'m Manifest<'_>) -> Option<&'m str> {
    text(&application.body, &["spec", "source", "path"])?.rsplit('/').next()
}
