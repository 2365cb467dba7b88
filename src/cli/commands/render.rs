//! `podwright render`.

use super::{Answer, Chosen};
use crate::{
    argocd,
    cli::Session,
    error::Error,
    ops::{self, Mode},
    output::Report,
    report::Product,
};

/// Render environments into rendered/
///
/// Writes every environment that has no finding at error level, and leaves the others as they were.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Render {
    #[command(flatten)]
    chosen: Chosen,

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
    /// Runs the command.
    pub(in crate::cli) fn run(&self, session: &Session<'_, '_>) -> Result<Answer, Error> {
        let mode = match (self.check, self.stdout) {
            (true, _) => Mode::Compare,
            (_, true) => Mode::Print,
            _ => Mode::Write { force: self.force },
        };
        let root = session.workspace()?;
        let rendered = session.watch("Rendering", |watch| {
            ops::render(&root, self.chosen.choice(), mode, watch.progress, || watch.waiting("rendered/"))
        })?;
        let mut answer = Answer { outcome: rendered.outcome, ..Answer::default() };
        match mode {
            Mode::Print => {
                answer.product = Some(Product {
                    name: "manifests",
                    data: serde_json::Value::String(rendered.text.clone()),
                    text: Some(rendered.text),
                    pages: Vec::new(),
                    private: true,
                });
            }
            Mode::Write { .. } => {
                answer.done = written(&rendered.report);
                answer
                    .done
                    .extend(rendered.left.into_iter().map(|name| ("Left", format!("{name}: it has errors"))));
            }
            Mode::Compare => {}
        }
        Ok(answer)
    }
}

/// What was written, a line an environment that changed, and how many did not.
fn written(report: &Report) -> Vec<(&'static str, String)> {
    let mut done = Vec::new();
    let mut same = 0;
    for folder in &report.folders {
        let (new, changed, gone) = (folder.missing.len(), folder.changed.len(), folder.deleted.len());
        if folder.refused {
            done.push(("Left", format!("{}: see the findings", folder.folder)));
        } else if folder.is_current() {
            // What is rendered about an environment for Argo CD counts with it.
            same += usize::from(argocd::environment(&folder.folder).is_none());
        } else if new + changed + gone == 0 {
            done.push(("Rendered", format!("{} (SHA256SUMS)", folder.folder)));
        } else {
            let counts = [(new, "new"), (changed, "changed"), (gone, "removed")];
            let told: Vec<String> =
                counts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
            done.push(("Rendered", format!("{} ({})", folder.folder, told.join(", "))));
        }
    }
    for folder in report.pruned.iter().filter(|f| !f.refused) {
        let why = match argocd::environment(&folder.folder) {
            Some(_) => "nobody asks for it any more",
            None => "the environment is gone",
        };
        let (count, s) = (folder.deleted.len(), if folder.deleted.len() == 1 { "" } else { "s" });
        done.push(("Removed", format!("{} ({count} file{s}): {why}", folder.folder)));
    }
    if same > 0 {
        done.push(("Unchanged", format!("{same} environment{}", if same == 1 { "" } else { "s" })));
    }
    done
}
