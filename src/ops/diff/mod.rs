//! `diff`: what a change does to the rendered manifests, against a revision, another environment, or a second folder.

mod cluster;
mod compare;
mod folders;
mod made;
pub(super) mod mask;
mod objects;
mod revision;
mod run;
mod side;

pub use folders::diff_folders;
pub(super) use revision::FOLDERS;
pub use revision::{Against, Surroundings};

use super::{Outcome, Progress, finish};
use crate::{
    diag::{Finding, Level},
    diff::told::Told,
    error::Error,
    workspace::Choice,
};
use side::Side;
use std::{mem, path::Path};

/// What two sides differ in.
#[derive(Debug, Default)]
pub struct Compared {
    /// The differences.
    pub told: Told,
    /// What kept environments of the new side from being rendered.
    pub outcome: Outcome,
}

/// Compares the rendering of the work tree with that of a revision.
///
/// # Errors
/// There is no workspace, no such environment or revision, or Git or the disk failed.
pub fn diff<'c>(
    root: &Path,
    choice: impl Into<Choice<'c>>,
    against: &Against,
    surroundings: &Surroundings,
    progress: &Progress,
) -> Result<Compared, Error> {
    let choice: Choice<'_> = choice.into();
    let base = revision::checkout(root, against, surroundings)?;
    let (new_workspace, old_workspace) = rayon::join(|| crate::workspace::load(root), || base.load());
    let (mut new_workspace, mut old_workspace) = (new_workspace?, old_workspace?);
    let files = mem::take(&mut new_workspace.sources);
    let old_files = old_workspace.as_mut().map(|workspace| mem::take(&mut workspace.sources));
    // An environment may be in the other revision alone, or not be there yet.
    let new = Side::new((&new_workspace, files), choice, old_workspace.as_ref(), progress)?;
    let old = match old_workspace.as_ref().zip(old_files) {
        Some(loaded) => Some(Side::old(loaded, choice, &new, &base.label)?),
        None => None,
    };
    let mut told = Told { new: new.label.clone(), old: base.label.clone(), ..Told::default() };
    let mut hidden = Vec::new();
    compare::sides(old.as_ref(), &new, &mut told, &mut hidden);
    Ok(Compared { told, outcome: outcome(new, hidden) })
}

/// Compares two environments of the work tree: what the second has instead of the first.
///
/// # Errors
/// There is no workspace, or no such environment.
pub fn diff_environments(root: &Path, names: [&str; 2], progress: &Progress) -> Result<Compared, Error> {
    let mut workspace = crate::workspace::load(root)?;
    let sources = mem::take(&mut workspace.sources);
    let patterns = names.map(str::to_owned);
    let side = Side::of((&workspace, sources), &patterns, side::WORK_TREE, progress)?;
    let places = [side.one(names[0])?, side.one(names[1])?];
    let [old, new] = names.map(str::to_owned);
    let mut told = Told { old, new, pair: true, ..Told::default() };
    let mut hidden = Vec::new();
    compare::environments((&side, places[0]), (&side, places[1]), &mut told, &mut hidden);
    Ok(Compared { told, outcome: outcome(side, hidden) })
}

/// What is to be said beside the differences: only what kept something from being rendered.
fn outcome(mut side: Side<'_>, mut hidden: Vec<crate::source::Span>) -> Outcome {
    let mut findings: Vec<Finding> = mem::take(&mut side.findings);
    findings.retain(|f| f.level == Level::Error);
    hidden.append(&mut side.hidden);
    let count = side.project.chosen.len();
    let sources = mem::take(&mut side.project.sources);
    finish(findings, hidden, count, sources)
}
