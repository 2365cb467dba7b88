//! `check`: everything, nothing written.

use super::{Outcome, Progress, compile::compile, finish, project::Project};
use crate::{
    error::Error,
    workspace::{self, Choice},
};
use rayon::prelude::*;
use std::{mem, path::Path};

/// Checks the chosen environments, and counts them in `progress`.
///
/// # Errors
/// There is no workspace, or no such environment.
pub fn check<'c>(root: &Path, choice: impl Into<Choice<'c>>, progress: &Progress) -> Result<Outcome, Error> {
    let mut workspace = workspace::load(root)?;
    let sources = mem::take(&mut workspace.sources);
    let mut project = Project::plan(&workspace, sources, choice)?;
    progress.begin(project.chosen.len());
    let one = |&at: &usize| {
        let compiled = compile(&project, at);
        progress.step();
        compiled
    };
    let compiled: Vec<_> = project.chosen.par_iter().map(one).collect();
    let mut findings = project.take_findings();
    let mut hidden = mem::take(&mut project.hidden);
    for mut one in compiled {
        findings.append(&mut one.findings);
        hidden.append(&mut one.hidden);
    }
    Ok(finish(findings, hidden, project.chosen.len(), project.sources))
}
