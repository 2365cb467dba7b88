//! The fields in which two objects differ.

use super::{
    Change,
    lists::matched,
    route::{Route, Step},
};
use crate::field::{Data, Field, Member};

/// What two objects differ in, in the order of the old one; what is new comes after it.
pub fn changes<'m, 'a>(old: &'m Field<'a>, new: &'m Field<'a>) -> Vec<Change<'m, 'a>> {
    let mut found = Vec::new();
    compare(old, new, &Route::default(), (old, new), &mut found);
    found
}

/// Whether two fields hold the same.
pub(super) fn same(old: &Field<'_>, new: &Field<'_>) -> bool {
    match (&old.data, &new.data) {
        (Data::Seq(a), Data::Seq(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Data::Map(a), Data::Map(b)) => {
            a.len() == b.len() && a.iter().all(|m| new.get(&m.key).is_some_and(|value| same(&m.value, value)))
        }
        (a, b) => a == b,
    }
}

type Within<'m, 'a> = (&'m Field<'a>, &'m Field<'a>);

fn compare<'m, 'a>(
    old: &'m Field<'a>,
    new: &'m Field<'a>,
    route: &Route,
    within: Within<'m, 'a>,
    out: &mut Vec<Change<'m, 'a>>,
) {
    match (&old.data, &new.data) {
        (Data::Map(before), Data::Map(after)) => maps(before, after, route, (old, new), out),
        (Data::Seq(before), Data::Seq(after)) => lists(before, after, route, (old, new), out),
        (a, b) if a == b => {}
        _ => out.push(Change {
            route: route.clone(),
            old: Some(old),
            new: Some(new),
            within,
            reordered: false,
        }),
    }
}

fn maps<'m, 'a>(
    before: &'m [Member<'a>],
    after: &'m [Member<'a>],
    route: &Route,
    within: Within<'m, 'a>,
    out: &mut Vec<Change<'m, 'a>>,
) {
    for member in before {
        let below = route.key(&member.key);
        match within.1.get(&member.key) {
            Some(value) => compare(&member.value, value, &below, within, out),
            None => out.push(Change {
                route: below,
                old: Some(&member.value),
                new: None,
                within,
                reordered: false,
            }),
        }
    }
    for member in after.iter().filter(|m| within.0.get(&m.key).is_none()) {
        let route = route.key(&member.key);
        out.push(Change { route, old: None, new: Some(&member.value), within, reordered: false });
    }
}

fn lists<'m, 'a>(
    before: &'m [Field<'a>],
    after: &'m [Field<'a>],
    route: &Route,
    within: Within<'m, 'a>,
    out: &mut Vec<Change<'m, 'a>>,
) {
    if before.len() == after.len() && before.iter().zip(after).all(|(a, b)| same(a, b)) {
        return;
    }
    let name = route.last_key().unwrap_or_default();
    let matched = matched(name, before, after);
    if matched.reordered {
        let (old, new) = (Some(within.0), Some(within.1));
        out.push(Change { route: route.clone(), old, new, within, reordered: true });
    }
    for (step, a, b) in matched.items {
        let below = match step {
            // An item without a key is found by its place on the side that has it.
            Step::Index(_) => route.and(Step::Index(b.or(a).unwrap_or_default())),
            step => route.and(step),
        };
        match (a.and_then(|n| before.get(n)), b.and_then(|n| after.get(n))) {
            (Some(old), Some(new)) => compare(old, new, &below, within, out),
            (old, new) => out.push(Change { route: below, old, new, within, reordered: false }),
        }
    }
}
