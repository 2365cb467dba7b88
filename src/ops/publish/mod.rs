//! `publish`: the rendered manifests of the committed values, on the branches that Argo CD syncs.

pub(super) mod branch;
mod build;
pub(super) mod effect;
mod guard;
pub(super) mod message;
pub(super) mod metadata;
pub(super) mod objects;
pub(super) mod parts;
mod plan;
pub(super) mod send;
mod standing;
mod undone;

pub use branch::{Branch, Change, State};
use build::Held;
pub(super) use build::is_around;
pub use effect::Effect;
use standing::Ancestry;

use super::{
    Outcome, Progress, compile::compile_chosen, definitions, diff::Surroundings, finish, project::Project,
    suppressed,
};
use crate::{
    diag::{Finding, Level},
    error::Error,
    git::{Commit, Mirror, Repository},
    workspace::{self, Choice},
};
use std::{mem, path::Path};

/// How to go about it.
#[derive(Debug, Clone, Default)]
pub struct Publishing {
    /// Publishes what is committed although something is not.
    pub allow_dirty: bool,
    /// Publishes over what others wrote, or what a later commit gave.
    pub force: bool,
    /// Builds everything and pushes nothing.
    pub dry_run: bool,
    /// Does nothing, and well, where no environment says where to publish.
    pub if_configured: bool,
    /// Publishes environments that were rolled back, whatever they give.
    pub resume: bool,
    /// Warnings keep an environment from being published, too.
    pub deny_warnings: bool,
    /// Opens a merge request for each branch instead of changing it.
    pub merge_request: Option<MergeRequest>,
}

/// What is asked of a merge request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MergeRequest {
    /// Its title; that of the commit without.
    pub title: Option<String>,
    /// Its labels.
    pub labels: Vec<String>,
    /// It is merged when its pipeline succeeds.
    pub auto_merge: bool,
}

impl MergeRequest {
    /// The push options by which GitLab opens it; `subject` is the title without another one.
    pub(super) fn options(&self, target: &str, subject: String) -> Vec<String> {
        let mut options = vec![
            "merge_request.create".to_owned(),
            format!("merge_request.target={target}"),
            format!("merge_request.title={}", self.title.clone().unwrap_or(subject)),
            "merge_request.remove_source_branch".to_owned(),
        ];
        options.extend(self.labels.iter().map(|label| format!("merge_request.label={label}")));
        if self.auto_merge {
            options.push("merge_request.merge_when_pipeline_succeeds".to_owned());
        }
        options
    }
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Published {
    /// The findings.
    pub outcome: Outcome,
    /// The branches that were looked at.
    pub branches: Vec<Branch>,
    /// Environments that were left as they are, and why.
    pub left: Vec<(String, String)>,
    /// Why not everything could be published, after what was.
    pub error: Option<Error>,
}

/// The folders that the committed values are read from.
pub(super) const FOLDERS: [&str; 3] = ["environments", "packages", "schemas"];

/// Publishes the chosen environments. `waiting` is called once if another run publishes from this repository.
///
/// # Errors
/// There is no workspace, no such environment or nowhere to publish to; something is not committed; Git or the disk failed.
pub fn publish<'c>(
    root: &Path,
    choice: impl Into<Choice<'c>>,
    how: &Publishing,
    surroundings: &Surroundings,
    progress: &Progress,
    waiting: impl Fn(),
) -> Result<Published, Error> {
    let choice: Choice<'_> = choice.into();
    workspace::exists(root)?;
    let repository = Repository::around(root)?;
    let head = repository
        .commit("HEAD")
        .map_err(|_| Error::usage("the repository has no commit to publish").help("commit first"))?;
    if !how.allow_dirty {
        clean(&repository)?;
    }
    let mut workspace = workspace::load(repository.snapshot(head, &FOLDERS)?).map_err(|_| {
        Error::usage("the last commit has no `environments/` to publish").help("commit the workspace first")
    })?;
    let sources = mem::take(&mut workspace.sources);
    let mut project = Project::plan(&workspace, sources, choice)?;
    let mut compiled = compile_chosen(&project, progress);
    let mut findings = project.take_findings();
    findings.extend(definitions::broken(&workspace.files, &project.customs, &mut project.sources));
    findings.extend(suppressed::tell(&mut project, &compiled));
    let mut hidden = mem::take(&mut project.hidden);
    let mut published = Published::default();
    for (one, &at) in compiled.iter_mut().zip(&project.chosen) {
        if how.deny_warnings && one.findings.iter().any(|f| f.level == Level::Warn) {
            one.trees = None;
        }
        if one.trees.is_none() {
            published.left.push((project.environments[at].name.to_owned(), "it has findings".to_owned()));
        }
        findings.append(&mut one.findings);
        hidden.append(&mut one.hidden);
    }
    let plan = plan::plan(&project, &mut compiled, (choice, how.if_configured), &mut published.left)?;
    let source = Source::of(&repository, head)?;
    let mirror = Mirror::open(&repository, &surroundings.variables, &waiting)?;
    let ancestry = Ancestry::new(&repository, &mirror, &source, surroundings);
    let sent = send::send(&mirror, &plan, (&source, &ancestry), how, surroundings);
    drop(mirror);
    published.branches = sent.branches;
    published.error = sent.error;
    findings.extend(held_back(&plan, &sent.held));
    let sources = mem::take(&mut project.sources);
    published.outcome = finish(findings, hidden, project.chosen.len(), sources);
    Ok(published)
}

/// Where what is published comes from.
pub(super) struct Source {
    pub(super) commit: Commit,
    pub(super) about: crate::git::About,
    /// The address of the repository, without credentials.
    pub(super) address: String,
    /// The folder of the workspace in it; empty for its top.
    pub(super) workspace: String,
    /// The branches that its pipelines run on, as far as they are known.
    pub(super) branches: Vec<String>,
}

impl Source {
    pub(super) fn of(repository: &Repository, commit: Commit) -> Result<Self, Error> {
        let address = crate::git::shown(&repository.address("origin"));
        let address = if address == "origin" { String::new() } else { address };
        let workspace = repository.prefix().trim_end_matches('/').to_owned();
        let (about, branches) = (repository.about(commit)?, repository.branches());
        Ok(Self { commit, about, address, workspace, branches })
    }
}

/// Refuses what is not committed: it would not be published, and nobody would see that.
fn clean(repository: &Repository) -> Result<(), Error> {
    const MOST: usize = 5;
    let dirty = repository.dirty(&FOLDERS)?;
    if dirty.is_empty() {
        return Ok(());
    }
    let mut named = dirty.iter().take(MOST).map(String::as_str).collect::<Vec<_>>().join(", ");
    named = named.replace(char::is_control, " ");
    if dirty.len() > MOST {
        named += &format!(" and {} more", dirty.len() - MOST);
    }
    Err(Error::usage(format!("what is published is what is committed, and {named} is not"))
        .help("commit, or publish the last commit as it is with `--allow-dirty`"))
}

/// What to say of environments that stay as they were rolled back.
fn held_back(plan: &plan::Plan, held: &[Held]) -> Vec<Finding> {
    let tell = |Held { environment: name, release, why }: &Held| {
        let at = plan.items.iter().find(|i| i.environment == *name).map(|i| i.target.at).unwrap_or_default();
        let message = format!("{name} is not published: it was rolled back, and {why}");
        let mut finding = Finding::error("publish-rolled-back", at, message);
        finding.level = Level::Warn;
        let short = crate::git::short(release);
        finding.help(format!("change its values (`podwright rollback {name} --values` writes those of {short}), or publish with `--resume`"))
    };
    held.iter().map(tell).collect()
}
