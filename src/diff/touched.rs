//! Whether a later change touches what an earlier one did: the same field, the same lines of a text, the same object. What is
//! around it may change as it likes. By this a release that was undone is told from one that is new.

use super::{Change, Pair, changes, pairs, route::Route};
use crate::{
    field::{Data, Field},
    manifest::{Identity, Manifest},
};
use similar::TextDiff;
use std::{collections::BTreeMap, ops::Range};

/// The first field of what the change from `before` to `middle` did that is touched by the change from `middle` to `after`; none
/// if all that it did is still there. A route without steps is the object as a whole.
pub fn touched(
    before: &[&Manifest<'_>],
    middle: &[&Manifest<'_>],
    after: &[&Manifest<'_>],
) -> Option<(Identity, Route)> {
    let later = pairs(middle, after, None);
    let next: BTreeMap<usize, Option<&Manifest<'_>>> =
        later.iter().filter_map(|p| Some((p.old?, p.new.and_then(|n| after.get(n).copied())))).collect();
    for Pair { old, new } in pairs(before, middle, None) {
        let was = old.and_then(|n| before.get(n).copied());
        let Some((place, is)) = new.and_then(|n| Some((n, *middle.get(n)?))) else {
            // It was taken away: has it come back?
            let back = |was: &Manifest<'_>| {
                later.iter().any(|p| {
                    let come = p.new.filter(|_| p.old.is_none()).and_then(|n| after.get(n));
                    come.is_some_and(|m| m.identity == was.identity)
                })
            };
            match was.filter(|was| back(was)) {
                Some(was) => return Some((was.identity.clone(), Route::default())),
                None => continue,
            }
        };
        let done = was.map(|was| changes(&was.body, &is.body));
        if done.as_ref().is_some_and(Vec::is_empty) {
            continue;
        }
        let Some(then) = next.get(&place).copied().flatten() else {
            return Some((is.identity.clone(), Route::default()));
        };
        let more = changes(&is.body, &then.body);
        let hit = match &done {
            // All of it is new; a label more, as all objects get it, is no other object.
            None => more.iter().find(|m| !is_derived(&m.route) && !is_mark(&m.route)),
            Some(done) => more.iter().find(|m| done.iter().any(|d| meet(d, m))),
        };
        if let Some(hit) = hit {
            return Some((is.identity.clone(), hit.route.clone()));
        }
    }
    None
}

/// Whether a field follows from others: it says nothing of its own.
fn is_derived(route: &Route) -> bool {
    route.last_key().is_some_and(|key| key.contains("checksum"))
}

/// Whether a field is a label or an annotation, or all of them.
fn is_mark(route: &Route) -> bool {
    let of = |at: &[&str]| ["labels", "annotations"].iter().any(|key| route.starts(&[at, &[*key]].concat()));
    let template = ["spec", "template", "metadata"];
    of(&["metadata"]) || of(&template) || of(&["spec", "jobTemplate", "spec", "template", "metadata"])
}

/// Whether two changes, one after the other, are about one field.
fn meet(done: &Change<'_, '_>, more: &Change<'_, '_>) -> bool {
    if is_derived(&done.route) || is_derived(&more.route) {
        return false;
    }
    let (short, long) = match done.route.0.len() <= more.route.0.len() {
        true => (&done.route, &more.route),
        false => (&more.route, &done.route),
    };
    if !long.0.starts_with(&short.0) {
        return false;
    }
    // A map that came, and that has one key more now, is still there.
    if more.old.is_none() && is_mark(&more.route) && done.route != more.route {
        return false;
    }
    match (text(done.old), text(done.new), text(more.new)) {
        (Some(before), Some(middle), Some(after)) if done.route == more.route && middle.contains('\n') => {
            lines_meet(before, middle, after)
        }
        _ => true,
    }
}

fn text<'f>(field: Option<&'f Field<'_>>) -> Option<&'f str> {
    match field.map(|f| &f.data) {
        Some(Data::Str(text)) => Some(text),
        _ => None,
    }
}

/// Whether the second change of a text is at lines of the first.
fn lines_meet(before: &str, middle: &str, after: &str) -> bool {
    let (first, second) = (TextDiff::from_lines(before, middle), TextDiff::from_lines(middle, after));
    let done: Vec<Range<usize>> = first
        .ops()
        .iter()
        .filter(|op| op.tag() != similar::DiffTag::Equal)
        .map(similar::DiffOp::new_range)
        .collect();
    let more = second.ops().iter().filter(|op| op.tag() != similar::DiffTag::Equal);
    more.map(|op| (op.old_range(), op.new_range().is_empty()))
        .any(|(range, takes)| done.iter().any(|d| ranges_meet(d, &range, takes)))
}

/// Whether lines that were changed, which are none where some were taken away, are among those that are changed next.
/// `takes` says that these are only taken away.
fn ranges_meet(done: &Range<usize>, more: &Range<usize>, takes: bool) -> bool {
    match (done.is_empty(), more.is_empty()) {
        (true, _) if !takes => more.start <= done.start && done.start <= more.end,
        (true, _) => more.start < done.start && done.start < more.end,
        (false, true) => done.start < more.start && more.start < done.end,
        (false, false) => done.start < more.end && more.start < done.end,
    }
}
