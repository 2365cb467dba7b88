//! A place in an object: what stands there, or the name of what does not.
//!
//! An object is a tree of YAML nodes or of rendered fields; rules see no difference. A place is a pointer and is copied
//! freely; its path is only looked for when something is wrong with it (`place`).

use super::format::quantity::Quantity;
use crate::{
    field::{self, Field},
    yaml::{self, Node},
};

/// A node of an object, wherever it came from.
#[derive(Debug, Clone, Copy)]
pub enum Value<'t> {
    /// Of a file that was read.
    Node(&'t Node),
    /// Of a manifest that was rendered.
    Field(&'t Field<'t>),
}

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Data<'t> {
    /// Null.
    Null,
    /// A boolean.
    Bool(bool),
    /// An integer; a number such as `3.0` is one.
    Int(i128),
    /// Another number.
    Float(f64),
    /// A string.
    Str(&'t str),
    /// A list.
    List,
    /// A map.
    Map,
}

impl<'t> Value<'t> {
    /// What it is.
    pub fn data(self) -> Data<'t> {
        match self {
            Value::Node(node) => match &node.data {
                yaml::Data::Null => Data::Null,
                yaml::Data::Bool(b) => Data::Bool(*b),
                yaml::Data::Int(i) => Data::Int(i128::from(*i)),
                yaml::Data::UInt(u) => Data::Int(i128::from(*u)),
                yaml::Data::Float(f) => number(*f),
                yaml::Data::Str(s) => Data::Str(s),
                yaml::Data::Seq(_) => Data::List,
                yaml::Data::Map(_) => Data::Map,
            },
            Value::Field(field) => match &field.data {
                field::Data::Null => Data::Null,
                field::Data::Bool(b) => Data::Bool(*b),
                field::Data::Int(i) => Data::Int(i128::from(*i)),
                field::Data::UInt(u) => Data::Int(i128::from(*u)),
                field::Data::Float(f) => number(*f),
                field::Data::Str(s) => Data::Str(s),
                field::Data::Seq(_) => Data::List,
                field::Data::Map(_) => Data::Map,
            },
        }
    }

    /// The number of items or members.
    pub fn len(self) -> usize {
        match self {
            Value::Node(node) => node.items().len() + node.entries().len(),
            Value::Field(field) => field.items().len() + field.members().len(),
        }
    }

    /// Whether it has neither items nor members.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Item `n` of a list.
    pub fn item(self, n: usize) -> Option<Self> {
        match self {
            Value::Node(node) => node.items().get(n).map(Value::Node),
            Value::Field(field) => field.items().get(n).map(Value::Field),
        }
    }

    /// Member `n` of a map.
    pub fn member(self, n: usize) -> Option<(&'t str, Self)> {
        match self {
            Value::Node(node) => node.entries().get(n).map(|e| (&*e.key.text, Value::Node(&e.value))),
            Value::Field(field) => field.members().get(n).map(|m| (&*m.key, Value::Field(&m.value))),
        }
    }

    /// The value of a key of a map.
    pub fn get(self, key: &str) -> Option<Self> {
        match self {
            Value::Node(node) => node.get(key).map(Value::Node),
            Value::Field(field) => field.get(key).map(Value::Field),
        }
    }

    /// Whether it is the same node of the same tree.
    pub(super) fn is(self, other: Self) -> bool {
        self.address() == other.address()
    }

    /// Where it lies in memory: no other value of its tree lies there.
    pub(super) fn address(self) -> usize {
        match self {
            Value::Node(node) => std::ptr::from_ref(node).addr(),
            Value::Field(field) => std::ptr::from_ref(field).addr(),
        }
    }
}

/// A number: JSON does not tell `3.0` from `3`, and the client that sends it writes `3`.
fn number<'t>(f: f64) -> Data<'t> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if f.fract() == 0.0 && f.abs() <= EXACT {
        #[expect(clippy::cast_possible_truncation, reason = "whole and in range")]
        return Data::Int(f as i128);
    }
    Data::Float(f)
}

/// How many names of what is absent are kept.
const DEPTH: usize = 4;

/// A place in an object. Null is absent, as it is to an API server.
#[derive(Debug, Clone, Copy)]
pub struct At<'t> {
    /// What stands there, or the nearest thing around it that does.
    pub(super) near: Value<'t>,
    /// The keys from there to what is absent.
    pub(super) missing: [&'t str; DEPTH],
    /// How many of them there are; 0 when the value is there.
    pub(super) depth: usize,
}

impl<'t> At<'t> {
    /// The place of a value.
    pub fn new(value: Value<'t>) -> Self {
        Self { near: value, missing: [""; DEPTH], depth: 0 }
    }

    /// The value, unless it is absent or null.
    pub fn value(self) -> Option<Value<'t>> {
        (self.depth == 0 && self.near.data() != Data::Null).then_some(self.near)
    }

    /// What it is; null when absent.
    pub fn data(self) -> Data<'t> {
        if self.depth == 0 { self.near.data() } else { Data::Null }
    }

    /// Whether it is there and not null.
    pub fn present(self) -> bool {
        self.data() != Data::Null
    }

    /// Whether it is absent or null.
    pub fn absent(self) -> bool {
        !self.present()
    }

    /// Whether it is absent, null, or an empty string, list or map: the zero of its type for a server, numbers and
    /// booleans apart.
    pub fn blank(self) -> bool {
        match self.data() {
            Data::Null => true,
            Data::Str(text) => text.is_empty(),
            Data::List | Data::Map => self.near.is_empty(),
            _ => false,
        }
    }

    /// The place of a key.
    #[must_use]
    pub fn get(self, key: &'t str) -> Self {
        if self.depth == 0
            && let Some(value) = self.near.get(key)
        {
            return Self::new(value);
        }
        let mut place = self;
        if let Some(slot) = place.missing.get_mut(place.depth) {
            *slot = key;
            place.depth += 1;
        }
        place
    }

    /// The place that keys lead to.
    #[must_use]
    pub fn at(self, keys: &[&'t str]) -> Self {
        keys.iter().fold(self, |at, key| at.get(key))
    }

    /// The text, or "" when it is absent or no string.
    pub fn str(self) -> &'t str {
        match self.data() {
            Data::Str(text) => text,
            _ => "",
        }
    }

    /// The text, or a default where there is none or it is empty.
    pub fn str_or(self, default: &'t str) -> &'t str {
        match self.str() {
            "" => default,
            text => text,
        }
    }

    /// The integer; none when it is absent or no integer.
    pub fn int(self) -> Option<i64> {
        match self.data() {
            Data::Int(i) => i64::try_from(i).ok(),
            _ => None,
        }
    }

    /// The quantity; none when it is absent or no quantity.
    pub fn quantity(self) -> Option<Quantity> {
        match self.data() {
            Data::Int(i) => Quantity::parse(&i.to_string()),
            Data::Float(f) => Quantity::parse(&f.to_string()),
            Data::Str(text) => Quantity::parse(text),
            _ => None,
        }
    }

    /// The boolean; false when absent.
    pub fn flag(self) -> bool {
        self.data() == Data::Bool(true)
    }

    /// The number of items or members; 0 of anything else.
    pub fn len(self) -> usize {
        if self.depth == 0 { self.near.len() } else { 0 }
    }

    /// Whether it has no items and no members.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The items of a list; none of anything else. An item that is null is the zero value of its type.
    pub fn items(self) -> impl ExactSizeIterator<Item = At<'t>> {
        let count = if self.data() == Data::List { self.near.len() } else { 0 };
        (0..count).map(move |n| At::new(self.near.item(n).unwrap_or(self.near)))
    }

    /// The members of a map, in the order of the text, null ones included; none of anything else.
    pub fn members(self) -> impl ExactSizeIterator<Item = (&'t str, At<'t>)> {
        let count = if self.data() == Data::Map { self.near.len() } else { 0 };
        (0..count).map(move |n| {
            let (key, value) = self.near.member(n).unwrap_or(("", self.near));
            (key, At::new(value))
        })
    }

    /// The keys of `names` whose values are there: which members of a union were chosen.
    pub fn chosen<'k>(self, names: &'k [&'static str]) -> impl Iterator<Item = (&'static str, At<'t>)> + 'k
    where
        't: 'k,
    {
        names.iter().map(move |name| (*name, self.get(name))).filter(|(_, at)| at.present())
    }

    /// Whether it is the field of that name, which is not there.
    pub fn is_field(self, parent: Self, name: &str) -> bool {
        self.near.is(parent.near)
            && self.missing[..self.depth]
                .split_last()
                .is_some_and(|(last, above)| *last == name && *above == parent.missing[..parent.depth])
    }

    /// Whether both are the same place.
    pub fn is(self, other: Self) -> bool {
        self.near.is(other.near) && self.missing[..self.depth] == other.missing[..other.depth]
    }
}
