//! Which folders of which branches are to hold what.

use crate::{
    argocd,
    error::Error,
    ops::{around, compile::Compiled, project::Project},
    output::{self, Tree},
    workspace::{Choice, Config, Shard, Target},
};
use std::collections::{BTreeMap, BTreeSet};

/// All that is to be published.
pub(in crate::ops) struct Plan {
    /// The folders of environments, those of Argo CD after theirs.
    pub(in crate::ops) items: Vec<Item>,
    /// Everything is published: folders of environments that are gone may go.
    pub(in crate::ops) everything: bool,
    /// All folders that environments have, chosen or not, and whose they are, by remote and branch.
    pub(in crate::ops) known: Known,
    /// All environments, chosen or not.
    pub(in crate::ops) names: BTreeSet<String>,
}

/// The environments by folder, by remote and branch.
type Known = BTreeMap<(String, String), BTreeMap<String, String>>;

impl Plan {
    /// Whether something of an environment is published.
    pub(in crate::ops) fn has(&self, environment: &str) -> bool {
        self.items.iter().any(|i| i.environment == environment)
    }
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

/// The plan of the chosen environments that could be rendered. That nobody says where to publish is no error, `if_configured`.
pub(super) fn plan(
    project: &Project<'_>,
    compiled: &mut [Compiled],
    (choice, if_configured): (Choice<'_>, bool),
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
        if let Some(text) =
            [&target.branch, &target.folder].into_iter().find(|text| text.contains(['{', '}']))
        {
            return Err(Error::usage(format!(
                "`{text}`, to which {} is published, holds a placeholder that there is not",
                planned.name
            ))
            .help("`{environment}` stands for the path of the environment, and nothing else is known"));
        }
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
    let nobody = || {
        let says = |c: &Config<'_>, name: &str| Target::of(&c.settings, name).is_some();
        project.environments.iter().all(|e| e.config.as_ref().is_some_and(|c| !says(c, e.name)))
    };
    let named = !choice.patterns.is_empty();
    if !homeless.is_empty() && !if_configured && (named || nobody()) {
        return Err(nowhere(&homeless));
    }
    if !homeless.is_empty() && !named && nobody() {
        homeless.clear();
        left.push(("everything".to_owned(), "no environment.yaml has `publish`".to_owned()));
    }
    left.extend(
        homeless.iter().map(|name| ((*name).to_owned(), "its environment.yaml has no `publish`".to_owned())),
    );
    let first = choice.shard.is_none_or(Shard::is_first);
    // What cannot be read may be an environment, too.
    let settled = project.workspace.unread.is_empty() && project.environments.iter().all(|e| e.settled);
    let everything = choice.patterns.is_empty() && first && settled;
    let mut known = known(project)?;
    if everything {
        let before = items.len();
        roots(project, &mut items);
        for root in items.iter().skip(before) {
            let target = (root.target.remote.clone(), root.target.branch.clone());
            known.entry(target).or_default().insert(root.folder.clone(), root.environment.clone());
        }
    }
    let names = project.environments.iter().map(|e| e.name.to_owned()).collect();
    Ok(Plan { items, everything, known, names })
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

/// The folders of all environments, chosen or not: none may share one, or stand in another's.
fn known(project: &Project<'_>) -> Result<Known, Error> {
    let mut known = Known::new();
    for planned in &project.environments {
        let Some(config) = &planned.config else { continue };
        let Some(target) = Target::of(&config.settings, planned.name) else { continue };
        let argocd = argocd::Wish::of(config).map(|wish| target.below(&wish.folder(planned.name)));
        let folders = known.entry((target.remote, target.branch.clone())).or_default();
        for folder in std::iter::once(target.folder).chain(argocd) {
            if let Some(other) = folders.insert(folder.clone(), planned.name.to_owned()) {
                return Err(Error::usage(format!(
                    "{other} and {} are both published to {folder} of the branch {}",
                    planned.name, target.branch
                ))
                .help("write `{environment}` in `publish.path` or `publish.branch`"));
            }
        }
    }
    for ((_, branch), folders) in &known {
        nested(branch, folders)?;
    }
    Ok(known)
}

fn nested(branch: &str, folders: &BTreeMap<String, String>) -> Result<(), Error> {
    for (folder, environment) in folders {
        let mut above = folder.as_str();
        while let Some((up, _)) = above.rsplit_once('/') {
            above = up;
            if let Some(other) = folders.get(up) {
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
