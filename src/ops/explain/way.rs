//! The way to a field of an object, as people write it, and how far an object has it. What makes the rest of it is for
//! `field`.

use crate::{
    field::Field,
    template::Want,
    values::{Route, RouteError, Segment},
};
use std::{fmt, str::FromStr};

/// The way to a field of an object: a route whose lists may also be entered by what an item holds, as in
/// `spec.template.spec.containers[name=web].image`.
#[derive(Debug, Clone)]
pub struct FieldRoute {
    text: String,
    pub(super) steps: Vec<Want>,
}

impl fmt::Display for FieldRoute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for FieldRoute {
    type Err = RouteError;

    fn from_str(text: &str) -> Result<Self, RouteError> {
        let (mut steps, mut rest) = (Vec::new(), text);
        while let Some((before, key, value, after)) = item(rest) {
            steps.extend(plain(before)?);
            steps.push(Want::Item(key.to_owned(), value.to_owned()));
            rest = after.strip_prefix('.').unwrap_or(after);
        }
        if steps.is_empty() || !rest.is_empty() {
            steps.extend(rest.parse::<Route>()?.0.into_iter().map(want));
        }
        Ok(Self { text: text.to_owned(), steps })
    }
}

/// The first `[key=value]` of a text, with what stands before and after it.
fn item(text: &str) -> Option<(&str, &str, &str, &str)> {
    text.match_indices('[').find_map(|(at, _)| {
        let (inner, after) = text[at + 1..].split_once(']')?;
        let (key, value) = inner.split_once('=')?;
        (!key.contains('[')).then_some((&text[..at], key, value, after))
    })
}

fn plain(text: &str) -> Result<Vec<Want>, RouteError> {
    match text {
        "" => Ok(Vec::new()),
        text => Ok(text.parse::<Route>()?.0.into_iter().map(want).collect()),
    }
}

fn want(segment: Segment) -> Want {
    match segment {
        Segment::Key(key) => Want::Key(key),
        Segment::Index(index) => Want::Index(index),
    }
}

/// How far a way goes in an object.
pub(super) struct Reach<'m, 'a> {
    /// The last field that is there.
    pub(super) field: &'m Field<'a>,
    /// What it is in, outermost first.
    pub(super) above: Vec<&'m Field<'a>>,
    pub(super) route: Route,
    /// The steps to it.
    pub(super) steps: usize,
}

/// Goes as far as an object has it.
pub(super) fn reach<'m, 'a>(body: &'m Field<'a>, way: &[Want]) -> Reach<'m, 'a> {
    let mut reach = Reach { field: body, above: Vec::new(), route: Route::default(), steps: 0 };
    for want in way {
        let items = reach.field.items();
        let found = match want {
            Want::Key(key) if items.is_empty() => {
                reach.field.get(key).map(|f| (f, Segment::Key(key.clone())))
            }
            // A JSON Pointer writes the place of an item as a key.
            Want::Key(key) => {
                key.parse().ok().and_then(|n: usize| items.get(n).map(|f| (f, Segment::Index(n))))
            }
            Want::Index(n) => items.get(*n).map(|f| (f, Segment::Index(*n))),
            Want::Item(key, text) => items
                .iter()
                .position(|i| i.get(key).and_then(Field::as_str) == Some(text))
                .and_then(|n| items.get(n).map(|f| (f, Segment::Index(n)))),
        };
        let Some((field, segment)) = found else { break };
        reach.above.push(std::mem::replace(&mut reach.field, field));
        reach.route.0.push(segment);
        reach.steps += 1;
    }
    reach
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_entered_by_place_or_by_what_an_item_holds() {
        let key = |k: &str| Want::Key(k.to_owned());
        let item = |k: &str, v: &str| Want::Item(k.to_owned(), v.to_owned());
        for (text, steps) in [
            ("spec.replicas", vec![key("spec"), key("replicas")]),
            ("a[0].b", vec![key("a"), Want::Index(0), key("b")]),
            ("/a/0", vec![key("a"), key("0")]),
            (
                "a[name=x.y].b[k=][1]",
                vec![key("a"), item("name", "x.y"), key("b"), item("k", ""), Want::Index(1)],
            ),
        ] {
            assert_eq!(text.parse::<FieldRoute>().unwrap().steps, steps, "{text}");
        }
        for bad in ["", "a..b", "a[x]", "a[k=v]."] {
            assert!(bad.parse::<FieldRoute>().is_err() == (bad != "a[k=v]."), "{bad}");
        }
    }
}
