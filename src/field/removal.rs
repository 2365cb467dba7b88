//! What was rendered and then taken away by a change that somebody asked for: so that what is not there can still say why.

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

impl Part {
    /// An item of a list that stood at this place.
    pub fn item(at: usize, item: &Field<'_>) -> Self {
        let texts =
            item.members().iter().filter_map(|m| Some((m.key.to_string(), m.value.as_str()?.to_owned())));
        Self::Item(at, texts.collect())
    }
}

impl Trace {
    /// Remembers that a part of an object was taken away.
    pub fn removed(&mut self, file: &str, within: By, part: Part, asked: Span) {
        self.removals.push(Removal { file: file.to_owned(), within, part, asked });
    }
}
