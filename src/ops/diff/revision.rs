//! The revision that is compared with: which it is, and its files, which the work tree may not have.

use crate::{
    error::Error,
    git::{Commit, Git, Repository, short},
    source::Files,
    workspace::{self, Workspace},
};
use std::path::Path;

/// What a comparison is made with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Against {
    /// The revision that was asked for; without one, what the surroundings tell.
    pub revision: Option<String>,
}

/// The environment variables of the run: where a CI system says what it is about, and what Git is told by.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// Name and value.
    pub variables: Vec<(String, String)>,
}

impl Surroundings {
    /// The value of a variable that is there and not empty.
    pub(in crate::ops) fn get(&self, name: &str) -> Option<&str> {
        let found = self.variables.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        found.filter(|value| !value.is_empty())
    }
}

/// The folders of a workspace that its rendering depends on.
pub(in crate::ops) const FOLDERS: [&str; 3] = ["environments", "packages", "schemas"];

/// A revision, and its files.
pub(super) struct Base {
    /// What it is, in words.
    pub(super) label: String,
    files: Files,
}

impl Base {
    /// The workspace of the revision; none where it has none.
    pub(super) fn load(&self) -> Result<Option<Workspace>, Error> {
        workspace::exists(self.files.clone()).is_ok().then(|| workspace::load(self.files.clone())).transpose()
    }
}

/// Finds the revision and reads its files.
pub(super) fn checkout(root: &Path, against: &Against, surroundings: &Surroundings) -> Result<Base, Error> {
    let repository = Repository::around(root)?;
    let git = repository.git(root, &surroundings.variables);
    let (commit, label) = find(&repository, &git, against, surroundings)?;
    Ok(Base { label, files: repository.snapshot(commit, &FOLDERS)? })
}

/// The commit, and its name in words.
fn find(
    repository: &Repository,
    git: &Git,
    against: &Against,
    surroundings: &Surroundings,
) -> Result<(Commit, String), Error> {
    if let Some(revision) = &against.revision {
        if revision.starts_with('-') {
            return Err(Error::usage(format!("`{revision}` is no revision")));
        }
        let commit = match repository.find(revision) {
            Some(commit) => commit,
            None => fetched(repository, git, revision)?,
        };
        return Ok((commit, revision.clone()));
    }
    // Where GitLab has merged both branches, the target branch's own changes are in the work tree, too: only its tip leaves them out.
    let merged = surroundings.get("CI_MERGE_REQUEST_TARGET_BRANCH_SHA");
    let merged = merged.map(|tip| (tip, "the target branch of the merge request"));
    let left = surroundings.get("CI_MERGE_REQUEST_DIFF_BASE_SHA");
    if let Some((id, what)) = merged.or_else(|| left.map(|base| (base, "the base of the merge request"))) {
        let commit = match repository.find(id) {
            Some(commit) => commit,
            None => fetched(repository, git, id)?,
        };
        return Ok((commit, format!("{what}, {}", short(id))));
    }
    let head = repository.commit("HEAD").map_err(|_| {
        Error::usage("the repository has no commit to compare with")
            .help("commit first, or name one with `--against`")
    })?;
    if let Some(branch) = surroundings.get("GITHUB_BASE_REF") {
        let remote = format!("refs/remotes/origin/{branch}");
        let tip = match repository.find(&remote) {
            Some(tip) => tip,
            None => fetched(repository, git, branch)?,
        };
        let base = repository.merge_base(head, tip).ok_or_else(|| cut_off(branch))?;
        return Ok((base, format!("where the branch left {branch}, {}", short(&base.to_string()))));
    }
    Ok((head, format!("the last commit, {}", short(&head.to_string()))))
}

/// A revision that the clone lacks, fetched from its origin.
fn fetched(repository: &Repository, git: &Git, revision: &str) -> Result<Commit, Error> {
    let missing = || {
        Error::usage(format!("the repository has no revision `{revision}`")).help(match repository.is_shallow() {
            true => "the clone is shallow: fetch all history (`GIT_DEPTH: 0` in GitLab, `fetch-depth: 0` in GitHub)",
            false => "name a commit, a tag or a branch, such as `origin/main`",
        })
    };
    let id = revision.len() >= 40 && revision.bytes().all(|b| b.is_ascii_hexdigit());
    if !id && !repository.is_shallow() {
        return Err(missing());
    }
    let name = revision.strip_prefix("origin/").unwrap_or(revision);
    let said = git.run(&["fetch", "--quiet", "--no-tags", "--depth=1", "origin", "--", name], &[])?;
    if !said.ok {
        return Err(missing());
    }
    let found = if id { repository.find(revision) } else { repository.find("FETCH_HEAD") };
    found.ok_or_else(missing)
}

fn cut_off(branch: &str) -> Error {
    Error::usage(format!("the clone does not hold where the branch left {branch}"))
        .help("fetch all history: `GIT_DEPTH: 0` in GitLab, `fetch-depth: 0` in GitHub")
}
