//! `podwright render`.

use super::{Answer, missing};
use crate::{cli::Session, error::Error};

/// Render environments into rendered/
///
/// Writes every environment that has no finding at error level, and leaves the others as they were.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Render {
    /// The environments, by path or glob such as `prod/*` [default: all]
    #[arg(value_name = "ENV")]
    environments: Vec<String>,

    /// Write nothing; fail when rendered/ is not what the values give
    #[arg(long, conflicts_with_all = ["stdout", "force"])]
    check: bool,

    /// Print the manifests instead of writing them
    #[arg(long, conflicts_with = "force")]
    stdout: bool,

    /// Overwrite rendered files that were edited by hand
    #[arg(long)]
    force: bool,
}

impl Render {
    /// Runs the command: `ops::render::render(&workspace, &self.environments, mode)`; with `--stdout` the manifests are the
    /// product.
    pub(in crate::cli) fn run(&self, session: &Session) -> Result<Answer, Error> {
        let _ = (&self.environments, self.check, self.stdout, self.force);
        Err(missing("render", session))
    }
}
