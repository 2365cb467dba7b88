//! kinds.txt: every kind that a server lets people create, or did once.

use super::{
    document::{Document, Kind, Served},
    lifecycle::Life,
    shape::short,
};
use anyhow::{Context as _, Result, bail};
use std::collections::{BTreeMap, BTreeSet};

/// What is declared of each kind.
pub(super) type Lives = BTreeMap<Kind, Life>;

/// One line a kind, sorted. Of kinds that the minors from `first` on do not serve the structure is not known.
/// `documents` are sorted by minor version and end with `newest`.
///
/// # Errors
/// A kind went and came back, or changed its scope: the format has no words for it.
pub(super) fn lines(documents: &[Document], lives: &Lives, first: u32, newest: u32) -> Result<Vec<String>> {
    let all = All { documents, lives, first, newest };
    let kinds: BTreeSet<&Kind> = documents.iter().flat_map(|d| d.kinds.keys()).collect();
    let mut lines = BTreeMap::new();
    for kind in kinds {
        lines.insert((kind.api_version(), &kind.kind), all.line(kind)?);
    }
    Ok(lines.into_values().collect())
}

struct All<'a> {
    documents: &'a [Document],
    lives: &'a Lives,
    first: u32,
    newest: u32,
}

impl All<'_> {
    fn line(&self, kind: &Kind) -> Result<String> {
        let served: Vec<(u32, &Served)> =
            self.documents.iter().filter_map(|d| Some((d.minor, d.kinds.get(kind)?))).collect();
        let (Some((since, _)), Some((until, newest))) = (served.first(), served.last()) else {
            bail!("{kind}: no minor")
        };
        if served.len() != self.documents.iter().filter(|d| (*since..=*until).contains(&d.minor)).count() {
            bail!("{kind} is served from 1.{since} to 1.{until} with gaps");
        }
        if served.iter().any(|(_, s)| s.namespaced != newest.namespaced || s.type_name != newest.type_name) {
            bail!("{kind} changed its scope or type");
        }
        let scope = if newest.namespaced { "namespaced" } else { "cluster" };
        let structure = if *until < self.first { "-" } else { short(&newest.type_name) };
        let mut line = format!("{kind} {scope} {structure}");
        if *until >= self.first {
            let since = self.first.max(*since);
            match (since == self.first, *until == self.newest) {
                (true, true) => {}
                (false, true) => line += &format!(" served={since}-"),
                (_, false) => line += &format!(" served={since}-{until}"),
            }
        }
        let deprecated = self.deprecated(kind).filter(|minor| minor <= until);
        if let Some(minor) = deprecated {
            line += &format!(" deprecated={minor}");
        }
        if *until < self.newest {
            line += &format!(" removed={}", self.removed(kind, *until));
        }
        if let Some(instead) = self.instead(kind).filter(|_| deprecated.is_some() || *until < self.newest) {
            line += &format!(" use={}", instead.api_version());
            if instead.kind != kind.kind {
                line += &format!(",{}", instead.kind);
            }
        }
        Ok(line)
    }

    /// The minor from which on servers warn; what is declared of minors to come is a plan and changes.
    fn deprecated(&self, kind: &Kind) -> Option<u32> {
        self.lives.get(kind)?.deprecated.filter(|minor| *minor <= self.newest)
    }

    /// The minor that no longer serves a kind. Documents list what a server can serve, and in the years of
    /// `extensions/v1beta1` that was more than it served unless told to: there an earlier declared minor counts.
    fn removed(&self, kind: &Kind, until: u32) -> u32 {
        let declared = self.lives.get(kind).and_then(|life| life.removed).filter(|_| until < self.first);
        declared.map_or(until + 1, |minor| minor.min(until + 1))
    }

    /// What to use instead of a kind in the newest minor: what is declared, and what is declared of that, until it is
    /// served and good; else the same kind in the best version of its group.
    fn instead(&self, kind: &Kind) -> Option<Kind> {
        let declared = std::iter::successors(Some(kind), |k| self.lives.get(k)?.replacement.as_ref());
        declared.skip(1).take(5).find(|k| self.good(k)).or_else(|| self.best(kind)).cloned()
    }

    /// The same kind in a better version of its group.
    fn best(&self, kind: &Kind) -> Option<&Kind> {
        let newest = self.documents.last()?.kinds.keys();
        let same = newest.filter(|k| k.group == kind.group && k.kind == kind.kind);
        same.max_by_key(|k| rank(&k.version)).filter(|k| rank(&k.version) > rank(&kind.version))
    }

    /// Whether the newest minor serves it without a warning.
    fn good(&self, kind: &Kind) -> bool {
        self.documents.last().is_some_and(|d| d.kinds.contains_key(kind)) && self.deprecated(kind).is_none()
    }
}

/// Orders versions: stable before beta before alpha, then by number. `v1` is (2, 1, 0), `v2beta1` (1, 2, 1).
fn rank(version: &str) -> (u32, u32, u32) {
    let number = |text: &str| text.parse().unwrap_or(0);
    let version = version.trim_start_matches('v');
    match (version.split_once("beta"), version.split_once("alpha")) {
        (Some((major, minor)), _) => (1, number(major), number(minor)),
        (_, Some((major, minor))) => (0, number(major), number(minor)),
        _ => (2, number(version), 0),
    }
}

/// The documents from `first` on must be of minors without a gap.
///
/// # Errors
/// A minor is missing, or twice there.
pub(super) fn unbroken(documents: &[Document], first: u32) -> Result<u32> {
    let mut last = None;
    for document in documents {
        if let Some(last) = last
            && document.minor != last + 1
        {
            bail!(
                "the document after that of 1.{last} is of 1.{}; one of each minor is needed",
                document.minor
            );
        }
        last = Some(document.minor);
    }
    let newest = last.context("no documents")?;
    if newest < first || documents.first().is_some_and(|d| d.minor > first) {
        bail!("no document of 1.{first}");
    }
    Ok(newest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: &str) -> Kind {
        let (api, kind) = text.split_once(' ').unwrap();
        let (group, version) = api.split_once('/').unwrap_or(("", api));
        Kind { group: group.into(), version: version.into(), kind: kind.into() }
    }

    fn documents(minors: &[(u32, &[&str])]) -> Vec<Document> {
        let of = |(minor, kinds): &(u32, &[&str])| {
            let served = |text: &&str| {
                let kind = kind(text);
                let type_name = format!("io.k8s.api.{}.{}.{}", kind.group, kind.version, kind.kind);
                (kind, Served { namespaced: true, type_name })
            };
            Document { minor: *minor, kinds: kinds.iter().map(served).collect(), types: BTreeMap::new() }
        };
        minors.iter().map(of).collect()
    }

    #[test]
    fn the_life_of_a_kind() {
        let read = documents(&[
            (24, &["apps/v1beta1 A", "apps/v1 A", "old/v1 B"]),
            (25, &["apps/v1 A", "flow/v1beta1 F"]),
            (26, &["apps/v1 A", "flow/v1beta1 F", "flow/v1beta2 F"]),
            (27, &["apps/v1 A", "flow/v1beta2 F", "flow/v1 F"]),
        ]);
        let life = |deprecated, replacement: &str| Life {
            deprecated,
            removed: None,
            replacement: Some(kind(replacement)),
        };
        let lives = Lives::from([
            (kind("flow/v1beta1 F"), life(Some(26), "flow/v1beta2 F")),
            (kind("flow/v1beta2 F"), life(Some(27), "flow/v1 F")),
            (kind("apps/v1 A"), life(Some(30), "other/v1 C")),
        ]);
        assert_eq!(
            lines(&read, &lives, 25, 27).unwrap(),
            [
                "apps/v1 A namespaced apps.v1.A",
                "apps/v1beta1 A namespaced - removed=25 use=apps/v1",
                "flow/v1 F namespaced flow.v1.F served=27-",
                "flow/v1beta1 F namespaced flow.v1beta1.F served=25-26 deprecated=26 removed=27 use=flow/v1",
                "flow/v1beta2 F namespaced flow.v1beta2.F served=26- deprecated=27 use=flow/v1",
                "old/v1 B namespaced - removed=25",
            ]
        );
    }

    #[test]
    fn another_kind_as_replacement_is_named() {
        let read = documents(&[(25, &["v1 Endpoints", "discovery/v1 EndpointSlice"])]);
        let life = Life {
            deprecated: Some(25),
            removed: None,
            replacement: Some(kind("discovery/v1 EndpointSlice")),
        };
        let lines = lines(&read, &Lives::from([(kind("v1 Endpoints"), life)]), 25, 25).unwrap();
        assert!(lines[1].ends_with("deprecated=25 use=discovery/v1,EndpointSlice"), "{lines:?}");
    }

    #[test]
    fn a_declared_removal_counts_for_kinds_that_went_before_the_first_minor() {
        let read = documents(&[(24, &["old/v1 A"]), (25, &["new/v1 B"]), (26, &[])]);
        let life = |removed| Life { removed: Some(removed), ..Life::default() };
        let lives = Lives::from([(kind("old/v1 A"), life(16)), (kind("new/v1 B"), life(16))]);
        assert_eq!(
            lines(&read, &lives, 25, 26).unwrap(),
            ["new/v1 B namespaced new.v1.B served=25-25 removed=26", "old/v1 A namespaced - removed=16"]
        );
    }

    #[test]
    fn a_replacement_that_nobody_serves_is_not_named() {
        let read = documents(&[(25, &["net/v1beta1 A", "net/v1 A"]), (26, &["net/v1 A"])]);
        let life = Life { replacement: Some(kind("net/v1 AList")), ..Life::default() };
        let lines = lines(&read, &Lives::from([(kind("net/v1beta1 A"), life)]), 25, 26).unwrap();
        assert!(lines[1].ends_with("removed=26 use=net/v1"), "{lines:?}");
    }

    #[test]
    fn a_gap_is_an_error() {
        let read = documents(&[(25, &["v1 A"]), (26, &[]), (27, &["v1 A"])]);
        assert!(lines(&read, &Lives::new(), 25, 27).is_err());
        assert!(unbroken(&documents(&[(25, &[]), (27, &[])]), 25).is_err());
        assert_eq!(unbroken(&documents(&[(24, &[]), (25, &[])]), 25).unwrap(), 25);
    }

    #[test]
    fn stable_is_better_than_beta_is_better_than_alpha() {
        let mut versions = ["v1", "v2beta2", "v2", "v1alpha3", "v1beta1", "v2beta10"];
        versions.sort_by_key(|v| rank(v));
        assert_eq!(versions, ["v1alpha3", "v1beta1", "v2beta2", "v2beta10", "v1", "v2"]);
    }
}
