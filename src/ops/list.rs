//! `list`: environments with their components, versions and clusters.

use super::{Outcome, finish, project::Project};
use crate::{error::Error, workspace};
use std::{mem, path::Path};

/// One environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its path below environments/.
    pub name: String,
    /// The namespace of its objects; none when environment.yaml is at fault.
    pub namespace: Option<String>,
    /// The name of its cluster.
    pub cluster: Option<String>,
    /// What runs there, by name.
    pub components: Vec<ListedComponent>,
}

/// One component of an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedComponent {
    /// Its name.
    pub name: String,
    /// Its package.
    pub package: String,
    /// The package's version.
    pub version: String,
}

/// Lists the environments that `patterns` name. Faults of what could not be listed are findings.
///
/// # Errors
/// There is no workspace, or no such environment.
pub fn list(root: &Path, patterns: &[String]) -> Result<(Outcome, Vec<Listed>), Error> {
    let mut workspace = workspace::load(root)?;
    let sources = mem::take(&mut workspace.sources);
    let mut project = Project::plan(&workspace, sources, patterns)?;
    let findings = project.take_findings();
    let hidden = mem::take(&mut project.hidden);
    let mut listed = Vec::new();
    for &at in &project.chosen {
        let planned = &project.environments[at];
        let config = planned.config.as_ref();
        let component = |c: &workspace::Component<'_>| ListedComponent {
            name: c.name.to_owned(),
            package: c.package.0.to_owned(),
            version: c.version.0.to_owned(),
        };
        listed.push(Listed {
            name: planned.name.to_owned(),
            namespace: config.map(|c| c.namespace.0.to_owned()),
            cluster: config.and_then(|c| c.cluster).map(|(name, _)| name.to_owned()),
            components: config.map_or_else(Vec::new, |c| c.components.iter().map(component).collect()),
        });
    }
    Ok((finish(findings, hidden, listed.len(), project.sources), listed))
}
