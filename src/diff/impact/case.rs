//! What an impact is judged by: an object before and after, and what stands around it.

use crate::{
    diff::Change,
    field::{Data, Field},
    manifest::{Identity, Manifest},
};

/// An object before and after.
pub(super) struct Case<'r, 'm, 'a> {
    pub(super) old: Option<&'r Manifest<'a>>,
    pub(super) new: Option<&'r Manifest<'a>>,
    pub(super) changes: &'r [Change<'m, 'a>],
    pub(super) around: (&'r [&'r Manifest<'a>], &'r [&'r Manifest<'a>]),
}

impl<'r, 'a> Case<'r, '_, 'a> {
    /// The object, when it stays the one that it is.
    pub(super) fn both(&self) -> Option<(&'r Manifest<'a>, &'r Manifest<'a>)> {
        match (self.old, self.new) {
            (Some(old), Some(new)) if !self.renamed() => Some((old, new)),
            _ => None,
        }
    }

    /// The object that goes away: it is in the new environment no more, or under another name.
    pub(super) fn gone(&self) -> Option<&'r Manifest<'a>> {
        self.old.filter(|_| self.new.is_none() || self.renamed())
    }

    /// The object that comes.
    pub(super) fn comes(&self) -> Option<&'r Manifest<'a>> {
        self.new.filter(|_| self.old.is_none() || self.renamed())
    }

    /// Whether the two are different objects to a cluster.
    pub(super) fn renamed(&self) -> bool {
        matches!((self.old, self.new), (Some(old), Some(new)) if old.identity != new.identity)
    }

    /// Another object of the new environment, in the namespace of this one.
    pub(super) fn neighbours(&self, of: &Identity) -> impl Iterator<Item = &'r Manifest<'a>> + use<'r, 'a> {
        let namespace = of.namespace.clone();
        self.around.1.iter().copied().filter(move |m| m.identity.namespace == namespace)
    }
}

/// The group and the kind of an object.
pub(super) fn kind<'r>(manifest: &'r Manifest<'_>) -> (&'r str, &'r str) {
    (&manifest.identity.group, &manifest.identity.kind)
}

/// The text at a place.
pub(super) fn text<'f>(field: &'f Field<'_>, keys: &[&str]) -> Option<&'f str> {
    field.at(keys).and_then(Field::as_str)
}

/// The whole number at a place.
pub(super) fn number(field: &Field<'_>, keys: &[&str]) -> Option<i64> {
    match field.at(keys)?.data {
        Data::Int(n) => Some(n),
        _ => None,
    }
}

/// Whether a place holds true.
pub(super) fn flag(field: &Field<'_>, keys: &[&str]) -> bool {
    field.at(keys).is_some_and(|f| f.data == Data::Bool(true))
}

/// An annotation.
pub(super) fn annotation<'m>(manifest: &'m Manifest<'_>, name: &str) -> Option<&'m str> {
    text(&manifest.body, &["metadata", "annotations", name])
}

/// The values of a list or map by the keys that one of the sides has.
pub(super) fn texts<'f>(field: &'f Field<'_>, keys: &[&str]) -> Vec<&'f str> {
    field.at(keys).map_or(&[][..], Field::items).iter().filter_map(Field::as_str).collect()
}

/// A quantity at a place, as it is written.
pub(super) fn amount(field: &Field<'_>, keys: &[&str]) -> Option<String> {
    match &field.at(keys)?.data {
        Data::Str(text) => Some(text.to_string()),
        Data::Int(n) => Some(n.to_string()),
        _ => None,
    }
}
