//! The repository around a workspace: its revisions, and the files of their trees. Nothing here touches the work tree.

use crate::{
    error::Error,
    source::fs::{self, Disk as _, RealDisk},
};
use git2::{ObjectType, Oid, TreeWalkMode, TreeWalkResult};
use std::path::{Path, PathBuf};

/// A repository.
pub struct Repository {
    inner: git2::Repository,
    /// The folder of the workspace below the top of the work tree, with `/`; empty for the top.
    prefix: String,
}

/// A commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Commit(pub(super) Oid);

impl std::fmt::Debug for Repository {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Repository").field("path", &self.inner.path()).field("prefix", &self.prefix).finish()
    }
}

impl std::fmt::Display for Commit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl Repository {
    /// The repository around the folder of a workspace.
    ///
    /// # Errors
    /// There is none, or it cannot be read.
    pub fn around(root: &Path) -> Result<Self, Error> {
        let inner = git2::Repository::discover(root).map_err(|e| match e.code() {
            git2::ErrorCode::NotFound => Error::usage(format!("{} is in no Git repository", root.display()))
                .help("run `git init`, or clone the repository"),
            _ => failed(&format!("the Git repository around {} cannot be opened", root.display()), &e),
        })?;
        let top = inner.workdir().and_then(|top| top.canonicalize().ok());
        let whole = root.canonicalize().ok();
        let prefix = match (&top, &whole) {
            (Some(top), Some(whole)) => whole
                .strip_prefix(top)
                .map(|below| {
                    below.components().map(|c| c.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
                })
                .unwrap_or_default(),
            _ => String::new(),
        };
        Ok(Self { inner, prefix })
    }

    /// Where its objects and settings stand.
    pub fn folder(&self) -> PathBuf {
        self.inner.path().to_owned()
    }

    /// The folder of the workspace below the top of the work tree, with `/`; empty for the top.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Whether history is cut off at some commit.
    pub fn is_shallow(&self) -> bool {
        self.inner.is_shallow()
    }

    /// The commit of a revision as Git names them; none if there is no such one.
    pub fn find(&self, revision: &str) -> Option<Commit> {
        let object = self.inner.revparse_single(revision).ok()?;
        let commit = object.peel(ObjectType::Commit).ok()?;
        Some(Commit(commit.id()))
    }

    /// The commit of a revision.
    ///
    /// # Errors
    /// There is no such one.
    pub fn commit(&self, revision: &str) -> Result<Commit, Error> {
        self.find(revision).ok_or_else(|| {
            Error::usage(format!("the repository has no revision `{revision}`"))
                .help("fetch it first; in a shallow clone of a CI system, fetch all history (`GIT_DEPTH: 0` in GitLab)")
        })
    }

    /// The best common ancestor of two commits.
    pub fn merge_base(&self, one: Commit, other: Commit) -> Option<Commit> {
        self.inner.merge_base(one.0, other.0).ok().map(Commit)
    }

    /// Writes the files of a folder of a commit, given below the workspace, into a folder on disk. Gives whether the commit has
    /// it. Symlinks are written as such: nothing that reads the files follows them.
    ///
    /// # Errors
    /// An object cannot be read, or the disk fails.
    pub fn export(&self, commit: Commit, folder: &str, to: &Path) -> Result<bool, Error> {
        let path =
            if self.prefix.is_empty() { folder.to_owned() } else { format!("{}/{folder}", self.prefix) };
        let unreadable = |e: &git2::Error| failed(&format!("the files of {commit} cannot be read"), e);
        let tree = self.inner.find_commit(commit.0).and_then(|c| c.tree()).map_err(|e| unreadable(&e))?;
        let Ok(entry) = tree.get_path(Path::new(&path)) else { return Ok(false) };
        let Ok(tree) = entry.to_object(&self.inner).and_then(|o| o.peel_to_tree()) else { return Ok(false) };
        let mut result = Ok(());
        let walked = tree.walk(TreeWalkMode::PreOrder, |below, entry| {
            result = entry
                .name()
                .map_or(Ok(()), |name| self.export_entry(entry, &to.join(folder).join(below).join(name)));
            if result.is_ok() { TreeWalkResult::Ok } else { TreeWalkResult::Abort }
        });
        result?;
        walked.map_err(|e| unreadable(&e))?;
        Ok(true)
    }

    fn export_entry(&self, entry: &git2::TreeEntry<'_>, to: &Path) -> Result<(), Error> {
        const SYMLINK: i32 = 0o120_000;
        match entry.kind() {
            Some(ObjectType::Tree) => RealDisk.create_folder(to).map_err(|e| Error::io("create", to, &e)),
            Some(ObjectType::Blob) => {
                let blob =
                    self.inner.find_blob(entry.id()).map_err(|e| failed("a file cannot be read", &e))?;
                if let Some(parent) = to.parent() {
                    fs::create_folders(parent).map_err(|e| Error::io("create", parent, &e))?;
                }
                let written = match entry.filemode() {
                    SYMLINK => fs::symlink(&String::from_utf8_lossy(blob.content()), to),
                    _ => fs::write_text(to, blob.content()),
                };
                written.map_err(|e| Error::io("write", to, &e))
            }
            // A submodule has no files here.
            _ => Ok(()),
        }
    }
}

/// A failure of libgit2, with its words.
pub(super) fn failed(what: &str, error: &git2::Error) -> Error {
    Error::failure(what.to_owned()).help(format!("libgit2 said: {}", error.message()))
}
