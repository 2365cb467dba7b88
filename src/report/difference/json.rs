//! Differences as data, as `schemas/report.schema.json` describes.

use crate::{
    diff::{
        Impact, Tag,
        told::{Change, Environment, Object, Place, Told},
    },
    field::{Data, Field},
};
use serde_json::{Map, Value, json};

/// The member `diff` of the report.
pub fn data(told: &Told) -> Value {
    let counts = told.counts();
    json!({
        "old": told.old,
        "new": told.new,
        "pair": told.pair,
        "environments": told.environments.iter().map(environment).collect::<Vec<_>>(),
        "equal": told.equal,
        "unknown": told.unknown.iter().map(|(name, side)| json!({"name": name, "side": side})).collect::<Vec<_>>(),
        "counts": {"added": counts.added, "changed": counts.changed, "removed": counts.removed},
    })
}

fn environment(environment: &Environment) -> Value {
    json!({
        "name": environment.name,
        "action": environment.action.name(),
        "impacts": impacts(&environment.impacts),
        "location": environment.place.as_ref().map(place),
        "objects": environment.objects.iter().map(object).collect::<Vec<_>>(),
        "equal": environment.equal,
    })
}

fn impacts(impacts: &[Impact]) -> Vec<Value> {
    impacts.iter().map(|i| json!({"kind": i.kind.name(), "text": i.text})).collect()
}

fn object(object: &Object) -> Value {
    let identity = &object.identity;
    json!({
        "group": identity.group,
        "kind": identity.kind,
        "namespace": identity.namespace,
        "name": identity.name,
        "was": object.was,
        "component": object.component,
        "path": object.path,
        "action": object.action.name(),
        "impacts": impacts(&object.impacts),
        "changes": object.changes.iter().map(change).collect::<Vec<_>>(),
        "location": object.place.as_ref().map(place),
    })
}

fn change(change: &Change) -> Value {
    let mut map = Map::new();
    map.insert("route".into(), change.route.as_str().into());
    if let Some(old) = &change.old {
        map.insert("old".into(), value(old));
    }
    if let Some(new) = &change.new {
        map.insert("new".into(), value(new));
    }
    if !change.text.is_empty() {
        let stretches = change.text.iter().map(|stretch| {
            let lines = stretch.lines.iter().map(|(tag, line)| format!("{}{line}", sign(*tag)));
            json!({"line": stretch.line, "lines": lines.collect::<Vec<_>>()})
        });
        map.insert("text".into(), stretches.collect());
    }
    map.insert("reordered".into(), change.reordered.into());
    map.insert("location".into(), change.place.as_ref().map_or(Value::Null, place));
    Value::Object(map)
}

/// How a line of a text begins in a diff.
fn sign(tag: Tag) -> char {
    match tag {
        Tag::Same => ' ',
        Tag::Gone => '-',
        Tag::New => '+',
    }
}

fn place(place: &Place) -> Value {
    json!({"file": place.path, "line": place.line, "column": place.column, "old": place.old})
}

fn value(field: &Field<'_>) -> Value {
    match &field.data {
        Data::Null => Value::Null,
        Data::Bool(b) => Value::Bool(*b),
        Data::Int(n) => (*n).into(),
        Data::UInt(n) => (*n).into(),
        Data::Float(f) => (*f).into(),
        Data::Str(text) => Value::String(text.to_string()),
        Data::Seq(items) => items.iter().map(value).collect(),
        Data::Map(members) => {
            Value::Object(members.iter().map(|m| (m.key.to_string(), value(&m.value))).collect())
        }
    }
}
