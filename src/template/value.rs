//! What an expression computes with. A value that came from the values tree stays a reference to its node until
//! something looks inside it: so that what was read is known exactly.

use crate::values::Id;
use std::borrow::Cow;

/// A value of an expression.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value<'a> {
    Null,
    /// Removes the key or item it stands at.
    Omit,
    Bool(bool),
    Int(i128),
    Float(f64),
    Str(Cow<'a, str>),
    List(Vec<Value<'a>>),
    Map(Vec<(Cow<'a, str>, Value<'a>)>),
    /// A node of the values tree, not yet looked at.
    Node(Id),
}

impl Value<'_> {
    /// The steps that a copy of it is worth.
    pub(super) fn weight(&self) -> usize {
        match self {
            Value::Str(Cow::Owned(text)) => text.len() / 64,
            Value::List(list) => list.iter().map(|v| 1 + v.weight()).sum(),
            Value::Map(pairs) => pairs.iter().map(|(_, v)| 1 + v.weight()).sum(),
            _ => 0,
        }
    }

    /// How deep its lists and maps nest.
    pub(super) fn depth(&self) -> usize {
        match self {
            Value::List(list) => 1 + list.iter().map(Value::depth).max().unwrap_or(0),
            Value::Map(pairs) => 1 + pairs.iter().map(|(_, v)| v.depth()).max().unwrap_or(0),
            _ => 0,
        }
    }

    /// What it is, in words. A node must be looked at first.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Omit => "`omit`",
            Value::Bool(_) => "a boolean",
            Value::Int(_) => "an integer",
            Value::Float(_) => "a number",
            Value::Str(_) => "a string",
            Value::List(_) => "a list",
            Value::Map(_) => "a map",
            Value::Node(_) => "a list or map",
        }
    }
}

/// The text of a float as JSON writes it: the shortest that reads back.
pub(super) fn float_text(f: f64) -> String {
    serde_json::Number::from_f64(f).map_or_else(|| f.to_string(), |n| n.to_string())
}
