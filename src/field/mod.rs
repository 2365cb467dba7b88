//! Rendered fields and what made them: the output of a template, the input of manifests, transforms and rules.
//!
//! A [`Field`] is a node of a rendered manifest. Its [`By`] names the template line, the values that were read, and
//! the conditions it stands under; the lists behind those numbers are in the [`Trace`] of the component.

mod blame;
mod build;
mod removal;

pub use blame::{Blame, blame};
pub use build::Maker;
pub use removal::{Part, Patched, Removal};

use crate::{source::Span, values::Id};
use std::borrow::Cow;

/// A node of a rendered manifest; text is borrowed from the template or the values where it can be.
#[derive(Debug, Clone, PartialEq)]
pub struct Field<'a> {
    /// What it holds.
    pub data: Data<'a>,
    /// What made it.
    pub by: By,
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Data<'a> {
    /// Null.
    Null,
    /// A boolean.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// An integer above `i64`.
    UInt(u64),
    /// A finite float.
    Float(f64),
    /// A string.
    Str(Cow<'a, str>),
    /// A list.
    Seq(Vec<Field<'a>>),
    /// A map, keys unique.
    Map(Vec<Member<'a>>),
}

/// A key and its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Member<'a> {
    /// The key.
    pub key: Cow<'a, str>,
    /// What made the key.
    pub by: By,
    /// The value.
    pub value: Field<'a>,
}

/// What made a field: numbers into the [`Trace`] of its component, and the template's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct By {
    /// The template's scalar, list or map.
    pub at: Span,
    /// The call of a fragment it was made in; 0 for none.
    pub frame: u32,
    /// The innermost condition it stands under; 0 for none.
    pub guard: u32,
    /// The values that were read.
    pub reads: Reads,
}

/// A range of [`Trace::reads`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reads {
    /// The first.
    pub start: u32,
    /// How many.
    pub len: u32,
}

/// A condition or loop that decided whether fields are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Guard {
    /// The next condition outwards; 0 for none.
    pub parent: u32,
    /// The expression in the template.
    pub at: Span,
    /// How it decided.
    pub kind: GuardKind,
    /// The call of a fragment it stands in; 0 for none.
    pub frame: u32,
    /// The values that were read.
    pub reads: Reads,
}

/// How a [`Guard`] decides that fields are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum GuardKind {
    /// The condition holds.
    #[default]
    Holds,
    /// The condition does not, and the fields are those of the `else`.
    Fails,
    /// The loop has a turn.
    Turns,
    /// The key above the fields is computed.
    Key,
}

/// A call of a fragment, or a change that was asked for elsewhere: a transform, a patch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Frame {
    /// The call or change around which it stands; 0 for none.
    pub parent: u32,
    /// The call in the template, or the line that asked for the change.
    pub at: Span,
    /// The name of the change; none for a call.
    pub change: Option<&'static str>,
}

/// The lists behind the numbers of [`By`], of one component. Index 0 of guards and frames means none.
#[derive(Debug)]
pub struct Trace {
    /// Values that were read, in the order of reading.
    pub reads: Vec<Id>,
    /// Conditions.
    pub guards: Vec<Guard>,
    /// Calls of fragments.
    pub frames: Vec<Frame>,
    /// What was left out, and why: a condition that was false, a loop without a turn, or an expression that gave `omit` or
    /// null.
    pub omissions: Vec<By>,
    /// What was made and then taken away.
    pub removals: Vec<Removal>,
    /// Objects that patches changed, a patch each.
    pub patched: Vec<Patched>,
}

impl Default for Trace {
    fn default() -> Self {
        Self {
            reads: Vec::new(),
            guards: vec![Guard::default()],
            frames: vec![Frame::default()],
            omissions: Vec::new(),
            removals: Vec::new(),
            patched: Vec::new(),
        }
    }
}

impl Trace {
    /// Adds reads that no template made; they are a range of their own.
    pub fn record(&mut self, ids: impl IntoIterator<Item = Id>) -> Reads {
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let start = count(self.reads.len());
        self.reads.extend(ids);
        Reads { start, len: count(self.reads.len()) - start }
    }

    /// The values of a range.
    pub fn reads(&self, range: Reads) -> &[Id] {
        self.reads.get(range.start as usize..(range.start + range.len) as usize).unwrap_or(&[])
    }

    /// The conditions of a field, innermost first.
    pub fn guards(&self, by: By) -> impl Iterator<Item = Guard> + '_ {
        let step = |at: u32| self.guards.get(at as usize).copied().filter(|_| at != 0);
        std::iter::successors(step(by.guard), move |g| step(g.parent))
    }

    /// The fragment calls of a field, innermost first.
    pub fn frames(&self, by: By) -> impl Iterator<Item = Frame> + '_ {
        let step = |at: u32| self.frames.get(at as usize).copied().filter(|_| at != 0);
        std::iter::successors(step(by.frame), move |f| step(f.parent))
    }
}

impl<'a> Field<'a> {
    /// The value of a key, of a map.
    pub fn get(&self, key: &str) -> Option<&Field<'a>> {
        self.members().iter().find(|m| m.key == key).map(|m| &m.value)
    }

    /// The value at a chain of keys.
    pub fn at(&self, keys: &[&str]) -> Option<&Field<'a>> {
        keys.iter().try_fold(self, |field, key| field.get(key))
    }

    /// The value of a key, of a map, to be changed.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Field<'a>> {
        match &mut self.data {
            Data::Map(members) => members.iter_mut().find(|m| m.key == key).map(|m| &mut m.value),
            _ => None,
        }
    }

    /// The value at a chain of keys, to be changed.
    pub fn at_mut(&mut self, keys: &[&str]) -> Option<&mut Field<'a>> {
        keys.iter().try_fold(self, |field, key| field.get_mut(key))
    }

    /// The text of a string.
    pub fn as_str(&self) -> Option<&str> {
        match &self.data {
            Data::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The items of a list; none of anything else.
    pub fn items(&self) -> &[Field<'a>] {
        match &self.data {
            Data::Seq(items) => items,
            _ => &[],
        }
    }

    /// The members of a map; none of anything else.
    pub fn members(&self) -> &[Member<'a>] {
        match &self.data {
            Data::Map(members) => members,
            _ => &[],
        }
    }
}
