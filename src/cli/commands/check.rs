//! `podwright check`.

use super::{Answer, Chosen};
use crate::{cli::Session, error::Error, ops};

/// Check environments without writing anything
///
/// Exits with 1 when there is a finding at error level.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Check {
    #[command(flatten)]
    chosen: Chosen,
}

impl Check {
    /// Runs the command.
    pub(in crate::cli) fn run(&self, session: &Session<'_, '_>) -> Result<Answer, Error> {
        let root = session.workspace()?;
        let outcome =
            session.watch("Checking", |watch| ops::check(&root, self.chosen.choice(), watch.progress))?;
        Ok(Answer { outcome, ..Answer::default() })
    }
}
