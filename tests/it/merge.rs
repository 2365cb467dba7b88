//! Properties of the merge, against JSON Merge Patch (RFC 7396) as a model that was not made for it.

use podwright::{
    source::{FileId, Span},
    values::{self, Data, Id, Origin, TOP, Values},
    yaml::{self, Entry, Key, Node, Style},
};
use proptest::prelude::*;
use serde_json::{Map, Value};

fn node(data: yaml::Data) -> Node {
    Node { data, span: Span::whole(FileId(0)), style: Style::Plain, suspect: false }
}

fn tree(value: &Value) -> Node {
    node(match value {
        Value::Null => yaml::Data::Null,
        Value::Bool(b) => yaml::Data::Bool(*b),
        Value::Number(n) => yaml::Data::Int(n.as_i64().unwrap()),
        Value::String(s) => yaml::Data::Str(s.as_str().into()),
        Value::Array(items) => yaml::Data::Seq(items.iter().map(tree).collect()),
        Value::Object(map) => yaml::Data::Map(
            map.iter()
                .map(|(k, v)| Entry {
                    key: Key { text: k.as_str().into(), span: Span::whole(FileId(0)), style: Style::Plain },
                    value: tree(v),
                })
                .collect(),
        ),
    })
}

fn merged<'a>(layers: &'a [Node]) -> Values<'a> {
    let layer = |(n, node): (usize, &'a Node)| Origin { layer: n as u16, key: None, node };
    values::merge(&[("values", layers.iter().enumerate().map(layer).collect())])
}

/// What is there, as JSON. Lists are replaced whole, so what they hold is as the file says it.
fn present(values: &Values<'_>, id: Id) -> Value {
    match values.data(id) {
        Data::Absent => Value::Null,
        Data::Bool(b) => b.into(),
        Data::Int(i) => i.into(),
        Data::UInt(u) => u.into(),
        Data::Float(f) => f.into(),
        Data::Str(s) => s.into(),
        Data::Seq(_) => values.children(id).map(|c| present(values, c)).collect(),
        Data::Map(_) => Value::Object(
            values.present(id).map(|c| (values.key(c).to_owned(), present(values, c))).collect(),
        ),
    }
}

/// RFC 7396 section 2.
fn patch(target: &mut Value, change: &Value) {
    let Value::Object(change) = change else {
        *target = change.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let target = target.as_object_mut().unwrap();
    for (key, value) in change {
        if value.is_null() {
            target.remove(key);
        } else {
            patch(target.entry(key.clone()).or_insert(Value::Null), value);
        }
    }
}

fn values_file() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (0..9i64).prop_map(Value::from),
        "[a-c]{0,2}".prop_map(Value::from),
    ];
    // Lists of scalars without null: in a list null means nothing to Kubernetes.
    let list = prop::collection::vec((0..9i64).prop_map(Value::from), 0..3).prop_map(Value::from);
    let leaf = prop_oneof![4 => scalar, 1 => list];
    let map = |inner| prop::collection::btree_map("[a-e]", inner, 0..5);
    let value = leaf.prop_recursive(4, 40, 5, move |inner| {
        map(inner).prop_map(|m| Value::Object(m.into_iter().collect()))
    });
    prop::collection::btree_map("[a-e]", value, 0..5).prop_map(|m| Value::Object(m.into_iter().collect()))
}

proptest! {
    #[test]
    fn the_merge_is_that_of_json_merge_patch(layers in prop::collection::vec(values_file(), 1..5)) {
        let trees: Vec<Node> = layers.iter().map(tree).collect();
        let values = merged(&trees);
        let mut model = Value::Object(Map::new());
        layers.iter().for_each(|l| patch(&mut model, l));
        let root = values.get(TOP, "values").unwrap();
        prop_assert_eq!(present(&values, root), model);
    }

    #[test]
    fn the_last_origin_is_the_last_layer_that_says_something(layers in prop::collection::vec(values_file(), 1..5)) {
        let trees: Vec<Node> = layers.iter().map(tree).collect();
        let values = merged(&trees);
        for id in values.leaves(TOP) {
            let route = values.route(id);
            prop_assert_eq!(values.find(TOP, &route), Some(id));
            let Some(origin) = values.origin(id) else { continue };
            // Every layer above the winner is silent on this place or on what holds it.
            let pointer = route.below().pointer();
            for layer in &layers[origin.layer as usize + 1..] {
                prop_assert!(layer.pointer(&pointer).is_none(), "{} {}", pointer, layer);
            }
            prop_assert!(values.chain(id).is_sorted_by_key(|o| o.layer));
        }
    }

    #[test]
    fn a_layer_over_itself_changes_nothing(layers in prop::collection::vec(values_file(), 1..4)) {
        let once: Vec<Node> = layers.iter().map(tree).collect();
        let twice: Vec<Node> = layers.iter().chain(layers.last()).map(tree).collect();
        let (a, b) = (merged(&once), merged(&twice));
        prop_assert_eq!(present(&a, TOP), present(&b, TOP));
    }
}
