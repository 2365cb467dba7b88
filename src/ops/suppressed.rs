//! What is wrong with comments that allow what a rule finds: they name no rule, give no reason, or nothing is found where they
//! stand. The last is only known when every environment was rendered.

use super::{compile::Compiled, project::Project};
use crate::diag::Finding;
use std::{collections::BTreeSet, mem};

/// The findings about comments; `compiled` is in the order of the chosen environments.
pub(super) fn tell(project: &mut Project<'_>, compiled: &[Compiled]) -> Vec<Finding> {
    let mut findings = mem::take(&mut project.suppressions.findings);
    let all = project.chosen.len() == project.environments.len();
    if all && compiled.iter().all(|one| one.rendered) {
        let used: BTreeSet<usize> = compiled.iter().flat_map(|one| one.used.iter().copied()).collect();
        findings.extend(project.suppressions.unused(&used, &project.sources));
    }
    findings
}
