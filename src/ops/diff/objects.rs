//! The objects of two environments, or of two folders, held against each other, and told: secrets masked, each change with the
//! line behind it.

use super::mask::Mask;
use crate::{
    diff::{
        self, Left, changes, pairs,
        told::{Action, Change, Environment, Object, Place},
    },
    field::{By, Data, Field},
    manifest::Manifest,
};

/// What objects came from.
pub(super) trait Origin {
    /// The component that they belong to.
    fn component(&self) -> &str;

    /// The file of an object.
    fn path(&self, manifest: &Manifest<'_>) -> String;

    /// The line that decided that an object is there.
    fn made(&self, manifest: &Manifest<'_>) -> Place;

    /// The line behind a field, to which a way leads.
    fn behind(&self, field: &Field<'_>, route: &diff::Route) -> Place;

    /// Whether something was made from a secret.
    fn secret(&self, by: By) -> bool;
}

/// An object and what it came from.
#[derive(Clone, Copy)]
pub(super) struct Owned<'m, 'a> {
    pub(super) manifest: &'m Manifest<'a>,
    pub(super) origin: &'m dyn Origin,
}

/// Compares the objects of two sides; two namespaces may stand for each other. What is left of the old ones is not deleted.
pub(super) fn objects(
    before: &[Owned<'_, '_>],
    after: &[Owned<'_, '_>],
    namespaces: Option<(&str, &str)>,
    left: &Left<'_>,
    environment: &mut Environment,
) {
    let a: Vec<&Manifest<'_>> = before.iter().map(|o| o.manifest).collect();
    let b: Vec<&Manifest<'_>> = after.iter().map(|o| o.manifest).collect();
    for pair in pairs(&a, &b, namespaces) {
        let (x, y) = (pair.old.and_then(|n| before.get(n)), pair.new.and_then(|n| after.get(n)));
        match object(x, y, (&a, &b), namespaces, left) {
            Some(object) => environment.objects.push(object),
            None => environment.equal += 1,
        }
    }
    environment.objects.sort_by(|x, y| (&x.component, &x.path).cmp(&(&y.component, &y.path)));
}

fn object(
    before: Option<&Owned<'_, '_>>,
    after: Option<&Owned<'_, '_>>,
    around: (&[&Manifest<'_>], &[&Manifest<'_>]),
    namespaces: Option<(&str, &str)>,
    left: &Left<'_>,
) -> Option<Object> {
    let found = match (before, after) {
        (Some(x), Some(y)) => {
            let mut found = changes(&x.manifest.body, &y.manifest.body);
            let identity = &y.manifest.identity;
            let own = identity.kind == "Namespace" && identity.group.is_empty();
            found.retain(|change| !is_namespace(change, own, namespaces));
            if found.is_empty() {
                return None;
            }
            found
        }
        _ => Vec::new(),
    };
    let goes = before.map(|o| o.manifest).filter(|old| !left.holds(old));
    // Where one namespace stands for another, nothing moves.
    let stand_in = goes.zip(after).filter(|_| namespaces.is_some()).and_then(|(old, new)| {
        let identity = diff::known(&old.identity, namespaces);
        (identity == new.manifest.identity).then(|| Manifest { identity, body: old.body.clone() })
    });
    let mut impacts = diff::impacts(stand_in.as_ref().or(goes), after.map(|o| o.manifest), &found, around);
    for impact in &mut impacts {
        impact.text = super::mask::text(&impact.text);
    }
    let owner = after.or(before)?;
    let identity = owner.manifest.identity.clone();
    let was = before.map(|o| &o.manifest.identity.name).filter(|name| **name != identity.name).cloned();
    let action = match (before, after) {
        (None, _) => Action::Added,
        (_, None) => Action::Removed,
        _ if was.is_some() => Action::Renamed,
        _ => Action::Changed,
    };
    let changes = match (before, after) {
        (Some(old), Some(new)) => {
            let told = Teller { old, new };
            found.iter().map(|c| told.change(c)).collect()
        }
        _ => Vec::new(),
    };
    let place = match action {
        Action::Added | Action::Removed => Some(owner.origin.made(owner.manifest)),
        _ => None,
    };
    let (component, path) = (owner.origin.component().to_owned(), owner.origin.path(owner.manifest));
    Some(Object { identity, was, component, path, action, changes, impacts, place })
}

/// Whether a change is that of the namespace of an environment to that of the other; of a Namespace, that of its name.
fn is_namespace(change: &diff::Change<'_, '_>, own: bool, namespaces: Option<(&str, &str)>) -> bool {
    let key = if own { "name" } else { "namespace" };
    let is = |field: Option<&Field<'_>>, text| field.and_then(Field::as_str) == Some(text);
    namespaces.is_some_and(|(from, to)| {
        change.route.is(&["metadata", key]) && is(change.old, from) && is(change.new, to)
    })
}

/// Tells the changes of one object.
struct Teller<'x, 'm, 'a, 'n, 'b> {
    old: &'x Owned<'m, 'a>,
    new: &'x Owned<'n, 'b>,
}

impl Teller<'_, '_, '_, '_, '_> {
    fn change(&self, change: &diff::Change<'_, '_>) -> Change {
        let keys: Vec<&str> = change
            .route
            .0
            .iter()
            .filter_map(|step| match step {
                diff::Step::Key(key) => Some(key.as_str()),
                _ => None,
            })
            .collect();
        let (x, y) = (self.old, self.new);
        let (before, after) = (|by: By| x.origin.secret(by), |by: By| y.origin.secret(by));
        let was = Mask::new(x.manifest, change.old, change.within.0, &before);
        let is = Mask::new(y.manifest, change.new, change.within.1, &after);
        let hidden =
            change.old.is_some_and(|f| was.hides(f, &keys)) || change.new.is_some_and(|f| is.hides(f, &keys));
        let text = match (change.old.map(|f| &f.data), change.new.map(|f| &f.data)) {
            (Some(Data::Str(a)), Some(Data::Str(b))) if !hidden && (a.contains('\n') || b.contains('\n')) => {
                diff::stretches((a, &super::mask::text(a)), (b, &super::mask::text(b)))
            }
            _ => Vec::new(),
        };
        let whole = !change.reordered;
        // What is secret on one side is not told of the other either: it may be the same.
        let show = |mask: &Mask<'_>, field: &Field<'_>| {
            let scalar = field.items().is_empty() && field.members().is_empty();
            if hidden && scalar { super::mask::masked() } else { mask.shown(field, &keys) }
        };
        Change {
            route: told(&change.route),
            old: change.old.filter(|_| whole).map(|f| show(&was, f)),
            new: change.new.filter(|_| whole).map(|f| show(&is, f)),
            text,
            reordered: change.reordered,
            place: self.place(change),
        }
    }

    /// The line behind a change: that of the new value; for what is gone, as the old side has it.
    fn place(&self, change: &diff::Change<'_, '_>) -> Option<Place> {
        match (change.new, change.old) {
            (Some(field), _) => Some(self.new.origin.behind(field, &change.route)),
            (None, Some(field)) => Some(self.old.origin.behind(field, &change.route)),
            (None, None) => None,
        }
    }
}

/// A way in words: keys and what names the items of lists may hold secrets as values do, such as a path with a token.
fn told(route: &diff::Route) -> String {
    let step = |step: &diff::Step| match step {
        diff::Step::Key(key) => diff::Step::Key(super::mask::text(key)),
        diff::Step::Item(item) => diff::Step::Item(super::mask::text(item)),
        diff::Step::Index(index) => diff::Step::Index(*index),
    };
    diff::Route(route.0.iter().map(step).collect()).to_string()
}
