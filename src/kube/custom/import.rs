//! A custom resource definition as a workspace keeps it: what objects are judged by, without words, always in the same
//! order. What makes a definition useless is found here, where it stands; a server looks closer.

use super::Definition;
use crate::{
    diag::Finding,
    kube::{cel::Expression, format::names},
    yaml::{self, Data, Entry, Key, Node, Style},
};
use regex::Regex;

/// A definition to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// `GROUP/KIND.yaml`.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// What a server stores definitions as.
const API_VERSION: &str = "apiextensions.k8s.io/v1";

/// The code of what is wrong with a definition.
const CODE: &str = "definition-invalid";

/// Whether a document is meant as a definition.
pub fn is_definition(document: &Node) -> bool {
    document.get("kind").and_then(Node::as_str) == Some("CustomResourceDefinition")
}

/// The definition of a document as it is to be kept.
///
/// # Errors
/// What is wrong with it.
pub fn import(document: &Node) -> Result<Kept, Vec<Finding>> {
    let mut findings = Vec::new();
    let mut wrong = |node: &Node, message: String| findings.push(Finding::error(CODE, node.span, message));
    let version = document.get("apiVersion");
    if version.and_then(Node::as_str) != Some(API_VERSION) {
        wrong(
            version.unwrap_or(document),
            format!("a custom resource definition must be of `{API_VERSION}`"),
        );
        return Err(findings);
    }
    let Some(definition) = Definition::read(document) else {
        let at = document.get("spec").unwrap_or(document);
        let message =
            "a custom resource definition needs `spec.group`, `spec.names.kind` and `spec.names.plural`";
        wrong(at, message.to_owned());
        return Err(findings);
    };
    let Definition { group, kind, .. } = &definition;
    if !names::is_subdomain(group) || names::label_1035(&kind.to_lowercase()).is_some() {
        wrong(document, format!("`{kind}` of `{group}` is no name of a kind in a group"));
    }
    let versions = document.get("spec").and_then(|s| s.get("versions"));
    let items = versions.map_or(&[][..], Node::items);
    if items.is_empty() {
        wrong(versions.unwrap_or(document), format!("the definition of `{kind}` has no versions"));
    }
    for version in items {
        let name = version.get("name").and_then(Node::as_str).unwrap_or_default();
        match version.get("schema").and_then(|s| s.get("openAPIV3Schema")) {
            Some(schema) if schema.get("type").and_then(Node::as_str) == Some("object") => {
                look(schema, true, &mut wrong);
            }
            Some(schema) => {
                wrong(
                    schema,
                    format!("the schema of `{kind}` `{name}` is not structural: its type must be `object`"),
                );
            }
            None => wrong(version, format!("`{kind}` `{name}` has no schema in `schema.openAPIV3Schema`")),
        }
    }
    if !findings.is_empty() {
        return Err(findings);
    }
    let mut text = String::new();
    yaml::emit(&kept(document), &mut text);
    Ok(Kept { path: path(group, kind), text })
}

/// Where the definition of a kind is kept.
pub(super) fn path(group: &str, kind: &str) -> String {
    format!("{group}/{kind}.yaml")
}

/// Looks for what cannot be read in a schema; `whole` ones state the type, which alternatives need not.
fn look(schema: &Node, whole: bool, wrong: &mut impl FnMut(&Node, String)) {
    let flag = |key: &str| schema.get(key).is_some_and(|n| n.data == Data::Bool(true));
    if whole
        && schema.get("type").is_none()
        && !flag("x-kubernetes-int-or-string")
        && !flag("x-kubernetes-preserve-unknown-fields")
    {
        wrong(schema, "the schema is not structural: a value has no type".to_owned());
    }
    if let Some(node) = schema.get("pattern")
        && let Some(pattern) = node.as_str()
        && let Err(regex::Error::Syntax(why)) = Regex::new(pattern)
    {
        let why = why.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
        wrong(node, format!("the pattern `{pattern}` is no regular expression: {why}"));
    }
    for rule in schema.get("x-kubernetes-validations").map_or(&[][..], Node::items) {
        if let Some(node) = rule.get("rule")
            && let Some(text) = node.as_str()
            && let Some(why) = Expression::parse(text).syntax_error()
        {
            wrong(node, format!("the rule `{text}` is no expression in CEL: {why}"));
        }
    }
    for entry in schema.get("properties").map_or(&[][..], Node::entries) {
        look(&entry.value, whole, wrong);
    }
    for key in ["items", "additionalProperties", "not"] {
        if let Some(node) = schema.get(key).filter(|n| matches!(n.data, Data::Map(_))) {
            look(node, whole && key != "not", wrong);
        }
    }
    for key in ["allOf", "anyOf", "oneOf"] {
        schema.get(key).map_or(&[][..], Node::items).iter().for_each(|node| look(node, false, wrong));
    }
}

/// What is kept of a definition.
fn kept(document: &Node) -> Node {
    let spec = document.get("spec");
    let version = |version: &Node| {
        let schema = version.get("schema").and_then(|s| s.get("openAPIV3Schema")).map(bare);
        map([
            ("deprecated", version.get("deprecated").map(sorted)),
            ("deprecationWarning", version.get("deprecationWarning").map(sorted)),
            ("name", version.get("name").map(sorted)),
            ("schema", Some(map([("openAPIV3Schema", schema)]))),
            ("served", version.get("served").map(sorted)),
            ("storage", version.get("storage").map(sorted)),
            ("subresources", version.get("subresources").map(sorted)),
        ])
    };
    let versions = spec.and_then(|s| s.get("versions")).map_or(&[][..], Node::items).iter().map(version);
    let of = |key: &str| spec.and_then(|s| s.get(key)).map(sorted);
    let name = document.get("metadata").and_then(|m| m.get("name")).map(sorted);
    map([
        ("apiVersion", document.get("apiVersion").map(sorted)),
        ("kind", document.get("kind").map(sorted)),
        ("metadata", Some(map([("name", name)]))),
        (
            "spec",
            Some(map([
                ("group", of("group")),
                ("names", of("names")),
                ("scope", of("scope")),
                ("versions", Some(plain(Data::Seq(versions.collect()), document))),
            ])),
        ),
    ])
}

/// The keys of a schema that are words for people.
const WORDS: [&str; 4] = ["description", "example", "externalDocs", "title"];

/// A schema without words.
fn bare(schema: &Node) -> Node {
    let Data::Map(entries) = &schema.data else { return sorted(schema) };
    let entry = |entry: &Entry| {
        let value = match &*entry.key.text {
            "properties" => each(&entry.value, bare),
            "items" | "additionalProperties" | "not" => bare(&entry.value),
            "allOf" | "anyOf" | "oneOf" => each(&entry.value, bare),
            _ => sorted(&entry.value),
        };
        Entry { value, ..entry.clone() }
    };
    let kept = entries.iter().filter(|e| !WORDS.contains(&&*e.key.text)).map(entry).collect();
    plain(Data::Map(in_order(kept)), schema)
}

/// A list or map with its items or values made anew.
fn each(node: &Node, make: fn(&Node) -> Node) -> Node {
    let data = match &node.data {
        Data::Map(entries) => {
            let made = entries.iter().map(|e| Entry { value: make(&e.value), ..e.clone() }).collect();
            Data::Map(in_order(made))
        }
        Data::Seq(items) => Data::Seq(items.iter().map(make).collect()),
        other => other.clone(),
    };
    plain(data, node)
}

/// A value with the keys of its maps in order.
fn sorted(node: &Node) -> Node {
    each(node, sorted)
}

fn in_order(mut entries: Vec<Entry>) -> Vec<Entry> {
    entries.sort_by(|a, b| a.key.text.cmp(&b.key.text));
    entries
}

fn plain(data: Data, like: &Node) -> Node {
    Node { data, span: like.span, style: Style::Plain, suspect: false }
}

/// A map of what is there.
fn map<const N: usize>(members: [(&str, Option<Node>); N]) -> Node {
    let entry = |(key, value): (&str, Option<Node>)| {
        let value = value?;
        Some(Entry { key: Key { text: key.into(), span: value.span, style: Style::Plain }, value })
    };
    let entries: Vec<Entry> = members.into_iter().filter_map(entry).collect();
    let span = entries.first().map(|e| e.value.span).unwrap_or_default();
    Node { data: Data::Map(entries), span, style: Style::Plain, suspect: false }
}
