//! The merged values of one component: package defaults overlaid by the layers of its environment.
//!
//! Maps merge deeply, scalars and lists are replaced, `null` removes what a lower layer set. Every node keeps its
//! chain of origins, so that the tool can always say who set a value and what it overrode. The tree borrows the
//! files' own trees. What a value must look like is for `schema`; who reads it, for `template`.

mod merge;
mod route;

pub use merge::merge;
pub use route::{Route, RouteError, Segment};

use crate::{source::Span, yaml};

/// A node of a [`Values`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(pub u32);

/// The top of every tree: a map of the roots that were merged.
pub const TOP: Id = Id(0);

/// What a node holds; text is borrowed from the file that set it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Data<'a> {
    /// Declared but not set: `null` in the package's defaults, or removed by a layer. Reads as null, is in no
    /// iteration, and a schema sees no property.
    Absent,
    /// A boolean.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// An integer above `i64`.
    UInt(u64),
    /// A float.
    Float(f64),
    /// A string.
    Str(&'a str),
    /// A list; the items' identities are contiguous.
    Seq(Children),
    /// A map; the values' identities are contiguous.
    Map(Children),
}

/// The contiguous children of a list or map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Children {
    first: u32,
    len: u32,
}

impl Children {
    /// The identity at a place.
    pub fn at(self, index: usize) -> Option<Id> {
        u32::try_from(index).ok().filter(|&n| n < self.len).map(|n| Id(self.first + n))
    }

    /// The identities, in order.
    pub fn ids(self) -> impl DoubleEndedIterator<Item = Id> + ExactSizeIterator {
        (self.first..self.first + self.len).map(Id)
    }
}

/// One layer's say on a node.
#[derive(Debug, Clone, Copy)]
pub struct Origin<'a> {
    /// Which layer, counted from the lowest; 0 is the package's defaults.
    pub layer: u16,
    /// The key in the file; none for list items and whole files.
    pub key: Option<Span>,
    /// What the file says.
    pub node: &'a yaml::Node,
}

/// One tree that takes part in a merge, lowest layer first.
pub type Layer<'a> = Origin<'a>;

#[derive(Debug, Clone, Copy)]
struct Node<'a> {
    key: &'a str,
    parent: Id,
    data: Data<'a>,
    origins: (u32, u32),
}

/// A merged tree.
#[derive(Debug, Default)]
pub struct Values<'a> {
    nodes: Vec<Node<'a>>,
    origins: Vec<Origin<'a>>,
}

impl<'a> Values<'a> {
    /// What a node holds.
    pub fn data(&self, id: Id) -> Data<'a> {
        self.nodes.get(id.0 as usize).map_or(Data::Absent, |n| n.data)
    }

    /// The key under which a node stands; the index for a list's item is its place, its key is empty.
    pub fn key(&self, id: Id) -> &'a str {
        self.nodes.get(id.0 as usize).map_or("", |n| n.key)
    }

    /// The value of a key of a map; absent values are found too.
    pub fn get(&self, id: Id, key: &str) -> Option<Id> {
        let Data::Map(children) = self.data(id) else { return None };
        self.get_in(children, key)
    }

    /// The value of a key among a map's children; absent values are found too.
    pub fn get_in(&self, children: Children, key: &str) -> Option<Id> {
        let at = self.slice(children).iter().position(|n| n.key == key)?;
        children.at(at)
    }

    fn slice(&self, children: Children) -> &[Node<'a>] {
        let first = children.first as usize;
        self.nodes.get(first..first + children.len as usize).unwrap_or(&[])
    }

    /// The item of a list.
    pub fn item(&self, id: Id, index: usize) -> Option<Id> {
        let Data::Seq(children) = self.data(id) else { return None };
        children.ids().nth(index)
    }

    /// The children of a map or list that are there: absent ones are passed over.
    pub fn present(&self, id: Id) -> impl Iterator<Item = Id> + '_ {
        self.children(id).filter(|&c| self.data(c) != Data::Absent)
    }

    /// The children of a map or list, absent ones too.
    pub fn children(&self, id: Id) -> impl DoubleEndedIterator<Item = Id> + use<> {
        let children = match self.data(id) {
            Data::Seq(c) | Data::Map(c) => c,
            _ => Children { first: 0, len: 0 },
        };
        children.ids()
    }

    /// The layers' say on a node, lowest first; the last one won.
    pub fn chain(&self, id: Id) -> &[Origin<'a>] {
        let Some(node) = self.nodes.get(id.0 as usize) else { return &[] };
        self.origins.get(node.origins.0 as usize..node.origins.1 as usize).unwrap_or(&[])
    }

    /// The layer that set a node.
    pub fn origin(&self, id: Id) -> Option<Origin<'a>> {
        self.chain(id).last().copied()
    }

    /// Whether an environment's layer set the node (or a part of it), not only the package's defaults.
    pub fn written(&self, id: Id) -> bool {
        self.origin(id).is_some_and(|o| o.layer > 0)
    }

    /// Where the winning value stands; for an absent or empty one, its key.
    pub fn span(&self, id: Id) -> Option<Span> {
        let origin = self.origin(id)?;
        match origin.key {
            Some(key) if origin.node.span.start == origin.node.span.end => Some(key),
            _ => Some(origin.node.span),
        }
    }

    /// Where the winning key stands; for a list item, the item.
    pub fn key_span(&self, id: Id) -> Option<Span> {
        let origin = self.origin(id)?;
        Some(origin.key.unwrap_or(origin.node.span))
    }

    /// The route from the top to a node.
    pub fn route(&self, id: Id) -> Route {
        let mut segments = Vec::new();
        let mut at = id;
        while at != TOP {
            let Some(node) = self.nodes.get(at.0 as usize) else { break };
            segments.push(match self.data(node.parent) {
                Data::Seq(children) => Segment::Index((at.0 - children.first) as usize),
                _ => Segment::Key(node.key.to_owned()),
            });
            at = node.parent;
        }
        segments.reverse();
        Route(segments)
    }

    /// The node at a route below `from`.
    pub fn find(&self, from: Id, route: &Route) -> Option<Id> {
        route.0.iter().try_fold(from, |at, segment| match segment {
            Segment::Key(key) => self.get(at, key).or_else(|| self.item(at, key.parse().ok()?)),
            Segment::Index(index) => self.item(at, *index),
        })
    }

    /// The parent of a node; the top is its own.
    pub fn parent(&self, id: Id) -> Id {
        self.nodes.get(id.0 as usize).map_or(TOP, |n| n.parent)
    }

    /// All nodes below `from` that hold no other: scalars, absent values, empty lists and maps; in order.
    pub fn leaves(&self, from: Id) -> Vec<Id> {
        let mut leaves = Vec::new();
        let mut stack = vec![from];
        while let Some(id) = stack.pop() {
            let before = stack.len();
            stack.extend(self.children(id).rev());
            if stack.len() == before {
                leaves.push(id);
            }
        }
        leaves
    }

    /// Gives back the room that the merge had to spare, for a tree that is kept.
    pub fn shrink(&mut self) {
        self.nodes.shrink_to_fit();
        self.origins.shrink_to_fit();
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether nothing was merged.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }
}
