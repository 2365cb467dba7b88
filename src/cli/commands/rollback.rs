//! `podwright rollback`.

use super::{Answer, publish::effect};
use crate::{
    cli::Session,
    error::Error,
    git::short,
    ops::{self, MergeRequest, RollingBack},
    report::Product,
};
use serde_json::json;

/// Publish an earlier release of an environment again
///
/// Restores the published manifests of the environment whole, as a new commit: history is never rewritten. From then on `publish`
/// leaves the environment alone until its values give something other than what was undone.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Rollback {
    /// The environment
    #[arg(value_name = "ENV")]
    environment: String,

    /// The release to go back to, as `history` names it [default: the one before]
    #[arg(long, value_name = "RELEASE")]
    to: Option<String>,

    /// Write the values of that release into the work tree; of an environment that was rolled back already, these alone
    #[arg(long)]
    values: bool,

    /// Show what would change, and push nothing
    #[arg(long)]
    dry_run: bool,

    /// Open a GitLab merge request instead of changing the branch
    #[arg(long)]
    merge_request: bool,
}

impl Rollback {
    /// Runs the command.
    pub(in crate::cli) fn run(&self, session: &Session<'_, '_>) -> Result<Answer, Error> {
        let root = session.workspace()?;
        let merge_request = self.merge_request.then(MergeRequest::default);
        let (values, dry_run) = (self.values, self.dry_run);
        let how = RollingBack { to: self.to.clone(), values, dry_run, merge_request };
        let surroundings = &session.surroundings;
        let done = session.watch("Rolling back", |watch| {
            let waiting = || watch.waiting(".git/podwright");
            ops::rollback(&root, &self.environment, &how, surroundings, waiting)
        })?;
        let (undone, back) = (short(&done.releases.0), short(&done.releases.1));
        let mut answer = Answer { outcome: done.outcome, error: done.error, ..Answer::default() };
        let verb = if self.dry_run { "Would roll back" } else { "Rolled back" };
        answer.done.push(match &done.already {
            Some(at) => {
                let (name, place) = (&self.environment, &done.place);
                (
                    "Unchanged",
                    format!("{name} was rolled back to {back} on {place} already, by {}", short(at)),
                )
            }
            None => {
                let what = format!("{} from {undone} to {back} on {}", self.environment, done.place);
                match &done.request {
                    Some((branch, false)) => ("Requested", format!("the way back of {what}, from {branch}")),
                    Some((branch, true)) => {
                        ("Offered", format!("the way back of {what}: open the merge request from {branch}"))
                    }
                    None => (verb, what),
                }
            }
        });
        answer.done.extend(done.written.iter().map(|path| ("Wrote", path.clone())));
        let mut text = String::new();
        for change in &done.changes {
            for (sign, path) in &change.files {
                text += &format!("{sign} {}/{path}\n", change.folder);
            }
        }
        for effect in done.changes.iter().flat_map(|c| &c.effects) {
            text += &format!("! {effect}\n");
        }
        match (&done.unknown, done.values.is_empty(), self.values) {
            (Some(why), ..) => {
                text += &format!("\nThe change of the values that makes it stay is not known: {why}\n");
            }
            (None, true, _) => {}
            (None, false, false) => {
                text += &format!(
                    "\nThis change of the values makes it stay (`--values` writes it):\n\n{}",
                    done.values
                );
            }
            (None, false, true) => text += &format!("\n{}", done.values),
        }
        if !done.shared.is_empty() {
            text += &format!("\nOther environments read this, too: {}\n", done.shared.join(", "));
        }
        let files: Vec<serde_json::Value> = done
            .changes
            .iter()
            .flat_map(|c| c.files.iter().map(move |(sign, path)| json!({"change": sign.to_string(), "path": format!("{}/{path}", c.folder)})))
            .collect();
        let data = json!({
            "environment": self.environment,
            "undone": done.releases.0,
            "release": done.releases.1,
            "place": done.place,
            "commit": done.commit,
            "mergeRequestBranch": done.request.as_ref().map(|(branch, _)| branch),
            "files": files,
            "effects": done.changes.iter().flat_map(|c| &c.effects).map(effect).collect::<Vec<_>>(),
            "values": done.values,
            "shared": done.shared,
            "written": done.written,
        });
        answer.product =
            Some(Product { name: "rollback", data, text: Some(text), private: true, pages: Vec::new() });
        Ok(answer)
    }
}
