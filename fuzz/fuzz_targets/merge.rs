//! Any three layers: the merge does not panic, keeps a chain for every node, and a layer over itself changes nothing.
#![no_main]

use libfuzzer_sys::fuzz_target;
use podwright::{
    source::FileId,
    values::{self, Data, Id, Origin, TOP, Values},
    yaml::{self, Documents, Node, Options, Role},
};

fn merged<'a>(layers: &[&'a Node]) -> Values<'a> {
    let layer = |(n, node): (usize, &&'a Node)| Origin { layer: n as u16, key: None, node: *node };
    values::merge(&[("values", layers.iter().enumerate().map(layer).collect())])
}

fn same(a: &Values<'_>, x: Id, b: &Values<'_>, y: Id) -> bool {
    let (left, right): (Vec<Id>, Vec<Id>) = (a.children(x).collect(), b.children(y).collect());
    let scalar = match (a.data(x), b.data(y)) {
        (Data::Seq(_), Data::Seq(_)) | (Data::Map(_), Data::Map(_)) => true,
        (p, q) => p == q,
    };
    scalar && left.len() == right.len() && left.iter().zip(&right).all(|(&p, &q)| a.key(p) == b.key(q) && same(a, p, b, q))
}

fuzz_target!(|texts: (&str, &str, &str)| {
    let read = |text: &str| {
        let options = Options { documents: Documents::One, role: Role::Values };
        yaml::read(FileId(0), text, &options).documents.into_iter().next()
    };
    let (Some(a), Some(b), Some(c)) = (read(texts.0), read(texts.1), read(texts.2)) else { return };
    let all = merged(&[&a, &b, &c]);
    for id in all.leaves(TOP) {
        assert!(id == TOP || !all.chain(id).is_empty());
        assert!(all.find(TOP, &all.route(id)).is_some());
    }
    let twice = merged(&[&a, &b, &c, &c]);
    assert!(same(&all, TOP, &twice, TOP));
});
