//! What was rendered and then changed or taken away because somebody asked for it: so that what is not there can still
//! say why.

use super::{By, Field, Trace};
use crate::source::Span;

/// Something that a change took away.
#[derive(Debug, Clone, PartialEq)]
pub struct Removal {
    /// The name of the object's file.
    pub file: String,
    /// What made the map or list that it was in; of an object, what made that.
    pub within: By,
    /// What was taken away.
    pub part: Part,
    /// The line that asked for it.
    pub asked: Span,
}

/// What a [`Removal`] took away.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    /// The object itself.
    Object,
    /// A key of a map.
    Key(String),
    /// An item of a list: its place, and the texts that it held by their keys.
    Item(usize, Vec<(String, String)>),
}

/// An object that a patch changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Patched {
    /// The name of the object's file.
    pub file: String,
    /// The keys of the object in which something is other than before.
    pub keys: Vec<String>,
    /// The patch.
    pub at: Span,
}

impl Part {
    /// An item of a list that stood at this place.
    pub fn item(at: usize, item: &Field<'_>) -> Self {
        let texts =
            item.members().iter().filter_map(|m| Some((m.key.to_string(), m.value.as_str()?.to_owned())));
        Self::Item(at, texts.collect())
    }
}

impl Trace {
    /// The line that took away what stood under a key of a map; the last, if several did.
    pub fn took(&self, file: &str, map: By, key: &str) -> Option<Span> {
        // A change around the map does not make it another one.
        let here = |by: By| By { frame: 0, ..by } == By { frame: 0, ..map };
        let same = |r: &&Removal| {
            r.file == file && here(r.within) && matches!(&r.part, Part::Key(gone) if gone == key)
        };
        self.removals.iter().rfind(same).map(|r| r.asked)
    }

    /// Remembers that a part of an object was taken away.
    pub fn removed(&mut self, file: &str, within: By, part: Part, asked: Span) {
        self.removals.push(Removal { file: file.to_owned(), within, part, asked });
    }
}
