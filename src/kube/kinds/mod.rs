//! What an API server checks of each built-in kind, after it has read the object. One file a kind or family of kinds, by
//! area; every area lists its kinds.
//!
//! The rules are those of the API reference, checked against an API server. They see objects whose structure is right,
//! with defaults not filled in: a rule fills in what it needs.

pub(crate) mod access;
pub(crate) mod admin;
pub(crate) mod core;
pub(crate) mod network;
pub(crate) mod node_selector;
pub(crate) mod pod;
pub(crate) mod reference;
pub(crate) mod selector;
pub(crate) mod storage;
pub(crate) mod tolerations;
pub(crate) mod workload;

use super::{at::At, check::Check, metadata::NameJudge};

/// The rules of one kind, in all its versions.
pub(crate) struct Rules {
    /// The API group; empty for core.
    pub group: &'static str,
    /// The kind.
    pub kind: &'static str,
    /// How its names must be formed.
    pub name: NameJudge,
    /// Checks the object, `metadata` apart.
    pub check: for<'t> fn(&mut Check<'t>, At<'t>),
}

/// All rules, by area.
const AREAS: [&[Rules]; 7] =
    [access::RULES, admin::RULES, core::RULES, network::RULES, pod::RULES, storage::RULES, workload::RULES];

/// The rules of a kind.
pub(crate) fn find(group: &str, kind: &str) -> Option<&'static Rules> {
    AREAS.iter().flat_map(|area| area.iter()).find(|r| r.kind == kind && r.group == group)
}
