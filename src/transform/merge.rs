//! Strategic merge: maps merge, null removes, lists of objects merge by the key that Kubernetes merges them by, other
//! lists are replaced. `$patch: delete` removes an item or map, `$patch: replace` replaces it.
//!
//! Which lists have which key: the `patchMergeKey` of the Kubernetes API types, by the list's name.

use super::{edit, patch};
use crate::{
    field::{Data, Field, Member, Trace},
    values,
    workspace::Setting,
};
use std::borrow::Cow;

/// The lists that merge by a key: the list's name, and the keys of its items that may be it, the first that is there.
const LISTS: &[(&str, &[&str])] = &[
    ("containers", &["name"]),
    ("ephemeralContainers", &["name"]),
    ("env", &["name"]),
    ("hostAliases", &["ip"]),
    ("imagePullSecrets", &["name"]),
    ("initContainers", &["name"]),
    ("ownerReferences", &["uid"]),
    ("podIPs", &["ip"]),
    ("ports", &["containerPort", "port"]),
    ("resourceClaims", &["name"]),
    ("secrets", &["name"]),
    ("topologySpreadConstraints", &["topologyKey"]),
    ("volumeDevices", &["devicePath"]),
    ("volumeMounts", &["mountPath"]),
    ("volumes", &["name"]),
];

/// The directive of a map in a patch.
const DIRECTIVE: &str = "$patch";

/// Merges a patch into an object.
pub(super) fn apply<'a>(body: &mut Field<'a>, patch: &Setting<'_, 'a>, trace: &mut Trace) {
    map(body, patch, trace);
}

fn map<'a>(field: &mut Field<'a>, patch: &Setting<'_, 'a>, trace: &mut Trace) {
    if patch.get(&[DIRECTIVE]).and_then(|s| s.text()) == Some("replace") {
        *field = without_directive(patch::field(patch, trace));
        return;
    }
    let Data::Map(members) = &mut field.data else {
        *field = patch::field(patch, trace);
        return;
    };
    for (key, value) in patch.members().filter(|(key, _)| *key != DIRECTIVE) {
        let at = members.iter().position(|m| m.key == key);
        let gone = value.data() == values::Data::Absent
            || value.get(&[DIRECTIVE]).and_then(|s| s.text()) == Some("delete");
        match (at, value.data()) {
            (Some(at), _) if gone => {
                members.remove(at);
            }
            (None, _) if gone => {}
            (Some(at), values::Data::Map(_)) => map(&mut members[at].value, &value, trace),
            (Some(at), values::Data::Seq(_)) => list(key, &mut members[at].value, &value, trace),
            (Some(at), _) => {
                let new = patch::field(&value, trace);
                edit::overwrite(&mut members[at].value, new.data, trace, patch::NAME, value.span());
            }
            (None, _) => {
                let by = edit::made(trace, patch::NAME, value.key_span());
                members.push(Member { key: Cow::Borrowed(key), by, value: patch::field(&value, trace) });
            }
        }
    }
}

fn list<'a>(name: &str, field: &mut Field<'a>, patch: &Setting<'_, 'a>, trace: &mut Trace) {
    let keys = LISTS.iter().find(|(list, _)| *list == name).map_or(&[][..], |(_, keys)| keys);
    let key_of = |item: &Setting<'_, 'a>| keys.iter().find_map(|k| item.get(&[k]).map(|v| (*k, v.data())));
    let keyed = !keys.is_empty() && patch.entries().all(|(_, item)| key_of(&item).is_some());
    let Data::Seq(items) = &mut field.data else {
        *field = patch::field(patch, trace);
        return;
    };
    if !keyed {
        let new = patch::field(patch, trace);
        if !patch::same(field, &new) {
            *field = new;
        }
        return;
    }
    for (_, item) in patch.entries() {
        let Some((key, wanted)) = key_of(&item) else { continue };
        let at = items.iter().position(|i| i.get(key).is_some_and(|have| equal(&have.data, wanted)));
        let delete = item.get(&[DIRECTIVE]).and_then(|s| s.text()) == Some("delete");
        match at {
            Some(at) if delete => {
                items.remove(at);
            }
            Some(at) => map(&mut items[at], &item, trace),
            None if delete => {}
            None => items.push(patch::field(&item, trace)),
        }
    }
}

fn equal(have: &Data<'_>, wanted: values::Data<'_>) -> bool {
    match (have, wanted) {
        (Data::Str(a), values::Data::Str(b)) => a == b,
        (Data::Int(a), values::Data::Int(b)) => *a == b,
        _ => false,
    }
}

fn without_directive(mut field: Field<'_>) -> Field<'_> {
    if let Data::Map(members) = &mut field.data {
        members.retain(|m| m.key != DIRECTIVE);
    }
    field
}
