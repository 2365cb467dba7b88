//! `podwright publish`.

use super::{Answer, Chosen};
use crate::{
    cli::{Deny, Session},
    diff::told::Counts,
    error::Error,
    git::short,
    ops::{self, Branch, BranchState, MergeRequest, Publishing},
    report::Product,
};
use serde_json::{Value, json};

/// Publish rendered environments to the branch that Argo CD syncs
///
/// Renders the last commit, and writes what changes to where `publish` of environment.yaml says, as one commit for each branch. The
/// work tree, its rendered/ and the branches of this repository stay as they are. Needs neither a pushed commit nor a cluster.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Publish {
    #[command(flatten)]
    chosen: Chosen,

    /// Show what would be pushed, and push nothing
    #[arg(long)]
    dry_run: bool,

    /// End well where no environment, or none of those that are named, says where to publish
    #[arg(long)]
    if_configured: bool,

    /// Publish the last commit although something is not committed
    #[arg(long)]
    allow_dirty: bool,

    /// Publish over folders that others wrote, and over what a later commit gave
    #[arg(long)]
    force: bool,

    /// Publish environments again that were rolled back
    #[arg(long)]
    resume: bool,

    /// Open a GitLab merge request for each branch instead of changing it
    #[arg(long)]
    merge_request: bool,

    /// The title of the merge request
    #[arg(long, value_name = "TITLE", requires = "merge_request")]
    title: Option<String>,

    /// A label of the merge request
    #[arg(long, value_name = "LABEL", requires = "merge_request")]
    label: Vec<String>,

    /// Merge it when its pipeline succeeds
    #[arg(long, requires = "merge_request")]
    auto_merge: bool,
}

impl Publish {
    /// Runs the command.
    pub(in crate::cli) fn run(&self, session: &Session<'_, '_>) -> Result<Answer, Error> {
        let root = session.workspace()?;
        let how = Publishing {
            allow_dirty: self.allow_dirty,
            force: self.force,
            dry_run: self.dry_run,
            if_configured: self.if_configured,
            resume: self.resume,
            deny_warnings: session.deny == Some(Deny::Warnings),
            merge_request: self.merge_request.then(|| MergeRequest {
                title: self.title.clone(),
                labels: self.label.clone(),
                auto_merge: self.auto_merge,
            }),
        };
        let surroundings = &session.surroundings;
        let published = session.watch("Publishing", |watch| {
            let waiting = || watch.waiting(".git/podwright");
            ops::publish(&root, self.chosen.choice(), &how, surroundings, watch.progress, waiting)
        })?;
        let mut answer = Answer { outcome: published.outcome, error: published.error, ..Answer::default() };
        for branch in &published.branches {
            answer.done.push(told(branch));
            let certain = matches!(branch.state, BranchState::Pushed(_) | BranchState::Built(_));
            let replaced = branch.replaced.iter().filter(|_| certain);
            answer.done.extend(replaced.map(|(name, sha)| {
                (
                    "Replaced",
                    format!(
                        "{name}: it was published from {}, which this commit does not contain",
                        short(sha)
                    ),
                )
            }));
            answer.done.extend(roots(branch).filter(|_| certain));
            let resumed = branch.resumed.iter().filter(|_| certain);
            answer
                .done
                .extend(resumed.map(|(name, why)| ("Resumed", format!("{name} after its rollback: {why}"))));
        }
        answer.done.extend(published.left.into_iter().map(|(name, why)| ("Left", format!("{name}: {why}"))));
        let data = published.branches.iter().map(data).collect();
        let text = self.dry_run.then(|| published.branches.iter().map(shown).collect());
        answer.product = Some(Product {
            name: "published",
            data,
            text: text.or_else(|| Some(String::new())),
            private: false,
            pages: Vec::new(),
        });
        Ok(answer)
    }
}

/// What became of a branch, in a line.
fn told(branch: &Branch) -> (&'static str, String) {
    let place = format!("{} of {}", branch.name, branch.remote);
    let counts = branch.changes.iter().map(ops::PublishedChange::count);
    let all = counts.fold(Counts::default(), |a, b| Counts {
        added: a.added + b.added,
        changed: a.changed + b.changed,
        removed: a.removed + b.removed,
    });
    let parts = [(all.changed, "changed"), (all.added, "new"), (all.removed, "removed")];
    let parts: Vec<String> =
        parts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
    let counts = if parts.is_empty() { "no object changes".to_owned() } else { parts.join(", ") };
    match &branch.state {
        BranchState::Unchanged => ("Unchanged", place),
        BranchState::Built(commit) => ("Would push", format!("{} to {place} ({counts})", short(commit))),
        BranchState::Pushed(commit) => ("Published", format!("{} to {place} ({counts})", short(commit))),
        BranchState::Requested(commit, request) => {
            ("Requested", format!("{} for {place}, from {request} ({counts})", short(commit)))
        }
        BranchState::Offered(commit, request) => (
            "Offered",
            format!("{} for {place}: open the merge request from {request} ({counts})", short(commit)),
        ),
    }
}

/// What is left to do by hand for root Applications: nobody syncs one that no Argo CD knows.
fn roots(branch: &Branch) -> impl Iterator<Item = (&'static str, String)> {
    let Branch { remote, name, .. } = branch;
    let come = branch.roots.iter().map(move |path| {
        (
            "Apply once",
            format!("git fetch {remote} {name} && git show FETCH_HEAD:{path} | kubectl apply -f -"),
        )
    });
    let gone = branch.gone_roots.iter().map(|folder| {
        (
            "Delete",
            format!("the root Application that reads {folder}, where it runs: nothing is there any more"),
        )
    });
    come.chain(gone)
}

/// All that would be pushed to a branch.
fn shown(branch: &Branch) -> String {
    let mut text = format!("branch {} of {}\n", branch.name, branch.remote);
    if branch.state == BranchState::Unchanged {
        return text + "nothing changes\n\n";
    }
    for line in branch.message.lines() {
        text += &format!("    {line}\n").replace("    \n", "\n");
    }
    text.push('\n');
    for (sign, path) in &branch.files {
        text += &format!("{sign} {}\n", path.replace(char::is_control, "?"));
    }
    text + "\n"
}

fn data(branch: &Branch) -> Value {
    let (state, commit, request) = match &branch.state {
        BranchState::Unchanged => ("unchanged", None, None),
        BranchState::Built(commit) => ("built", Some(commit), None),
        BranchState::Pushed(commit) => ("pushed", Some(commit), None),
        BranchState::Requested(commit, request) => ("requested", Some(commit), Some(request)),
        BranchState::Offered(commit, request) => ("offered", Some(commit), Some(request)),
    };
    let change = |change: &ops::PublishedChange| {
        let Counts { added, changed, removed } = change.count();
        json!({
            "environment": change.environment,
            "folder": change.folder,
            "objects": {"added": added, "changed": changed, "removed": removed},
            "effects": change.effects.iter().map(effect).collect::<Vec<_>>(),
        })
    };
    let file = |(sign, path): &(char, String)| json!({"change": sign.to_string(), "path": path});
    json!({
        "remote": branch.remote,
        "branch": branch.name,
        "state": state,
        "commit": commit,
        "mergeRequestBranch": request,
        "message": branch.message,
        "changes": branch.changes.iter().map(change).collect::<Vec<_>>(),
        "files": branch.files.iter().map(file).collect::<Vec<_>>(),
    })
}

/// What applying a change does, for programs.
pub(super) fn effect(effect: &ops::Effect) -> Value {
    json!({"object": effect.object, "kind": effect.impact.kind.name(), "text": effect.impact.text})
}
