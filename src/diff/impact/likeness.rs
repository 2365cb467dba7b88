//! Which fields a server takes for the same: what is not written has a default, and a number may be written in several ways.

use super::defaults;
use crate::{
    field::{Data, Field},
    manifest::canonical_quantity,
};

/// Maps whose values are quantities.
const QUANTITIES: [&str; 6] = ["limits", "requests", "capacity", "hard", "sizeLimit", "divisor"];

/// Whether two fields, or one and none, are the same to a server. `path` are the keys that lead to them.
pub(super) fn alike(path: &[&str], old: Option<&Field<'_>>, new: Option<&Field<'_>>) -> bool {
    let there = |f: &&Field<'_>| f.data != Data::Null;
    match (old.filter(there), new.filter(there)) {
        (None, None) => true,
        (Some(old), Some(new)) => both(path, old, new),
        (Some(one), None) | (None, Some(one)) => defaults::is_default(path, one),
    }
}

fn both(path: &[&str], old: &Field<'_>, new: &Field<'_>) -> bool {
    match (&old.data, &new.data) {
        (Data::Map(a), Data::Map(b)) => {
            let mut keys: Vec<&str> = a.iter().chain(b).map(|m| &*m.key).collect();
            keys.sort_unstable();
            keys.dedup();
            keys.into_iter().all(|key| {
                let below: Vec<&str> = path.iter().copied().chain([key]).collect();
                member_alike(&below, key, old, new)
            })
        }
        (Data::Seq(a), Data::Seq(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| both(path, a, b)),
        (a, b) if a == b => true,
        (a, b) => quantity(path) && amount(a).is_some() && amount(a) == amount(b),
    }
}

/// Whether a member of two maps is the same; some defaults follow from what stands beside.
pub(super) fn member_alike(path: &[&str], key: &str, old: &Field<'_>, new: &Field<'_>) -> bool {
    let (a, b) = (old.get(key), new.get(key));
    if !defaults::heeded(path) || alike(path, a, b) {
        return true;
    }
    let (one, beside) = match (a, b) {
        (Some(one), None) => (one, new),
        (None, Some(one)) => (one, old),
        _ => return false,
    };
    defaults::follows(path, one, beside)
}

fn quantity(path: &[&str]) -> bool {
    path.iter().rev().take(2).any(|key| QUANTITIES.contains(key))
}

/// A quantity in one form.
fn amount(data: &Data<'_>) -> Option<String> {
    match data {
        Data::Str(text) => canonical_quantity(text),
        Data::Int(n) => canonical_quantity(&n.to_string()),
        Data::Float(n) => canonical_quantity(&n.to_string()),
        _ => None,
    }
}
