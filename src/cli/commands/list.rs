//! `podwright list`.

use super::{Answer, missing};
use crate::{cli::Session, error::Error};

/// List environments with their components, versions and clusters
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct List {
    /// The environments, by path or glob such as `prod/*` [default: all]
    #[arg(value_name = "ENV")]
    environments: Vec<String>,
}

impl List {
    /// Runs the command: `ops::list::list(&workspace, &self.environments)`; the product is `environments`.
    pub(in crate::cli) fn run(&self, session: &Session) -> Result<Answer, Error> {
        let _ = &self.environments;
        Err(missing("list", session))
    }
}
