//! Whether this tool may work in an environment: `podwright: ">=0.3"` in environment.yaml.

use crate::{
    diag::Finding,
    source::Span,
    workspace::{Environment, Workspace},
};
use semver::{Version, VersionReq};

/// The finding that says no. What another version may read otherwise is not asked for more.
pub(super) fn check(workspace: &Workspace, environment: &Environment) -> Option<Finding> {
    let (wanted, at) = wanted(workspace, environment)?;
    let own = env!("CARGO_PKG_VERSION");
    let (Ok(requirement), Ok(version)) = (VersionReq::parse(wanted), Version::parse(own)) else {
        let message = format!("`{wanted}` is no version requirement");
        return Some(
            Finding::error("tool-version", at, message).help("write it in quotes as \">=0.3\" or \"0.3\""),
        );
    };
    if requirement.matches(&version) {
        return None;
    }
    let message = format!("this workspace asks for podwright {wanted}; this is {own}");
    Some(Finding::error("tool-version", at, message).help("install a version that the workspace asks for"))
}

/// The requirement of the nearest layer that has one. It is read from the files themselves, so that keys which this version
/// does not know yet are no obstacle.
fn wanted<'w>(workspace: &'w Workspace, environment: &Environment) -> Option<(&'w str, Span)> {
    let documents =
        environment.layers.iter().rev().filter_map(|&l| workspace.folders[l].environment.as_ref());
    let node = documents.filter_map(|d| d.root.get("podwright")).next()?;
    Some((node.as_str()?, node.span))
}
