//! Which folders of which branches are to hold what.

use crate::{
    argocd,
    error::Error,
    ops::{around, compile::Compiled, project::Project},
    output::{self, Tree},
    workspace::{Choice, Shard, Target},
};
use std::collections::{BTreeMap, BTreeSet};

/// All that is to be published.
pub(in crate::ops) struct Plan {
    /// The folders of environments, those of Argo CD after theirs.
    pub(in crate::ops) items: Vec<Item>,
    /// Everything is published: folders of environments that are gone may go.
    pub(in crate::ops) everything: bool,
    /// All folders of environments that there are, by remote and branch.
    pub(in crate::ops) known: BTreeMap<(String, String), BTreeSet<String>>,
}

/// A folder of a branch.
#[derive(Debug, Clone)]
pub(in crate::ops) struct Item {
    /// The environment.
    pub(in crate::ops) environment: String,
    /// Where it is published.
    pub(in crate::ops) target: Target,
    /// The folder in the branch.
    pub(in crate::ops) folder: String,
    /// Its files by path, with their index.
    pub(in crate::ops) files: BTreeMap<String, Vec<u8>>,
    /// It holds the manifests of the environment, and not what Argo CD reads about it.
    pub(in crate::ops) main: bool,
}

/// The plan of the chosen environments that could be rendered.
pub(super) fn plan(
    project: &Project<'_>,
    compiled: &mut [Compiled],
    choice: Choice<'_>,
    left: &mut Vec<(String, String)>,
) -> Result<Plan, Error> {
    let mut items = Vec::new();
    let mut homeless = Vec::new();
    for (one, &at) in compiled.iter_mut().zip(&project.chosen) {
        let planned = &project.environments[at];
        let Some(config) = &planned.config else { continue };
        let Some(target) = Target::of(&config.settings, planned.name) else {
            homeless.push(planned.name);
            continue;
        };
        crate::git::valid_branch(&target.branch).then_some(()).ok_or_else(|| {
            Error::usage(format!(
                "`{}` is no name of a branch, to which {} is published",
                target.branch, planned.name
            ))
            .help("mend `publish.branch` in its environment.yaml")
        })?;
        for tree in one.trees.take().unwrap_or_default() {
            let main = argocd::environment(&tree.folder).is_none();
            let folder = if main { target.folder.clone() } else { target.below(&tree.folder) };
            let environment = planned.name.to_owned();
            items.push(Item { environment, target: target.clone(), folder, files: files(&tree), main });
        }
    }
    if !homeless.is_empty() && (!choice.patterns.is_empty() || homeless.len() == project.chosen.len()) {
        return Err(nowhere(&homeless));
    }
    left.extend(
        homeless.iter().map(|name| ((*name).to_owned(), "its environment.yaml has no `publish`".to_owned())),
    );
    let first = choice.shard.is_none_or(Shard::is_first);
    let everything = choice.patterns.is_empty() && first && project.environments.iter().all(|e| e.settled);
    if everything {
        roots(project, &mut items);
    }
    collisions(&items)?;
    Ok(Plan { items, everything, known: known(project) })
}

fn files(tree: &Tree) -> BTreeMap<String, Vec<u8>> {
    let mut files: BTreeMap<String, Vec<u8>> =
        tree.files.iter().map(|f| (f.path.clone(), f.bytes.clone().into_bytes())).collect();
    files.insert("SHA256SUMS".to_owned(), output::sums(&tree.files).into_bytes());
    files
}

/// The root Applications, where all environments of an instance share a branch.
fn roots(project: &Project<'_>, items: &mut Vec<Item>) {
    for tree in around::roots(&project.environments) {
        let configs = project.environments.iter().filter_map(|e| e.config.as_ref());
        let owner = configs.filter(|c| {
            argocd::Wish::of(c).is_some_and(|wish| wish.folder(argocd::ROOT_FOLDER) == tree.folder)
        });
        let targets: Vec<Option<Target>> = owner.map(|c| Target::shared(&c.settings)).collect();
        let Some(Some(target)) = targets.first().cloned() else { continue };
        let same = |t: &Option<Target>| {
            t.as_ref().is_some_and(|t| {
                t.remote == target.remote && t.branch == target.branch && t.base == target.base
            })
        };
        if targets.iter().all(same) {
            let folder = target.below(&tree.folder);
            let environment = tree.folder.clone();
            items.push(Item { environment, target, folder, files: files(&tree), main: false });
        }
    }
}

/// The folders of all environments, chosen or not.
fn known(project: &Project<'_>) -> BTreeMap<(String, String), BTreeSet<String>> {
    let mut known: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    for planned in &project.environments {
        let Some(target) = planned.config.as_ref().and_then(|c| Target::of(&c.settings, planned.name)) else {
            continue;
        };
        known.entry((target.remote, target.branch)).or_default().insert(target.folder);
    }
    known
}

/// Two environments must not share a folder, nor one stand in another's.
fn collisions(items: &[Item]) -> Result<(), Error> {
    let mut folders: BTreeMap<(&str, &str, &str), &str> = BTreeMap::new();
    for item in items {
        let key = (item.target.remote.as_str(), item.target.branch.as_str(), item.folder.as_str());
        if let Some(other) = folders.insert(key, &item.environment) {
            return Err(Error::usage(format!(
                "{other} and {} are both published to {} of the branch {}",
                item.environment, item.folder, item.target.branch
            ))
            .help("write `{environment}` in `publish.path` or `publish.branch`"));
        }
    }
    for ((remote, branch, folder), environment) in &folders {
        let mut above = *folder;
        while let Some((up, _)) = above.rsplit_once('/') {
            above = up;
            if let Some(other) = folders.get(&(remote, branch, up)) {
                return Err(Error::usage(format!(
                    "{environment} is published to {folder} of the branch {branch}, within {up} of {other}"
                ))
                .help("give the environments folders of their own with `publish.path`"));
            }
        }
    }
    Ok(())
}

/// Nobody says where to publish to.
fn nowhere(names: &[&str]) -> Error {
    let (who, verb) = match names {
        [one] => ((*one).to_owned(), "says"),
        [one, rest @ ..] => (format!("{one} and {} more", rest.len()), "say"),
        [] => ("nobody".to_owned(), "says"),
    };
    Error::usage(format!("{who} {verb} nothing about where to publish")).help(
        "write in environment.yaml: `publish: { branch: rendered }`, and perhaps `remote` (origin by default) and `path`",
    )
}
