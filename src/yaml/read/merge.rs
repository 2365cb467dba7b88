//! Merge keys: `<<` takes the entries of another map, or of each map of a list.

use crate::diag::Finding;
use crate::source::Span;
use crate::yaml::{Data, Entry, Node};
use std::collections::HashSet;

/// One `<<` of a map.
pub(super) struct Merge {
    /// How many entries of the map stand before it.
    pub(super) at: usize,
    /// The `<<`.
    pub(super) key: Span,
    /// What it merges.
    pub(super) value: Node,
}

/// The entries of a map after its merges: its own keys win, then the maps that come first; merged entries stand
/// where the `<<` stood.
pub(super) fn apply(own: Vec<Entry>, merges: Vec<Merge>, findings: &mut Vec<Finding>) -> Vec<Entry> {
    let mut taken: HashSet<Box<str>> = own.iter().map(|e| e.key.text.clone()).collect();
    let mut all = Vec::with_capacity(own.len());
    let mut own = own.into_iter();
    let mut passed = 0;
    for merge in merges {
        all.extend(own.by_ref().take(merge.at.saturating_sub(passed)));
        passed = passed.max(merge.at);
        for map in maps(merge.key, merge.value, findings) {
            all.extend(map.into_iter().filter(|e| taken.insert(e.key.text.clone())));
        }
    }
    all.extend(own);
    all
}

/// The maps that a `<<` names.
fn maps(key: Span, value: Node, findings: &mut Vec<Finding>) -> Vec<Vec<Entry>> {
    let nodes = match value.data {
        Data::Seq(items) => items,
        data => vec![Node { data, ..value }],
    };
    let mut maps = Vec::with_capacity(nodes.len());
    for node in nodes {
        match node.data {
            Data::Map(entries) => maps.push(entries),
            _ => {
                let message = format!("`<<` merges a map or a list of maps, and this is {}", node.kind());
                findings
                    .push(Finding::error("yaml-merge", key, message).related(node.span, "this is merged"));
            }
        }
    }
    maps
}
