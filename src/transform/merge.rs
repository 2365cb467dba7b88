//! Strategic merge: maps merge, null removes, lists of objects merge by the key that Kubernetes merges them by, other
//! lists are replaced. `$patch: delete` removes an item or map, `$patch: replace` replaces it, and as an item of its own
//! the list. The directives that order or prune lists are refused: what they are for can be written otherwise.
//!
//! Which lists have which key: the `patchMergeKey` of the Kubernetes API types, by the list's name.

use super::{
    edit,
    patch::{self, Outcome, fault},
};
use crate::{
    diag::nearest,
    field::{Data, Field, Member, Part, Trace},
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

/// The kind whose `ports` Kubernetes replaces as a whole: they need no number.
const UNKEYED: &str = "NetworkPolicy";

/// The directive of a map in a patch, and what it may say.
const DIRECTIVE: &str = "$patch";
const DIRECTIVES: [&str; 3] = ["delete", "merge", "replace"];

/// The directives that are refused, by how their keys start, and what to write instead.
const REFUSED: [(&str, &str); 3] = [
    ("$retainKeys", "set the keys that are to go to null, or replace the map with `$patch: replace`"),
    ("$setElementOrder/", "leave it out: items stay in their order, and new ones come last"),
    ("$deleteFromPrimitiveList/", "write the list as it is to be, or remove the item with a JSON Patch"),
];

/// What a map or an item of a patch says of itself.
fn directive<'a>(patch: &Setting<'_, 'a>) -> Option<&'a str> {
    patch.get(&[DIRECTIVE]).and_then(|s| s.text())
}

/// Whether a patch removes the objects themselves.
pub(super) fn deletes(patch: &Setting<'_, '_>) -> bool {
    directive(patch) == Some("delete")
}

/// Looks for directives that are not known, in all of a patch.
///
/// # Errors
/// The first of them.
pub(super) fn check(patch: &Setting<'_, '_>) -> Outcome<()> {
    for (key, value) in patch.members() {
        if let Some((_, instead)) = REFUSED.iter().find(|(start, _)| key.starts_with(start)) {
            let message = format!("the directive `{key}` is not supported");
            return Err(fault(value.key_span(), message, Some((*instead).to_owned())));
        }
        if key == DIRECTIVE && !value.text().is_some_and(|text| DIRECTIVES.contains(&text)) {
            let near = value.text().and_then(|text| nearest(text, DIRECTIVES));
            let help = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => "it is `delete`, `merge` or `replace`".to_owned(),
            };
            let message = match value.text() {
                Some(text) => format!("the directive `$patch: {text}` is not known"),
                None => "the directive `$patch` is no text".to_owned(),
            };
            return Err(fault(value.span(), message, Some(help)));
        }
        check(&value)?;
    }
    Ok(())
}

/// Merges a patch into an object, whose file has this name.
///
/// # Errors
/// An item of a list lacks the key by which the list merges.
pub(super) fn apply<'a>(
    body: &mut Field<'a>,
    patch: &Setting<'_, 'a>,
    file: &str,
    trace: &mut Trace,
) -> Outcome<()> {
    let unkeyed = body.get("kind").and_then(Field::as_str) == Some(UNKEYED);
    Merge { file, unkeyed, trace }.map(body, patch)
}

/// One merge.
struct Merge<'t> {
    /// The file of the object.
    file: &'t str,
    /// Whether its `ports` have no key.
    unkeyed: bool,
    trace: &'t mut Trace,
}

impl Merge<'_> {
    fn map<'a>(&mut self, field: &mut Field<'a>, patch: &Setting<'_, 'a>) -> Outcome<()> {
        let replace = directive(patch) == Some("replace");
        let Data::Map(members) = &mut field.data else {
            return self.put(field, patch);
        };
        if replace {
            return self.put(field, patch);
        }
        for (key, value) in patch.members().filter(|(key, _)| *key != DIRECTIVE) {
            let at = members.iter().position(|m| m.key == key);
            let gone = value.data() == values::Data::Absent || deletes(&value);
            match (at, value.data()) {
                (Some(at), _) if gone => {
                    members.remove(at);
                    self.trace.removed(self.file, field.by, Part::Key(key.to_owned()), value.key_span());
                }
                (None, _) if gone => {}
                (Some(at), values::Data::Map(_)) => self.map(&mut members[at].value, &value)?,
                (Some(at), values::Data::Seq(_)) => self.list(key, &mut members[at].value, &value)?,
                (Some(at), _) => {
                    let new = patch::field(&value, self.trace);
                    let old = &mut members[at].value;
                    edit::overwrite(old, new.data, self.trace, patch::NAME, value.span());
                }
                (None, _) => {
                    if let Some(new) = self.fresh(&value)? {
                        let by = edit::made(self.trace, patch::NAME, value.key_span());
                        members.push(Member { key: Cow::Borrowed(key), by, value: new });
                    }
                }
            }
        }
        Ok(())
    }

    /// Puts what a patch says in the place of a field, unless that is there already.
    fn put<'a>(&mut self, field: &mut Field<'a>, patch: &Setting<'_, 'a>) -> Outcome<()> {
        let new = self.fresh(patch)?;
        if let Some(new) = new.filter(|new| !patch::same(field, new)) {
            *field = new;
        }
        Ok(())
    }

    /// What a patch says where nothing is yet: without its directives, and without what it removes. Nothing, if all that
    /// it says is to remove something.
    fn fresh<'a>(&mut self, patch: &Setting<'_, 'a>) -> Outcome<Option<Field<'a>>> {
        let by = edit::made(self.trace, patch::NAME, patch.span());
        let data = match patch.data() {
            values::Data::Map(_) => {
                let mut members = Vec::new();
                for (key, value) in
                    patch.entries().filter(|(key, value)| *key != DIRECTIVE && !deletes(value))
                {
                    if let Some(new) = self.fresh(&value)? {
                        let by = edit::made(self.trace, patch::NAME, value.key_span());
                        members.push(Member { key: Cow::Borrowed(key), by, value: new });
                    }
                }
                if members.is_empty() && patch.members().any(|(key, _)| key != DIRECTIVE) {
                    return Ok(None);
                }
                Data::Map(members)
            }
            values::Data::Seq(_) => {
                let mut items = Vec::new();
                for (_, item) in patch.entries().filter(|(_, item)| !of_list(item) && !deletes(item)) {
                    let empty = |field: &mut Self| Field {
                        data: Data::Map(Vec::new()),
                        by: edit::made(field.trace, patch::NAME, item.span()),
                    };
                    items.push(self.fresh(&item)?.unwrap_or_else(|| empty(self)));
                }
                Data::Seq(items)
            }
            _ => return Ok(Some(patch::field(patch, self.trace))),
        };
        Ok(Some(Field { data, by }))
    }

    fn list<'a>(&mut self, name: &str, field: &mut Field<'a>, patch: &Setting<'_, 'a>) -> Outcome<()> {
        let key = self.key(name, field, patch);
        let replace = patch.entries().any(|(_, item)| of_list(&item));
        let (Some(key), Data::Seq(items), false) = (key, &mut field.data, replace) else {
            if let Some((_, item)) = patch.entries().find(|(_, item)| deletes(item)) {
                let message =
                    format!("the items of `{name}` have no key by which one of them could be removed");
                let help = "write the list as it is to be, or remove the item with a JSON Patch".to_owned();
                return Err(fault(item.span(), message, Some(help)));
            }
            return self.put(field, patch);
        };
        for (_, item) in patch.entries() {
            let Some(wanted) = item.get(&[key]).map(|s| s.data()) else {
                let message = format!("an item of `{name}` has no `{key}`, by which the list is merged");
                let help =
                    format!("add `{key}`; `- $patch: replace` as the first item replaces the whole list");
                return Err(fault(item.span(), message, Some(help)));
            };
            let at = items.iter().position(|i| i.get(key).is_some_and(|have| equal(&have.data, wanted)));
            match at {
                Some(at) if deletes(&item) => {
                    let gone = Part::item(at, &items.remove(at));
                    self.trace.removed(self.file, field.by, gone, item.span());
                }
                Some(at) => self.map(&mut items[at], &item)?,
                None if deletes(&item) => {}
                None => items.extend(self.fresh(&item)?),
            }
        }
        Ok(())
    }

    /// The key by which a list merges, if it does: custom kinds have lists of such names, too, whose items lack it.
    fn key(&self, name: &str, list: &Field<'_>, patch: &Setting<'_, '_>) -> Option<&'static str> {
        if self.unkeyed && name == "ports" {
            return None;
        }
        let (_, keys) = LISTS.iter().find(|(list, _)| *list == name)?;
        let items = list.items();
        keys.iter().copied().find(|key| match items.is_empty() {
            true => patch.entries().any(|(_, item)| item.get(&[*key]).is_some()),
            false => items.iter().all(|item| item.get(key).is_some()),
        })
    }
}

/// Whether an item is no item, but says that the list is replaced.
fn of_list(item: &Setting<'_, '_>) -> bool {
    directive(item) == Some("replace") && item.members().count() == 1
}

fn equal(have: &Data<'_>, wanted: values::Data<'_>) -> bool {
    match (have, wanted) {
        (Data::Str(a), values::Data::Str(b)) => a == b,
        (Data::Int(a), values::Data::Int(b)) => *a == b,
        _ => false,
    }
}
