//! Whether a later change touches what an earlier one did: the same field, the same lines of a text, the same object. What is
//! around it may change as it likes. By this a release that was undone is told from one that is new.

use super::{
    Pair, changes, pairs,
    route::{Route, Step},
};
use crate::{
    field::{Data, Field},
    manifest::{Identity, Manifest},
};
use similar::{DiffOp, DiffTag, TextDiff};
use std::collections::{BTreeMap, BTreeSet};

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
    let common = common(middle, after, &later);
    let has = |list: &[&Manifest<'_>], identity: &Identity| list.iter().any(|m| m.identity == *identity);
    for Pair { old, new } in pairs(before, middle, None) {
        let was = old.and_then(|n| before.get(n).copied());
        let Some((place, is)) = new.and_then(|n| Some((n, *middle.get(n)?))) else {
            // It was taken away: has it come back?
            match was.filter(|was| has(after, &was.identity) && !has(middle, &was.identity)) {
                Some(was) => return Some((was.identity.clone(), Route::default())),
                None => continue,
            }
        };
        let done = was.map(|was| leaves(was, is));
        if done.as_ref().is_some_and(Vec::is_empty) {
            continue;
        }
        let Some(then) = next.get(&place).copied().flatten() else {
            return Some((is.identity.clone(), Route::default()));
        };
        let more = leaves(is, then);
        let hit = match &done {
            // All of it is new; a label as others get it, or a label or an annotation more, makes it no other one.
            None => more.iter().find(|m| !m.is_derived() && !m.is_general(&common)),
            Some(done) => more.iter().find(|m| done.iter().any(|d| d.meets(m))),
        };
        if let Some(hit) = hit {
            return Some((is.identity.clone(), hit.route.clone()));
        }
    }
    None
}

/// A label and what it holds; none if it goes.
type Label = (String, Option<String>);

/// The labels that change in the same way in several objects.
fn common(middle: &[&Manifest<'_>], after: &[&Manifest<'_>], later: &[Pair]) -> BTreeSet<Label> {
    let mut counts: BTreeMap<Label, usize> = BTreeMap::new();
    for pair in later {
        let both = pair.old.and_then(|n| middle.get(n)).zip(pair.new.and_then(|n| after.get(n)));
        let leaves = both.map(|(old, new)| leaves(old, new)).unwrap_or_default();
        let own: BTreeSet<Label> =
            leaves.iter().filter(|l| l.route.starts(&["metadata", "labels"])).map(Leaf::label).collect();
        own.into_iter().for_each(|label| *counts.entry(label).or_default() += 1);
    }
    counts.into_iter().filter(|(_, count)| *count > 1).map(|(label, _)| label).collect()
}

/// A change of a field that holds no others, or of the order of a list.
struct Leaf<'m, 'a> {
    route: Route,
    old: Option<&'m Field<'a>>,
    new: Option<&'m Field<'a>>,
    reordered: bool,
}

/// The changes of two objects, field by field: also within what came or went as a whole.
fn leaves<'m, 'a>(old: &'m Manifest<'a>, new: &'m Manifest<'a>) -> Vec<Leaf<'m, 'a>> {
    let mut found = Vec::new();
    for change in changes(&old.body, &new.body) {
        let super::Change { route, old, new, reordered, .. } = change;
        match (old, new) {
            (None, Some(field)) => {
                within(field, &route, &mut |route, f| found.push(Leaf::of(route, None, Some(f))));
            }
            (Some(field), None) => {
                within(field, &route, &mut |route, f| found.push(Leaf::of(route, Some(f), None)));
            }
            _ => found.push(Leaf { route, old, new, reordered }),
        }
    }
    found
}

/// Calls `act` with the fields of one that hold no others.
fn within<'m, 'a>(field: &'m Field<'a>, route: &Route, act: &mut dyn FnMut(Route, &'m Field<'a>)) {
    match &field.data {
        Data::Map(members) if !members.is_empty() => {
            members.iter().for_each(|member| within(&member.value, &route.key(&member.key), act));
        }
        Data::Seq(items) if !items.is_empty() => {
            items.iter().enumerate().for_each(|(n, item)| within(item, &route.and(Step::Index(n)), act));
        }
        _ => act(route.clone(), field),
    }
}

impl<'m, 'a> Leaf<'m, 'a> {
    fn of(route: Route, old: Option<&'m Field<'a>>, new: Option<&'m Field<'a>>) -> Self {
        Self { route, old, new, reordered: false }
    }

    /// Whether it stands in the labels, or the annotations, of the object or of its pods.
    fn is_in(&self, key: &str) -> bool {
        let template = ["spec", "template", "metadata", key];
        let job = ["spec", "jobTemplate", "spec", "template", "metadata", key];
        self.route.starts(&["metadata", key]) || self.route.starts(&template) || self.route.starts(&job)
    }

    /// Whether it follows from others, and says nothing of its own.
    fn is_derived(&self) -> bool {
        self.is_in("annotations") && self.route.last_key().is_some_and(|key| key.contains("checksum"))
    }

    /// Whether it is what shared layers give to all objects; `common` are the labels that several objects get.
    fn is_general(&self, common: &BTreeSet<Label>) -> bool {
        match (self.is_in("labels"), self.is_in("annotations")) {
            (true, _) => self.old.is_none() || common.contains(&self.label()),
            (_, annotation) => annotation && self.old.is_none(),
        }
    }

    /// The label that it changes, and what it holds then.
    fn label(&self) -> Label {
        (self.route.last_key().unwrap_or_default().to_owned(), text(self.new).map(str::to_owned))
    }

    /// Whether another change, after this one, is about the same.
    fn meets(&self, more: &Self) -> bool {
        if self.is_derived() || more.is_derived() {
            return false;
        }
        if self.reordered || more.reordered {
            return self.reordered && more.reordered && self.route == more.route;
        }
        let (short, long) = match self.route.0.len() <= more.route.0.len() {
            true => (&self.route, &more.route),
            false => (&more.route, &self.route),
        };
        if !long.0.starts_with(&short.0) {
            return false;
        }
        match (text(self.old), text(self.new), text(more.new)) {
            (Some(before), Some(middle), Some(after)) if middle.contains('\n') => {
                lines_meet(before, middle, after)
            }
            _ => true,
        }
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
    let changed = |op: &&DiffOp| op.tag() != DiffTag::Equal;
    let more: Vec<&DiffOp> = second.ops().iter().filter(changed).collect();
    first.ops().iter().filter(changed).any(|done| {
        let (gone, come) = (done.old_range(), done.new_range());
        more.iter().any(|op| {
            let (taken, given) = (op.old_range(), op.new_range());
            if !come.is_empty() {
                return come.start < taken.end && taken.start < come.end
                    || taken.is_empty() && come.start < taken.start && taken.start < come.end;
            }
            // Lines were taken away: are some of them there again, or others in their place?
            let beside = taken.start <= come.start && come.start <= taken.end;
            let grows = given.len() > taken.len();
            let again = gone.clone().any(|n| {
                let line = first.old_slice(n);
                given.clone().any(|m| second.new_slice(m) == line)
            });
            taken.start < come.start && come.start < taken.end || beside && (grows || again)
        })
    })
}
