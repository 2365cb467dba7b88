//! A tree to canonical YAML text in the style of kubectl, such that readers of YAML 1.1, of YAML 1.2 and
//! Kubernetes read the same tree back. Generic over the tree, because manifests are not [`Node`]s.
//!
//! The order of keys and what a manifest holds is for the floors above; comments are not kept.

mod number;
mod text;

use super::{Data, Entry, Node};

/// A tree that can be written.
pub trait Tree: Sized {
    /// A key and its value.
    type Member: Member<Self>;

    /// What this node is.
    fn view(&self) -> View<'_, Self>;
}

/// A key and its value in a map of a [`Tree`].
pub trait Member<T> {
    /// The key.
    fn key(&self) -> &str;

    /// The value.
    fn value(&self) -> &T;
}

/// What a node of a [`Tree`] is.
#[derive(Debug)]
pub enum View<'t, T: Tree> {
    /// Null.
    Null,
    /// A boolean.
    Bool(bool),
    /// An integer that fits `i64`.
    Int(i64),
    /// An integer above `i64`.
    UInt(u64),
    /// A float.
    Float(f64),
    /// A string.
    Str(&'t str),
    /// A list.
    Seq(&'t [T]),
    /// A map.
    Map(&'t [T::Member]),
}

/// Writes `tree` to the end of `out` as one document: no `---` before it, one line break at its end.
pub fn emit<T: Tree>(tree: &T, out: &mut String) {
    match tree.view() {
        // A block scalar needs a parent to be indented under.
        View::Str(text) => text::inline(text, out),
        view => value(&view, 0, out),
    }
    out.push('\n');
}

/// Writes a node whose first line is begun already; its further lines start at `indent`.
fn value<T: Tree>(view: &View<'_, T>, indent: usize, out: &mut String) {
    match view {
        View::Null => out.push_str("null"),
        View::Bool(true) => out.push_str("true"),
        View::Bool(false) => out.push_str("false"),
        View::Int(value) => number::int(*value, out),
        View::UInt(value) => number::uint(*value, out),
        View::Float(value) => number::float(*value, out),
        View::Str(text) => text::value(text, indent, out),
        View::Seq([]) => out.push_str("[]"),
        View::Map([]) => out.push_str("{}"),
        View::Seq(items) => {
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    line(indent, out);
                }
                out.push_str("- ");
                value(&item.view(), indent + 2, out);
            }
        }
        View::Map(members) => {
            for (at, member) in members.iter().enumerate() {
                if at > 0 {
                    line(indent, out);
                }
                text::key(member.key(), indent, out);
                member_value(&member.value().view(), indent, out);
            }
        }
    }
}

/// Writes what follows a key: a list starts in the column of its key, a map two further, the rest on its line.
fn member_value<T: Tree>(view: &View<'_, T>, indent: usize, out: &mut String) {
    let deeper = match view {
        View::Map([_, ..]) => indent + 2,
        View::Seq([_, ..]) => indent,
        scalar => {
            out.push_str(": ");
            return value(scalar, indent + 2, out);
        }
    };
    out.push(':');
    line(deeper, out);
    value(view, deeper, out);
}

/// A line break and 64 blanks.
const BREAK: &str = "\n                                                                ";

/// Starts a line at `indent`.
fn line(indent: usize, out: &mut String) {
    let mut rest = indent;
    let first = rest.min(BREAK.len() - 1);
    out.push_str(&BREAK[..=first]);
    rest -= first;
    while rest > 0 {
        let next = rest.min(BREAK.len() - 1);
        out.push_str(&BREAK[1..=next]);
        rest -= next;
    }
}

impl Tree for Node {
    type Member = Entry;

    fn view(&self) -> View<'_, Self> {
        match &self.data {
            Data::Null => View::Null,
            Data::Bool(value) => View::Bool(*value),
            Data::Int(value) => View::Int(*value),
            Data::UInt(value) => View::UInt(*value),
            Data::Float(value) => View::Float(*value),
            Data::Str(text) => View::Str(text),
            Data::Seq(items) => View::Seq(items),
            Data::Map(entries) => View::Map(entries),
        }
    }
}

impl Member<Node> for Entry {
    fn key(&self) -> &str {
        &self.key.text
    }

    fn value(&self) -> &Node {
        &self.value
    }
}
