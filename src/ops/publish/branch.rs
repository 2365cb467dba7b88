//! What becomes of a branch: its state, and the folders and files that change. How is for `build` and `send`.

use super::{effect::Effect, metadata::FILES};
use crate::{diff::told::Counts, git::Oid};
use std::collections::BTreeMap;

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
    /// All files that change in it, by path: new (`A`), others (`M`) or gone (`D`).
    pub files: Vec<(char, String)>,
    /// The message of its commit; empty for none.
    pub message: String,
    /// Environments that were rolled back and are published again with it, and why.
    pub resumed: Vec<(String, String)>,
    /// Environments of which something is replaced that this commit has not seen, and the commit of the values that gave it.
    pub replaced: Vec<(String, String)>,
    /// The files of root Applications that stand at a place that no Argo CD reads yet.
    pub roots: Vec<String>,
    /// The folders of root Applications that are gone.
    pub gone_roots: Vec<String>,
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
    /// The commit, and the branch that waits for a merge request: the remote opens none.
    Offered(String, String),
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
    /// What applying it does, the worst first.
    pub effects: Vec<Effect>,
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
