//! `podwright package`.

use super::{Answer, files};
use crate::{
    cli::{Call, Global, Session, With},
    error::Error,
    ops::{self, Packages},
};
use std::path::PathBuf;

/// Start and check packages of your own
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Package {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Init(With<Init>),
    Check(With<Check>),
}

impl Package {
    /// Takes the command apart.
    pub(in crate::cli) fn split(self) -> (Global, Call) {
        match self.command {
            Command::Init(With { command, global }) => {
                (global, Box::new(move |session| command.run(session)))
            }
            Command::Check(With { command, global }) => {
                (global, Box::new(move |session| command.run(session)))
            }
        }
    }
}

/// Start a package in packages/NAME/VERSION/
///
/// Writes a Deployment, a Service and an Ingress to change into your own, and refuses to overwrite a file.
#[derive(Debug, clap::Args)]
struct Init {
    /// The package: lower-case letters, digits and dashes
    #[arg(value_name = "NAME")]
    name: String,

    /// Its version
    #[arg(long, value_name = "VERSION", default_value = "0.1.0")]
    version: String,
}

impl Init {
    fn run(&self, session: &Session<'_, '_>) -> Result<Answer, Error> {
        let Self { name, version } = self;
        let mut answer = files(&ops::package_init(&session.workspace()?, name, version)?);
        let next = format!("podwright package check packages/{name}/{version}");
        answer.done.push(("Next", next));
        Ok(answer)
    }
}

/// Compile, lint and audit packages, and check the schemas of their values
///
/// The audit warns of values that change nothing and of parts of templates that no values lead to. Exits with 1 when
/// there is an error.
#[derive(Debug, clap::Args)]
struct Check {
    /// The folder of one package, or one above several [default: packages/ of the workspace]
    #[arg(value_name = "PATH")]
    path: Option<PathBuf>,
}

impl Check {
    fn run(&self, session: &Session<'_, '_>) -> Result<Answer, Error> {
        let outcome = match &self.path {
            // Collected anew for the names of the folders: without the `.` of `./packages/.`.
            Some(path) => {
                let path: PathBuf = session.cwd.join(path).components().collect();
                ops::package_check(Packages::At(&path))?
            }
            None => ops::package_check(Packages::Of(&session.workspace()?))?,
        };
        Ok(Answer { outcome, ..Answer::default() })
    }
}
