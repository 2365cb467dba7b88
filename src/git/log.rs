//! The history of a folder of a branch: the commits that changed it, newest first, along first parents.

use super::{About, Mirror};
use crate::error::Error;
use git2::Oid;
use std::collections::BTreeSet;

/// A commit that changed a folder.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The commit.
    pub commit: Oid,
    /// The tree of the commit.
    pub tree: Oid,
    /// The folder as it left it; none if it took it away.
    pub folder: Option<Oid>,
    /// Where the folder stands in it.
    pub path: String,
    /// The tree that it found, and where the folder stood there; none at the first commit that is known.
    pub from: Option<(Oid, String)>,
    /// The folder as it found it.
    pub before: Option<Oid>,
    /// What it says of itself.
    pub about: About,
    /// Its message.
    pub message: String,
}

impl Mirror {
    /// The commits that changed a folder, from the newest, at most so many. Where it first appears, `moved` tells from the tree before
    /// where it stood until then, if it stood elsewhere.
    ///
    /// # Errors
    /// The history cannot be read.
    pub fn log(
        &self,
        tip: Oid,
        folder: &str,
        most: usize,
        moved: &dyn Fn(Oid) -> Option<String>,
    ) -> Result<Vec<Entry>, Error> {
        let unreadable = |e: git2::Error| self.failed("the history of the branch cannot be read", &e);
        let mut found = Vec::new();
        let mut path = folder.to_owned();
        let mut at = Some(self.inner.find_commit(tip).map_err(unreadable)?);
        while let Some(commit) = at {
            if found.len() >= most {
                break;
            }
            // The parent of the last commit of a shallow history is not there.
            let parent = commit.parent(0).ok();
            let now = self.folder(commit.tree_id(), &path);
            let mut before = parent.as_ref().and_then(|p| self.folder(p.tree_id(), &path));
            let appears = now.is_some() && before.is_none();
            let from = parent.as_ref().filter(|_| appears).and_then(|p| moved(p.tree_id()));
            if let (Some(from), Some(parent)) = (&from, &parent) {
                before = self.folder(parent.tree_id(), from);
            }
            if now != before || from.is_some() {
                let stood = from.clone().unwrap_or_else(|| path.clone());
                found.push(Entry {
                    from: parent.as_ref().map(|parent| (parent.tree_id(), stood)),
                    path: path.clone(),
                    commit: commit.id(),
                    tree: commit.tree_id(),
                    folder: now,
                    before,
                    about: About::of(&commit),
                    message: String::from_utf8_lossy(commit.message_bytes()).into_owned(),
                });
            }
            path = from.unwrap_or(path);
            at = parent;
        }
        Ok(found)
    }

    /// Whether a branch of a remote has a commit in its history, as far back as is looked; none if there is no such branch.
    pub fn branch_has(&self, remote: &str, branch: &str, wanted: &str) -> Option<bool> {
        let tips = self.fetch(remote, &[branch.to_owned()], Some(1)).ok()?;
        self.has_ancestor(remote, &tips.first().copied().flatten()?.to_string(), wanted)
    }

    /// Whether a commit of a remote has another one among its ancestors, as far back as is looked; none if it cannot be had.
    pub fn has_ancestor(&self, remote: &str, commit: &str, wanted: &str) -> Option<bool> {
        const DEPTH: &str = "--depth=200";
        let id = Oid::from_str(commit).ok()?;
        let wanted = Oid::from_str(wanted).ok()?;
        let args = ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-gc", "--refmap="];
        let args =
            [&args[..], &["--recurse-submodules=no", "--no-filter", DEPTH, "--", remote, commit]].concat();
        self.git().run(&args, &[]).ok().filter(|said| said.ok)?;
        let (mut seen, mut open) = (BTreeSet::new(), vec![id]);
        while let Some(id) = open.pop() {
            if id == wanted {
                return Some(true);
            }
            // Parents beyond the depth are not there.
            if let (true, Ok(commit)) = (seen.insert(id), self.inner.find_commit(id)) {
                open.extend(commit.parent_ids());
            }
        }
        Some(false)
    }
}
