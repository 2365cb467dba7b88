//! `podwright check`.

use super::{Answer, Chosen};
use crate::{
    cli::Session,
    error::Error,
    ops::{self, Fixed, Mended, Mending},
    report::{Product, unified},
};
use serde_json::{Value, json};

/// Check environments; with --fix, mend what can be mended
///
/// Exits with 1 when there is a finding at error level, or with --diff when a fix would change something.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Check {
    #[command(flatten)]
    chosen: Chosen,

    /// Make the safe fixes in the files of the workspace, and check again
    #[arg(long)]
    fix: bool,

    /// Make the other fixes, too: look at the result
    #[arg(long)]
    unsafe_fixes: bool,

    /// Write nothing; show what the fixes would change
    #[arg(long)]
    diff: bool,
}

impl Check {
    /// Runs the command.
    pub(in crate::cli) fn run(&self, session: &Session<'_, '_>) -> Result<Answer, Error> {
        let root = session.workspace()?;
        if !(self.fix || self.unsafe_fixes || self.diff) {
            let outcome =
                session.watch("Checking", |watch| ops::check(&root, self.chosen.choice(), watch.progress))?;
            return Ok(Answer { outcome, ..Answer::default() });
        }
        let mending = Mending { all: self.unsafe_fixes, write: !self.diff };
        let Fixed { outcome, files, failed } = session
            .watch("Fixing", |watch| ops::fix(&root, self.chosen.choice(), mending, watch.progress))?;
        let data = files.iter().map(|file| data(file, mending.write)).collect();
        let text = self.diff.then(|| files.iter().map(shown).collect());
        Ok(Answer {
            outcome,
            product: Some(Product { name: "fixes", data, text, pages: Vec::new(), private: false }),
            done: if mending.write { files.iter().flat_map(done).collect() } else { Vec::new() },
            differs: self.diff && !files.is_empty(),
            error: failed,
        })
    }
}

/// The lines about a file.
fn done(file: &Mended) -> Vec<(&'static str, String)> {
    let fixed = (file.fixes > 0).then(|| ("Fixed", format!("{} ({})", file.path, counted(file.fixes))));
    let left = file.left.as_ref().map(|why| ("Left", format!("{}: {why}", file.path)));
    fixed.into_iter().chain(left).collect()
}

fn counted(fixes: usize) -> String {
    format!("{fixes} fix{}", if fixes == 1 { "" } else { "es" })
}

/// A file in the JSON report.
fn data(file: &Mended, write: bool) -> Value {
    json!({"file": file.path, "fixes": file.fixes, "written": write && file.fixes > 0, "left": file.left})
}

/// The difference that a file's fixes would make.
fn shown(file: &Mended) -> String {
    let diff = file.texts.as_ref().map(|(before, after)| unified(&file.path, before, after));
    diff.filter(|diff| !diff.is_empty()).unwrap_or_else(|| {
        format!("{}: {}, not shown beside what may be a secret\n", file.path, counted(file.fixes))
    })
}
