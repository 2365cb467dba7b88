//! `render`: the environments that have no finding at error level, into rendered/, as text, or compared with what
//! is there.

use super::{
    Outcome, Progress, around, compile::compile_chosen, definitions, finish, project::Project,
    rendered::Desk, suppressed,
};
use crate::{
    argocd::ROOT_FOLDER,
    error::Error,
    output,
    workspace::{self, Choice, Shard},
};
use std::{mem, path::Path};

/// What to do with the rendered files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Write them; overwrite what was edited by hand only when forced.
    Write {
        /// Overwrite it.
        force: bool,
    },
    /// Compare them with what is there; what differs is a finding.
    Compare,
    /// Give them as text.
    Print,
}

/// What came of it.
#[derive(Debug)]
pub struct Rendered {
    /// The findings.
    pub outcome: Outcome,
    /// What was done to rendered/, or is to do.
    pub report: output::Report,
    /// The manifests, for [`Mode::Print`].
    pub text: String,
    /// The environments that were left as they were because of their findings.
    pub left: Vec<String>,
}

/// Renders the chosen environments, and counts them in `progress`. `waiting` is called once if another run holds rendered/.
///
/// # Errors
/// There is no workspace, no such environment, or the disk failed.
pub fn render<'c>(
    root: &Path,
    choice: impl Into<Choice<'c>>,
    mode: Mode,
    progress: &Progress,
    waiting: impl Fn(),
) -> Result<Rendered, Error> {
    let choice: Choice<'_> = choice.into();
    let folder = root.join("rendered");
    // Locked before the values are read: what is written last was also read last.
    let lock = match mode {
        Mode::Write { .. } => {
            workspace::exists(root)?;
            Some(output::lock(&folder, waiting)?)
        }
        Mode::Compare | Mode::Print => None,
    };
    let mut workspace = workspace::load(root)?;
    let sources = mem::take(&mut workspace.sources);
    let mut project = Project::plan(&workspace, sources, choice)?;
    let compiled = compile_chosen(&project, progress);
    let mut findings = project.take_findings();
    findings.extend(definitions::broken(&workspace.files, &project.customs, &mut project.sources));
    findings.extend(suppressed::tell(&mut project, &compiled));
    let mut hidden = mem::take(&mut project.hidden);
    let (mut trees, mut left) = (Vec::new(), Vec::new());
    for (mut one, &at) in compiled.into_iter().zip(&project.chosen) {
        findings.append(&mut one.findings);
        hidden.append(&mut one.hidden);
        match one.trees {
            Some(mut own) => trees.append(&mut own),
            None => left.push(project.environments[at].name.to_owned()),
        }
    }
    // Without environments there is a finding; nothing is pruned for want of them.
    let everything = choice.patterns.is_empty() && !project.environments.is_empty();
    // Of several shards the first one has the root Applications, which are nobody else's.
    let first = choice.shard.is_none_or(Shard::is_first);
    let keep = complete(&mut trees, &project, &left, everything && first);
    let mut options = output::Options { force: false, everything, keep };
    if let Some(shard) = choice.shard {
        // A shard removes nothing that is not its own; the first one tells of what is nobody's.
        options.everything &= shard.is_first() && mode == Mode::Compare;
        options.keep.extend(workspace.environments.iter().map(|e| e.name.clone()));
    }
    let mut text = String::new();
    let mut report = output::Report::default();
    let mut sources = mem::take(&mut project.sources);
    match (mode, &lock) {
        (Mode::Write { force }, Some(lock)) => {
            options.force = force;
            report = output::write(lock, &trees, &options)?;
            let mut told = report.clone();
            if force {
                // What was overwritten is no fault any more, nor what would be without the obstacles that stay.
                for folder in told.folders.iter_mut().chain(&mut told.pruned) {
                    folder.edited.clear();
                    folder.obstacles.retain(|o| !o.yields);
                }
            }
            let mut desk = Desk { project: &project, root, sources: &mut sources, hidden: &mut hidden };
            findings.extend(desk.refused(&told));
        }
        (Mode::Compare, _) => {
            report = output::inspect(&folder, &trees, &options)?;
            report.attributes_missing &= choice.shard.is_none_or(Shard::is_first);
            let mut desk = Desk { project: &project, root, sources: &mut sources, hidden: &mut hidden };
            findings.extend(desk.refused(&report));
            findings.extend(desk.stale(&report));
        }
        _ => trees.iter().flat_map(|t| &t.files).for_each(|file| {
            text.push_str("---\n");
            text.push_str(&file.bytes);
        }),
    }
    let outcome = finish(findings, hidden, project.chosen.len(), sources);
    Ok(Rendered { outcome, report, text, left })
}

/// Adds the root Applications when every environment.yaml is sound: only then is known what they should be, and each shard
/// knows it. Gives what must not be pruned.
fn complete(
    trees: &mut Vec<output::Tree>,
    project: &Project<'_>,
    left: &[String],
    everything: bool,
) -> Vec<String> {
    let mut keep: Vec<String> = left.iter().chain(&project.workspace.unread).cloned().collect();
    let settled = project.workspace.unread.is_empty() && project.environments.iter().all(|e| e.settled);
    if settled && everything {
        trees.append(&mut around::roots(&project.environments));
    } else {
        keep.push(ROOT_FOLDER.to_owned());
    }
    keep
}
