//! How the items of lists are matched: by the keys that Kubernetes merges them by, else by a name that all of them have, else by
//! what they hold.
//!
//! Source of the keys: the list map keys of the Kubernetes API types.

use super::route::Step;
use crate::field::{Data, Field};
use std::collections::BTreeSet;

/// The keys of lists by the lists' names. The first set that all items of both sides have, and that tells them apart, is taken.
const KEYS: &[(&str, &[&[&str]])] = &[
    (
        "ports",
        &[&["name"], &["containerPort", "protocol"], &["port", "protocol"], &["containerPort"], &["port"]],
    ),
    ("volumeMounts", &[&["mountPath"]]),
    ("volumeDevices", &[&["devicePath"]]),
    ("hostAliases", &[&["ip"]]),
    ("ownerReferences", &[&["uid"]]),
    ("topologySpreadConstraints", &[&["topologyKey", "whenUnsatisfiable"], &["topologyKey"]]),
    ("conditions", &[&["type"]]),
    ("rules", &[&["host"], &["alert"], &["record"]]),
    ("paths", &[&["path", "pathType"], &["path"]]),
    ("items", &[&["key"]]),
    ("matchExpressions", &[&["key"]]),
    ("tolerations", &[&["key", "effect"]]),
    ("subjects", &[&["kind", "name", "namespace"], &["kind", "name"]]),
];

/// Keys of items of any list.
const COMMON: &[&[&str]] = &[&["name"], &["key"], &["kind", "name"], &["type"], &["secretKey"]];

/// The items of two lists, matched: the step to each, and its place on either side.
pub(super) struct Matched {
    pub(super) items: Vec<(Step, Option<usize>, Option<usize>)>,
    /// The common items stand in another order.
    pub(super) reordered: bool,
}

/// Matches the items of two lists of this name.
pub(super) fn matched(name: &str, old: &[Field<'_>], new: &[Field<'_>]) -> Matched {
    let own = KEYS.iter().filter(|(list, _)| *list == name).flat_map(|(_, keys)| keys.iter());
    for keys in own.chain(COMMON) {
        if let (Some(a), Some(b)) = (names(keys, old), names(keys, new)) {
            return renamed(by_names(keys, &a, &b), old, new);
        }
    }
    by_content(old, new)
}

/// The items' values of these keys; none unless all have them and they tell the items apart.
fn names(keys: &[&str], items: &[Field<'_>]) -> Option<Vec<String>> {
    let mut found = Vec::with_capacity(items.len());
    for item in items {
        let parts: Option<Vec<String>> = keys.iter().map(|key| scalar(item.get(key)?)).collect();
        found.push(parts?.join("/"));
    }
    let different: BTreeSet<&String> = found.iter().collect();
    (different.len() == found.len()).then_some(found)
}

fn scalar(field: &Field<'_>) -> Option<String> {
    match &field.data {
        Data::Str(text) => Some(text.to_string()),
        Data::Int(n) => Some(n.to_string()),
        Data::UInt(n) => Some(n.to_string()),
        Data::Bool(b) => Some(b.to_string()),
        _ => None,
    }
}

fn by_names(keys: &[&str], old: &[String], new: &[String]) -> Matched {
    let label = keys.join("/");
    let step = |name: &String| Step::Item(format!("{label}={name}"));
    let place = |list: &[String], name: &String| list.iter().position(|n| n == name);
    let mut items: Vec<_> =
        old.iter().enumerate().map(|(n, name)| (step(name), Some(n), place(new, name))).collect();
    let added = new.iter().enumerate().filter(|(_, name)| !old.contains(name));
    items.extend(added.map(|(n, name)| (step(name), None, Some(n))));
    let common: Vec<usize> = items.iter().filter_map(|(_, a, b)| a.and(*b)).collect();
    Matched { reordered: !common.is_sorted(), items }
}

/// Takes the one item that is gone and the one that is new for the same under another name, if they are much alike.
fn renamed(mut matched: Matched, old: &[Field<'_>], new: &[Field<'_>]) -> Matched {
    let gone: Vec<usize> =
        matched.items.iter().filter(|(_, _, b)| b.is_none()).filter_map(|(_, a, _)| *a).collect();
    let come: Vec<usize> =
        matched.items.iter().filter(|(_, a, _)| a.is_none()).filter_map(|(_, _, b)| *b).collect();
    let ([a], [b]) = (gone.as_slice(), come.as_slice()) else { return matched };
    let (Some(before), Some(after)) = (old.get(*a), new.get(*b)) else { return matched };
    let (same, all) = alike(before, after);
    if same * 2 < all || all < 2 {
        return matched;
    }
    matched.items.retain(|(_, x, _)| *x != Some(*a));
    if let Some(item) = matched.items.iter_mut().find(|(_, _, y)| *y == Some(*b)) {
        item.1 = Some(*a);
    }
    matched
}

/// How many scalars two fields have in common, and how many the larger one has.
fn alike(old: &Field<'_>, new: &Field<'_>) -> (usize, usize) {
    let count = |f: &Field<'_>| -> usize { leaves(f) };
    match (&old.data, &new.data) {
        (Data::Map(before), Data::Map(_)) => {
            let common = before.iter().filter_map(|m| Some(alike(&m.value, new.get(&m.key)?).0));
            (common.sum(), count(old).max(count(new)))
        }
        (Data::Seq(before), Data::Seq(after)) => {
            let common = before.iter().zip(after).map(|(a, b)| alike(a, b).0);
            (common.sum(), count(old).max(count(new)))
        }
        (a, b) => (usize::from(a == b), 1),
    }
}

fn leaves(field: &Field<'_>) -> usize {
    match &field.data {
        Data::Map(members) => members.iter().map(|m| leaves(&m.value)).sum(),
        Data::Seq(items) => items.iter().map(leaves).sum(),
        _ => 1,
    }
}

/// Items that hold the same are one, in their order; of what is left, those at one place between them are compared.
fn by_content(old: &[Field<'_>], new: &[Field<'_>]) -> Matched {
    let same = |a: &Field<'_>, b: &Field<'_>| super::fields::same(a, b);
    let ops = similar::capture_diff_slices(
        similar::Algorithm::Myers,
        &classes(old, new, &same).0,
        &classes(old, new, &same).1,
    );
    let mut items = Vec::new();
    for op in ops {
        let (a, b) = (op.old_range(), op.new_range());
        let (mut a, mut b) = (a.into_iter(), b.into_iter());
        loop {
            match (a.next(), b.next()) {
                (None, None) => break,
                (x, y) => items.push((Step::Index(y.or(x).unwrap_or_default()), x, y)),
            }
        }
    }
    Matched { items, reordered: false }
}

/// The items as numbers, equal where they hold the same.
fn classes(
    old: &[Field<'_>],
    new: &[Field<'_>],
    same: &impl Fn(&Field<'_>, &Field<'_>) -> bool,
) -> (Vec<usize>, Vec<usize>) {
    let all: Vec<&Field<'_>> = old.iter().chain(new).collect();
    let class = |n: usize| (0..n).find(|&m| same(all[m], all[n])).unwrap_or(n);
    let numbers: Vec<usize> = (0..all.len()).map(class).collect();
    let (a, b) = numbers.split_at(old.len());
    (a.to_vec(), b.to_vec())
}
