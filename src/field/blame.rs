//! From a rendered field to the line that a person can edit. It never guesses: values that were read, else the
//! template's own line.

use super::{By, Trace};
use crate::{
    source::Span,
    values::{Data, Id, Values},
};

/// Where to send a person about a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blame {
    /// The line.
    pub at: Span,
    /// The values node that stands there; none for a template's line.
    pub value: Option<Id>,
    /// The template's line.
    pub template: Span,
}

/// The line behind a field. Of several values that were read, the one that holds `fragment` (the part of the field's
/// text that is at fault) is meant; else the last one that a layer wrote; else the last default.
pub fn blame(values: &Values<'_>, trace: &Trace, by: By, fragment: Option<&str>) -> Blame {
    let reads = trace.reads(by.reads);
    let holds = |id: &&Id, whole: bool| match (values.data(**id), fragment) {
        (Data::Str(text), Some(f)) if whole => text == f,
        (Data::Str(text), Some(f)) => !f.is_empty() && text.contains(f),
        _ => false,
    };
    let written = |id: &&Id| values.written(**id);
    let found = reads
        .iter()
        .rfind(|id| holds(id, true))
        .or_else(|| reads.iter().rfind(|id| holds(id, false)))
        .or_else(|| reads.iter().rfind(written))
        .or_else(|| reads.last());
    let value = found.copied().filter(|id| values.span(*id).is_some());
    let at = value.and_then(|id| values.span(id)).unwrap_or(by.at);
    Blame { at, value, template: by.at }
}
