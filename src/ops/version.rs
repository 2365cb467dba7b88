//! Whether this tool may work in an environment: `podwright: ">=0.3"` in environment.yaml.

use crate::{diag::Finding, workspace::Config};
use semver::{Version, VersionReq};

/// The finding that says no.
pub(super) fn check(config: &Config<'_>) -> Option<Finding> {
    let (wanted, at) = config.podwright?;
    let own = env!("CARGO_PKG_VERSION");
    let (Ok(requirement), Ok(version)) = (VersionReq::parse(wanted), Version::parse(own)) else {
        let message = format!("`{wanted}` is no version requirement");
        return Some(Finding::error("tool-version", at, message).help("write it as `>=0.3` or `0.3`"));
    };
    if requirement.matches(&version) {
        return None;
    }
    let message = format!("this workspace asks for podwright {wanted}; this is {own}");
    Some(Finding::error("tool-version", at, message).help("install a version that the workspace asks for"))
}
