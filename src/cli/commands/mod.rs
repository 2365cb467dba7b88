//! The commands, one a file: what each takes, and its call of a verb in `ops`. The doc comments are the help texts.

pub(super) mod check;
pub(super) mod completions;
pub(super) mod diff;
pub(super) mod explain;
pub(super) mod history;
pub(super) mod init;
pub(super) mod list;
pub(super) mod package;
pub(super) mod publish;
pub(super) mod render;
pub(super) mod rollback;
pub(super) mod rule;
pub(super) mod schema;
pub(super) mod validate;
pub(super) mod values;

use crate::{
    error::Error,
    ops::{Change, Outcome, Written},
    report::Product,
    workspace::{Choice, Shard},
};
use serde_json::json;

/// What a command gives back.
#[derive(Debug, Default)]
pub(super) struct Answer {
    /// What the verb found.
    pub(super) outcome: Outcome,
    /// What it made, for standard output or the report.
    pub(super) product: Option<Product>,
    /// What it did, for standard error: a verb and what it was done to ("Rendered", "prod/shenzhen").
    pub(super) done: Vec<(&'static str, String)>,
    /// Whether something is not as it should be that no finding tells: the exit code says so.
    pub(super) differs: bool,
    /// Why it ended early; what was found until then is still reported.
    pub(super) error: Option<Error>,
}

impl Answer {
    /// The answer of a command that found nothing because it failed.
    pub(super) fn failed(error: Error) -> Self {
        Self { error: Some(error), ..Self::default() }
    }
}

/// The answer of a command that wrote files: each that changed is told, the others are counted.
fn files(written: &[Written]) -> Answer {
    let data = written.iter().map(|w| json!({"path": w.path, "change": w.change.name()})).collect();
    let mut done = Vec::new();
    for file in written {
        match file.change {
            Change::Created => done.push(("Created", file.path.clone())),
            Change::Updated => done.push(("Updated", file.path.clone())),
            Change::Left => done.push(("Left", format!("{}: something stands there already", file.path))),
            Change::Unchanged => {}
        }
    }
    let same = written.len() - done.len();
    if same > 0 {
        done.push(("Unchanged", format!("{same} file{}", if same == 1 { "" } else { "s" })));
    }
    let product =
        Product { name: "files", data, text: Some(String::new()), pages: Vec::new(), private: false };
    Answer { product: Some(product), done, ..Answer::default() }
}

// The environments of a command that a CI system may split. (No doc comment: it would become the help of the command.)
#[derive(Debug, clap::Args)]
pub(super) struct Chosen {
    /// The environments, by path or glob such as `prod/*` [default: all]
    #[arg(value_name = "ENV")]
    environments: Vec<String>,

    /// Only the K-th of N equal parts of them, for the parallel jobs of a CI system
    #[arg(long, value_name = "K/N")]
    shard: Option<Shard>,
}

impl Chosen {
    /// Which they are.
    fn choice(&self) -> Choice<'_> {
        Choice { patterns: &self.environments, shard: self.shard }
    }
}
