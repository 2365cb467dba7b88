//! Which line of an emitted manifest holds which field, both ways: the emission is read back and walked beside the fields.

use crate::{
    field::{By, Data, Field},
    source::{Sources, Span},
    values::{Route, Segment},
    yaml::{self, Node},
};

/// A member or item of a manifest and where its file has it.
#[derive(Debug)]
pub struct Line<'m, 'a> {
    /// The way to it from the top of the object.
    pub route: Route,
    /// The first line, from 1: that of the key, or of the item.
    pub first: u32,
    /// The last line of its value.
    pub last: u32,
    /// What made its key; for an item, the item.
    pub key: By,
    /// Its value.
    pub field: &'m Field<'a>,
}

/// All members and items of a manifest whose emission is `text`, outer ones before what they hold.
pub fn lines<'m, 'a>(body: &'m Field<'a>, text: &str) -> Vec<Line<'m, 'a>> {
    let mut sources = Sources::default();
    let file = sources.add(String::new(), text.to_owned());
    let options = yaml::Options { documents: yaml::Documents::One, role: yaml::Role::Template };
    let parsed = yaml::read(file, text, &options);
    let mut out = Vec::new();
    if let Some(root) = parsed.documents.first() {
        walk(root, body, &Route::default(), &sources, &mut out);
    }
    out
}

/// A member or item of a file that anyone may have written.
#[derive(Debug)]
pub struct Stretch {
    /// The way to it from the top of the object.
    pub route: Route,
    /// The first line, from 1: that of the key, or of the item.
    pub first: u32,
    /// The last line of its value.
    pub last: u32,
}

/// All members and items of the first document of a text, outer ones before what they hold.
pub fn stretches(text: &str) -> Vec<Stretch> {
    let mut sources = Sources::default();
    let file = sources.add(String::new(), text.to_owned());
    let options = yaml::Options { documents: yaml::Documents::One, role: yaml::Role::Template };
    let parsed = yaml::read(file, text, &options);
    let mut out = Vec::new();
    if let Some(root) = parsed.documents.first() {
        look(root, &Route::default(), &sources, &mut out);
    }
    out
}

fn look(node: &Node, route: &Route, sources: &Sources, out: &mut Vec<Stretch>) {
    let mut step = |segment: Segment, start: Span, node: &Node| {
        let mut route = route.clone();
        route.0.push(segment);
        let first = sources.position(start).line;
        let last = sources.range(node.span).1.line.max(first);
        out.push(Stretch { route: route.clone(), first, last });
        look(node, &route, sources, out);
    };
    for entry in node.entries() {
        step(Segment::Key(entry.key.text.to_string()), entry.key.span, &entry.value);
    }
    for (index, item) in node.items().iter().enumerate() {
        step(Segment::Index(index), item.span, item);
    }
}

fn walk<'m, 'a>(
    node: &Node,
    field: &'m Field<'a>,
    route: &Route,
    sources: &Sources,
    out: &mut Vec<Line<'m, 'a>>,
) {
    let mut step = |segment: Segment, start: &Node, first: u32, key: By, field: &'m Field<'a>| {
        let mut route = route.clone();
        route.0.push(segment);
        let last = sources.range(start.span).1.line.max(first);
        out.push(Line { route: route.clone(), first, last, key, field });
        walk(start, field, &route, sources, out);
    };
    match &field.data {
        Data::Map(members) => {
            for (entry, member) in node.entries().iter().zip(members) {
                let first = sources.position(entry.key.span).line;
                step(Segment::Key(member.key.to_string()), &entry.value, first, member.by, &member.value);
            }
        }
        Data::Seq(items) => {
            for (index, (item, field)) in node.items().iter().zip(items).enumerate() {
                let first = sources.position(item.span).line;
                step(Segment::Index(index), item, first, field.by, field);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::Member;
    use crate::yaml::emit::emit;
    use std::borrow::Cow;

    #[test]
    fn fields_are_found_at_their_lines() {
        let by = By::default();
        let text = |t: &'static str| Field { data: Data::Str(Cow::Borrowed(t)), by };
        let member = |key: &'static str, value| Member { key: Cow::Borrowed(key), by, value };
        let list = Field { data: Data::Seq(vec![text("one"), text("two\nlines\n"), text("three")]), by };
        let body = Field { data: Data::Map(vec![member("a", text("x")), member("list", list)]), by };
        let mut out = String::new();
        emit(&body, &mut out);
        let found: Vec<String> =
            lines(&body, &out).iter().map(|l| format!("{} {}-{}", l.route, l.first, l.last)).collect();
        assert_eq!(out, "a: x\nlist:\n- one\n- |\n  two\n  lines\n- three\n");
        assert_eq!(found, ["a 1-1", "list 2-7", "list[0] 3-3", "list[1] 4-6", "list[2] 7-7"]);
    }
}
