//! Items of lists that a server accepts twice, and that server-side apply refuses: by their value or their keys.
//!
//! What the rules of a kind found at an item is not said again.

use super::{
    at::{At, Data},
    check::Check,
    shape::{self, Keys, Shape},
};
use std::collections::BTreeSet;

/// Fields that are keys of lists, and what they are when they are left out.
const DEFAULTS: [(&str, &str); 2] = [("protocol", "TCP"), ("name", "")];

/// Looks for duplicates in an object, its status apart, that is read as the type `name`.
pub(crate) fn duplicates<'t>(check: &mut Check<'t>, object: At<'t>, name: &str) {
    let Some(found) = shape::find(name) else { return };
    for (key, member) in object.members().filter(|(key, _)| *key != "status") {
        if let Ok(field) = found.field(key, check.minor) {
            walk(check, member, &field.shape);
        }
    }
}

fn walk<'t>(check: &mut Check<'t>, at: At<'t>, shape: &Shape) {
    match shape {
        Shape::Struct(link) => {
            let Some(found) = link.follow() else { return };
            for (key, member) in at.members() {
                if let Ok(field) = found.field(key, check.minor) {
                    walk(check, member, &field.shape);
                }
            }
        }
        Shape::List(item, keys) => {
            list(check, at, keys);
            for one in at.items() {
                walk(check, one, item);
            }
        }
        Shape::Map(value) => {
            for (_, member) in at.members() {
                walk(check, member, value);
            }
        }
        _ => {}
    }
}

fn list<'t>(check: &mut Check<'t>, at: At<'t>, keys: &Keys) {
    if *keys == Keys::None || at.len() < 2 {
        return;
    }
    let mut seen = BTreeSet::new();
    for item in at.items() {
        let Some(key) = identity(item, keys) else { continue };
        let said = || check.has(item) || item.members().any(|(_, member)| check.has(member));
        if !seen.insert(key) && !said() {
            let what = match keys {
                Keys::Fields(names) => format!("another entry has the same `{}`", names.join("` and `")),
                _ => "the value is there twice".to_owned(),
            };
            check.breaks(item, format!("{what}, which server-side apply refuses"));
        }
    }
}

/// A value by which items are told apart.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part<'t> {
    Text(&'t str),
    Int(i128),
    Bool(bool),
}

/// What makes an item different from others; none when a key of it is left out.
fn identity<'t>(item: At<'t>, keys: &Keys) -> Option<Vec<Part<'t>>> {
    let Keys::Fields(names) = keys else { return Some(vec![part(item)?]) };
    let one = |name: &&'static str| {
        let default = DEFAULTS.iter().find(|(key, _)| key == name).map(|(_, text)| Part::Text(text));
        part(item.get(name)).or(default)
    };
    names.iter().map(one).collect()
}

fn part(at: At<'_>) -> Option<Part<'_>> {
    match at.data() {
        Data::Str(text) => Some(Part::Text(text)),
        Data::Int(number) => Some(Part::Int(number)),
        Data::Bool(flag) => Some(Part::Bool(flag)),
        _ => None,
    }
}
