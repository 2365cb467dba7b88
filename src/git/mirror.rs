//! A bare repository of the tool's own, in the Git folder of the user's: what is published is fetched, built and pushed here, so
//! that nothing of the user's repository changes. It takes over the user's settings: remotes, credentials, proxies, signing.

use super::{Git, Repository, command::words, repository::failed};
use crate::{
    error::Error,
    source::fs::{self, Disk as _, RealDisk},
};
use git2::Oid;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

/// The bare repository, and the program in it. Held by one run at a time.
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
    /// The remote has it, and takes no push options.
    Bare,
    /// Somebody else was first, or so it seems from these words: read it again.
    Raced(String),
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
    /// Opens the mirror of a repository, or makes it, and waits until no other run uses it; `waiting` is called once if one does.
    /// What a run left that was killed is cleared away.
    ///
    /// # Errors
    /// The disk or Git failed.
    pub fn open(of: &Repository, variables: &[(String, String)], waiting: &dyn Fn()) -> Result<Self, Error> {
        let user = of.common();
        let folder = user.join("podwright");
        let lock = folder.join("lock");
        fs::create_folders(&folder).map_err(|e| Error::io("create", &folder, &e))?;
        fs::write_text(&lock, b"").map_err(|e| Error::io("write", &lock, &e))?;
        let held =
            fs::FolderLock::acquire(&folder, &lock, waiting).map_err(|e| Error::io("lock", &folder, &e))?;
        clear_locks(&folder);
        let made = |e: git2::Error| failed(&format!("{} cannot be made", folder.display()), &e);
        if git2::Repository::open_bare(&folder).is_err() {
            git2::Repository::init_bare(&folder).map_err(made)?;
        }
        write_config(&folder, &user, of.has_worktree_setting())?;
        let inner = git2::Repository::open_bare(&folder).map_err(made)?;
        let git = Git::new(&of.top(), variables).of(&folder, Arc::new(held)).silent(&inner);
        Ok(Self { inner, git })
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
            .filter(|(branch, tip)| tip.is_some() && (depth.is_none() || **tip != self.kept(remote, branch)))
            .map(|(branch, _)| format!("+refs/heads/{branch}:{}", local(remote, branch)))
            .collect();
        if wanted.is_empty() {
            return Ok(there);
        }
        let depth = depth.map(|depth| format!("--depth={depth}"));
        // Nothing but these branches, whole: a clone without blobs says otherwise in its settings.
        let mut args = vec!["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-gc"];
        args.extend(["--no-filter", "--refmap=", "--recurse-submodules=no"]);
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
        let now = branches.iter().zip(there);
        Ok(now.map(|(branch, was)| was.and_then(|_| self.kept(remote, branch))).collect())
    }

    /// Where a branch of a remote was when it was last fetched whole or pushed; what is there of a commit otherwise may be a part.
    fn kept(&self, remote: &str, branch: &str) -> Option<Oid> {
        self.inner.refname_to_id(&local(remote, branch)).ok()
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

    /// Pushes branches to a remote, each only if it is where its lease says. Options are push options, which not every host takes.
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
        // Nothing but these: settings of the user's add options of their own, and mirror all branches.
        let mirrors = format!("remote.{remote}.mirror=false");
        let mut args = vec!["-c", "push.pushOption="];
        if !remote.contains('=') {
            args.extend(["-c", &mirrors]);
        }
        args.extend(["push", "--porcelain", "--no-verify", "--recurse-submodules=no"]);
        args.extend(leases.iter().map(String::as_str));
        args.extend(options.iter().map(String::as_str));
        args.extend(["--", remote]);
        args.extend(refs.iter().map(String::as_str));
        let said = self.git.run(&args, &[])?;
        if !options.is_empty() && said.err.contains("does not support push options") {
            let results = self.push(remote, pushes, &[])?;
            let bare = |pushed| if pushed == Pushed::Done { Pushed::Bare } else { pushed };
            return Ok(results.into_iter().map(bare).collect());
        }
        let mut results = Vec::with_capacity(pushes.len());
        for push in pushes {
            let name = format!(":refs/heads/{}", push.branch);
            let line =
                said.out.lines().find(|line| line.split('\t').nth(1).is_some_and(|r| r.ends_with(&name)));
            match line {
                Some(line) if !line.starts_with('!') => {
                    let name = local(remote, &push.branch);
                    // What is not noted is fetched again.
                    let _ = self.inner.reference(&name, push.commit, true, "pushed");
                    results.push(Pushed::Done);
                }
                Some(line) => results.push(rejected(line, &said.err)),
                None => {
                    let error = Error::failure(format!("git could not push to {}", shown(remote)));
                    return Err(error.help(words(&said.err)));
                }
            }
        }
        Ok(results)
    }

    /// Packs what has gathered, if it is much.
    pub fn tidy(&self) {
        // It is as good unpacked.
        let _ = self.git.run(&["gc", "--auto", "--quiet"], &[]);
    }
}

/// The name under which a branch of a remote is kept here: flat, so that no name of a branch is in the way of another.
fn local(remote: &str, branch: &str) -> String {
    let id = Oid::hash_object(git2::ObjectType::Blob, format!("{remote}\n{branch}").as_bytes());
    format!("refs/podwright/{}", id.map_or_else(|_| String::new(), |o| o.to_string()))
}

/// Why a branch was rejected: a line such as `!<tab>from:to<tab>[rejected] (stale info)`, and what the remote said beside.
fn rejected(line: &str, err: &str) -> Pushed {
    let reason = line.split('\t').nth(2).unwrap_or(line).trim();
    let remote: Vec<&str> = err
        .lines()
        .filter_map(|l| l.strip_prefix("remote:"))
        .map(str::trim)
        .filter(|l| !l.is_empty())
        .collect();
    let told = if remote.is_empty() { String::new() } else { format!(": {}", remote.join("; ")) };
    let words = format!("{reason}{told}");
    if RACED.iter().any(|race| line.contains(race)) { Pushed::Raced(words) } else { Pushed::Refused(words) }
}

/// Removes the locks of a run that was killed; whoever holds the mirror may.
fn clear_locks(folder: &Path) {
    for name in ["shallow.lock", "packed-refs.lock", "HEAD.lock", "config.lock", "config.next", "gc.pid"] {
        let _ = RealDisk.remove(&folder.join(name));
    }
    clear_below(&folder.join("refs"));
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
fn write_config(folder: &Path, user: &Path, elsewhere: bool) -> Result<(), Error> {
    let path = folder.join("config");
    let quoted = user.join("config").display().to_string().replace('\\', "\\\\").replace('"', "\\\"");
    // The repository of a submodule says where its work tree is; a bare one has none.
    let none = if elsewhere { "\tworktree =\n" } else { "" };
    let text = format!(
        "[include]\n\tpath = \"{quoted}\"\n[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n{none}\thooksPath = /dev/null\n[gc]\n\tautoDetach = false\n"
    );
    if fs::read_text(&path).is_ok_and(|have| have == text) {
        return Ok(());
    }
    let next: PathBuf = folder.join("config.next");
    fs::write_text(&next, text.as_bytes()).map_err(|e| Error::io("write", &next, &e))?;
    RealDisk.rename(&next, &path).map_err(|e| Error::io("write", &path, &e))
}
