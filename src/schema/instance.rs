//! The merged tree as the validator's instance: no copy is made of it.
//!
//! A schema sees what was merged: absent values are no members of their map; a null that stands in a list is null.
//! Where things stand and who wrote them is for `place`.

use crate::values::{Children, Data, Id, Values};
use jsonschema::JsonType;
use jsonschema::json::{Array, Json, JsonNumber, Node, NodeIdentity, Object, cmp};
use serde_json::{Number, Value};
use std::borrow::Cow;

/// The representation that the validator is compiled for.
#[derive(Debug)]
pub(super) struct Merged;

/// One value as the validator sees it.
#[derive(Debug, Clone, Copy)]
pub(super) enum View<'a> {
    /// A node of a merged tree.
    Node(&'a Values<'a>, Id),
    /// The name of a property, which is judged as a string.
    Name(&'a str),
    /// A tree that says nothing: an empty map.
    Empty,
}

impl<'a> View<'a> {
    /// The view of a tree's root: an absent one is an empty map.
    pub(super) fn root(values: &'a Values<'a>, root: Id) -> Self {
        if values.data(root) == Data::Absent { Self::Empty } else { Self::Node(values, root) }
    }

    fn data(self) -> Data<'a> {
        match self {
            Self::Node(values, id) => values.data(id),
            Self::Name(name) => Data::Str(name),
            Self::Empty => Data::Absent,
        }
    }
}

impl Json for Merged {
    type Node<'a> = View<'a>;
    type PreparedKey = Box<str>;
    type StringBuffer = ();

    // Lookups walk the members, so one pass over them replaces several lookups cheaply.
    const KEYS_PER_LOOKUP: usize = 1;

    fn prepare_key(key: &str) -> Box<str> {
        key.into()
    }

    fn with_string_node<T>((): &mut (), string: &str, f: impl FnOnce(View<'_>) -> T) -> T {
        f(View::Name(string))
    }
}

impl<'a> Node<'a, Merged> for View<'a> {
    type Object = Members<'a>;
    type Array = Items<'a>;
    type Number = Num;

    fn as_object(&self) -> Option<Members<'a>> {
        match (*self, self.data()) {
            (Self::Node(values, _), Data::Map(children)) => Some(Members(Some((values, children)))),
            (Self::Empty, _) => Some(Members(None)),
            _ => None,
        }
    }

    fn as_array(&self) -> Option<Items<'a>> {
        match (*self, self.data()) {
            (Self::Node(values, _), Data::Seq(children)) => Some(Items(values, children)),
            _ => None,
        }
    }

    fn as_string(&self) -> Option<Cow<'a, str>> {
        if let Data::Str(text) = self.data() { Some(Cow::Borrowed(text)) } else { None }
    }

    fn as_number(&self) -> Option<Num> {
        match self.data() {
            Data::Int(i) => Some(Num::Int(i)),
            Data::UInt(u) => Some(Num::UInt(u)),
            Data::Float(f) => Some(Num::Float(f)),
            _ => None,
        }
    }

    fn as_boolean(&self) -> Option<bool> {
        if let Data::Bool(b) = self.data() { Some(b) } else { None }
    }

    fn is_null(&self) -> bool {
        !matches!(self, Self::Empty) && self.data() == Data::Absent
    }

    fn json_type(&self) -> JsonType {
        match self.data() {
            Data::Absent if matches!(self, Self::Empty) => JsonType::Object,
            Data::Absent => JsonType::Null,
            Data::Bool(_) => JsonType::Boolean,
            Data::Int(_) | Data::UInt(_) | Data::Float(_) => JsonType::Number,
            Data::Str(_) => JsonType::String,
            Data::Seq(_) => JsonType::Array,
            Data::Map(_) => JsonType::Object,
        }
    }

    fn equals_value(&self, expected: &Value) -> bool {
        match (self.data(), expected) {
            (Data::Str(text), Value::String(other)) => text == other,
            (Data::Bool(b), Value::Bool(other)) => b == *other,
            (Data::Str(_) | Data::Bool(_), _) | (_, Value::String(_) | Value::Bool(_)) => false,
            _ => cmp::equal(&self.to_value(), expected),
        }
    }

    fn to_value(&self) -> Cow<'a, Value> {
        Cow::Owned(match *self {
            Self::Node(values, id) => to_json(values, id),
            Self::Name(name) => Value::from(name),
            Self::Empty => Value::Object(serde_json::Map::new()),
        })
    }

    fn identity(&self) -> Option<NodeIdentity> {
        match *self {
            Self::Node(values, id) => {
                Some(NodeIdentity::tagged(std::ptr::from_ref(values).cast::<()>() as usize, id.0))
            }
            _ => None,
        }
    }
}

fn to_json(values: &Values<'_>, id: Id) -> Value {
    match values.data(id) {
        Data::Absent => Value::Null,
        Data::Bool(b) => b.into(),
        Data::Int(i) => i.into(),
        Data::UInt(u) => u.into(),
        Data::Float(f) => f.into(),
        Data::Str(text) => text.into(),
        Data::Seq(children) => children.ids().map(|c| to_json(values, c)).collect(),
        Data::Map(_) => values.present(id).map(|c| (values.key(c).to_owned(), to_json(values, c))).collect(),
    }
}

/// A map as the validator sees it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Members<'a>(Option<(&'a Values<'a>, Children)>);

/// The members that are there. A type of its own: the validator makes one for every map that it looks at.
#[derive(Debug)]
pub(super) struct MembersIter<'a> {
    members: Members<'a>,
    next: usize,
}

impl<'a> Iterator for MembersIter<'a> {
    type Item = (&'a str, View<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let (values, children) = self.members.0?;
        loop {
            let id = children.at(self.next)?;
            self.next += 1;
            if values.data(id) != Data::Absent {
                return Some((values.key(id), View::Node(values, id)));
            }
        }
    }
}

impl<'a> Object<'a, Merged> for Members<'a> {
    type Node = View<'a>;
    type MemberName = &'a str;
    type MembersIter = MembersIter<'a>;

    fn len(&self) -> usize {
        self.members().count()
    }

    fn get(&self, key: &Box<str>) -> Option<View<'a>> {
        let (values, children) = self.0?;
        let found = values.get_in(children, key)?;
        (values.data(found) != Data::Absent).then_some(View::Node(values, found))
    }

    fn members(&self) -> MembersIter<'a> {
        MembersIter { members: *self, next: 0 }
    }
}

/// A list as the validator sees it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Items<'a>(&'a Values<'a>, Children);

impl<'a> Array<'a, Merged> for Items<'a> {
    type Node = View<'a>;
    type ElementsIter = Box<dyn Iterator<Item = View<'a>> + 'a>;

    fn len(&self) -> usize {
        self.1.ids().len()
    }

    fn elements(&self) -> Self::ElementsIter {
        let values = self.0;
        Box::new(self.1.ids().map(move |c| View::Node(values, c)))
    }
}

/// A number of the merged tree.
#[derive(Debug, Clone, Copy)]
pub(super) enum Num {
    Int(i64),
    UInt(u64),
    Float(f64),
}

impl JsonNumber for Num {
    fn as_u64(&self) -> Option<u64> {
        match *self {
            Self::Int(i) => u64::try_from(i).ok(),
            Self::UInt(u) => Some(u),
            Self::Float(_) => None,
        }
    }

    fn as_i64(&self) -> Option<i64> {
        match *self {
            Self::Int(i) => Some(i),
            Self::UInt(u) => i64::try_from(u).ok(),
            Self::Float(_) => None,
        }
    }

    fn as_f64(&self) -> Option<f64> {
        #[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "what a JSON reader does too")]
        Some(match *self {
            Self::Int(i) => i as f64,
            Self::UInt(u) => u as f64,
            Self::Float(f) => f,
        })
    }

    fn as_str(&self) -> Cow<'_, str> {
        Cow::Owned(self.to_number().to_string())
    }

    fn to_number(&self) -> Cow<'_, Number> {
        Cow::Owned(match *self {
            Self::Int(i) => i.into(),
            Self::UInt(u) => u.into(),
            // The reader gives finite floats only.
            Self::Float(f) => Number::from_f64(f).unwrap_or_else(|| 0.into()),
        })
    }

    fn is_integer(&self) -> bool {
        !matches!(self, Self::Float(f) if f.fract() != 0.0)
    }

    fn is_written_as_integer(&self) -> bool {
        !matches!(self, Self::Float(_))
    }
}
