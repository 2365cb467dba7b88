//! Which packages there are: the workspace's own, and the embedded ones, which the workspace's override.

use crate::{
    diag::{Finding, nearest},
    source::{Files, Span, embedded},
    workspace::{Component, Workspace},
};

/// Where a package's files are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In this folder of a workspace.
    Workspace(Files),
    /// In the binary.
    Embedded,
}

/// The packages that a workspace can use.
#[derive(Debug)]
pub struct Catalog<'w> {
    workspace: &'w Workspace,
    embedded: Vec<(&'static str, &'static str)>,
}

impl<'w> Catalog<'w> {
    /// The packages of a workspace.
    pub fn new(workspace: &'w Workspace) -> Self {
        Self { workspace, embedded: embedded::packages() }
    }

    /// Where a component's package is.
    ///
    /// # Errors
    /// There is no such package, or not in this version: the finding names the nearest.
    pub fn find(&self, component: &Component<'_>) -> Result<Place, Box<Finding>> {
        let (name, version) = (component.package.0, component.version.0);
        let own = self.workspace.packages.get(name);
        if own.is_some_and(|versions| versions.iter().any(|v| v == version)) {
            return Ok(Place::Workspace(self.workspace.files.below(&format!("packages/{name}/{version}"))));
        }
        if self.embedded.contains(&(name, version)) {
            return Ok(Place::Embedded);
        }
        let mut versions: Vec<&str> =
            self.embedded.iter().filter(|(n, _)| *n == name).map(|(_, v)| *v).collect();
        versions.extend(own.into_iter().flatten().map(String::as_str));
        versions.sort_unstable();
        versions.dedup();
        Err(Box::new(if versions.is_empty() {
            self.unknown(name, component.package.1)
        } else {
            let finding = Finding::error(
                "package-version-unknown",
                component.version.1,
                format!("the package `{name}` has no version `{version}`"),
            );
            finding.help(match nearest(version, versions.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("there are: {}", versions.join(", ")),
            })
        }))
    }

    fn unknown(&self, name: &str, at: Span) -> Finding {
        let mut names: Vec<&str> = self.embedded.iter().map(|(n, _)| *n).collect();
        names.extend(self.workspace.packages.keys().map(String::as_str));
        names.sort_unstable();
        names.dedup();
        let finding = Finding::error("package-unknown", at, format!("there is no package `{name}`"));
        finding.help(match nearest(name, names.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!(
                "there are: {}; a package of your own stands in packages/{name}/<version>/",
                names.join(", ")
            ),
        })
    }
}
