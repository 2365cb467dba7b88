//! A bare repository of the tool's own, in the Git folder of the user's: what is published is fetched, built and pushed here, so
//! that nothing of the user's repository changes. It takes over the user's settings: remotes, credentials, proxies, signing.

use super::{Git, Repository, command::words, repository::failed};
use crate::{
    error::Error,
    source::fs::{self, Disk as _, RealDisk},
};
use git2::Oid;
use std::path::{Path, PathBuf};

/// The bare repository, and the program in it.
pub struct Mirror {
    pub(super) inner: git2::Repository,
    git: Git,
}

impl std::fmt::Debug for Mirror {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mirror").field("path", &self.inner.path()).finish()
    }
}

/// What became of a branch that was pushed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pushed {
    /// The remote has it.
    Done,
    /// Somebody else was first: read it again.
    Raced,
    /// The remote refuses, in its own words.
    Refused(String),
}

/// A branch to push.
#[derive(Debug, Clone)]
pub struct Push {
    /// The commit.
    pub commit: Oid,
    /// The branch, without `refs/heads/`.
    pub branch: String,
    /// What the branch must be at for the push to hold; none if it must not be there.
    pub lease: Option<Oid>,
}

/// Words with which Git and its hosts tell that a branch moved meanwhile.
const RACED: [&str; 8] = [
    "stale info",
    "fetch first",
    "non-fast-forward",
    "cannot lock ref",
    "failed to lock",
    "failed to update ref",
    "incorrect old value",
    "reference already exists",
];

impl Mirror {
    /// Opens the mirror of a repository, or makes it.
    ///
    /// # Errors
    /// The disk or Git failed.
    pub fn open(of: &Repository, variables: &[(String, String)]) -> Result<Self, Error> {
        let user = of.common();
        let folder = user.join("podwright");
        let inner = match git2::Repository::open_bare(&folder) {
            Ok(inner) => inner,
            Err(_) => git2::Repository::init_bare(&folder)
                .map_err(|e| failed(&format!("{} cannot be made", folder.display()), &e))?,
        };
        write_config(&folder, &user)?;
        let git = Git::new(&folder, variables);
        Ok(Self { inner, git })
    }

    /// Waits until no other run uses the mirror; `waiting` is called once if one does. Locks that a run left that was killed are
    /// removed.
    ///
    /// # Errors
    /// The disk failed.
    pub fn hold(&self, waiting: &dyn Fn()) -> Result<fs::FolderLock, Error> {
        let path = self.inner.path();
        let lock = path.join("config");
        let held = fs::FolderLock::acquire(path, &lock, waiting).map_err(|e| Error::io("lock", path, &e))?;
        self.clear_locks();
        Ok(held)
    }

    fn clear_locks(&self) {
        for name in ["shallow.lock", "packed-refs.lock", "HEAD.lock", "config.lock", "config.next"] {
            let _ = RealDisk.remove(&self.inner.path().join(name));
        }
        clear_below(&self.inner.path().join("refs"));
    }

    /// The program in it.
    pub fn git(&self) -> &Git {
        &self.git
    }

    /// Fetches branches of a remote; those that are not there are none. `depth` limits the history that is fetched.
    ///
    /// # Errors
    /// The remote cannot be reached: Git's words stand in the help.
    pub fn fetch(
        &self,
        remote: &str,
        branches: &[String],
        depth: Option<u32>,
    ) -> Result<Vec<Option<Oid>>, Error> {
        let there = self.list(remote, branches)?;
        let wanted: Vec<String> = branches
            .iter()
            .zip(&there)
            .filter(|(_, tip)| tip.is_some_and(|tip| depth.is_none() || self.inner.find_commit(tip).is_err()))
            .map(|(branch, _)| format!("+refs/heads/{branch}:{}", self.local(remote, branch)))
            .collect();
        if wanted.is_empty() {
            return Ok(there);
        }
        let depth = depth.map(|depth| format!("--depth={depth}"));
        let mut args = vec!["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-gc"];
        match &depth {
            Some(depth) => args.push(depth),
            None if self.inner.is_shallow() => args.push("--unshallow"),
            None => {}
        }
        args.extend(["--", remote]);
        args.extend(wanted.iter().map(String::as_str));
        let said = self.git.run(&args, &[])?;
        if !said.ok {
            // A branch that went away meanwhile is one more race; reading again tells.
            return Err(
                Error::failure(format!("git could not fetch from {}", shown(remote))).help(words(&said.err))
            );
        }
        let tip = |branch: &String| self.inner.refname_to_id(&self.local(remote, branch)).ok();
        Ok(branches.iter().zip(there).map(|(branch, was)| was.and_then(|_| tip(branch))).collect())
    }

    /// What branches of a remote are at.
    fn list(&self, remote: &str, branches: &[String]) -> Result<Vec<Option<Oid>>, Error> {
        let names: Vec<String> = branches.iter().map(|b| format!("refs/heads/{b}")).collect();
        let mut args = vec!["ls-remote", "--quiet", "--", remote];
        args.extend(names.iter().map(String::as_str));
        let said = self.git.run(&args, &[])?;
        if !said.ok {
            let error = Error::failure(format!("git cannot reach {}", shown(remote)));
            return Err(error.help(words(&said.err)));
        }
        let at = |name: &String| {
            said.out.lines().find_map(|line| {
                let (id, found) = line.split_once('\t')?;
                (found == name).then(|| Oid::from_str(id).ok()).flatten()
            })
        };
        Ok(names.iter().map(at).collect())
    }

    /// The name under which a branch of a remote is kept here.
    fn local(&self, remote: &str, branch: &str) -> String {
        let id = Oid::hash_object(git2::ObjectType::Blob, remote.as_bytes())
            .map_or_else(|_| String::new(), |o| o.to_string());
        format!("refs/remotes/{}/{branch}", id.get(..12).unwrap_or("remote"))
    }

    /// Pushes branches to a remote, each only if it is where its lease says. Options are push options.
    ///
    /// # Errors
    /// The remote cannot be reached: Git's words stand in the help.
    pub fn push(&self, remote: &str, pushes: &[Push], options: &[String]) -> Result<Vec<Pushed>, Error> {
        let leases: Vec<String> = pushes
            .iter()
            .map(|p| {
                let lease = p.lease.map(|id| id.to_string()).unwrap_or_default();
                format!("--force-with-lease=refs/heads/{}:{lease}", p.branch)
            })
            .collect();
        let refs: Vec<String> =
            pushes.iter().map(|p| format!("{}:refs/heads/{}", p.commit, p.branch)).collect();
        let options: Vec<String> = options.iter().map(|o| format!("--push-option={o}")).collect();
        let mut args = vec!["push", "--porcelain", "--no-verify"];
        args.extend(leases.iter().map(String::as_str));
        args.extend(options.iter().map(String::as_str));
        args.extend(["--", remote]);
        args.extend(refs.iter().map(String::as_str));
        let said = self.git.run(&args, &[])?;
        let mut results = Vec::with_capacity(pushes.len());
        for push in pushes {
            let name = format!(":refs/heads/{}", push.branch);
            let line =
                said.out.lines().find(|line| line.split('\t').nth(1).is_some_and(|r| r.ends_with(&name)));
            match line {
                Some(line) if !line.starts_with('!') => results.push(Pushed::Done),
                Some(line) => results.push(rejected(line, &said.err)),
                None => {
                    let error = Error::failure(format!("git could not push to {}", shown(remote)));
                    return Err(error.help(words(&said.err)));
                }
            }
        }
        Ok(results)
    }
}

/// Why a branch was rejected: a line such as `!<tab>from:to<tab>[rejected] (stale info)`, and what the remote said beside.
fn rejected(line: &str, err: &str) -> Pushed {
    if RACED.iter().any(|words| line.contains(words)) {
        return Pushed::Raced;
    }
    let reason = line.split('\t').nth(2).unwrap_or(line).trim();
    let remote: Vec<&str> = err
        .lines()
        .filter_map(|l| l.strip_prefix("remote:"))
        .map(str::trim)
        .filter(|l| !l.is_empty())
        .collect();
    let told = if remote.is_empty() { String::new() } else { format!(": {}", remote.join("; ")) };
    Pushed::Refused(format!("{reason}{told}"))
}

/// Removes the locks of references below a folder.
fn clear_below(folder: &Path) {
    for entry in fs::list(folder).unwrap_or_default() {
        let path = folder.join(&entry.name);
        match entry.kind {
            fs::Kind::Folder => clear_below(&path),
            // A lock that cannot be removed is told by Git.
            _ if path.extension().is_some_and(|e| e == "lock") => drop(RealDisk.remove(&path)),
            _ => {}
        }
    }
}

/// A remote as messages show it: without credentials.
pub fn shown(remote: &str) -> String {
    super::command::masked(remote)
}

/// The settings of the mirror: the user's, and its own over them.
fn write_config(folder: &Path, user: &Path) -> Result<(), Error> {
    let path = folder.join("config");
    let quoted = user.join("config").display().to_string().replace('\\', "\\\\").replace('"', "\\\"");
    let text = format!(
        "[include]\n\tpath = \"{quoted}\"\n[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n\tworktree =\n\thooksPath = /dev/null\n[gc]\n\tauto = 0\n"
    );
    if fs::read_text(&path).is_ok_and(|have| have == text) {
        return Ok(());
    }
    let next: PathBuf = folder.join("config.next");
    fs::write_text(&next, text.as_bytes()).map_err(|e| Error::io("write", &next, &e))?;
    RealDisk.rename(&next, &path).map_err(|e| Error::io("write", &path, &e))
}
