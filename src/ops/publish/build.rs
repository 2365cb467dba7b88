//! A branch as it is to be: the planned folders put into its tree, and a commit of that. Nothing here reaches a remote.

use super::{
    Publishing, Source,
    branch::{Change, differences},
    effect::effects,
    message,
    metadata::{self, HYDRATOR, Owner, ROLLBACK, Rollback},
    objects::Objects,
    plan::{Item, Plan},
    undone::{Back, Verdict},
};
use crate::{
    argocd,
    error::Error,
    git::{Mirror, Oid},
    output::GIT_ATTRIBUTES,
};
use std::collections::{BTreeMap, BTreeSet};

/// Builds the branches of one remote.
pub(super) struct Builder<'b> {
    pub(super) mirror: &'b Mirror,
    pub(super) plan: &'b Plan,
    pub(super) source: &'b Source,
    /// Whether a commit of the values comes after the one that is published.
    pub(super) later: &'b dyn Fn(&str) -> bool,
    pub(super) how: &'b Publishing,
    pub(super) remote: &'b str,
}

/// A branch as it is to be.
pub(super) struct Built {
    /// What it is at.
    pub(super) tip: Option<Oid>,
    /// What it is to be at; none if nothing changes.
    pub(super) commit: Option<Oid>,
    pub(super) changes: Vec<Change>,
    pub(super) files: Vec<(char, String)>,
    pub(super) message: String,
    /// Environments that stay as they were rolled back, and the release that they are at.
    pub(super) held: Vec<(String, String)>,
    /// Environments that stay so no longer, and why.
    pub(super) resumed: Vec<(String, String)>,
}

impl Builder<'_> {
    /// A branch with all that is planned for it. `skip` keeps pipelines from starting.
    pub(super) fn build(&self, name: &str, tip: Option<Oid>, skip: bool) -> Result<Built, Error> {
        let before = tip.map(|tip| self.mirror.tree_of(tip)).transpose()?;
        let mut tree = before;
        let mut changes = Vec::new();
        let mut held: Vec<(String, String)> = Vec::new();
        let mut resumed = Vec::new();
        let here = |i: &&Item| i.target.remote == self.remote && i.target.branch == name;
        let items: Vec<&Item> = self.plan.items.iter().filter(here).collect();
        for item in &items {
            // What Argo CD reads about an environment goes with it.
            if held.iter().any(|(environment, _)| *environment == item.environment) {
                continue;
            }
            match self.put(item, &mut tree)? {
                Put::Held(release) => held.push((item.environment.clone(), release)),
                Put::Changed(change, why) => {
                    resumed.extend(why.map(|why| (change.environment.clone(), why)));
                    changes.push(change);
                }
                Put::Same => {}
            }
        }
        let bases: BTreeSet<&str> = items.iter().map(|i| i.target.base.as_str()).collect();
        changes.extend(self.prune(name, &bases, &held, &mut tree)?);
        if changes.is_empty() {
            return Ok(Built {
                tip,
                commit: None,
                changes,
                files: Vec::new(),
                message: String::new(),
                held,
                resumed,
            });
        }
        for base in bases {
            let path =
                if base.is_empty() { ".gitattributes".to_owned() } else { format!("{base}/.gitattributes") };
            if tree.is_some_and(|tree| self.mirror.file(tree, &path).is_none()) {
                tree = Some(self.mirror.with_file(tree, &path, GIT_ATTRIBUTES.as_bytes())?);
            }
        }
        let whole = match tree {
            Some(tree) => tree,
            None => self.mirror.write_folder(&BTreeMap::new())?,
        };
        let message = message::message("Publish", &changes, self.source, skip);
        let commit = self.mirror.commit(whole, tip, &message)?;
        let files = self.mirror.changed(before, whole)?;
        Ok(Built { tip, commit: Some(commit), changes, files, message, held, resumed })
    }

    /// Puts the folder of an environment into a tree, if it holds something else there.
    fn put(&self, item: &Item, tree: &mut Option<Oid>) -> Result<Put, Error> {
        let there = tree.and_then(|tree| self.mirror.folder(tree, &item.folder));
        let before = match there {
            Some(folder) => self.mirror.files(folder)?,
            None => BTreeMap::new(),
        };
        if let Some(folder) = there.filter(|_| !self.how.force) {
            self.guard(item, folder, &before)?;
        }
        let files = differences(&before, &item.files);
        let mark =
            there.and_then(|folder| Some((folder, Rollback::read(&self.mirror.file(folder, ROLLBACK)?)?)));
        let resumed = match mark {
            None => None,
            Some(_) if self.how.resume => Some("as `--resume` says".to_owned()),
            Some((folder, rollback)) => {
                let (remote, branch, path) = (self.remote, &item.target.branch, &item.folder);
                let back = Back { mirror: self.mirror, remote, branch, path, folder };
                match back.verdict(&rollback, &item.files)? {
                    Verdict::Stands => return Ok(Put::Held(rollback.release)),
                    Verdict::Over(why) => Some(why),
                }
            }
        };
        // The mark goes as soon as the values give something else, also what the rollback restored.
        if files.is_empty() && resumed.is_none() {
            return Ok(Put::Same);
        }
        let effects = match there.filter(|_| !files.is_empty()) {
            Some(folder) => effects(&Objects::there(self.mirror, folder)?, &Objects::of(&item.files)),
            // What is new has nothing to lose.
            None => Vec::new(),
        };
        let mut all = item.files.clone();
        all.insert(HYDRATOR.to_owned(), metadata::hydrator(self.source, &item.environment));
        let folder = self.mirror.write_folder(&all)?;
        *tree = self.mirror.with_folder(*tree, &item.folder, Some(folder))?;
        let (environment, folder) = (item.environment.clone(), item.folder.clone());
        Ok(Put::Changed(Change { environment, folder, main: item.main, files, effects }, resumed))
    }

    /// Refuses a folder that somebody else wrote, or that holds what a later commit of the values gave.
    fn guard(&self, item: &Item, folder: Oid, files: &BTreeMap<String, Oid>) -> Result<(), Error> {
        let (place, branch, name) = (&item.folder, &item.target.branch, &item.environment);
        let Some(bytes) = self.mirror.file(folder, HYDRATOR) else {
            // `podwright render` commits the same files with their index, and nothing beside them.
            if files.contains_key("SHA256SUMS") {
                return Ok(());
            }
            return Err(Error::usage(format!(
                "the folder {place} of the branch {branch}, to which {name} is published, holds files that podwright did not write"
            ))
            .help("choose another `publish.path` or `publish.branch`, or replace what is there with `--force`"));
        };
        let owner = Owner::read(&bytes).unwrap_or_default();
        if owner.environment != *name || !owner.is_of(self.source) {
            return Err(Error::usage(format!(
                "the folder {place} of the branch {branch}, to which {name} is published, is that of {owner}"
            ))
            .help("choose another `publish.path` or `publish.branch`, or take it over with `--force`"));
        }
        match metadata::source(&bytes).filter(|sha| (self.later)(sha)) {
            None => Ok(()),
            Some(sha) => Err(Error::usage(format!(
                "{name} is published from {}, which comes after this commit",
                sha.get(..10).unwrap_or(&sha)
            ))
            .help("publish the later commit, go back with `podwright rollback`, or publish this one with `--force`")),
        }
    }

    /// Takes away the folders of environments of this workspace that are gone or elsewhere now.
    fn prune(
        &self,
        branch: &str,
        bases: &BTreeSet<&str>,
        held: &[(String, String)],
        tree: &mut Option<Oid>,
    ) -> Result<Vec<Change>, Error> {
        let Some(whole) = *tree else { return Ok(Vec::new()) };
        let known = self.plan.known.get(&(self.remote.to_owned(), branch.to_owned()));
        let mut changes = Vec::new();
        for folder in self.candidates(whole, bases)? {
            if known.is_some_and(|known| known.contains_key(&folder)) {
                continue;
            }
            let owner = self.mirror.file(whole, &format!("{folder}/{HYDRATOR}"));
            let Some(owner) = owner.and_then(|bytes| Owner::read(&bytes)) else { continue };
            let environment = owner.environment.clone();
            let stays = held.iter().any(|(name, _)| *name == environment)
                || (self.plan.names.contains(&environment) && !self.plan.has(&environment));
            // Without an address it may be of another repository; below a folder of ours it is ours.
            let here = |base: &&str| base.is_empty() || folder.starts_with(&format!("{base}/"));
            let named = !owner.address.is_empty() || bases.iter().any(here);
            if stays || !named || !owner.is_of(self.source) {
                continue;
            }
            let Some(old) = self.mirror.folder(whole, &folder) else { continue };
            let files = self.mirror.files(old)?.into_keys().map(|path| ('D', path)).collect();
            *tree = self.mirror.with_folder(*tree, &folder, None)?;
            self.clear(&folder, bases, tree)?;
            let main = !is_around(&folder, &environment);
            // An environment that stands elsewhere now is not gone.
            let effects = match self.plan.has(&environment) {
                true => Vec::new(),
                false => effects(&Objects::there(self.mirror, old)?, &Objects::default()),
            };
            changes.push(Change { environment, folder, main, files, effects });
        }
        Ok(changes)
    }

    /// Takes away the folders above one that is gone, if nothing is in them but what is ours.
    fn clear(&self, folder: &str, bases: &BTreeSet<&str>, tree: &mut Option<Oid>) -> Result<(), Error> {
        let mut above = folder;
        while let (Some((up, _)), Some(whole)) = (above.rsplit_once('/'), *tree) {
            above = up;
            let Some(there) = self.mirror.folder(whole, up).filter(|_| !bases.contains(up)) else { continue };
            let files = self.mirror.files(there)?;
            let ours = |(path, id): (&String, &Oid)| {
                path == ".gitattributes" && crate::git::holds(*id, GIT_ATTRIBUTES.as_bytes())
            };
            if !files.iter().all(ours) {
                break;
            }
            *tree = self.mirror.with_folder(*tree, up, None)?;
        }
        Ok(())
    }

    /// The folders that could be of environments: all of them, or those of Argo CD about the environments that are published.
    fn candidates(&self, tree: Oid, bases: &BTreeSet<&str>) -> Result<Vec<String>, Error> {
        if self.plan.everything {
            // Also where they stood before `publish.path` was changed.
            return self.mirror.folders_with(tree, "", HYDRATOR);
        }
        let mut found = Vec::new();
        for base in bases {
            let below = if base.is_empty() { "argocd".to_owned() } else { format!("{base}/argocd") };
            let instances = self.mirror.folders_in(tree, &below)?;
            for item in self.plan.items.iter().filter(|i| i.main) {
                found.extend(
                    instances.iter().map(|instance| format!("{below}/{instance}/{}", item.environment)),
                );
            }
        }
        Ok(found)
    }
}

/// Whether a folder holds what Argo CD reads about an environment, wherever it stands.
pub(in crate::ops) fn is_around(folder: &str, environment: &str) -> bool {
    let starts = std::iter::once(0).chain(folder.match_indices('/').map(|(at, _)| at + 1));
    starts.filter_map(|at| folder.get(at..)).any(|below| argocd::environment(below) == Some(environment))
}

/// What became of a folder.
enum Put {
    Same,
    /// It holds something else; why it stays no longer at a release that it was rolled back to, if it did.
    Changed(Change, Option<String>),
    /// It stays at a release that it was rolled back to.
    Held(String),
}
