//! YAML text to a tree with spans, as Kubernetes reads it; canonical emission; edits.
//!
//! A [`Node`] is what one file says. What files say together is `values`; what a template makes is `field`.

mod ambiguous;
pub mod emit;
pub mod read;
pub mod resolve;

pub use emit::{Member, Tree, View, emit};
pub use read::{Documents, Options, Parsed, Role, comments, read};
pub use resolve::{Scalar, resolve};

use crate::source::Span;

/// One value of a YAML file.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// What it is.
    pub data: Data,
    /// Where its text stands; a block collection spans its first to its last child, an absent value is empty.
    pub span: Span,
    /// How it was written.
    pub style: Style,
    /// A finding was already made about how the scalar reads: stages above say nothing more about its type.
    pub suspect: bool,
}

/// What a node is, resolved as Kubernetes resolves it.
#[derive(Debug, Clone, PartialEq)]
pub enum Data {
    /// `null`, `~` or nothing.
    Null,
    /// A boolean.
    Bool(bool),
    /// An integer that fits `i64`.
    Int(i64),
    /// An integer above `i64`.
    UInt(u64),
    /// A finite float.
    Float(f64),
    /// A string.
    Str(Box<str>),
    /// A list.
    Seq(Vec<Node>),
    /// A map in the order of the text, keys unique.
    Map(Vec<Entry>),
}

/// A key and its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: Key,
    /// The value.
    pub value: Node,
}

/// A key of a map, as a string (Kubernetes turns `1` and `true` into strings).
#[derive(Debug, Clone, PartialEq)]
pub struct Key {
    /// The text.
    pub text: Box<str>,
    /// Where it stands, with its quotes.
    pub span: Span,
    /// How it was written.
    pub style: Style,
}

/// How a node was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// A plain scalar, or a block collection.
    Plain,
    /// `'single'`.
    Single,
    /// `"double"`.
    Double,
    /// `|`.
    Literal,
    /// `>`.
    Folded,
    /// A flow collection.
    Flow,
}

impl Node {
    /// The value of a key, of a map.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|e| &e.value)
    }

    /// The entry of a key, of a map.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|e| &*e.key.text == key)
    }

    /// The entries of a map; none of anything else.
    pub fn entries(&self) -> &[Entry] {
        match &self.data {
            Data::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a list; none of anything else.
    pub fn items(&self) -> &[Node] {
        match &self.data {
            Data::Seq(items) => items,
            _ => &[],
        }
    }

    /// The text of a string.
    pub fn as_str(&self) -> Option<&str> {
        match &self.data {
            Data::Str(text) => Some(text),
            _ => None,
        }
    }

    /// What it is in words: "a string", "a map".
    pub fn kind(&self) -> &'static str {
        match self.data {
            Data::Null => "null",
            Data::Bool(_) => "a boolean",
            Data::Int(_) | Data::UInt(_) => "an integer",
            Data::Float(_) => "a number",
            Data::Str(_) => "a string",
            Data::Seq(_) => "a list",
            Data::Map(_) => "a map",
        }
    }
}
