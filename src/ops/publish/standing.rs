//! Where a commit of the values stands to the one that is published now: nobody's release may be taken back by who has not seen it.

use super::Source;
use crate::git::{Commit, Mirror, Repository};
use std::{cell::RefCell, collections::BTreeMap};

/// Where a commit stands to the one that is published now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// This one is it, or comes after it.
    Before,
    /// It comes after this one.
    After,
    /// Neither of them has seen the other.
    Apart,
    /// The history that is here, or that can be had, does not tell.
    Unknown,
}

/// Knows where commits stand to the one that is published.
pub(super) struct Ancestry<'a> {
    repository: &'a Repository,
    mirror: &'a Mirror,
    source: &'a Source,
    known: RefCell<BTreeMap<String, Standing>>,
}

impl<'a> Ancestry<'a> {
    pub(super) fn new(repository: &'a Repository, mirror: &'a Mirror, source: &'a Source) -> Self {
        Self { repository, mirror, source, known: RefCell::default() }
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
            return Standing::Apart;
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
}
