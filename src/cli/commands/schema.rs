//! `podwright schema`.

use super::{Answer, files};
use crate::{
    cli::{Call, Global, Session, With},
    error::Error,
    ops,
};
use std::path::PathBuf;

/// Write JSON Schemas for editors; take in definitions of custom kinds
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Schema {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Export(With<Export>),
    Import(With<Import>),
}

impl Schema {
    /// Takes the command apart.
    pub(in crate::cli) fn split(self) -> (Global, Call) {
        match self.command {
            Command::Export(With { command, global }) => {
                (global, Box::new(move |session| command.run(session)))
            }
            Command::Import(With { command, global }) => {
                (global, Box::new(move |session| command.run(session)))
            }
        }
    }
}

/// Write the schemas of environment.yaml, package.yaml, reports, and the values of every package in use
///
/// Brings the folder up to date and says what changed. A values file then knows its schema by one line:
/// `# yaml-language-server: $schema=../schemas/PACKAGE-VERSION.values.schema.json`.
#[derive(Debug, clap::Args)]
struct Export {
    /// The folder to write to [default: schemas/ of the workspace]
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
}

impl Export {
    fn run(&self, session: &Session<'_, '_>) -> Result<Answer, Error> {
        let root = session.workspace()?;
        let folder = self.folder.as_ref().map(|folder| session.cwd.join(folder));
        let (outcome, written) = ops::schema_export(&root, folder.as_deref())?;
        Ok(Answer { outcome, ..files(&written) })
    }
}

/// Take custom resource definitions into the workspace
///
/// Writes each to schemas/crds/GROUP/KIND.yaml, without its descriptions. From then on `check` judges objects of the kind
/// by it, even where the tool has a schema of its own. Commit these files. Other documents are named and skipped.
#[derive(Debug, clap::Args)]
struct Import {
    /// Files and folders; `-` is standard input
    #[arg(value_name = "FILE", required = true)]
    paths: Vec<String>,
}

impl Import {
    fn run(&self, session: &Session<'_, '_>) -> Result<Answer, Error> {
        let root = session.workspace()?;
        let stdin = if self.paths.iter().any(|p| p == "-") { session.stdin()? } else { Vec::new() };
        let (outcome, imported) = ops::schema_import(&root, &session.cwd, &self.paths, &stdin)?;
        let mut answer = Answer { outcome, ..files(&imported.written) };
        answer.done.extend(imported.skipped.into_iter().map(|what| ("Skipped", what)));
        Ok(answer)
    }
}
