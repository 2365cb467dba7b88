//! Trees of values to try: the node at a route, other values for it, and what the schema gives as a sample.

use crate::{
    schema::Part,
    source::Span,
    values::{Route, Segment},
    yaml::{Data, Entry, Key, Node, Style},
};
use serde_json::Value;

/// A node that stands in no file.
pub(super) fn node(data: Data) -> Node {
    Node { data, span: Span::default(), style: Style::Plain, suspect: false }
}

pub(super) fn text(value: &str) -> Node {
    node(Data::Str(value.into()))
}

/// A map that stands in no file.
pub(super) fn map<'k>(entries: impl IntoIterator<Item = (&'k str, Node)>) -> Node {
    node(Data::Map(entries.into_iter().map(|(key, value)| entry(key, value)).collect()))
}

fn entry(key: &str, value: Node) -> Entry {
    Entry { key: Key { text: key.into(), span: Span::default(), style: Style::Plain }, value }
}

/// The node at a route.
pub(super) fn get<'n>(tree: &'n Node, route: &[Segment]) -> Option<&'n Node> {
    route.iter().try_fold(tree, |at, segment| match segment {
        Segment::Key(key) => at.get(key),
        Segment::Index(index) => at.items().get(*index),
    })
}

/// Puts a node at a route, under a new key where there is none; false where nothing can stand there.
pub(super) fn put(tree: &mut Node, route: &[Segment], new: Node) -> bool {
    let Some((first, rest)) = route.split_first() else {
        tree.data = new.data;
        return true;
    };
    match (first, &mut tree.data) {
        (Segment::Key(key), Data::Map(entries)) => match entries.iter_mut().find(|e| *e.key.text == **key) {
            Some(entry) => put(&mut entry.value, rest, new),
            None if rest.is_empty() => {
                entries.push(entry(key, new));
                true
            }
            None => false,
        },
        (Segment::Index(index), Data::Seq(items)) => {
            items.get_mut(*index).is_some_and(|item| put(item, rest, new))
        }
        _ => false,
    }
}

/// A tree as JSON writes it.
pub(super) fn of(value: &Value) -> Node {
    node(match value {
        Value::Null => Data::Null,
        Value::Bool(b) => Data::Bool(*b),
        Value::Number(n) => match (n.as_i64(), n.as_u64(), n.as_f64()) {
            (Some(i), ..) => Data::Int(i),
            (_, Some(u), _) => Data::UInt(u),
            (.., f) => Data::Float(f.unwrap_or(0.0)),
        },
        Value::String(s) => Data::Str(s.as_str().into()),
        Value::Array(items) => Data::Seq(items.iter().map(of).collect()),
        Value::Object(members) => {
            Data::Map(members.iter().map(|(key, value)| entry(key, of(value))).collect())
        }
    })
}

/// Other values than `now`: near ones, what the schema allows by name, one that it mentions, and words.
pub(super) fn others<'w>(
    now: &Node,
    part: Option<&Part>,
    words: impl IntoIterator<Item = &'w Box<str>>,
) -> Vec<Node> {
    let mut found = near(now);
    if let Some(part) = part {
        let differs = |v: &&Value| of(v).data != now.data;
        let mentioned = part.examples.iter().chain([&part.sample]).filter(differs).take(1);
        found.extend(mentioned.chain(&part.allowed).map(|v| of(v).data));
    }
    if matches!(now.data, Data::Str(_) | Data::Null) {
        found.extend(words.into_iter().map(|word| Data::Str(word.clone())));
    }
    let mut kept: Vec<Node> = Vec::new();
    for other in found {
        if other != now.data && !kept.iter().any(|k| k.data == other) {
            kept.push(node(other));
        }
    }
    kept
}

/// Values of the same type, and one that is false where `now` is true.
fn near(now: &Node) -> Vec<Data> {
    match &now.data {
        Data::Bool(b) => vec![Data::Bool(!b)],
        Data::Int(i) => vec![Data::Int(i.saturating_add(1)), Data::Int(0)],
        Data::UInt(u) => vec![Data::UInt(u.saturating_sub(1))],
        Data::Float(f) => vec![Data::Float(f + 1.0)],
        Data::Str(s) => {
            let more = match s.parse::<i64>() {
                Ok(i) => i.saturating_add(1).to_string(),
                Err(_) => format!("{s}x"),
            };
            vec![Data::Str(more.into()), Data::Str("".into())]
        }
        Data::Null => vec![Data::Str("other".into()), Data::Str("9".into())],
        Data::Seq(items) if items.is_empty() => vec![Data::Seq(vec![text("item")])],
        Data::Seq(_) => vec![Data::Seq(Vec::new())],
        Data::Map(entries) if entries.is_empty() => vec![map([("added", text("value"))]).data],
        Data::Map(entries) => {
            let more = entries.iter().cloned().chain([entry("added", text("value"))]);
            vec![Data::Map(more.collect()), Data::Map(Vec::new())]
        }
    }
}

/// The leaves of a map's tree, with the keys that lead to them and where the last one stands.
pub(super) fn leaves(tree: &Node, above: &Route, found: &mut Vec<(Route, Span)>) {
    for entry in tree.entries() {
        let mut route = above.clone();
        route.0.push(Segment::Key(entry.key.text.to_string()));
        if entry.value.entries().is_empty() {
            found.push((route, entry.key.span));
        } else {
            leaves(&entry.value, &route, found);
        }
    }
}
