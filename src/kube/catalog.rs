//! The kinds of Kubernetes itself: in which minor versions they are served, and what replaces them.
//!
//! Read from `schemas/kubernetes/kinds.txt`, a line a kind. Custom kinds are for `custom`.

use crate::source::embedded;
use std::{collections::BTreeSet, sync::OnceLock};

/// The first minor version of Kubernetes 1 whose structure is known.
pub const OLDEST: u32 = 25;

/// A kind of one API version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kind {
    /// `apps/v1`, or `v1` for the core group.
    pub api_version: &'static str,
    /// `Deployment`.
    pub kind: &'static str,
    /// Whether its objects live in namespaces.
    pub namespaced: bool,
    /// The name of its type; none when its structure is not known because it was removed long ago.
    pub shape: Option<&'static str>,
    /// The first minor version that serves it; 0 for all from the oldest that is known.
    pub since: u32,
    /// The last minor version that serves it.
    pub until: u32,
    /// The minor version that declared it deprecated.
    pub deprecated: Option<u32>,
    /// The minor version that no longer serves it.
    pub removed: Option<u32>,
    /// What to use: `apps/v1`, with `,Kind` when the kind differs.
    pub replacement: Option<&'static str>,
}

impl Kind {
    /// Whether a minor version serves it.
    pub fn is_served(&self, minor: u32) -> bool {
        self.since <= minor && minor <= self.until
    }

    /// What a minor version has in its place, in words: "`apps/v1`".
    pub fn instead(&self, minor: u32) -> Option<String> {
        let text = self.replacement?;
        let (version, kind) = text.split_once(',').unwrap_or((text, self.kind));
        if find(version, kind).is_some_and(|other| other.is_served(minor)) {
            return Some(match kind == self.kind {
                true => format!("`{version}`"),
                false => format!("`{kind}` of `{version}`"),
            });
        }
        // The one that stays came later than this version.
        let group = |kind: &Kind| kind.api_version.rsplit_once('/').map_or("", |(group, _)| group);
        let other = served(self.kind, minor).filter(|k| group(k) == group(self)).last()?;
        (other.api_version != self.api_version).then(|| format!("`{}`", other.api_version))
    }
}

/// All kinds, sorted by API version and kind.
pub fn kinds() -> &'static [Kind] {
    static KINDS: OnceLock<Vec<Kind>> = OnceLock::new();
    KINDS.get_or_init(|| embedded::schema("kubernetes/kinds.txt").lines().filter_map(parse).collect())
}

/// The newest minor version whose structure is known, as the first line of the data says.
pub fn newest() -> u32 {
    static NEWEST: OnceLock<u32> = OnceLock::new();
    *NEWEST.get_or_init(|| {
        let head = embedded::schema("kubernetes/kinds.txt").lines().next().unwrap_or_default();
        let last = head.trim_end_matches('.').rsplit_once("1.").map_or("", |(_, minor)| minor);
        last.parse().unwrap_or(OLDEST)
    })
}

/// The kind of a name in an API version, whether served or not.
pub fn find(api_version: &str, kind: &str) -> Option<&'static Kind> {
    let found = kinds().binary_search_by(|k| (k.api_version, k.kind).cmp(&(api_version, kind))).ok()?;
    kinds().get(found)
}

/// The kinds of a name that a minor version serves, in any API version.
pub(crate) fn served(kind: &str, minor: u32) -> impl Iterator<Item = &'static Kind> {
    kinds().iter().filter(move |k| k.kind == kind && k.is_served(minor))
}

/// Whether Kubernetes itself owns a group: what it does not have of it, nobody has.
pub(crate) fn owns(group: &str) -> bool {
    static GROUPS: OnceLock<BTreeSet<&str>> = OnceLock::new();
    let of = |k: &Kind| k.api_version.rsplit_once('/').map_or("", |(group, _)| group);
    GROUPS.get_or_init(|| kinds().iter().map(of).collect()).contains(group)
}

fn parse(line: &'static str) -> Option<Kind> {
    if line.starts_with('#') {
        return None;
    }
    let mut words = line.split(' ');
    let (api_version, kind) = (words.next()?, words.next()?);
    let (scope, shape) = (words.next()?, words.next()?);
    let mut found = Kind {
        api_version,
        kind,
        namespaced: scope == "namespaced",
        shape: (shape != "-").then_some(shape),
        since: 0,
        until: u32::MAX,
        deprecated: None,
        removed: None,
        replacement: None,
    };
    for word in words {
        let (name, value) = word.split_once('=')?;
        match name {
            "served" => {
                let (since, until) = value.split_once('-')?;
                found.since = since.parse().unwrap_or(0);
                found.until = until.parse().unwrap_or(u32::MAX);
            }
            "deprecated" => found.deprecated = value.parse().ok(),
            "removed" => found.removed = value.parse().ok(),
            "use" => found.replacement = Some(value),
            _ => {}
        }
    }
    if found.shape.is_none() {
        found.until = 0;
    }
    Some(found)
}
