//! Places in the objects of a kind that a package knows and nobody could guess: custom kinds name their fields as they like.

use super::Identity;
use crate::field::{Data, Field};

/// A place in the objects of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// The API group; the version is no part of it.
    pub group: String,
    /// The kind.
    pub kind: String,
    /// The way from the top of the object.
    steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Step {
    key: String,
    /// What the key holds is a list, and each of its items is meant.
    each: bool,
}

impl Spot {
    /// The place at a route such as `spec.image` or `spec.tasks[].template`, where `[]` stands for each item of a list.
    pub fn new(group: &str, kind: &str, route: &str) -> Self {
        let step = |part: &str| {
            let key = part.strip_suffix("[]");
            Step { key: key.unwrap_or(part).to_owned(), each: key.is_some() }
        };
        let steps = route.split('.').map(step).collect();
        Self { group: group.to_owned(), kind: kind.to_owned(), steps }
    }

    /// Whether objects of this identity have the place.
    pub fn means(&self, identity: &Identity) -> bool {
        self.kind == identity.kind && self.group == identity.group
    }

    /// Looks at what stands there in an object.
    pub fn each<'m, 'a>(&self, body: &'m Field<'a>, act: &mut impl FnMut(&'m Field<'a>)) {
        look(&self.steps, body, act);
    }

    /// Does something with what stands there in an object.
    pub fn each_mut<'a>(&self, body: &mut Field<'a>, act: &mut impl FnMut(&mut Field<'a>)) {
        go(&self.steps, body, act);
    }
}

fn look<'m, 'a>(steps: &[Step], field: &'m Field<'a>, act: &mut impl FnMut(&'m Field<'a>)) {
    let Some((step, rest)) = steps.split_first() else { return act(field) };
    let Some(next) = field.get(&step.key) else { return };
    if step.each {
        next.items().iter().for_each(|item| look(rest, item, act));
    } else {
        look(rest, next, act);
    }
}

fn go<'a>(steps: &[Step], field: &mut Field<'a>, act: &mut impl FnMut(&mut Field<'a>)) {
    let Some((step, rest)) = steps.split_first() else { return act(field) };
    match (field.get_mut(&step.key), step.each) {
        (Some(Field { data: Data::Seq(items), .. }), true) => {
            items.iter_mut().for_each(|item| go(rest, item, act));
        }
        (Some(next), false) => go(rest, next, act),
        _ => {}
    }
}
