//! The repository around a workspace: its revisions, and the files of their trees. Nothing here touches the work tree.

use super::{Git, command::remedy};
use crate::error::Error;
use git2::{IndexEntryExtendedFlag, ObjectType, Oid, Status, TreeWalkMode, TreeWalkResult};
use std::path::{Path, PathBuf};

/// A repository.
pub struct Repository {
    pub(super) inner: git2::Repository,
    /// The folder of the workspace below the top of the work tree, with `/`; empty for the top.
    prefix: String,
}

/// A commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Commit(pub(super) Oid);

/// What a commit says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// Its author, as `Name <address>`.
    pub author: String,
    /// When it was written: seconds since 1970 in UTC, and the minutes that its clock was ahead.
    pub time: (i64, i32),
    /// The first line of its message.
    pub subject: String,
    /// The rest of it.
    pub body: String,
}

impl About {
    /// When it was written, as ISO 8601 has it: `2026-11-21T10:00:00+08:00`.
    pub fn date(&self) -> String {
        let (seconds, offset) = self.time;
        let local = seconds + i64::from(offset) * 60;
        let (days, rest) = (local.div_euclid(86_400), local.rem_euclid(86_400));
        let (year, month, day) = civil(days);
        let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
        let zone = match offset {
            0 => "Z".to_owned(),
            _ => format!(
                "{}{:02}:{:02}",
                if offset < 0 { '-' } else { '+' },
                offset.abs() / 60,
                offset.abs() % 60
            ),
        };
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{zone}")
    }

    pub(super) fn of(commit: &git2::Commit<'_>) -> Self {
        let author = commit.author();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let message = text(commit.message_bytes());
        // Blank lines may come first, where somebody wrote the commit past Git's own editor.
        let message = message.trim_start();
        let (subject, body) = message.split_once('\n').unwrap_or((message, ""));
        Self {
            author: format!("{} <{}>", text(author.name_bytes()), text(author.email_bytes())),
            time: (author.when().seconds(), author.when().offset_minutes()),
            subject: subject.trim().to_owned(),
            body: body.trim().to_owned(),
        }
    }
}

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
            git2::ErrorCode::Owner => {
                Error::usage(format!("the Git repository around {} belongs to another user", root.display()))
                    .help(format!("trust it: `git config --global --add safe.directory {}`", root.display()))
            }
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

    /// The Git folder that all work trees of it share.
    pub(super) fn common(&self) -> PathBuf {
        self.inner.commondir().to_owned()
    }

    /// The top of its work tree, where relative addresses begin.
    pub(super) fn top(&self) -> PathBuf {
        self.inner.workdir().unwrap_or_else(|| self.inner.path()).to_owned()
    }

    /// Whether its settings say where the work tree is.
    pub(super) fn has_worktree_setting(&self) -> bool {
        self.inner.config().and_then(|config| config.get_string("core.worktree")).is_ok()
    }

    /// Paths below the workspace that are not as they were committed: changed, added or gone. Ignored ones are none, nor are
    /// those that a sparse checkout leaves out.
    ///
    /// # Errors
    /// The work tree cannot be read.
    pub fn dirty(&self, folders: &[&str]) -> Result<Vec<String>, Error> {
        let mut options = git2::StatusOptions::new();
        options.include_untracked(true).recurse_untracked_dirs(true).include_ignored(false);
        options.disable_pathspec_match(true);
        for folder in folders {
            options.pathspec(self.at(folder));
        }
        let unreadable = |e: git2::Error| failed("the work tree cannot be read", &e);
        let statuses = self.inner.statuses(Some(&mut options)).map_err(unreadable)?;
        let index = self.inner.index().map_err(unreadable)?;
        let left_out = |path: &str| {
            let entry = index.get_path(Path::new(path), 0);
            entry.is_some_and(|e| e.flags_extended & IndexEntryExtendedFlag::SKIP_WORKTREE.bits() != 0)
        };
        let top = if self.prefix.is_empty() { String::new() } else { format!("{}/", self.prefix) };
        let paths = statuses
            .iter()
            .filter(|s| s.status() != Status::WT_DELETED || !s.path().is_ok_and(left_out))
            .filter_map(|s| s.path().ok().map(|path| path.strip_prefix(&top).unwrap_or(path).to_owned()));
        Ok(paths.collect())
    }

    /// What a commit says of itself.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn about(&self, commit: Commit) -> Result<About, Error> {
        let found = self.inner.find_commit(commit.0);
        let found = found.map_err(|e| failed(&format!("the commit {commit} cannot be read"), &e))?;
        Ok(About::of(&found))
    }

    /// What a file of a commit holds, given below the workspace; none if the commit has no such file.
    ///
    /// # Errors
    /// It has one that cannot be read: a clone may leave out what is in files.
    pub fn read(&self, commit: Commit, path: &str) -> Result<Option<Vec<u8>>, Error> {
        let unreadable = |e: git2::Error| unread(&format!("{path} of {commit} cannot be read"), &e);
        let tree = self.inner.find_commit(commit.0).and_then(|c| c.tree()).map_err(unreadable)?;
        let entry = match tree.get_path(Path::new(&self.at(path))) {
            Ok(entry) => entry,
            Err(e) if e.code() == git2::ErrorCode::NotFound && e.class() == git2::ErrorClass::Tree => {
                return Ok(None);
            }
            Err(e) => return Err(unreadable(e)),
        };
        let blob = self.inner.find_blob(entry.id()).map_err(unreadable)?;
        Ok(Some(blob.content().to_vec()))
    }

    /// The paths of the files below a folder of a commit, given below the workspace; none if it is not there.
    ///
    /// # Errors
    /// The commit cannot be read.
    pub fn paths(&self, commit: Commit, folder: &str) -> Result<Vec<String>, Error> {
        let unreadable = |e: &git2::Error| failed(&format!("the files of {commit} cannot be read"), e);
        let tree = self.inner.find_commit(commit.0).and_then(|c| c.tree()).map_err(|e| unreadable(&e))?;
        let Ok(entry) = tree.get_path(Path::new(&self.at(folder))) else { return Ok(Vec::new()) };
        let Ok(tree) = entry.to_object(&self.inner).and_then(|o| o.peel_to_tree()) else {
            return Ok(Vec::new());
        };
        let mut found = Vec::new();
        tree.walk(TreeWalkMode::PreOrder, |below, entry| {
            if let (Some(ObjectType::Blob), Ok(name)) = (entry.kind(), entry.name()) {
                found.push(format!("{folder}/{below}{name}"));
            }
            TreeWalkResult::Ok
        })
        .map_err(|e| unreadable(&e))?;
        Ok(found)
    }

    /// The names of the branch that is checked out, and of the one that its origin calls the first, where they are known.
    pub fn branches(&self) -> Vec<String> {
        let head = self.inner.head().ok().filter(git2::Reference::is_branch);
        let head = head.and_then(|head| head.shorthand().map(str::to_owned).ok());
        let first = self.inner.find_reference("refs/remotes/origin/HEAD").ok();
        let first = first.and_then(|r| r.symbolic_target().ok().flatten().map(str::to_owned));
        let first = first.and_then(|name| name.strip_prefix("refs/remotes/origin/").map(str::to_owned));
        head.into_iter().chain(first).collect()
    }

    /// The address of a remote that is named; what was given, if there is none of that name. A path begins at the top of the disk.
    pub fn address(&self, remote: &str) -> String {
        let found = self.inner.find_remote(remote).ok();
        let Some(address) = found.and_then(|r| r.url().map(str::to_owned).ok()) else {
            return remote.to_owned();
        };
        // Everything else has a host, or a scheme, before a colon.
        if address.contains(':') {
            return address;
        }
        let path = self.top().join(&address);
        path.canonicalize().unwrap_or(path).display().to_string()
    }

    /// A path as seen from the top of the work tree.
    pub(super) fn at(&self, path: &str) -> String {
        if self.prefix.is_empty() { path.to_owned() } else { format!("{}/{path}", self.prefix) }
    }

    /// The folder of the workspace below the top of the work tree, with `/`; empty for the top.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The program in a folder of its work tree; `variables` are those of this process. It asks nobody.
    pub fn git(&self, folder: &Path, variables: &[(String, String)]) -> Git {
        Git::new(folder, variables).silent(&self.inner)
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

    /// Whether a commit has another one among its ancestors, as far as they are here.
    pub fn descends(&self, commit: Commit, from: Commit) -> bool {
        self.inner.graph_descendant_of(commit.0, from.0).unwrap_or(false)
    }

    /// The best common ancestor of two commits.
    pub fn merge_base(&self, one: Commit, other: Commit) -> Option<Commit> {
        self.inner.merge_base(one.0, other.0).ok().map(Commit)
    }
}

/// The date of a day, counted from 1970-01-01, in the Gregorian calendar: years begin in March, eras have 400 of them.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// A failure to read what is in a commit, with its words and what helps in most cases.
pub(super) fn unread(what: &str, error: &git2::Error) -> Error {
    let help = "fetch what a clone made with `--filter` leaves out: `git fetch --refetch --no-filter`";
    Error::failure(what.to_owned()).help(format!("libgit2 said: {}; {help}", error.message()))
}

/// A failure of libgit2, with its words.
pub(super) fn failed(what: &str, error: &git2::Error) -> Error {
    Error::failure(what.to_owned()).help(format!(
        "libgit2 said: {}{}",
        error.message(),
        remedy(error.message())
    ))
}
