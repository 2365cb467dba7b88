//! `podwright check`.

use super::{Answer, missing};
use crate::{cli::Session, error::Error};

/// Check environments without writing anything
///
/// Reads, merges, validates and renders as `render` does, and reports every fault at the line that a person can edit.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Check {
    /// The environments, by path or glob such as `prod/*` [default: all]
    #[arg(value_name = "ENV")]
    environments: Vec<String>,
}

impl Check {
    /// Runs the command: opens the workspace of `session`, calls `ops::check::check(&workspace, &self.environments)` and
    /// gives its outcome.
    pub(in crate::cli) fn run(&self, session: &Session) -> Result<Answer, Error> {
        let _ = &self.environments;
        Err(missing("check", session))
    }
}
