//! The structure of Kubernetes' own types: which fields there are, of what shape, since which minor version.
//!
//! Read from `schemas/kubernetes/types.txt`, a line a type, when a type is first asked for. What the values of a field
//! may be is for the rules of the kinds.

use crate::source::embedded;
use std::{
    collections::HashMap,
    sync::{OnceLock, RwLock},
};

/// The shape of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A boolean.
    Bool,
    /// A whole number of 32 bits.
    Int32,
    /// A whole number of 64 bits.
    Int64,
    /// A number.
    Float,
    /// A string.
    Str,
    /// Bytes in base64.
    Bytes,
    /// A time as of RFC 3339.
    Time,
    /// A time as of RFC 3339 with microseconds.
    MicroTime,
    /// A duration such as `1h30m`.
    Duration,
    /// A quantity such as `500m`.
    Quantity,
    /// A whole number or a string.
    IntOrString,
    /// Anything.
    Any,
    /// A JSON schema or a boolean.
    SchemaOrBool,
    /// A JSON schema or a list of them.
    SchemaOrList,
    /// A JSON schema or a list of strings.
    SchemaOrStrings,
    /// A list.
    List(Box<Shape>, Keys),
    /// A map from strings.
    Map(Box<Shape>),
    /// A type, by its name.
    Struct(Link),
}

/// The name of a type, and the type itself once it was asked for.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    name: &'static str,
    found: OnceLock<&'static Type>,
}

impl Link {
    /// The type of a name.
    pub(crate) const fn new(name: &'static str) -> Self {
        Self { name, found: OnceLock::new() }
    }

    /// The type; none of a name that no line has, which is a defect of the data.
    pub(crate) fn follow(&self) -> Option<&'static Type> {
        if let Some(found) = self.found.get() {
            return Some(found);
        }
        let found = find(self.name)?;
        Some(self.found.get_or_init(|| found))
    }

    /// The name.
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }
}

impl PartialEq for Link {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Link {}

/// What makes the items of a list different.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Keys {
    /// Nothing: equal items are allowed.
    None,
    /// Their value.
    Set,
    /// The values of these fields.
    Fields(Vec<&'static str>),
}

/// A field of a type.
#[derive(Debug)]
pub(crate) struct Field {
    /// Its name.
    pub name: &'static str,
    /// Its shape.
    pub shape: Shape,
    /// The first minor version that has it; 0 for the first that is known.
    pub since: u32,
    /// The last minor version that has it.
    pub until: u32,
}

/// A type: its fields, sorted by name.
#[derive(Debug)]
pub(crate) struct Type {
    fields: Vec<Field>,
}

impl Type {
    /// The field of a name in a minor version; else, as an error, the one that another version has.
    ///
    /// # Errors
    /// No version has it (none), or only others have it (the field).
    pub(crate) fn field(&self, name: &str, minor: u32) -> Result<&Field, Option<&Field>> {
        let start = self.fields.partition_point(|f| f.name < name);
        let mut same =
            self.fields.get(start..).unwrap_or(&[]).iter().take_while(|f| f.name == name).peekable();
        let first = same.peek().copied();
        same.find(|f| f.since <= minor && minor <= f.until).ok_or(first)
    }

    /// All fields, of all versions.
    pub(crate) fn fields(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter()
    }

    /// The names of the fields in a minor version.
    pub(crate) fn names(&self, minor: u32) -> impl Iterator<Item = &'static str> {
        self.fields.iter().filter(move |f| f.since <= minor && minor <= f.until).map(|f| f.name)
    }
}

/// The shape of a type by its name: of `quantity`, or of a structure.
pub(crate) fn known(name: &str) -> Option<Shape> {
    if name == "quantity" { Some(Shape::Quantity) } else { Some(Shape::Struct(Link::new(entry(name)?.0))) }
}

/// The type of a name. None of a name that no line has, which is a defect of the data.
pub(crate) fn find(name: &str) -> Option<&'static Type> {
    static KNOWN: OnceLock<RwLock<HashMap<String, &'static Type>>> = OnceLock::new();
    let known = KNOWN.get_or_init(RwLock::default);
    if let Ok(map) = known.read()
        && let Some(found) = map.get(name)
    {
        return Some(found);
    }
    let read: &'static Type = Box::leak(Box::new(parse(entry(name)?.1)));
    known.write().ok()?.entry(name.to_owned()).or_insert(read);
    Some(read)
}

/// The name of a type, and its fields, as they are written; lines are sorted by name.
fn entry(name: &str) -> Option<(&'static str, &'static str)> {
    let text = embedded::schema("kubernetes/types.txt");
    let (mut low, mut high) = (0, text.len());
    while low < high {
        let middle = low.midpoint(high);
        let start = text.get(..middle)?.rfind('\n').map_or(0, |at| at + 1);
        let end = text.get(start..)?.find('\n').map_or(text.len(), |n| start + n);
        let one = text.get(start..end)?;
        let (head, fields) = one.split_once(' ').unwrap_or((one, ""));
        match head.cmp(name) {
            std::cmp::Ordering::Equal => return Some((head, fields)),
            std::cmp::Ordering::Less => low = end + 1,
            std::cmp::Ordering::Greater => high = start,
        }
    }
    None
}

fn parse(fields: &'static str) -> Type {
    let one = |text: &'static str| {
        let (name, rest) = text.split_once(':')?;
        let (shape, range) = match rest.rsplit_once('@') {
            Some((shape, range)) => (shape, range),
            None => (rest, "-"),
        };
        let (since, until) = range.split_once('-')?;
        Some(Field {
            name,
            shape: shape_of(shape),
            since: since.parse().unwrap_or(0),
            until: until.parse().unwrap_or(u32::MAX),
        })
    };
    Type { fields: fields.split(' ').filter_map(one).collect() }
}

fn shape_of(text: &'static str) -> Shape {
    if let Some(inner) = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')) {
        let (item, keys) = match inner.rsplit_once(';') {
            Some((item, "set")) => (item, Keys::Set),
            Some((item, keys)) if keys.starts_with("map=") => {
                (item, Keys::Fields(keys["map=".len()..].split(',').collect()))
            }
            _ => (inner, Keys::None),
        };
        return Shape::List(Box::new(shape_of(item)), keys);
    }
    if let Some(inner) = text.strip_prefix('{').and_then(|t| t.strip_suffix('}')) {
        return Shape::Map(Box::new(shape_of(inner)));
    }
    match text {
        "bool" => Shape::Bool,
        "int32" => Shape::Int32,
        "int64" => Shape::Int64,
        "float" => Shape::Float,
        "string" => Shape::Str,
        "bytes" => Shape::Bytes,
        "time" => Shape::Time,
        "microtime" => Shape::MicroTime,
        "duration" => Shape::Duration,
        "quantity" => Shape::Quantity,
        "intstr" => Shape::IntOrString,
        "any" => Shape::Any,
        "schema-or-bool" => Shape::SchemaOrBool,
        "schema-or-list" => Shape::SchemaOrList,
        "schema-or-strings" => Shape::SchemaOrStrings,
        name => Shape::Struct(Link::new(name)),
    }
}
