//! `podwright values`.

use super::{Answer, missing};
use crate::{cli::Session, error::Error, values::Route};

/// Print the merged values of a component
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Values {
    /// The environment
    #[arg(value_name = "ENV")]
    environment: String,

    /// The component
    #[arg(value_name = "COMPONENT")]
    component: String,

    /// Only this part, as `helm --set` writes it (`worker.resources`) or as a JSON Pointer
    #[arg(value_name = "ROUTE")]
    route: Option<Route>,

    /// Say of every value which line set it and what that overrode
    #[arg(long)]
    origin: bool,
}

impl Values {
    /// Runs the command: `ops::values::values(&workspace, &self.environment, &self.component, self.route.as_ref())`; the
    /// product is `values`, its text the values as YAML, with `--origin` a line a leaf.
    pub(in crate::cli) fn run(&self, session: &Session) -> Result<Answer, Error> {
        let _ = (&self.environment, &self.component, &self.route, self.origin);
        Err(missing("print values of", session))
    }
}
