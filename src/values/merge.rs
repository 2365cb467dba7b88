//! Layers to one tree, in one walk over all of them at once.

use super::{Children, Data, Id, Layer, Node, Origin, TOP, Values};
use crate::yaml::{self, Entry};
use std::collections::HashMap;

/// Above so many entries, keys are found by hash.
const HASH_FROM: usize = 48;

/// Merges each root's layers, lowest first; the roots become the keys of [`TOP`].
pub fn merge<'a>(roots: &[(&'a str, Vec<Layer<'a>>)]) -> Values<'a> {
    // Enough for the values of a large chart, so that they seldom move while they grow.
    let values = Values { nodes: Vec::with_capacity(1024), origins: Vec::with_capacity(1024) };
    let mut merger = Merger { values };
    merger.values.nodes.push(Node { key: "", parent: TOP, data: Data::Absent, origins: (0, 0) });
    let children = merger.reserve(TOP, roots.len());
    merger.values.nodes[0].data = Data::Map(children);
    for (id, (name, layers)) in children.ids().zip(roots) {
        merger.values.nodes[id.0 as usize].key = name;
        merger.fill(id, layers);
    }
    merger.values
}

struct Merger<'a> {
    values: Values<'a>,
}

impl<'a> Merger<'a> {
    fn reserve(&mut self, parent: Id, len: usize) -> Children {
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let first = count(self.values.nodes.len());
        let blank = Node { key: "", parent, data: Data::Absent, origins: (0, 0) };
        self.values.nodes.resize(self.values.nodes.len() + len, blank);
        Children { first, len: count(len) }
    }

    /// Fills the reserved node `id` from what the layers say of it.
    fn fill(&mut self, id: Id, layers: &[Layer<'a>]) {
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let start = count(self.values.origins.len());
        self.values.origins.extend_from_slice(layers);
        self.values.nodes[id.0 as usize].origins = (start, count(self.values.origins.len()));
        let Some(top) = layers.last() else { return };
        let data = match &top.node.data {
            yaml::Data::Null => Data::Absent,
            yaml::Data::Bool(b) => Data::Bool(*b),
            yaml::Data::Int(i) => Data::Int(*i),
            yaml::Data::UInt(u) => Data::UInt(*u),
            yaml::Data::Float(f) => Data::Float(*f),
            yaml::Data::Str(s) => Data::Str(s),
            yaml::Data::Seq(items) => {
                let children = self.reserve(id, items.len());
                for (child, node) in children.ids().zip(items) {
                    self.fill(child, &[Origin { layer: top.layer, key: None, node }]);
                }
                Data::Seq(children)
            }
            yaml::Data::Map(_) => Data::Map(self.map(id, layers)),
        };
        self.values.nodes[id.0 as usize].data = data;
    }

    fn map(&mut self, id: Id, layers: &[Layer<'a>]) -> Children {
        // What lies below a scalar, a list or a null is gone.
        let from =
            layers.iter().rposition(|l| !matches!(l.node.data, yaml::Data::Map(_))).map_or(0, |at| at + 1);
        // Most maps stand in one layer only, the package's defaults.
        if let [layer] = &layers[from..] {
            let entries = layer.node.entries();
            let children = self.reserve(id, entries.len());
            for (child, Entry { key, value }) in children.ids().zip(entries) {
                self.values.nodes[child.0 as usize].key = &key.text;
                self.fill(child, &[Origin { layer: layer.layer, key: Some(key.span), node: value }]);
            }
            return children;
        }
        let members = union(&layers[from..]);
        let children = self.reserve(id, members.len());
        for (child, (key, says)) in children.ids().zip(&members) {
            self.values.nodes[child.0 as usize].key = key;
            self.fill(child, says);
        }
        children
    }
}

/// The keys of several maps in the order in which they first come, each with what every map says of it.
fn union<'a>(layers: &[Layer<'a>]) -> Vec<(&'a str, Vec<Origin<'a>>)> {
    let total: usize = layers.iter().map(|l| l.node.entries().len()).sum();
    let mut members: Vec<(&'a str, Vec<Origin<'a>>)> =
        Vec::with_capacity(layers.iter().map(|l| l.node.entries().len()).max().unwrap_or(0));
    let mut index: HashMap<&'a str, usize> = HashMap::new();
    for layer in layers {
        let known = members.len();
        for Entry { key, value } in layer.node.entries() {
            let origin = Origin { layer: layer.layer, key: Some(key.span), node: value };
            let at = match () {
                () if known == 0 && total <= HASH_FROM => None,
                () if total > HASH_FROM => index.get(&*key.text).copied(),
                () => members[..known].iter().position(|(k, _)| *k == &*key.text),
            };
            match at {
                Some(at) => members[at].1.push(origin),
                None => {
                    if total > HASH_FROM {
                        index.insert(&key.text, members.len());
                    }
                    members.push((&key.text, vec![origin]));
                }
            }
        }
    }
    members
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        source::{FileId, Span},
        values::Route,
        yaml::{Key, Style},
    };

    fn scalar(data: yaml::Data) -> yaml::Node {
        yaml::Node { data, span: Span::whole(FileId(0)), style: Style::Plain, suspect: false }
    }

    fn map(entries: Vec<(&str, yaml::Node)>) -> yaml::Node {
        let key = |text: &str| Key { text: text.into(), span: Span::whole(FileId(0)), style: Style::Plain };
        scalar(yaml::Data::Map(entries.into_iter().map(|(k, value)| Entry { key: key(k), value }).collect()))
    }

    fn int(i: i64) -> yaml::Node {
        scalar(yaml::Data::Int(i))
    }

    fn merged<'a>(layers: &[&'a yaml::Node]) -> Values<'a> {
        let layer = |(n, node): (usize, &&'a yaml::Node)| Origin { layer: n as u16, key: None, node };
        merge(&[("values", layers.iter().enumerate().map(layer).collect())])
    }

    #[test]
    fn maps_merge_deeply_and_the_chain_remembers() {
        let low = map(vec![("a", int(1)), ("m", map(vec![("x", int(1)), ("y", int(2))]))]);
        let high = map(vec![("m", map(vec![("y", int(3)), ("z", int(4))])), ("b", int(5))]);
        let values = merged(&[&low, &high]);
        let at = |route: &str| values.find(TOP, &route.parse::<Route>().unwrap()).unwrap();
        assert_eq!(values.data(at("values.m.x")), Data::Int(1));
        assert_eq!(values.data(at("values.m.y")), Data::Int(3));
        assert_eq!(values.data(at("values.m.z")), Data::Int(4));
        assert_eq!(values.chain(at("values.m.y")).len(), 2);
        assert!(values.written(at("values.m.y")) && !values.written(at("values.m.x")));
        assert_eq!(values.route(at("values.m.z")).to_string(), "values.m.z");
    }

    #[test]
    fn null_removes_and_a_later_layer_starts_anew() {
        let low = map(vec![("m", map(vec![("x", int(1))]))]);
        let gone = map(vec![("m", scalar(yaml::Data::Null))]);
        let again = map(vec![("m", map(vec![("y", int(2))]))]);
        let values = merged(&[&low, &gone]);
        let m = values.find(TOP, &"values.m".parse::<Route>().unwrap()).unwrap();
        assert_eq!(values.data(m), Data::Absent);
        let values = merged(&[&low, &gone, &again]);
        let m = values.find(TOP, &"values.m".parse::<Route>().unwrap()).unwrap();
        assert_eq!(values.present(m).map(|c| values.key(c)).collect::<Vec<_>>(), ["y"]);
    }

    #[test]
    fn many_keys_are_found_by_hash_with_the_same_result() {
        let names: Vec<String> = (0..200).map(|n| format!("k{n}")).collect();
        let low = map(names.iter().map(|n| (n.as_str(), int(0))).collect());
        let high = map(names.iter().rev().map(|n| (n.as_str(), int(1))).collect());
        let values = merged(&[&low, &high]);
        let root = values.get(TOP, "values").unwrap();
        let keys: Vec<&str> = values.present(root).map(|c| values.key(c)).collect();
        assert_eq!(keys, names);
        assert!(values.present(root).all(|c| values.data(c) == Data::Int(1)));
    }
}
