//! Branches read, changed and pushed, again and again until nobody was faster.

use super::{
    Publishing, Source, message,
    metadata::{self, FILES, HYDRATOR, ROLLBACK, Rollback},
    plan::{Item, Plan},
};
use crate::{
    diff::told::Counts,
    error::Error,
    git::{Mirror, Oid, Push, Pushed, shown},
    ops::diff::Surroundings,
    output::GIT_ATTRIBUTES,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    thread,
    time::Duration,
};

/// So often a branch is tried. With every try at least one writer is done.
pub(in crate::ops) const TRIES: u32 = 40;

/// A branch that was looked at.
#[derive(Debug, Clone)]
pub struct Branch {
    /// The repository, without credentials.
    pub remote: String,
    /// Its name.
    pub name: String,
    /// What became of it.
    pub state: State,
    /// The folders that change in it.
    pub changes: Vec<Change>,
    /// The message of its commit; empty for none.
    pub message: String,
}

/// What became of a branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It holds all that it should.
    Unchanged,
    /// The commit that would be pushed.
    Built(String),
    /// The commit that was pushed.
    Pushed(String),
    /// The commit, and the branch of the merge request that brings it.
    Requested(String, String),
}

/// A folder that changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The environment.
    pub environment: String,
    /// The folder in the branch.
    pub folder: String,
    /// It holds the manifests of the environment, and not what Argo CD reads about it.
    pub main: bool,
    /// Files by path: whether they are new (`A`), others (`M`) or gone (`D`).
    pub files: Vec<(char, String)>,
}

impl Change {
    /// How many objects are new, others and gone.
    pub fn count(&self) -> Counts {
        let of =
            |sign: char| self.files.iter().filter(|(s, path)| *s == sign && path.ends_with(".yaml")).count();
        Counts { added: of('A'), changed: of('M'), removed: of('D') }
    }

    /// The same in words.
    pub(in crate::ops) fn counts(&self) -> String {
        let Counts { added, changed, removed } = self.count();
        let parts = [(changed, "changed"), (added, "added"), (removed, "removed")];
        let told: Vec<String> =
            parts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
        if told.is_empty() { "no object changes".to_owned() } else { format!("objects {}", told.join(", ")) }
    }
}

/// What was sent.
#[derive(Default)]
pub(super) struct Sent {
    pub(super) branches: Vec<Branch>,
    pub(super) error: Option<Error>,
    /// Environments that stay as they were rolled back, and the release that they are at.
    pub(super) held: Vec<(String, String)>,
}

/// Publishes a plan, a remote after the other.
pub(super) fn send(
    mirror: &Mirror,
    plan: &Plan,
    source: &Source,
    how: &Publishing,
    surroundings: &Surroundings,
) -> Sent {
    let mut sent = Sent::default();
    let remotes: BTreeSet<&str> = plan.items.iter().map(|i| i.target.remote.as_str()).collect();
    for remote in remotes {
        let job = Job { mirror, plan, source, how, remote, surroundings };
        if let Err(error) = job.run(&mut sent) {
            sent.error = Some(error);
            break;
        }
    }
    sent
}

/// The publishing to one remote.
struct Job<'j> {
    mirror: &'j Mirror,
    plan: &'j Plan,
    source: &'j Source,
    how: &'j Publishing,
    remote: &'j str,
    surroundings: &'j Surroundings,
}

/// A branch as it is to be.
struct Built {
    tip: Option<Oid>,
    commit: Option<Oid>,
    changes: Vec<Change>,
    message: String,
}

impl Job<'_> {
    fn run(&self, sent: &mut Sent) -> Result<(), Error> {
        let mine = self.plan.items.iter().filter(|i| i.target.remote == self.remote);
        let names: BTreeSet<String> = mine.map(|i| i.target.branch.clone()).collect();
        let mut open: Vec<String> = names.into_iter().collect();
        let mut refused: Option<Error> = None;
        for attempt in 0..TRIES {
            let tips = self.mirror.fetch(self.remote, &open, Some(1))?;
            let mut held = Vec::new();
            let mut built = Vec::with_capacity(open.len());
            for (name, tip) in open.iter().zip(tips) {
                built.push((name.clone(), self.build(name, tip, &mut held)?));
            }
            held.retain(|h| !sent.held.contains(h));
            sent.held.append(&mut held);
            open = self.push(built, sent, &mut refused)?;
            if open.is_empty() {
                return refused.map_or(Ok(()), Err);
            }
            pause(attempt);
        }
        Err(Error::failure(format!(
            "other writers were always faster on the branch {} of {}",
            open.join(", "),
            shown(self.remote)
        ))
        .help("run it again; what was published already stays so"))
    }

    /// Pushes what changes; gives the branches on which somebody was faster.
    fn push(
        &self,
        built: Vec<(String, Built)>,
        sent: &mut Sent,
        refused: &mut Option<Error>,
    ) -> Result<Vec<String>, Error> {
        let mut pushes = Vec::new();
        let mut waiting = Vec::new();
        for (name, one) in built {
            let Built { tip, commit, changes, message } = one;
            let branch = |state| Branch {
                remote: shown(self.remote),
                name: name.clone(),
                state,
                changes: changes.clone(),
                message: message.clone(),
            };
            match commit {
                None => sent.branches.push(branch(State::Unchanged)),
                Some(commit) if self.how.dry_run => {
                    sent.branches.push(branch(State::Built(commit.to_string())))
                }
                Some(commit) => {
                    let request = self.how.merge_request.as_ref().map(|_| format!("podwright/{name}"));
                    let lease = match &request {
                        Some(request) => self
                            .mirror
                            .fetch(self.remote, std::slice::from_ref(request), Some(1))?
                            .first()
                            .copied()
                            .flatten(),
                        None => tip,
                    };
                    let state = match &request {
                        Some(request) => State::Requested(commit.to_string(), request.clone()),
                        None => State::Pushed(commit.to_string()),
                    };
                    pushes.push(Push { commit, branch: request.unwrap_or_else(|| name.clone()), lease });
                    waiting.push((name.clone(), branch(state)));
                }
            }
        }
        if pushes.is_empty() {
            return Ok(Vec::new());
        }
        let mut raced = Vec::new();
        let results = self.deliver(&pushes, &waiting)?;
        for ((name, branch), result) in waiting.into_iter().zip(results) {
            match result {
                Pushed::Done => sent.branches.push(branch),
                Pushed::Raced => raced.push(name),
                Pushed::Refused(words) => {
                    let message = format!("{} refuses the branch {name}: {words}", shown(self.remote));
                    let help = "nothing of it was published; mend the cause and run it again";
                    refused.get_or_insert(Error::failure(message).help(help));
                }
            }
        }
        Ok(raced)
    }

    fn deliver(&self, pushes: &[Push], waiting: &[(String, Branch)]) -> Result<Vec<Pushed>, Error> {
        let Some(request) = &self.how.merge_request else {
            return self.mirror.push(self.remote, pushes, &[]);
        };
        let mut results = Vec::new();
        // Push options count for all branches of a push: each merge request has its own.
        for (push, (name, branch)) in pushes.iter().zip(waiting) {
            let subject = branch.message.lines().next().unwrap_or_default().to_owned();
            let mut options = vec![
                "merge_request.create".to_owned(),
                format!("merge_request.target={name}"),
                format!("merge_request.title={}", request.title.clone().unwrap_or(subject)),
                "merge_request.remove_source_branch".to_owned(),
            ];
            options.extend(request.labels.iter().map(|label| format!("merge_request.label={label}")));
            if request.auto_merge {
                options.push("merge_request.merge_when_pipeline_succeeds".to_owned());
            }
            results.extend(self.mirror.push(self.remote, std::slice::from_ref(push), &options)?);
        }
        Ok(results)
    }

    /// A branch with all that is planned for it.
    fn build(&self, name: &str, tip: Option<Oid>, held: &mut Vec<(String, String)>) -> Result<Built, Error> {
        let before = tip.map(|tip| self.mirror.tree_of(tip)).transpose()?;
        let mut tree = before;
        let mut changes = Vec::new();
        let items: Vec<&Item> = self
            .plan
            .items
            .iter()
            .filter(|i| i.target.remote == self.remote && i.target.branch == name)
            .collect();
        let mut stopped: BTreeSet<&str> = BTreeSet::new();
        for item in &items {
            // What Argo CD reads about an environment goes with it.
            if stopped.contains(item.environment.as_str()) {
                continue;
            }
            let before = held.len();
            if let Some(change) = self.put(item, &mut tree, held)? {
                changes.push(change);
            }
            if held.len() > before {
                stopped.insert(&item.environment);
            }
        }
        let bases: BTreeSet<&str> = items.iter().map(|i| i.target.base.as_str()).collect();
        if self.plan.everything {
            for base in &bases {
                changes.extend(self.prune(name, base, &mut tree)?);
            }
        }
        if changes.is_empty() {
            return Ok(Built { tip, commit: None, changes, message: String::new() });
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
        let message = message::message("Publish", &changes, self.source, self.skips(name));
        let commit = self.mirror.commit(whole, tip, &message)?;
        Ok(Built { tip, commit: Some(commit), changes, message })
    }

    /// Whether the branch is one that a pipeline of this repository runs on.
    fn skips(&self, branch: &str) -> bool {
        let here = self.remote == "origin" || shown(self.remote) == self.source.address;
        let variable = |name: &str| self.surroundings.get(name);
        let watched = [
            self.source.branch.as_deref(),
            variable("CI_COMMIT_BRANCH"),
            variable("CI_DEFAULT_BRANCH"),
            variable("GITHUB_REF_NAME"),
        ];
        here && watched.contains(&Some(branch))
    }

    /// Puts the folder of an environment into a tree, if it holds something else there.
    fn put(
        &self,
        item: &Item,
        tree: &mut Option<Oid>,
        held: &mut Vec<(String, String)>,
    ) -> Result<Option<Change>, Error> {
        let there = tree.and_then(|tree| self.mirror.folder(tree, &item.folder));
        let before = match there {
            Some(folder) => self.mirror.files(folder)?,
            None => BTreeMap::new(),
        };
        let files = differences(&before, &item.files);
        let undone = there
            .and_then(|folder| self.mirror.file(folder, ROLLBACK))
            .and_then(|bytes| Rollback::read(&bytes));
        if let Some(rollback) = undone.filter(|_| !self.how.resume) {
            let now = self.mirror.write_folder(&item.files)?;
            if now.to_string() == rollback.undone {
                held.push((item.environment.clone(), rollback.release));
                return Ok(None);
            }
        }
        if files.is_empty() {
            return Ok(None);
        }
        let mut all = item.files.clone();
        if item.main {
            all.insert(HYDRATOR.to_owned(), metadata::hydrator(self.source, &item.environment));
        }
        let folder = self.mirror.write_folder(&all)?;
        *tree = self.mirror.with_folder(*tree, &item.folder, Some(folder))?;
        let (environment, folder) = (item.environment.clone(), item.folder.clone());
        Ok(Some(Change { environment, folder, main: item.main, files }))
    }

    /// Takes away the folders of environments that are gone from this repository.
    fn prune(&self, branch: &str, base: &str, tree: &mut Option<Oid>) -> Result<Vec<Change>, Error> {
        let Some(whole) = *tree else { return Ok(Vec::new()) };
        let none = BTreeSet::new();
        let key = (self.remote.to_owned(), branch.to_owned());
        let known = self.plan.known.get(&key).unwrap_or(&none);
        let mut changes = Vec::new();
        for folder in self.mirror.folders_with(whole, base, HYDRATOR)? {
            if known.contains(&folder) {
                continue;
            }
            let owner = self
                .mirror
                .file(whole, &format!("{folder}/{HYDRATOR}"))
                .and_then(|bytes| metadata::owner(&bytes));
            let Some((address, environment)) = owner else { continue };
            if address != self.source.address {
                continue;
            }
            let Some(old) = self.mirror.folder(whole, &folder) else { continue };
            let files = self.mirror.files(old)?.into_keys().map(|path| ('D', path)).collect();
            *tree = self.mirror.with_folder(*tree, &folder, None)?;
            changes.push(Change { environment, folder, main: true, files });
        }
        Ok(changes)
    }
}

/// What becomes of the files of a folder; those beside the manifests do not count.
pub(in crate::ops) fn differences(
    before: &BTreeMap<String, Oid>,
    after: &BTreeMap<String, Vec<u8>>,
) -> Vec<(char, String)> {
    let mut files = Vec::new();
    for (path, bytes) in after {
        match before.get(path) {
            None => files.push(('A', path.clone())),
            Some(id) if !crate::git::holds(*id, bytes) => files.push(('M', path.clone())),
            Some(_) => {}
        }
    }
    let gone = before.keys().filter(|path| !after.contains_key(*path) && !FILES.contains(&path.as_str()));
    files.extend(gone.map(|path| ('D', path.clone())));
    files.sort_by(|a, b| a.1.cmp(&b.1));
    files
}

/// Waits longer after each try, and never as long as another process.
pub(in crate::ops) fn pause(attempt: u32) {
    let most = 100 * u64::from(attempt.min(15) + 1);
    let mixed =
        u64::from(std::process::id()).wrapping_add(u64::from(attempt)).wrapping_mul(0x9E37_79B9_7F4A_7C15)
            >> 33;
    thread::sleep(Duration::from_millis(20 + mixed % most));
}
