//! Branches read, built and pushed, again and again until nobody was faster.

use super::{
    Publishing, Source,
    branch::{Branch, State},
    build::{Builder, Built, Held},
    guard,
    metadata::{self, HYDRATOR},
    plan::Plan,
    standing::Ancestry,
};
use crate::{
    argocd,
    error::Error,
    git::{Mirror, Oid, Push, Pushed, shown},
    ops::diff::Surroundings,
    workspace::same_address,
};
use std::{
    collections::{BTreeMap, BTreeSet, hash_map::RandomState},
    hash::BuildHasher as _,
    thread,
    time::Duration,
};

/// So often a branch is tried. With every try at least one writer is done.
pub(in crate::ops) const TRIES: u32 = 40;

/// So often a branch may seem to be another writer's although it stays where it is.
const STUCK: u32 = 6;

/// What was sent.
#[derive(Default)]
pub(super) struct Sent {
    pub(super) branches: Vec<Branch>,
    pub(super) error: Option<Error>,
    /// Environments that stay as they were rolled back.
    pub(super) held: Vec<Held>,
}

/// Publishes a plan, a remote after the other.
pub(super) fn send(
    mirror: &Mirror,
    plan: &Plan,
    (source, ancestry): (&Source, &Ancestry<'_>),
    how: &Publishing,
    surroundings: &Surroundings,
) -> Sent {
    let mut sent = Sent::default();
    let remotes: BTreeSet<&str> = plan.items.iter().map(|i| i.target.remote.as_str()).collect();
    for remote in remotes {
        let builder = Builder { mirror, plan, source, ancestry, how, remote };
        let mut job = Job { builder, how, surroundings, refused: None, stuck: BTreeMap::new() };
        if let Err(error) = job.run(&mut sent) {
            sent.error = Some(error);
            break;
        }
    }
    if sent.branches.iter().any(|b| b.state != State::Unchanged) {
        mirror.tidy();
    }
    sent
}

/// The publishing to one remote.
struct Job<'j> {
    builder: Builder<'j>,
    how: &'j Publishing,
    surroundings: &'j Surroundings,
    /// The first branch that the remote refuses.
    refused: Option<Error>,
    /// Where branches were when somebody else seemed to be first, and how often.
    stuck: BTreeMap<String, (Option<Oid>, u32)>,
}

/// A branch that is to be pushed: as a report tells it, and what must hold.
struct Waiting {
    name: String,
    branch: Branch,
    push: Push,
}

impl Job<'_> {
    fn run(&mut self, sent: &mut Sent) -> Result<(), Error> {
        let Builder { mirror, plan, remote, .. } = self.builder;
        let mine = plan.items.iter().filter(|i| i.target.remote == remote);
        let names: BTreeSet<String> = mine.map(|i| i.target.branch.clone()).collect();
        let mut open: Vec<String> = names.into_iter().collect();
        for attempt in 0..TRIES {
            let tips = mirror.fetch(remote, &open, Some(1))?;
            let mut built = Vec::with_capacity(open.len());
            for (name, tip) in open.iter().zip(tips) {
                let mut one = self.builder.build(name, tip, self.skips(name))?;
                one.held.retain(|h| !sent.held.contains(h));
                sent.held.append(&mut one.held);
                built.push((name.clone(), one));
            }
            open = self.push(built, sent)?;
            if open.is_empty() {
                return self.refused.take().map_or(Ok(()), Err);
            }
            pause(attempt);
        }
        Err(Error::failure(format!(
            "other writers were always faster on the branch {} of {}",
            open.join(", "),
            shown(remote)
        ))
        .help("run it again; what was published already stays so"))
    }

    /// Pushes what changes; gives the branches on which somebody was faster.
    fn push(&mut self, built: Vec<(String, Built)>, sent: &mut Sent) -> Result<Vec<String>, Error> {
        let mut waiting = Vec::new();
        for (name, one) in built {
            let Built { tip, commit, changes, files, message, resumed, replaced, .. } = one;
            let (roots, gone_roots) = roots(&files);
            let remote = shown(self.builder.remote);
            let mut branch = Branch {
                remote,
                name: name.clone(),
                state: State::Unchanged,
                changes,
                files,
                message,
                resumed,
                replaced: replaced.into_iter().collect(),
                roots,
                gone_roots,
            };
            let Some(commit) = commit else {
                sent.branches.push(branch);
                continue;
            };
            if self.how.dry_run {
                branch.state = State::Built(commit.to_string());
                sent.branches.push(branch);
            } else if self.how.merge_request.is_some() {
                waiting.extend(self.request((commit, tip), branch, sent)?);
            } else {
                branch.state = State::Pushed(commit.to_string());
                let push = Push { commit, branch: name.clone(), lease: tip };
                waiting.push(Waiting { name, branch, push });
            }
        }
        let mut raced = Vec::new();
        if waiting.is_empty() {
            return Ok(raced);
        }
        let results = self.deliver(&waiting)?;
        for (Waiting { name, mut branch, push }, result) in waiting.into_iter().zip(results) {
            match result {
                Pushed::Bare => {
                    branch.state = State::Offered(push.commit.to_string(), push.branch);
                    sent.branches.push(branch);
                }
                Pushed::Done => sent.branches.push(branch),
                Pushed::Raced(words) if self.is_stuck(&name, push.lease) => self.refuse(&name, &words),
                Pushed::Raced(_) => raced.push(name),
                Pushed::Refused(words) => self.refuse(&name, &words),
            }
        }
        Ok(raced)
    }

    /// The push of a merge request's branch; none if it is there as it should be.
    fn request(
        &self,
        (commit, tip): (Oid, Option<Oid>),
        mut branch: Branch,
        sent: &mut Sent,
    ) -> Result<Option<Waiting>, Error> {
        let Builder { mirror, remote, .. } = self.builder;
        let name = branch.name.clone();
        let request = format!("podwright/{name}");
        let lease = mirror.fetch(remote, std::slice::from_ref(&request), Some(1))?.first().copied().flatten();
        let tree = mirror.tree_of(commit)?;
        if let Some(there) = lease.filter(|_| !self.how.force) {
            self.seen(mirror.tree_of(there)?, &name)?;
        }
        if let Some(there) = lease.filter(|&there| mirror.is_like(there, tree, tip)) {
            branch.state = State::Requested(there.to_string(), request);
            sent.branches.push(branch);
            return Ok(None);
        }
        branch.state = State::Requested(commit.to_string(), request.clone());
        Ok(Some(Waiting { name, branch, push: Push { commit, branch: request, lease } }))
    }

    /// Refuses to go over what waits to be merged and comes from a commit that this one should have seen.
    fn seen(&self, waits: Oid, branch: &str) -> Result<(), Error> {
        let Builder { mirror, plan, remote, .. } = self.builder;
        for item in
            plan.items.iter().filter(|i| i.main && i.target.remote == remote && i.target.branch == branch)
        {
            let bytes = mirror.file(waits, &format!("{}/{HYDRATOR}", item.folder));
            if let Some(sha) = bytes.and_then(|bytes| metadata::source(&bytes)) {
                guard::seen(&self.builder, &item.environment, sha)?;
            }
        }
        Ok(())
    }

    /// Whether a branch is where it was each time that somebody seemed to be faster: then something else is in the way.
    fn is_stuck(&mut self, name: &str, lease: Option<Oid>) -> bool {
        let (at, times) = self.stuck.entry(name.to_owned()).or_insert((lease, 0));
        *times = if *at == lease { *times + 1 } else { 1 };
        *at = lease;
        *times >= STUCK
    }

    fn refuse(&mut self, name: &str, words: &str) {
        let message = format!("{} refuses the branch {name}: {words}", shown(self.builder.remote));
        let help = "nothing of it was published; mend the cause and run it again";
        self.refused.get_or_insert(Error::failure(message).help(help));
    }

    fn deliver(&self, waiting: &[Waiting]) -> Result<Vec<Pushed>, Error> {
        let Builder { mirror, remote, .. } = self.builder;
        let Some(request) = &self.how.merge_request else {
            let pushes: Vec<Push> = waiting.iter().map(|w| w.push.clone()).collect();
            return mirror.push(remote, &pushes, &[]);
        };
        let mut results = Vec::new();
        // Push options count for all branches of a push: each merge request has its own.
        for Waiting { name, branch, push } in waiting {
            let subject = branch.message.lines().next().unwrap_or_default().to_owned();
            let options = request.options(name, subject);
            results.extend(mirror.push(remote, std::slice::from_ref(push), &options)?);
        }
        Ok(results)
    }

    /// Whether a push would start a pipeline of the values. A merge request needs its own.
    fn skips(&self, branch: &str) -> bool {
        let Builder { source, remote, .. } = self.builder;
        self.how.merge_request.is_none() && watched(source, remote, branch, self.surroundings)
    }
}

/// The files of root Applications that come, and the folders of those that go and come nowhere else.
fn roots(files: &[(char, String)]) -> (Vec<String>, Vec<String>) {
    let of = |wanted: char| {
        files.iter().filter(move |(sign, path)| *sign == wanted && path.ends_with(".yaml")).filter_map(
            |(_, path)| {
                let folder = path.rsplit_once('/')?.0.strip_suffix(argocd::ROOT_FOLDER)?.strip_suffix('/')?;
                Some((folder, folder.rsplit('/').next()?, path))
            },
        )
    };
    let come: Vec<_> = of('A').collect();
    let gone = of('D').filter(|(_, instance, _)| !come.iter().any(|(_, other, _)| other == instance));
    let gone = gone.map(|(folder, ..)| folder.to_owned()).collect();
    (come.into_iter().map(|(_, _, path)| path.clone()).collect(), gone)
}

/// Whether a branch of a remote is one that a pipeline of the values runs on.
pub(in crate::ops) fn watched(
    source: &Source,
    remote: &str,
    branch: &str,
    surroundings: &Surroundings,
) -> bool {
    let named = ["CI_COMMIT_BRANCH", "CI_DEFAULT_BRANCH", "GITHUB_REF_NAME"];
    let here = remote == "origin" || same_address(remote, &source.address);
    let told = named.iter().any(|name| surroundings.get(name) == Some(branch));
    here && (told || source.branches.iter().any(|known| known == branch))
}

/// Waits longer after each try, and never as long as another process.
pub(in crate::ops) fn pause(attempt: u32) {
    let most = 100 * u64::from(attempt.min(15) + 1);
    // Its keys are random.
    let mixed = RandomState::new().hash_one(attempt);
    thread::sleep(Duration::from_millis(20 + mixed % most));
}
