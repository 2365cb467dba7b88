//! What Kubernetes' own Go modules say of the life of a kind: since when it is deprecated, when it goes, and what
//! replaces it. Whether it went is in the documents (`kinds`).

use super::document::Kind;
use std::collections::BTreeMap;

/// The life of a kind, as far as it is declared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Life {
    /// The minor version from which on servers warn.
    pub(super) deprecated: Option<u32>,
    /// The minor version that is to serve it no longer.
    pub(super) removed: Option<u32>,
    /// What to use instead.
    pub(super) replacement: Option<Kind>,
}

/// The lives in one file `zz_generated.prerelease-lifecycle.go`, by kind.
pub(super) fn parse(text: &str) -> BTreeMap<String, Life> {
    let mut lives: BTreeMap<String, Life> = BTreeMap::new();
    let mut within: Option<(&str, &str)> = None;
    for line in text.lines() {
        if let Some(method) = line.strip_prefix("func (in *") {
            within = method
                .split_once(") APILifecycle")
                .and_then(|(kind, rest)| Some((kind, rest.split_once("()")?.0)));
            continue;
        }
        let (Some((kind, what)), Some(value)) = (within, line.trim().strip_prefix("return ")) else {
            continue;
        };
        let life = lives.entry(kind.to_owned()).or_default();
        match what {
            "Deprecated" => life.deprecated = minor(value),
            "Removed" => life.removed = minor(value),
            "Replacement" => life.replacement = replacement(value),
            _ => {}
        }
    }
    lives
}

/// The minor version of `1, 22`.
fn minor(value: &str) -> Option<u32> {
    value.split_once(", ")?.1.parse().ok()
}

/// What servers warn of though it is declared in words only: `v1 Endpoints`, in the comment of its Go type.
pub(super) fn in_words() -> (Kind, Life) {
    let kind = |group: &str, name: &str| Kind {
        group: group.to_owned(),
        version: "v1".to_owned(),
        kind: name.to_owned(),
    };
    let replacement = Some(kind("discovery.k8s.io", "EndpointSlice"));
    (kind("", "Endpoints"), Life { deprecated: Some(33), removed: None, replacement })
}

/// The kind in a Go literal.
fn replacement(value: &str) -> Option<Kind> {
    let part = |key: &str| {
        let (_, rest) = value.split_once(&format!("{key}: \""))?;
        Some(rest.split_once('"')?.0.to_owned())
    };
    Some(Kind { group: part("Group")?, version: part("Version")?, kind: part("Kind")? })
}

/// The API group that a file `register.go` declares; empty for the core group.
pub(super) fn group(text: &str) -> Option<&str> {
    let line = text
        .lines()
        .map(str::trim)
        .find(|l| l.starts_with("const GroupName") || l.starts_with("GroupName ="))?;
    line.split_once('"')?.1.split_once('"').map(|(group, _)| group)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deprecation_and_replacement_of_each_kind() {
        let lives = parse(
            "func (in *Old) APILifecycleIntroduced() (major, minor int) {\n\treturn 1, 1\n}\n\
             func (in *Old) APILifecycleDeprecated() (major, minor int) {\n\treturn 1, 8\n}\n\
             func (in *Old) APILifecycleReplacement() schema.GroupVersionKind {\n\
             \treturn schema.GroupVersionKind{Group: \"apps\", Version: \"v1\", Kind: \"New\"}\n}\n\
             func (in *Old) APILifecycleRemoved() (major, minor int) {\n\treturn 1, 16\n}\n\
             func (in *Plain) APILifecycleIntroduced() (major, minor int) {\n\treturn 1, 1\n}\n",
        );
        let new = Kind { group: "apps".into(), version: "v1".into(), kind: "New".into() };
        assert_eq!(lives["Old"], Life { deprecated: Some(8), removed: Some(16), replacement: Some(new) });
        assert_eq!(lives["Plain"], Life::default());
    }

    #[test]
    fn the_group_of_a_package() {
        assert_eq!(group("// GroupName is ...\nconst GroupName = \"extensions\"\n"), Some("extensions"));
        assert_eq!(group("const GroupName = \"\"\n"), Some(""));
        assert_eq!(group("package v1\n"), None);
    }
}
