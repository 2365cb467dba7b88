//! A bare repository of the tool's own, in the Git folder of the user's: what is published is fetched, built and pushed here, so
//! that nothing of the user's repository changes. It takes over the user's settings: remotes, credentials, proxies, signing.

use super::{
    Git, Repository,
    command::{remedy, words},
    place::{self, Of},
    repository::failed,
};
use crate::error::Error;
use git2::{ErrorClass, Oid};
use std::sync::Arc;

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

/// Words with which Git tells that something of its own repository cannot be read.
const DAMAGED: [&str; 13] = [
    "bad object",
    "bad tree object",
    "bad shallow line",
    "Could not read",
    "unable to read tree",
    "loose object",
    "missing blob",
    "missing tree",
    "missing commit",
    "unable to parse object",
    "packfile",
    "inflate",
    "reference broken",
];

/// Whether libgit2 tells the same: an object that should be there is not, or is none.
fn is_damage(error: &git2::Error) -> bool {
    matches!(error.class(), ErrorClass::Odb | ErrorClass::Zlib | ErrorClass::Object)
}

impl Mirror {
    /// Opens the mirror of a repository, or makes it, and waits until no other run uses it; `waiting` is called once if one does.
    /// What a run left that was killed is cleared away, and a mirror that is damaged is made anew.
    ///
    /// # Errors
    /// Something else stands in its place, or the disk or Git failed.
    pub fn open(of: &Repository, variables: &[(String, String)], waiting: &dyn Fn()) -> Result<Self, Error> {
        let user = of.common();
        let folder = user.join("podwright");
        let (inner, held) =
            place::open(&folder, &Of { user, elsewhere: of.has_worktree_setting() }, waiting)?;
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
            return Err(self.unsaid(format!("git could not fetch from {}", shown(remote)), &said.err));
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
        if place::is_damaged(self.inner.path()) {
            // What could not be read may have been taken for what is not there.
            let error = Error::failure(format!("nothing was pushed to {}", shown(remote)));
            return Err(error.help(self.anew("something in it cannot be read")));
        }
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
                    return Err(self.unsaid(format!("git could not push to {}", shown(remote)), &said.err));
                }
            }
        }
        Ok(results)
    }

    /// A failure of the program; where its words tell that the mirror is damaged, the next run makes it anew.
    pub(super) fn unsaid(&self, what: String, err: &str) -> Error {
        let far = |line: &&str| line.starts_with("remote:") || line.contains("remote repository");
        let mut own = err.lines().filter(|line| !far(line));
        let damaged = own.any(|line| DAMAGED.iter().any(|words| line.contains(words)));
        let help = if damaged { self.anew(&words(err)) } else { words(err) };
        Error::failure(what).help(help)
    }

    /// A failure of libgit2, likewise.
    pub(super) fn failed(&self, what: &str, error: &git2::Error) -> Error {
        if is_damage(error) && remedy(error.message()).is_empty() {
            let said = format!("libgit2 said: {}", error.message());
            return Error::failure(what.to_owned()).help(self.anew(&said));
        }
        failed(what, error)
    }

    /// What is there; that something of it cannot be read is noted.
    pub(super) fn there<T>(&self, read: Result<T, git2::Error>) -> Option<T> {
        read.inspect_err(|e| {
            if is_damage(e) {
                place::note_damage(self.inner.path());
            }
        })
        .ok()
    }

    /// What to do about a damaged mirror, which is noted.
    fn anew(&self, said: &str) -> String {
        let folder = self.inner.path();
        place::note_damage(folder);
        let folder = folder.display().to_string();
        let folder = folder.trim_end_matches('/');
        format!("{said}; {folder} is damaged: run it again, which makes it anew, or delete it first")
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

/// A remote as messages show it: without credentials.
pub fn shown(remote: &str) -> String {
    super::command::masked(remote)
}
