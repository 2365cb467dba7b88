//! Fields that no template makes: what environment.yaml asks for directly, each with the line that asked.

use super::{By, Data, Field, Frame, Member, Trace};
use crate::source::Span;
use std::borrow::Cow;

/// Makes fields for one request, and notes who asked.
#[derive(Debug)]
pub struct Maker<'t> {
    trace: &'t mut Trace,
    change: &'static str,
}

impl<'t> Maker<'t> {
    /// A maker for what is asked for by the key `change`.
    pub fn new(trace: &'t mut Trace, change: &'static str) -> Self {
        Self { trace, change }
    }

    /// What a field is made by that the place `at` asks for.
    pub fn by(&mut self, at: Span) -> By {
        let frame = Frame { parent: 0, at, change: Some(self.change) };
        // One line often asks for several fields: no frame is written twice in a row.
        if self.trace.frames.last() != Some(&frame) {
            self.trace.frames.push(frame);
        }
        By { at, frame: u32::try_from(self.trace.frames.len() - 1).unwrap_or(0), ..By::default() }
    }
}

impl<'a> Field<'a> {
    /// A text.
    pub fn text(text: impl Into<Cow<'a, str>>, by: By) -> Self {
        Self { data: Data::Str(text.into()), by }
    }

    /// A list.
    pub fn list(items: Vec<Field<'a>>, by: By) -> Self {
        Self { data: Data::Seq(items), by }
    }

    /// A list of texts.
    pub fn texts(texts: &[&'a str], by: By) -> Self {
        Self::list(texts.iter().map(|&text| Self::text(text, by)).collect(), by)
    }

    /// A map; each key is made by what makes its value.
    pub fn map<K: Into<Cow<'a, str>>>(members: Vec<(K, Field<'a>)>, by: By) -> Self {
        let member = |(key, value): (K, Field<'a>)| Member { key: key.into(), by: value.by, value };
        Self { data: Data::Map(members.into_iter().map(member).collect()), by }
    }
}
