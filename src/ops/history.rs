//! `history`: the releases of environments, as the commits of the branches that they are published to tell them.

use super::{
    Outcome,
    diff::Surroundings,
    finish,
    project::Project,
    publish::{
        Source, is_around,
        metadata::{self, HYDRATOR, Owner, ROLLBACK, Rollback},
        objects::Objects,
        parts::Parts,
    },
};
use crate::{
    error::Error,
    field::{Data, Field},
    git::{Entry, Mirror, Oid, Repository},
    manifest::images,
    workspace::{self, Choice, Target},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    mem,
    path::Path,
};

/// A release of an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// The commit that published it, on the branch.
    pub commit: String,
    /// Who made it.
    pub author: String,
    /// When, as ISO 8601 has it.
    pub date: String,
    /// The commit that its values stand in; empty if it says none.
    pub source: String,
    /// The images that it runs, each once.
    pub images: Vec<String>,
    /// The pods of its workloads: `StatefulSet/a 3`.
    pub replicas: Vec<String>,
    /// Files of objects that it added, changed and removed.
    pub changes: (usize, usize, usize),
    /// The release that it went back to, if it did.
    pub rollback: Option<String>,
    /// It took the environment away.
    pub gone: bool,
}

/// The releases of an environment, the newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// The environment.
    pub environment: String,
    /// Where it is published, in words.
    pub place: String,
    /// The releases.
    pub releases: Vec<Release>,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Histories {
    /// What kept environments from being understood.
    pub outcome: Outcome,
    /// By environment, in order.
    pub histories: Vec<History>,
}

/// The last `most` releases of the chosen environments. `waiting` is called once if another run uses `.git/podwright`.
///
/// # Errors
/// There is no workspace, no such environment, none that is published; Git or the disk failed.
pub fn history<'c>(
    root: &Path,
    choice: impl Into<Choice<'c>>,
    most: usize,
    surroundings: &Surroundings,
    waiting: impl Fn(),
) -> Result<Histories, Error> {
    let choice: Choice<'_> = choice.into();
    let repository = Repository::around(root)?;
    let (targets, outcome) = targets(root, choice)?;
    let mirror = Mirror::open(&repository, &surroundings.variables, &waiting)?;
    let source = repository.commit("HEAD").and_then(|head| Source::of(&repository, head)).ok();
    let mut histories = Vec::new();
    // Environments share branches: each is fetched once.
    let mut tips: BTreeMap<(String, String), Option<Oid>> = BTreeMap::new();
    for (environment, target) in targets {
        let key = (target.remote.clone(), target.branch.clone());
        let tip = match tips.get(&key) {
            Some(tip) => *tip,
            None => *tips.entry(key).or_insert(tip(&mirror, &target)?),
        };
        let place =
            format!("{} in {} of {}", target.folder, target.branch, crate::git::shown(&target.remote));
        let releases = match tip {
            Some(tip) => {
                let entries = entries(&mirror, tip, (&environment, &target), source.as_ref(), most)?;
                let one = |entry| release(&mirror, entry, &target.base, &environment);
                entries.iter().map(one).collect::<Result<Vec<_>, Error>>()?
            }
            None => Vec::new(),
        };
        histories.push(History { environment, place, releases });
    }
    Ok(Histories { outcome, histories })
}

/// Where the chosen environments are published, by name.
pub(super) fn targets(root: &Path, choice: Choice<'_>) -> Result<(Vec<(String, Target)>, Outcome), Error> {
    let mut workspace = workspace::load(root)?;
    let sources = mem::take(&mut workspace.sources);
    let mut project = Project::configure(&workspace, sources, choice)?;
    let mut found = Vec::new();
    for &at in &project.chosen {
        let planned = &project.environments[at];
        let Some(config) = &planned.config else { continue };
        if let Some(target) = Target::of(&config.settings, planned.name) {
            found.push((planned.name.to_owned(), target));
        } else if !choice.patterns.is_empty() {
            return Err(Error::usage(format!("{} says nothing about where it is published", planned.name))
                .help("write in its environment.yaml: `publish: { branch: rendered }`"));
        }
    }
    let mut findings = project.take_findings();
    findings.retain(|f| f.level == crate::diag::Level::Error);
    if found.is_empty() && findings.is_empty() {
        return Err(Error::usage("no environment says where it is published")
            .help("write in environment.yaml: `publish: { branch: rendered }`"));
    }
    let hidden = mem::take(&mut project.hidden);
    let count = project.chosen.len();
    let sources = mem::take(&mut project.sources);
    Ok((found, finish(findings, hidden, count, sources)))
}

/// The tip of a branch with all of its history; none if there is no such branch.
pub(super) fn tip(mirror: &Mirror, target: &Target) -> Result<Option<Oid>, Error> {
    Ok(mirror.fetch(&target.remote, std::slice::from_ref(&target.branch), None)?.first().copied().flatten())
}

/// The commits that changed the folder of an environment, from the newest, also where it stood before `publish.path` was another.
pub(super) fn entries(
    mirror: &Mirror,
    tip: Oid,
    (environment, target): (&str, &Target),
    source: Option<&Source>,
    most: usize,
) -> Result<Vec<Entry>, Error> {
    let moved = |tree: Oid| {
        let folders = mirror.folders_with(tree, "", HYDRATOR).unwrap_or_default();
        folders.into_iter().find(|folder| {
            let owner = source.and_then(|source| Owner::of(mirror, tree, folder).filter(|o| o.is_of(source)));
            owner.is_some_and(|o| o.environment == environment) && !is_around(folder, environment)
        })
    };
    mirror.log(tip, &target.folder, most, &moved)
}

/// A release; `base` is the folder that environments share.
fn release(mirror: &Mirror, entry: &Entry, base: &str, environment: &str) -> Result<Release, Error> {
    let files = |tree: Oid, path: &str| -> Result<BTreeMap<String, Oid>, Error> {
        let Some(parts) = Parts::of(mirror, tree, (path, base), environment)? else {
            return Ok(BTreeMap::new());
        };
        let mut files = mirror.files(parts.main)?;
        for (folder, id) in &parts.around {
            files.extend(mirror.files(*id)?.into_iter().map(|(path, id)| (format!("{folder}/{path}"), id)));
        }
        Ok(files)
    };
    let before = entry.from.as_ref().map(|(tree, path)| files(*tree, path)).transpose()?.unwrap_or_default();
    let after = files(entry.tree, &entry.path)?;
    let file = |name: &str| entry.folder.and_then(|folder| mirror.file(folder, name));
    let object = |path: &&String| path.ends_with(".yaml");
    let added = after.keys().filter(object).filter(|path| !before.contains_key(*path)).count();
    let removed = before.keys().filter(object).filter(|path| !after.contains_key(*path)).count();
    let changed =
        after.iter().filter(|(path, id)| object(path) && before.get(*path).is_some_and(|was| was != *id));
    let changed = changed.count();
    let (images, replicas) = entry.folder.map(|folder| runs(mirror, folder)).transpose()?.unwrap_or_default();
    let rollback = file(ROLLBACK).and_then(|bytes| Rollback::read(&bytes)).map(|r| r.release);
    Ok(Release {
        commit: entry.commit.to_string(),
        author: entry.about.author.clone(),
        date: entry.about.date(),
        source: file(HYDRATOR).and_then(|bytes| metadata::source(&bytes)).unwrap_or_default(),
        images,
        replicas,
        changes: (added, changed, removed),
        rollback,
        gone: entry.folder.is_none(),
    })
}

/// The images that a folder of manifests runs, and how many pods its workloads have.
fn runs(mirror: &Mirror, folder: Oid) -> Result<(Vec<String>, Vec<String>), Error> {
    let (mut found, mut replicas) = (BTreeSet::new(), Vec::new());
    for manifest in &Objects::there(mirror, folder)?.manifests() {
        let mut list = Vec::new();
        images(manifest, &[], &mut list);
        found.extend(list.iter().map(|image| image.text.to_string()));
        if let Some(Data::Int(count)) = manifest.body.at(&["spec", "replicas"]).map(|f: &Field<'_>| &f.data) {
            replicas.push(format!("{} {count}", manifest.identity));
        }
    }
    Ok((found.into_iter().collect(), replicas))
}
