//! `podwright init`.

use super::{Answer, files};
use crate::{cli::Session, error::Error, ops};
use std::path::PathBuf;

/// Start a workspace: two environments, CI jobs, a commit hook, editor settings
///
/// Asks nothing, and overwrites nothing: files that are there are left alone and named, and where environments/ is there
/// nothing is written. What it writes checks and renders as it is.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Init {
    /// The folder to write to [default: the current one]
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
}

impl Init {
    /// Runs the command.
    pub(in crate::cli) fn run(&self, session: &Session<'_, '_>) -> Result<Answer, Error> {
        let base = session.root.as_ref().unwrap_or(&session.cwd);
        let folder = self.folder.as_ref().map_or_else(|| base.clone(), |folder| session.cwd.join(folder));
        let mut answer = files(&ops::init(&folder)?);
        answer.done.push((
            "Next",
            "podwright render, then commit all of it; .gitlab-ci.yml begins with what to set there"
                .to_owned(),
        ));
        Ok(answer)
    }
}
