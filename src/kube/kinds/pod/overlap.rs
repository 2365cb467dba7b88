//! Files of one volume that hide each other: the same path, or a path below another.

use crate::kube::{at::At, check::Check};

/// The paths of the items of a source.
pub(super) fn items(at: At<'_>) -> Vec<At<'_>> {
    at.get("items").items().map(|item| item.get("path")).collect()
}

/// Warns of paths that hide an earlier one.
pub(super) fn warn<'t>(check: &mut Check<'t>, paths: &[At<'t>]) {
    for (n, at) in paths.iter().enumerate() {
        for other in paths.iter().take(n).filter(|other| clash(at.str(), other.str())) {
            check.warn(*at, format!("the volume has a file `{}` too", other.str()));
        }
    }
}

fn clash(one: &str, other: &str) -> bool {
    let (one, other) = (one.trim_end_matches('/'), other.trim_end_matches('/'));
    let below = |path: &str, root: &str| {
        path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    !one.is_empty() && !other.is_empty() && (below(one, other) || below(other, one))
}

#[cfg(test)]
mod tests {
    use super::clash;

    #[test]
    fn clashes() {
        assert!(clash("a", "a/") && clash("a/b", "a") && clash("a", "a/b"));
        assert!(!clash("a", "ab") && !clash("", "a") && !clash("a/b", "a/c"));
    }
}
