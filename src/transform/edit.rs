//! The ways in which a transform changes fields, so that each knows the line that asked for the change.
//!
//! A change is a frame around what made the field before: the reads and conditions stay, and the line comes on top.

use crate::{
    field::{By, Data, Field, Frame, Member, Trace},
    source::Span,
};
use std::borrow::Cow;

/// A frame for one change: use it for all fields that the change touches.
pub fn frame(trace: &mut Trace, parent: u32, change: &'static str, asked: Span) -> u32 {
    // One change after another often has the same parent: no frame is written twice in a row.
    let frame = Frame { parent, at: asked, change: Some(change) };
    if trace.frames.last() != Some(&frame) {
        trace.frames.push(frame);
    }
    u32::try_from(trace.frames.len() - 1).unwrap_or(0)
}

/// What a field that a change makes is made by.
pub fn made(trace: &mut Trace, change: &'static str, asked: Span) -> By {
    By { at: asked, frame: frame(trace, 0, change, asked), ..By::default() }
}

/// Replaces the value of a field; what made it before stays known.
pub fn replace<'a>(
    field: &mut Field<'a>,
    data: Data<'a>,
    trace: &mut Trace,
    change: &'static str,
    asked: Span,
) {
    if field.data != data {
        field.data = data;
        field.by.frame = frame(trace, field.by.frame, change, asked);
    }
}

/// Puts another value in the place of a field, which no longer has to do with what made it; the conditions it stands under
/// stay, and so do the calls on the way.
pub fn overwrite<'a>(
    field: &mut Field<'a>,
    data: Data<'a>,
    trace: &mut Trace,
    change: &'static str,
    asked: Span,
) {
    if field.data != data {
        let frame = frame(trace, field.by.frame, change, asked);
        *field = Field { data, by: By { at: asked, frame, guard: field.by.guard, ..By::default() } };
    }
}

/// Says of a field, and of all that is in it, that a change brought it to where it is.
pub fn moved(field: &mut Field<'_>, trace: &mut Trace, change: &'static str, asked: Span) {
    field.by.frame = frame(trace, field.by.frame, change, asked);
    match &mut field.data {
        Data::Seq(items) => items.iter_mut().for_each(|item| moved(item, trace, change, asked)),
        Data::Map(members) => {
            for member in members {
                member.by.frame = frame(trace, member.by.frame, change, asked);
                moved(&mut member.value, trace, change, asked);
            }
        }
        _ => {}
    }
}

/// Sets a text under a key of a map, where it is missing or another; a map is made of anything else.
pub fn set<'a>(
    map: &mut Field<'a>,
    key: impl Into<Cow<'a, str>>,
    value: impl Into<Cow<'a, str>>,
    trace: &mut Trace,
    change: &'static str,
    asked: Span,
) {
    let (key, data) = (key.into(), Data::Str(value.into()));
    if !matches!(map.data, Data::Map(_)) {
        map.data = Data::Map(Vec::new());
        map.by.frame = frame(trace, map.by.frame, change, asked);
    }
    let Data::Map(members) = &mut map.data else { return };
    match members.iter_mut().find(|m| m.key == key) {
        Some(member) => replace(&mut member.value, data, trace, change, asked),
        None => {
            let by = made(trace, change, asked);
            members.push(Member { key, by, value: Field { data, by } });
        }
    }
}

/// The map at a chain of keys, made where it is missing. What is no map on the way ends the walk.
pub fn map_at<'f, 'a>(
    field: &'f mut Field<'a>,
    keys: &[&'static str],
    trace: &mut Trace,
    change: &'static str,
    asked: Span,
) -> Option<&'f mut Field<'a>> {
    let mut at = field;
    for key in keys {
        fill(at, trace, change, asked);
        let Data::Map(members) = &mut at.data else { return None };
        let index = match members.iter().position(|m| m.key == *key) {
            Some(index) => index,
            None => {
                let by = made(trace, change, asked);
                let value = Field { data: Data::Map(Vec::new()), by };
                // People look for the metadata of a template before its spec.
                let index = if *key == "metadata" { 0 } else { members.len() };
                members.insert(index, Member { key: Cow::Borrowed(key), by, value });
                index
            }
        };
        at = &mut members[index].value;
    }
    fill(at, trace, change, asked);
    matches!(at.data, Data::Map(_)).then_some(at)
}

/// Makes an empty map of null, which is how Kubernetes reads it.
fn fill(field: &mut Field<'_>, trace: &mut Trace, change: &'static str, asked: Span) {
    if field.data == Data::Null {
        replace(field, Data::Map(Vec::new()), trace, change, asked);
    }
}

/// Sets a text under a key of a map, where the key is missing: what is there wins.
pub fn add<'a>(
    map: &mut Field<'a>,
    key: &'a str,
    value: impl Into<Cow<'a, str>>,
    trace: &mut Trace,
    change: &'static str,
    asked: Span,
) {
    if map.get(key).is_none() {
        set(map, key, value, trace, change, asked);
    }
}

/// As `add`, of a text that is there only because another line does not rule it out: both are named.
pub fn add_because<'a>(
    map: &mut Field<'a>,
    key: &'a str,
    value: impl Into<Cow<'a, str>>,
    trace: &mut Trace,
    change: &'static str,
    (asked, because): (Span, Option<Span>),
) {
    if map.get(key).is_some() {
        return;
    }
    set(map, key, value, trace, change, asked);
    let Some(because) = because else { return };
    let parent = frame(trace, 0, change, because);
    let frame = frame(trace, parent, change, asked);
    let Data::Map(members) = &mut map.data else { return };
    for member in members.iter_mut().filter(|m| m.key == key) {
        (member.by.frame, member.value.by.frame) = (frame, frame);
    }
}

/// A text that a change makes.
pub fn text<'a>(by: By, value: impl Into<Cow<'a, str>>) -> Field<'a> {
    Field { data: Data::Str(value.into()), by }
}

/// A list that a change makes.
pub fn list(by: By, items: Vec<Field<'_>>) -> Field<'_> {
    Field { data: Data::Seq(items), by }
}

/// A map that a change makes.
pub fn map<'a>(by: By, members: impl IntoIterator<Item = (&'a str, Field<'a>)>) -> Field<'a> {
    let member = |(key, value): (&'a str, Field<'a>)| Member { key: Cow::Borrowed(key), by: value.by, value };
    Field { data: Data::Map(members.into_iter().map(member).collect()), by }
}

/// A field that holds nothing, to put in place of one that is taken out.
pub fn nothing<'a>() -> Field<'a> {
    Field { data: Data::Null, by: By::default() }
}
