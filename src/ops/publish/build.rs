//! A branch as it is to be: the planned folders put into its tree, and a commit of that. Nothing here reaches a remote.

use super::{
    Publishing, Source,
    branch::{Change, differences},
    effect::{Effect, effects},
    guard, message,
    metadata::{self, HYDRATOR, Owner, ROLLBACK, Rollback},
    objects::Objects,
    parts::Parts,
    plan::{Item, Plan},
    standing::{Ancestry, Standing},
    undone::{Back, Verdict},
};
use crate::{
    argocd,
    error::Error,
    git::{Mirror, Oid},
    output::GIT_ATTRIBUTES,
};
use std::{
    cell::OnceCell,
    collections::{BTreeMap, BTreeSet},
};

/// Builds the branches of one remote.
pub(super) struct Builder<'b> {
    pub(super) mirror: &'b Mirror,
    pub(super) plan: &'b Plan,
    pub(super) source: &'b Source,
    pub(super) ancestry: &'b Ancestry<'b>,
    pub(super) how: &'b Publishing,
    pub(super) remote: &'b str,
}

/// A branch as it is to be.
#[derive(Default)]
pub(super) struct Built {
    /// What it is at.
    pub(super) tip: Option<Oid>,
    /// What it is to be at; none if nothing changes.
    pub(super) commit: Option<Oid>,
    pub(super) changes: Vec<Change>,
    pub(super) files: Vec<(char, String)>,
    pub(super) message: String,
    /// Environments that stay as they were rolled back.
    pub(super) held: Vec<Held>,
    /// Environments that stay so no longer, and why.
    pub(super) resumed: Vec<(String, String)>,
    /// Environments of which something is replaced that this commit has not seen, with the commit that gave it.
    pub(super) replaced: BTreeMap<String, String>,
}

impl Builder<'_> {
    /// A branch with all that is planned for it. `skip` keeps pipelines from starting.
    pub(super) fn build(&self, name: &str, tip: Option<Oid>, skip: bool) -> Result<Built, Error> {
        let before = tip.map(|tip| self.mirror.tree_of(tip)).transpose()?;
        let mut tree = before;
        let mut built = Built { tip, ..Built::default() };
        let here = |i: &&Item| i.target.remote == self.remote && i.target.branch == name;
        let items: Vec<&Item> = self.plan.items.iter().filter(here).collect();
        let marks = OnceCell::new();
        for unit in units(&items) {
            match self.put(&unit, &mut tree, &|| marks.get_or_init(|| self.marks(name, before)))? {
                Put::Held(held) => built.held.push(held),
                Put::Changed(changes, why, replaced) => {
                    built.replaced.extend(replaced);
                    let environment = changes.first().map(|c| c.environment.clone()).unwrap_or_default();
                    built.resumed.extend(why.map(|why| (environment, why)));
                    built.changes.extend(changes);
                }
                Put::Same => {}
            }
        }
        if let Some(before) = before.filter(|_| !self.how.force) {
            guard::roots(self, name, before, (&items, &built.held))?;
        }
        let bases: BTreeSet<&str> = items.iter().map(|i| i.target.base.as_str()).collect();
        let gone = self.prune(name, &bases, (&built.held, &built.changes), &mut tree)?;
        built.changes.extend(gone);
        if built.changes.is_empty() {
            return Ok(built);
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
        built.message = message::message("Publish", &built.changes, self.source, skip);
        built.commit = Some(self.mirror.commit(whole, tip, &built.message)?);
        built.files = self.mirror.changed(before, whole)?;
        Ok(built)
    }

    /// Puts the folders of an environment into a tree, if they hold something else there. `marks` knows of rollbacks at other places.
    fn put<'m>(
        &self,
        unit: &[&Item],
        tree: &mut Option<Oid>,
        marks: &dyn Fn() -> &'m BTreeMap<String, String>,
    ) -> Result<Put, Error> {
        let mut changes = Vec::with_capacity(unit.len());
        let mut replaced = BTreeMap::new();
        for item in unit {
            let there = tree.and_then(|tree| self.mirror.folder(tree, &item.folder));
            let before = there.map(|folder| self.mirror.files(folder)).transpose()?.unwrap_or_default();
            let files = differences(&before, &item.files);
            if let Some(folder) = there.filter(|_| !files.is_empty() && !self.how.force) {
                let aside = guard::guard(self, item, folder, &before)?;
                replaced.extend(aside.map(|sha| (item.environment.clone(), sha)));
            }
            let (environment, folder) = (item.environment.clone(), item.folder.clone());
            changes.push(Change { environment, folder, main: item.main, files, effects: Vec::new() });
        }
        let resumed = match self.rollback(unit, *tree, marks)? {
            Some((held, Verdict::Stands)) => return Ok(Put::Held(held)),
            Some((_, Verdict::Over(why))) => Some(why),
            None => None,
        };
        // The mark goes as soon as the values give something else, also what the rollback restored.
        if resumed.is_none() && changes.iter().all(|change| change.files.is_empty()) {
            return Ok(Put::Same);
        }
        let effects = self.effects(unit, *tree)?;
        // All of its folders name the commit: they are one release.
        for item in unit {
            let mut all = item.files.clone();
            all.insert(HYDRATOR.to_owned(), metadata::hydrator(self.source, &item.environment));
            let folder = self.mirror.write_folder(&all)?;
            *tree = self.mirror.with_folder(*tree, &item.folder, Some(folder))?;
        }
        let whole = resumed.is_some();
        changes.retain(|change| !change.files.is_empty() || (whole && change.main));
        if let Some(first) = changes.first_mut() {
            first.effects = effects;
        }
        Ok(Put::Changed(changes, resumed, replaced))
    }

    /// What is to become of an environment that was rolled back, if it was.
    fn rollback<'m>(
        &self,
        unit: &[&Item],
        tree: Option<Oid>,
        marks: &dyn Fn() -> &'m BTreeMap<String, String>,
    ) -> Result<Option<(Held, Verdict)>, Error> {
        let (Some(main), Some(tree)) = (unit.iter().find(|item| item.main), tree) else { return Ok(None) };
        // An environment that stands elsewhere now is still one that was rolled back.
        let folder = match self.mirror.folder(tree, &main.folder) {
            Some(_) => &main.folder,
            None => marks().get(&main.environment).unwrap_or(&main.folder),
        };
        let base = main.target.base.as_str();
        let Some(parts) = Parts::of(self.mirror, tree, (folder, base), &main.environment)? else {
            return Ok(None);
        };
        let mark = self.mirror.file(parts.main, ROLLBACK).and_then(|bytes| Rollback::read(&bytes));
        let Some(rollback) = mark else { return Ok(None) };
        let (environment, release) = (main.environment.clone(), rollback.release.clone());
        let held = |why: &str| Held {
            environment: environment.clone(),
            release: release.clone(),
            why: why.to_owned(),
        };
        if self.how.resume {
            return Ok(Some((held(""), Verdict::Over("as `--resume` says".to_owned()))));
        }
        let unseen = match self.ancestry.of(&rollback.sources.0) {
            Standing::After => Some("this commit is older than what was undone"),
            Standing::Apart => Some("this commit has not seen what was undone"),
            _ => None,
        };
        if let Some(why) = unseen {
            return Ok(Some((held(why), Verdict::Stands)));
        }
        let (remote, branch) = (self.remote, main.target.branch.as_str());
        let place = (folder.as_str(), base);
        let back = Back { mirror: self.mirror, remote, branch, place, environment: &main.environment };
        let verdict = back.verdict(&parts, &rollback, unit)?;
        Ok(Some((held("its values still give what was undone"), verdict)))
    }

    /// What applying the folders of an environment does; what is new has nothing to lose.
    fn effects(&self, unit: &[&Item], tree: Option<Oid>) -> Result<Vec<Effect>, Error> {
        let (mut before, mut after) = (Objects::default(), Objects::default());
        let mut any = false;
        for item in unit {
            after.add(&item.files);
            if let Some(folder) = tree.and_then(|tree| self.mirror.folder(tree, &item.folder)) {
                before.add_folder(self.mirror, folder)?;
                any = true;
            }
        }
        Ok(if any { effects(&before, &after, &BTreeMap::new()) } else { Vec::new() })
    }

    /// The folders of environments of this workspace that were rolled back and stand elsewhere now, by environment.
    fn marks(&self, branch: &str, tree: Option<Oid>) -> BTreeMap<String, String> {
        let known = self.plan.known.get(&(self.remote.to_owned(), branch.to_owned()));
        let folders = tree.and_then(|tree| Some((tree, self.mirror.folders_with(tree, "", ROLLBACK).ok()?)));
        let (tree, folders) = folders.unzip();
        let mut marks = BTreeMap::new();
        for folder in folders.into_iter().flatten() {
            let owner = tree.and_then(|tree| Owner::of(self.mirror, tree, &folder));
            let here = known.is_some_and(|known| known.contains_key(&folder));
            if let Some(owner) = owner.filter(|owner| !here && owner.is_of(self.source)) {
                marks.insert(owner.environment, folder);
            }
        }
        marks
    }

    /// Takes away the folders of environments of this workspace that are gone or elsewhere now.
    fn prune(
        &self,
        branch: &str,
        bases: &BTreeSet<&str>,
        (held, come): (&[Held], &[Change]),
        tree: &mut Option<Oid>,
    ) -> Result<Vec<Change>, Error> {
        let Some(whole) = *tree else { return Ok(Vec::new()) };
        let known = self.plan.known.get(&(self.remote.to_owned(), branch.to_owned()));
        let mut changes: Vec<Change> = Vec::new();
        let mut gone: BTreeMap<String, Objects> = BTreeMap::new();
        for folder in self.candidates(whole, bases)? {
            if known.is_some_and(|known| known.contains_key(&folder)) {
                continue;
            }
            let Some(owner) = Owner::of(self.mirror, whole, &folder) else { continue };
            // Without an address it may be of another repository; below a folder of ours it is ours.
            let here = |base: &&str| base.is_empty() || folder.starts_with(&format!("{base}/"));
            let named = !owner.address.is_empty() || bases.iter().any(here);
            if self.stays(&owner.environment, held) || !named || !owner.is_of(self.source) {
                continue;
            }
            let Some(old) = self.mirror.folder(whole, &folder) else { continue };
            let environment = owner.environment;
            let files = self.mirror.files(old)?.into_keys().map(|path| ('D', path)).collect();
            *tree = self.mirror.with_folder(*tree, &folder, None)?;
            self.clear(&folder, bases, tree)?;
            // An environment that stands elsewhere now is not gone.
            if !self.plan.has(&environment) {
                gone.entry(environment.clone()).or_default().add_folder(self.mirror, old)?;
            }
            let main = !is_around(&folder, &environment);
            changes.push(Change { environment, folder, main, files, effects: Vec::new() });
        }
        // What comes under another name may be what goes.
        let new = |change: &&Change| change.main && change.files.iter().all(|(sign, _)| *sign == 'A');
        let come: BTreeSet<&str> =
            come.iter().filter(new).map(|change| change.environment.as_str()).collect();
        let mut others: BTreeMap<&str, Objects> = BTreeMap::new();
        for item in
            self.plan.items.iter().filter(|i| !gone.is_empty() && come.contains(i.environment.as_str()))
        {
            others.entry(&item.environment).or_default().add(&item.files);
        }
        for (environment, objects) in gone {
            if let Some(first) = changes.iter_mut().find(|change| change.environment == environment) {
                first.effects = effects(&objects, &Objects::default(), &others);
            }
        }
        Ok(changes)
    }

    /// Whether the folders of an environment are none of this run's.
    fn stays(&self, environment: &str, held: &[Held]) -> bool {
        held.iter().any(|held| held.environment == environment)
            || (self.plan.names.contains(environment) && !self.plan.has(environment))
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

/// Whether a folder holds what Argo CD reads about an environment, or is that of a root Application, wherever it stands.
pub(in crate::ops) fn is_around(folder: &str, environment: &str) -> bool {
    let starts = std::iter::once(0).chain(folder.match_indices('/').map(|(at, _)| at + 1));
    let mut below = starts.filter_map(|at| folder.get(at..));
    below.any(|below| {
        argocd::environment(below) == Some(environment)
            || (below == environment && argocd::environment(below).is_some())
    })
}

/// The items by environment, in their order.
fn units<'i>(items: &[&'i Item]) -> Vec<Vec<&'i Item>> {
    let mut units: BTreeMap<&str, (usize, Vec<&Item>)> = BTreeMap::new();
    for (n, item) in items.iter().enumerate() {
        units.entry(&item.environment).or_insert_with(|| (n, Vec::new())).1.push(item);
    }
    let mut units: Vec<(usize, Vec<&Item>)> = units.into_values().collect();
    units.sort_by_key(|(first, _)| *first);
    units.into_iter().map(|(_, unit)| unit).collect()
}

/// An environment that stays as it was rolled back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) environment: String,
    /// The release that it is at.
    pub(super) release: String,
    /// Why, in words.
    pub(super) why: String,
}

/// What became of the folders of an environment.
enum Put {
    Same,
    /// They hold something else; why they stay no longer at a release that was brought back, if they did.
    /// And by environment, the commit of what they replace, where this one has not seen it.
    Changed(Vec<Change>, Option<String>, BTreeMap<String, String>),
    Held(Held),
}
