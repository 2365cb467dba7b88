//! An object as a server has it before it judges the values: nulls that are no values are gone, and what has a default and
//! is absent is there. Every value knows the place that it came from.

use super::schema::{Additional, Schema};
use crate::{
    kube::at::{At, Data, Value},
    yaml::Node,
};

/// A value and where it stands; what was filled in stands where the map around it does.
#[derive(Debug)]
pub(super) struct Seen<'s, 't> {
    /// The place.
    pub(super) at: At<'t>,
    /// What is there.
    pub(super) content: Content<'s, 't>,
}

/// What a value is.
#[derive(Debug)]
pub(super) enum Content<'s, 't> {
    /// Null.
    Null,
    /// A boolean.
    Bool(bool),
    /// An integer.
    Int(i128),
    /// Another number.
    Float(f64),
    /// A string.
    Str(&'s str),
    /// A list.
    List(Vec<Seen<'s, 't>>),
    /// A map, in the order of the text.
    Map(Vec<(&'s str, Seen<'s, 't>)>),
}

impl<'s, 't: 's> Seen<'s, 't> {
    /// An object as its schema makes it be seen; a server that has a subresource for the status drops the one that it is
    /// sent.
    pub(super) fn object(schema: &'s Schema, object: At<'t>, drops_status: bool) -> Self {
        let mut seen = see(Some(schema), object, &|at| at);
        if let Content::Map(members) = &mut seen.content {
            members.retain(|(key, _)| !(drops_status && *key == "status"));
        }
        seen
    }

    /// The member of a key.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        self.members().iter().find(|(name, _)| *name == key).map(|(_, value)| value)
    }

    /// The members of a map; none of anything else.
    pub(super) fn members(&self) -> &[(&'s str, Self)] {
        match &self.content {
            Content::Map(members) => members,
            _ => &[],
        }
    }

    /// Equal values have equal texts.
    pub(super) fn print(&self) -> String {
        match &self.content {
            Content::Null => "null".to_owned(),
            Content::Bool(b) => b.to_string(),
            Content::Int(i) => i.to_string(),
            Content::Float(f) => f.to_string(),
            Content::Str(text) => format!("{text:?}"),
            Content::List(items) => {
                format!("[{}]", items.iter().map(Self::print).collect::<Vec<_>>().join(","))
            }
            Content::Map(members) => {
                let mut texts: Vec<String> =
                    members.iter().map(|(key, value)| format!("{key:?}:{}", value.print())).collect();
                texts.sort();
                format!("{{{}}}", texts.join(","))
            }
        }
    }
}

/// A value of a schema as text, as [`Seen::print`] has it.
pub(super) fn print(node: &Node) -> String {
    see(None, At::new(Value::Node(node)), &|at| at).print()
}

/// Sees a value; `place` tells where what is made of it stands.
fn see<'s, 'v: 's, 't: 's>(
    schema: Option<&'s Schema>,
    value: At<'v>,
    place: &dyn Fn(At<'v>) -> At<'t>,
) -> Seen<'s, 't> {
    let content = match value.data() {
        Data::Null => Content::Null,
        Data::Bool(b) => Content::Bool(b),
        Data::Int(i) => Content::Int(i),
        Data::Float(f) => Content::Float(f),
        Data::Str(text) => Content::Str(text),
        Data::List => {
            let items = schema.and_then(|s| s.items.as_deref());
            // A null item stays when there is nothing to put in its place.
            let item = |item| entry(items, item, place).unwrap_or_else(|| see(None, item, place));
            Content::List(value.items().map(item).collect())
        }
        Data::Map => Content::Map(members(schema, value, place)),
    };
    Seen { at: place(value), content }
}

fn members<'s, 'v: 's, 't: 's>(
    schema: Option<&'s Schema>,
    value: At<'v>,
    place: &dyn Fn(At<'v>) -> At<'t>,
) -> Vec<(&'s str, Seen<'s, 't>)> {
    let mut members: Vec<(&'s str, Seen<'s, 't>)> = Vec::with_capacity(value.len());
    for (key, member) in value.members() {
        let of = schema.and_then(|s| of_member(s, key));
        if let Some(seen) = entry(of, member, place) {
            members.push((key, seen));
        }
    }
    for (name, property) in schema.map_or(&[][..], |s| &s.properties) {
        if let Some(default) = &property.default
            && !members.iter().any(|(key, _)| **key == **name)
        {
            members.push((name, filled(property, default, place(value))));
        }
    }
    members
}

/// A member or item: none when it is a null that is no value and has no default.
fn entry<'s, 'v: 's, 't: 's>(
    schema: Option<&'s Schema>,
    value: At<'v>,
    place: &dyn Fn(At<'v>) -> At<'t>,
) -> Option<Seen<'s, 't>> {
    match schema {
        Some(schema) if value.absent() && !schema.nullable => {
            schema.default.as_ref().map(|default| filled(schema, default, place(value)))
        }
        _ => Some(see(schema, value, place)),
    }
}

/// A default, at the place where it is filled in.
fn filled<'s, 't: 's>(schema: &'s Schema, default: &'s Node, at: At<'t>) -> Seen<'s, 't> {
    see(Some(schema), At::new(Value::Node(default)), &|_| at)
}

/// The schema of a member, if it has one.
pub(super) fn of_member<'s>(schema: &'s Schema, key: &str) -> Option<&'s Schema> {
    match (schema.property(key), &schema.additional) {
        (Some(property), _) => Some(property),
        (None, Additional::Schema(all)) => Some(all),
        _ => None,
    }
}
