//! Where a commit of the values stands to the one that is published now: nobody's release may be taken back by who has not seen it.

use super::Source;
use crate::{
    git::{Commit, Mirror, Repository},
    ops::diff::Surroundings,
};
use std::{cell::RefCell, collections::BTreeMap};

/// Where a commit stands to the one that is published now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// This one is it, or comes after it.
    Before,
    /// It comes after this one.
    After,
    /// It is on a branch of origin that this one should have, and this one has not seen it.
    Apart,
    /// This one has not seen it, and no such branch has it: it was squashed, rebased or amended, or published from another branch.
    Aside,
    /// The history that is here, or that can be had, does not tell.
    Unknown,
}

/// Knows where commits stand to the one that is published.
pub(super) struct Ancestry<'a> {
    repository: &'a Repository,
    mirror: &'a Mirror,
    source: &'a Source,
    /// The branches of origin that count.
    branches: Vec<String>,
    known: RefCell<BTreeMap<String, Standing>>,
}

impl<'a> Ancestry<'a> {
    pub(super) fn new(
        repository: &'a Repository,
        mirror: &'a Mirror,
        source: &'a Source,
        surroundings: &Surroundings,
    ) -> Self {
        let named = ["CI_DEFAULT_BRANCH", "CI_COMMIT_BRANCH", "GITHUB_REF_NAME"];
        let named = named.iter().filter_map(|name| surroundings.get(name).map(str::to_owned));
        let mut branches: Vec<String> = source.branches.iter().cloned().chain(named).collect();
        branches.sort();
        branches.dedup();
        Self { repository, mirror, source, branches, known: RefCell::default() }
    }

    /// Where a commit of the values stands, given by its name.
    pub(super) fn of(&self, name: &str) -> Standing {
        if let Some(known) = self.known.borrow().get(name) {
            return *known;
        }
        let standing = self.ask(name);
        self.known.borrow_mut().insert(name.to_owned(), standing);
        standing
    }

    fn ask(&self, name: &str) -> Standing {
        let head: Commit = self.source.commit;
        let there = self.repository.find(name);
        if let Some(there) = there {
            if there == head || self.repository.descends(head, there) {
                return Standing::Before;
            }
            if self.repository.descends(there, head) {
                return Standing::After;
            }
        }
        if !self.repository.is_shallow() {
            return if self.is_on_a_branch(name) { Standing::Apart } else { Standing::Aside };
        }
        // A clone of a CI system has a part of the history; its origin has the rest.
        let (head, has) =
            (head.to_string(), |of: &str, one: &str| self.mirror.has_ancestor("origin", of, one));
        match (has(&head, name), has(name, &head)) {
            (Some(true), _) => Standing::Before,
            (_, Some(true)) => Standing::After,
            _ => Standing::Unknown,
        }
    }

    /// Whether one of the branches that count has a commit, as it was fetched last or as it is now.
    fn is_on_a_branch(&self, name: &str) -> bool {
        let commit = self.repository.find(name);
        self.branches.iter().any(|branch| {
            let fetched = self.repository.find(&format!("refs/remotes/origin/{branch}")).zip(commit);
            fetched.is_some_and(|(tip, commit)| tip == commit || self.repository.descends(tip, commit))
                || self.mirror.branch_has("origin", branch, name) == Some(true)
        })
    }
}
