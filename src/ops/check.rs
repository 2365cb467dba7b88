//! `check`: everything, nothing written.

use super::{Outcome, Progress, compile::compile_chosen, definitions, finish, project::Project, suppressed};
use crate::{
    error::Error,
    workspace::{self, Choice},
};
use std::{mem, path::Path};

/// Checks the chosen environments, and counts them in `progress`.
///
/// # Errors
/// There is no workspace, or no such environment.
pub fn check<'c>(root: &Path, choice: impl Into<Choice<'c>>, progress: &Progress) -> Result<Outcome, Error> {
    let mut workspace = workspace::load(root)?;
    let sources = mem::take(&mut workspace.sources);
    let mut project = Project::plan(&workspace, sources, choice)?;
    project.texts = false;
    let compiled = compile_chosen(&project, progress);
    let mut findings = project.take_findings();
    findings.extend(definitions::broken(&workspace.files, &project.customs, &mut project.sources));
    findings.extend(suppressed::tell(&mut project, &compiled));
    let mut hidden = mem::take(&mut project.hidden);
    for mut one in compiled {
        findings.append(&mut one.findings);
        hidden.append(&mut one.hidden);
    }
    Ok(finish(findings, hidden, project.chosen.len(), project.sources))
}
