//! A branch as it is to be: the planned folders put into its tree, and a commit of that. Nothing here reaches a remote.

use super::{
    Publishing, Source,
    branch::{Change, differences},
    message,
    metadata::{self, HYDRATOR, ROLLBACK, Rollback},
    plan::{Item, Plan},
    undone::{Back, Verdict},
};
use crate::{
    argocd,
    error::Error,
    git::{Mirror, Oid},
    output::GIT_ATTRIBUTES,
    workspace::same_address,
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
        for base in &bases {
            changes.extend(self.prune(name, base, &held, &mut tree)?);
        }
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
        let mut all = item.files.clone();
        all.insert(HYDRATOR.to_owned(), metadata::hydrator(self.source, &item.environment));
        let folder = self.mirror.write_folder(&all)?;
        *tree = self.mirror.with_folder(*tree, &item.folder, Some(folder))?;
        let (environment, folder) = (item.environment.clone(), item.folder.clone());
        Ok(Put::Changed(Change { environment, folder, main: item.main, files }, resumed))
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
        let ours = |(address, environment): (String, String)| {
            environment == *name
                && (address == self.source.address || same_address(&address, &self.source.address))
        };
        if !metadata::owner(&bytes).is_some_and(ours) {
            let (address, environment) = metadata::owner(&bytes).unwrap_or_default();
            let whose = if address.is_empty() {
                "somebody else".to_owned()
            } else {
                format!("{environment} of {address}")
            };
            return Err(Error::usage(format!(
                "the folder {place} of the branch {branch}, to which {name} is published, is that of {whose}"
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

    /// Takes away the folders of environments of this repository that are gone or elsewhere now.
    fn prune(
        &self,
        branch: &str,
        base: &str,
        held: &[(String, String)],
        tree: &mut Option<Oid>,
    ) -> Result<Vec<Change>, Error> {
        let Some(whole) = *tree else { return Ok(Vec::new()) };
        let known = self.plan.known.get(&(self.remote.to_owned(), branch.to_owned()));
        let mut changes = Vec::new();
        for folder in self.candidates(whole, base)? {
            if known.is_some_and(|known| known.contains_key(&folder)) {
                continue;
            }
            let owner = self
                .mirror
                .file(whole, &format!("{folder}/{HYDRATOR}"))
                .and_then(|bytes| metadata::owner(&bytes));
            let Some((address, environment)) = owner else { continue };
            let stays = held.iter().any(|(name, _)| *name == environment)
                || (self.plan.names.contains(&environment) && !self.plan.has(&environment));
            if stays || !same_address(&address, &self.source.address) {
                continue;
            }
            let Some(old) = self.mirror.folder(whole, &folder) else { continue };
            let files = self.mirror.files(old)?.into_keys().map(|path| ('D', path)).collect();
            *tree = self.mirror.with_folder(*tree, &folder, None)?;
            let main = argocd::environment(relative(&folder, base)).is_none();
            changes.push(Change { environment, folder, main, files });
        }
        Ok(changes)
    }

    /// The folders that could be of environments: all of them, or those of Argo CD about the environments that are published.
    fn candidates(&self, tree: Oid, base: &str) -> Result<Vec<String>, Error> {
        if self.plan.everything {
            return self.mirror.folders_with(tree, base, HYDRATOR);
        }
        let below = if base.is_empty() { "argocd".to_owned() } else { format!("{base}/argocd") };
        let instances = self.mirror.folders_in(tree, &below)?;
        let environments = self.plan.items.iter().filter(|i| i.main).map(|i| i.environment.as_str());
        let of = |environment: &str| -> Vec<String> {
            instances.iter().map(|instance| format!("{below}/{instance}/{environment}")).collect()
        };
        Ok(environments.flat_map(of).collect())
    }
}

/// What became of a folder.
enum Put {
    Same,
    /// It holds something else; why it stays no longer at a release that it was rolled back to, if it did.
    Changed(Change, Option<String>),
    /// It stays at a release that it was rolled back to.
    Held(String),
}

/// A folder as seen from one above it.
fn relative<'f>(folder: &'f str, base: &str) -> &'f str {
    folder.strip_prefix(base).unwrap_or(folder).trim_start_matches('/')
}
