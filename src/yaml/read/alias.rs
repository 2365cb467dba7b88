//! Anchors and their aliases: an alias is a copy of what its anchor names, within a budget.

use super::MAX_DEPTH;
use super::Stop;
use super::build::too_deep;
use crate::diag::Finding;
use crate::source::Span;
use crate::yaml::{Data, Node};
use std::collections::HashMap;

/// What copies may weigh in any text; see [`weigh`].
const BUDGET: usize = 100_000;

/// The finished anchors of one document, and what copying them has cost.
#[derive(Default)]
pub(super) struct Anchors {
    known: HashMap<usize, Anchored>,
    spent: usize,
}

struct Anchored {
    node: Node,
    weight: usize,
    height: usize,
}

impl Anchors {
    /// Forgets the anchors of the last document; what they cost stays spent.
    pub(super) fn clear(&mut self) {
        self.known.clear();
    }

    /// Keeps a copy of `node`. Anchors inside anchors copy their content again and again, so that counts too.
    pub(super) fn define(&mut self, anchor: usize, node: &Node, length: usize) -> Result<(), Stop> {
        let (weight, height) = weigh(node);
        self.spend(weight, length, node.span)?;
        self.known.insert(anchor, Anchored { node: node.clone(), weight, height });
        Ok(())
    }

    /// A copy of what the alias at `at` names, to stand `depth` collections deep in a text of `length` bytes.
    pub(super) fn expand(
        &mut self,
        anchor: usize,
        at: Span,
        depth: usize,
        length: usize,
    ) -> Result<Node, Stop> {
        let Some((weight, height)) = self.known.get(&anchor).map(|a| (a.weight, a.height)) else {
            let message = "this alias stands inside what it names, without an end";
            return Err(Box::new(Finding::error("yaml-alias", at, message)));
        };
        if depth + height > MAX_DEPTH {
            return Err(too_deep(at));
        }
        self.spend(weight, length, at)?;
        match self.known.get(&anchor) {
            Some(anchored) => Ok(anchored.node.clone()),
            None => Ok(super::build::absent(at.file, at.start as usize)),
        }
    }

    fn spend(&mut self, weight: usize, length: usize, at: Span) -> Result<(), Stop> {
        self.spent = self.spent.saturating_add(weight);
        // A text of n bytes has at most about n/2 nodes: large files may repeat what they hold a few times.
        if self.spent <= BUDGET.max(length) {
            return Ok(());
        }
        let message = "the aliases of this file expand to far more than the file";
        let help = "write out what differs, or move it to a layer above";
        Err(Box::new(Finding::error("yaml-alias-budget", at, message).help(help)))
    }
}

/// What a copy of a node costs (one for each node, and one for each 32 bytes of text) and how deep it is.
fn weigh(node: &Node) -> (usize, usize) {
    let children = |list: &mut dyn Iterator<Item = (usize, usize)>| {
        list.fold((1, 1), |(weight, height), (w, h)| (weight + w, height.max(h + 1)))
    };
    match &node.data {
        Data::Str(text) => (1 + text.len() / 32, 0),
        Data::Seq(items) => children(&mut items.iter().map(weigh)),
        Data::Map(entries) => children(&mut entries.iter().map(|e| {
            let (weight, height) = weigh(&e.value);
            (weight + 1 + e.key.text.len() / 32, height)
        })),
        _ => (1, 0),
    }
}
