//! The schema of a version of a custom kind, compiled from its `openAPIV3Schema`: what can be checked of a value, and
//! which fields there are. Judging values is for `judge`.

use super::{builtin, formats::Format};
use crate::{
    kube::cel::Expression,
    yaml::{Data, Node},
};
use regex::Regex;
use std::sync::OnceLock;

/// What the text of a schema is read with.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Reading<'n> {
    /// The types that schemas of a document may name; none where none are.
    pub(super) types: Option<&'n Node>,
    /// The document is a JSON Schema, not that of a custom resource definition: this is its root.
    pub(super) json: Option<&'n Node>,
    /// The references that led here.
    pub(super) referred: Option<&'n Referred<'n>>,
}

/// A reference that was followed, and those before.
#[derive(Debug)]
pub(crate) struct Referred<'n> {
    name: &'n str,
    before: Option<&'n Referred<'n>>,
}

/// What a value must be.
#[derive(Debug, Default)]
pub(crate) struct Schema {
    /// Its type; any without one.
    pub(crate) kind: Option<Kind>,
    /// Null is a value of it, not its absence.
    pub(crate) nullable: bool,
    /// It is an integer or a string.
    pub(crate) int_or_string: bool,
    /// Fields that the schema does not name are kept.
    pub(crate) preserves: bool,
    /// It is an object of the API with its own metadata.
    pub(crate) embedded: bool,
    /// It has a value when it is absent.
    pub(crate) default: Option<Node>,
    /// The fields that the schema names, sorted.
    pub(crate) properties: Vec<(Box<str>, Schema)>,
    /// What the schema says of all other fields.
    pub(crate) additional: Additional,
    /// The items of a list.
    pub(crate) items: Option<Box<Schema>>,
    /// What makes the items of a list different.
    pub(crate) keys: Keys,
    /// Fields that must be there.
    pub(crate) required: Vec<Box<str>>,
    /// There are rules in it, or in what is within it.
    pub(crate) ruled: bool,
    /// What it is restricted to, when it is; boxed since most are not.
    pub(crate) limits: Option<Box<Limits>>,
}

/// The types of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A map.
    Object,
    /// A list.
    Array,
    /// A string.
    String,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// A boolean.
    Boolean,
}

impl Kind {
    /// What a value of it is, in words.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Kind::Object => "a map",
            Kind::Array => "a list",
            Kind::String => "a string",
            Kind::Integer => "a whole number",
            Kind::Number => "a number",
            Kind::Boolean => "`true` or `false`",
        }
    }
}

/// What a schema says of fields that it does not name.
#[derive(Debug, Default)]
pub(crate) enum Additional {
    /// There are none.
    #[default]
    None,
    /// They may be anything.
    Any,
    /// They are of a schema.
    Schema(Box<Schema>),
}

/// What makes the items of a list different.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) enum Keys {
    /// Nothing.
    #[default]
    None,
    /// Their value.
    Set,
    /// The values of these fields.
    Fields(Vec<Box<str>>),
}

/// What a value is restricted to.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    /// The values that are allowed.
    pub(crate) choices: Option<Vec<Node>>,
    /// The regular expression of a string, as it is written and compiled; one that cannot be compiled here is not
    /// evaluated.
    pub(crate) pattern: Option<(Box<str>, Option<Regex>)>,
    /// The format of a string, if it is one that is judged.
    pub(crate) format: Option<Format>,
    /// The least number, and whether it is excluded.
    pub(crate) minimum: Option<(f64, bool)>,
    /// The greatest number, and whether it is excluded.
    pub(crate) maximum: Option<(f64, bool)>,
    /// What a number must be a multiple of.
    pub(crate) multiple: Option<f64>,
    /// How many characters there are.
    pub(crate) characters: Size,
    /// How many items there are.
    pub(crate) items: Size,
    /// How many members there are.
    pub(crate) members: Size,
    /// All of these.
    pub(crate) all_of: Vec<Schema>,
    /// At least one of these.
    pub(crate) any_of: Vec<Schema>,
    /// Exactly one of these.
    pub(crate) one_of: Vec<Schema>,
    /// Not this.
    pub(crate) not: Option<Schema>,
    /// The expressions that must hold.
    pub(crate) rules: Vec<Rule>,
}

/// How many of something there may be.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Size {
    /// The fewest.
    pub(crate) least: Option<u64>,
    /// The most.
    pub(crate) most: Option<u64>,
}

/// An expression of `x-kubernetes-validations`.
#[derive(Debug)]
pub(crate) struct Rule {
    /// The expression.
    pub(crate) text: Box<str>,
    /// What was there before may be absent: the rule holds for what is new too.
    pub(crate) optional_before: bool,
    parsed: OnceLock<Expression>,
    /// What the author of the schema says when it does not hold.
    pub(crate) message: Option<Box<str>>,
}

impl Rule {
    /// The expression, parsed when it is first asked for.
    pub(crate) fn expression(&self) -> &Expression {
        self.parsed.get_or_init(|| Expression::parse(&self.text))
    }
}

impl Schema {
    /// Whether it is a number that need not be whole.
    pub(crate) fn is_number(&self) -> bool {
        self.kind == Some(Kind::Number)
    }

    /// Compiles the text of a schema. One of the tool's own may name a type in place of a schema: of the document, or of
    /// Kubernetes.
    pub(crate) fn compile(node: &Node, reading: Reading<'_>) -> Self {
        if let Some(types) = reading.types
            && let Some(name) = node.get("x-podwright-type").and_then(Node::as_str)
        {
            return match types.get(name) {
                Some(own) => Self::compile(own, reading),
                None => builtin::schema(name),
            };
        }
        if let Some(root) = reading.json
            && let Some(name) = node.get("$ref").and_then(Node::as_str)
        {
            return Self::referred(root, name, reading);
        }
        let mut schema = Self {
            kind: node.get("type").and_then(Node::as_str).and_then(kind),
            nullable: flag(node, "nullable"),
            int_or_string: flag(node, "x-kubernetes-int-or-string"),
            preserves: flag(node, "x-kubernetes-preserve-unknown-fields"),
            embedded: flag(node, "x-kubernetes-embedded-resource"),
            default: node.get("default").filter(|d| d.data != Data::Null).cloned(),
            items: node.get("items").map(|items| Box::new(Self::compile(items, reading))),
            keys: keys(node),
            required: texts(node, "required"),
            additional: match node.get("additionalProperties") {
                None => Additional::None,
                Some(found) => match &found.data {
                    Data::Bool(allowed) if !allowed => Additional::None,
                    Data::Map(_) => Additional::Schema(Box::new(Self::compile(found, reading))),
                    _ => Additional::Any,
                },
            },
            ..Self::default()
        };
        let properties = node.get("properties").map_or(&[][..], Node::entries);
        schema.properties =
            properties.iter().map(|e| (e.key.text.clone(), Self::compile(&e.value, reading))).collect();
        schema.properties.sort_by(|a, b| a.0.cmp(&b.0));
        if reading.json.is_some() {
            schema.as_json_schema(node);
        }
        schema.limits = Limits::compile(node, reading);
        let within = schema.properties.iter().map(|(_, s)| s).chain(schema.items.as_deref());
        let all = if let Additional::Schema(all) = &schema.additional { Some(&**all) } else { None };
        schema.ruled = within.chain(all).any(|s| s.ruled)
            || schema.limits.as_ref().is_some_and(|limits| !limits.rules.is_empty());
        schema
    }

    /// What a reference of a JSON Schema leads to; anything when that is itself, or in another file.
    fn referred(root: &Node, name: &str, reading: Reading<'_>) -> Self {
        let anything = || Self { preserves: true, ..Self::default() };
        let again = std::iter::successors(reading.referred, |r| r.before).any(|r| r.name == name);
        let steps = name.strip_prefix("#/").filter(|_| !again);
        let found = steps.and_then(|steps| steps.split('/').try_fold(root, |node, step| node.get(step)));
        found.map_or_else(anything, |found| {
            let referred = Referred { name, before: reading.referred };
            Self::compile(found, Reading { referred: Some(&referred), ..reading })
        })
    }

    /// Reads what JSON Schemas say in another way: several types in a list, and that fields which are not named may be
    /// there unless it is forbidden.
    fn as_json_schema(&mut self, node: &Node) {
        if let Some(types) = node.get("type").map(Node::items).filter(|t| !t.is_empty()) {
            let names: Vec<&str> = types.iter().filter_map(Node::as_str).collect();
            self.nullable |= names.contains(&"null");
            self.kind = match names.iter().filter(|n| **n != "null").collect::<Vec<_>>()[..] {
                [one] => kind(one),
                _ => None,
            };
        }
        let closed = node.get("additionalProperties").is_some_and(|a| a.data == Data::Bool(false));
        if !closed && matches!(self.additional, Additional::None | Additional::Any) {
            self.additional = Additional::None;
            self.preserves = true;
        }
    }

    /// The schema of a field that it names.
    pub(crate) fn property(&self, name: &str) -> Option<&Schema> {
        let at = self.properties.binary_search_by(|(key, _)| (**key).cmp(name)).ok()?;
        self.properties.get(at).map(|(_, schema)| schema)
    }
}

impl Limits {
    /// The limits that a schema states, if any.
    fn compile(node: &Node, reading: Reading<'_>) -> Option<Box<Self>> {
        let number = |key: &str| node.get(key).and_then(number);
        let count = |key: &str| number(key).map(|n| n.max(0.0) as u64);
        let size = |least: &str, most: &str| Size { least: count(least), most: count(most) };
        let several = |key: &str| {
            let schemas = node.get(key).map_or(&[][..], Node::items).iter();
            schemas.map(|s| Schema::compile(s, reading)).collect::<Vec<_>>()
        };
        let limits = Self {
            choices: node.get("enum").map(|list| list.items().to_vec()),
            pattern: node.get("pattern").and_then(Node::as_str).map(|p| (p.into(), pattern(p))),
            format: node.get("format").and_then(Node::as_str).and_then(Format::of),
            minimum: bound(node, "minimum", "exclusiveMinimum"),
            maximum: bound(node, "maximum", "exclusiveMaximum"),
            multiple: number("multipleOf"),
            characters: size("minLength", "maxLength"),
            items: size("minItems", "maxItems"),
            members: size("minProperties", "maxProperties"),
            all_of: several("allOf"),
            any_of: several("anyOf"),
            one_of: several("oneOf"),
            not: node.get("not").map(|s| Schema::compile(s, reading)),
            rules: node
                .get("x-kubernetes-validations")
                .map_or(&[][..], Node::items)
                .iter()
                .filter_map(rule)
                .collect(),
        };
        limits.any().then(|| Box::new(limits))
    }

    fn any(&self) -> bool {
        self.choices.is_some()
            || self.pattern.is_some()
            || self.format.is_some()
            || self.minimum.is_some()
            || self.maximum.is_some()
            || self.multiple.is_some()
            || [self.characters, self.items, self.members].iter().any(|size| *size != Size::default())
            || self.not.is_some()
            || !(self.all_of.is_empty() && self.any_of.is_empty() && self.one_of.is_empty())
            || !self.rules.is_empty()
    }
}

/// A limit of a number, and whether it is excluded: said by a flag, or by a limit of its own.
fn bound(node: &Node, limit: &str, exclusive: &str) -> Option<(f64, bool)> {
    match node.get(exclusive).and_then(number) {
        Some(excluded) => Some((excluded, true)),
        None => Some((node.get(limit).and_then(number)?, flag(node, exclusive))),
    }
}

fn rule(node: &Node) -> Option<Rule> {
    let text = |key: &str| node.get(key).and_then(Node::as_str);
    let message = text("message").map(Into::into);
    let optional_before = flag(node, "optionalOldSelf");
    Some(Rule { text: text("rule")?.into(), optional_before, parsed: OnceLock::new(), message })
}

/// A regular expression as Go reads it: `$` is the end of the text, classes of letters are those of ASCII.
fn pattern(text: &str) -> Option<Regex> {
    let ascii = text.replace("\\d", "[0-9]").replace("\\w", "[0-9A-Za-z_]").replace("\\s", "[\\t\\n\\f\\r ]");
    Regex::new(&ascii).or_else(|_| Regex::new(text)).ok()
}

fn kind(name: &str) -> Option<Kind> {
    Some(match name {
        "object" => Kind::Object,
        "array" => Kind::Array,
        "string" => Kind::String,
        "integer" => Kind::Integer,
        "number" => Kind::Number,
        "boolean" => Kind::Boolean,
        _ => return None,
    })
}

fn keys(node: &Node) -> Keys {
    match node.get("x-kubernetes-list-type").and_then(Node::as_str) {
        Some("set") => Keys::Set,
        Some("map") => Keys::Fields(texts(node, "x-kubernetes-list-map-keys")),
        _ => Keys::None,
    }
}

fn texts(node: &Node, key: &str) -> Vec<Box<str>> {
    node.get(key).map_or(&[][..], Node::items).iter().filter_map(Node::as_str).map(Into::into).collect()
}

fn flag(node: &Node, key: &str) -> bool {
    node.get(key).is_some_and(|n| n.data == Data::Bool(true))
}

/// A number, whole or not.
pub(crate) fn number(node: &Node) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "schemas state small numbers")]
    match node.data {
        Data::Int(i) => Some(i as f64),
        Data::UInt(u) => Some(u as f64),
        Data::Float(f) => Some(f),
        _ => None,
    }
}
