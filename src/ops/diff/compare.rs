//! Two sides held against each other: files that are equal are passed over by their sums, the objects of the others are made
//! again with what made their fields.

use super::{mask::Mask, side::Side};
use crate::{
    argocd,
    diff::{
        self, changes, pairs,
        told::{Action, Change, Environment, Object, Place, Told},
    },
    field::{By, Data, Field, blame},
    manifest::{Manifest, file_name},
    ops::{around, compile::look},
    output::Tree,
    rules::Subject,
    source::{Sources, Span},
    values::Id,
};
use std::collections::BTreeSet;

/// Compares all environments of two sides.
pub(super) fn sides(old: Option<&Side<'_>>, new: &Side<'_>, told: &mut Told, hidden: &mut Vec<Span>) {
    let of = |side: &Side<'_>| -> BTreeSet<String> {
        (0..side.compiled.len()).map(|place| side.name(place).to_owned()).collect()
    };
    let mut names = of(new);
    names.extend(old.map(of).unwrap_or_default());
    for name in names {
        let before = old.and_then(|side| side.find(&name).map(|place| (side, place)));
        let after = new.find(&name).map(|place| (new, place));
        one(before, after, &name, told, hidden);
    }
}

/// Compares two environments, which may be of one side.
pub(super) fn environments(
    old: (&Side<'_>, usize),
    new: (&Side<'_>, usize),
    told: &mut Told,
    hidden: &mut Vec<Span>,
) {
    let name = format!("{} -> {}", old.0.name(old.1), new.0.name(new.1));
    one(Some(old), Some(new), &name, told, hidden);
}

type Half<'s, 'w> = Option<(&'s Side<'w>, usize)>;

fn one(old: Half<'_, '_>, new: Half<'_, '_>, name: &str, told: &mut Told, hidden: &mut Vec<Span>) {
    let broken = |half: Half<'_, '_>| half.is_some_and(|(side, place)| side.compiled[place].trees.is_none());
    for (half, label) in [(old, &told.old), (new, &told.new)] {
        if broken(half) {
            told.unknown.push((name.to_owned(), label.clone()));
            return;
        }
    }
    let same_environment = match (old, new) {
        (Some((a, x)), Some((b, y))) => a.name(x) == b.name(y),
        _ => false,
    };
    if same_environment && trees(old) == trees(new) {
        told.equal += 1;
        return;
    }
    let action = match (old, new) {
        (None, _) => Action::Added,
        (_, None) => Action::Removed,
        _ => Action::Changed,
    };
    let mut environment = Environment { name: name.to_owned(), action, objects: Vec::new(), equal: 0 };
    subjects(old, hidden, &mut |before, hidden| {
        subjects(new, hidden, &mut |after, _| objects(old, before, new, after, &mut environment));
    });
    if environment.objects.is_empty() {
        told.equal += 1;
    } else {
        told.environments.push(environment);
    }
}

fn trees<'s>(half: Half<'s, '_>) -> &'s [Tree] {
    half.and_then(|(side, place)| side.compiled[place].trees.as_deref()).unwrap_or(&[])
}

/// Makes the components of an environment again, those of Argo CD last, and looks at them.
fn subjects(
    half: Half<'_, '_>,
    hidden: &mut Vec<Span>,
    act: &mut dyn FnMut(&[Subject<'_, '_>], &mut Vec<Span>),
) {
    let Some((side, place)) = half else { return act(&[], hidden) };
    let at = side.project.chosen[place];
    let mut own = Vec::new();
    look(&side.project, at, &mut own, |subjects| {
        let config = side.project.environments[at].config.as_ref();
        let made = config.and_then(|config| {
            let name = side.project.environments[at].name;
            let parts: Vec<argocd::Part<'_>> = subjects.iter().map(around::part).collect();
            argocd::make(name, config, &parts).map(|made| (config, made))
        });
        match &made {
            Some((config, made)) => {
                let mut all: Vec<Subject<'_, '_>> = subjects.to_vec();
                all.push(around::argocd_subject(&side.project, config, made));
                act(&all, hidden);
            }
            None => act(subjects, hidden),
        }
    });
    hidden.append(&mut own);
}

/// An object with the component that it belongs to.
struct Owned<'s, 'm, 'a> {
    manifest: &'m Manifest<'a>,
    subject: &'s Subject<'m, 'a>,
}

fn owned<'s, 'm, 'a>(subjects: &'s [Subject<'m, 'a>]) -> Vec<Owned<'s, 'm, 'a>> {
    let all = subjects.iter().flat_map(|subject| subject.manifests.iter().map(move |m| (m, subject)));
    all.map(|(manifest, subject)| Owned { manifest, subject }).collect()
}

fn objects(
    old: Half<'_, '_>,
    before: &[Subject<'_, '_>],
    new: Half<'_, '_>,
    after: &[Subject<'_, '_>],
    environment: &mut Environment,
) {
    let (before, after) = (owned(before), owned(after));
    let a: Vec<&Manifest<'_>> = before.iter().map(|o| o.manifest).collect();
    let b: Vec<&Manifest<'_>> = after.iter().map(|o| o.manifest).collect();
    let namespace =
        |list: &[Owned<'_, '_, '_>]| list.first().map(|o| o.subject.config.namespace.0.to_owned());
    let namespaces = namespace(&before).zip(namespace(&after)).filter(|(x, y)| x != y);
    let namespaces = namespaces.as_ref().map(|(x, y)| (x.as_str(), y.as_str()));
    let mut found = Vec::new();
    for pair in pairs(&a, &b, namespaces) {
        let (x, y) = (pair.old.map(|n| &before[n]), pair.new.map(|n| &after[n]));
        match object((old, x), (new, y), (&a, &b), namespaces) {
            Some(object) => found.push(object),
            None => environment.equal += 1,
        }
    }
    found.sort_by(|x, y| (&x.component, &x.path).cmp(&(&y.component, &y.path)));
    environment.objects = found;
}

type End<'x, 's, 'm, 'a, 'w> = (Half<'x, 'w>, Option<&'x Owned<'s, 'm, 'a>>);

fn object(
    (old, before): End<'_, '_, '_, '_, '_>,
    (new, after): End<'_, '_, '_, '_, '_>,
    around: (&[&Manifest<'_>], &[&Manifest<'_>]),
    namespaces: Option<(&str, &str)>,
) -> Option<Object> {
    let found = match (before, after) {
        (Some(x), Some(y)) => {
            let mut found = changes(&x.manifest.body, &y.manifest.body);
            if let Some((from, to)) = namespaces {
                found.retain(|c| {
                    let is = |field: Option<&Field<'_>>, text| field.and_then(Field::as_str) == Some(text);
                    !(c.route.is(&["metadata", "namespace"]) && is(c.old, from) && is(c.new, to))
                });
            }
            if found.is_empty() {
                return None;
            }
            found
        }
        _ => Vec::new(),
    };
    let impacts = diff::impacts(before.map(|o| o.manifest), after.map(|o| o.manifest), &found, around);
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
        (Some(x), Some(y)) => {
            let told = Teller { old: (old, x), new: (new, y) };
            found.iter().map(|c| told.change(c)).collect()
        }
        _ => Vec::new(),
    };
    let place = match action {
        Action::Added => made(new, owner),
        Action::Removed => made(old, owner).map(|place| Place { old: true, ..place }),
        _ => None,
    };
    let half = if after.is_some() { new } else { old };
    let path = path(half, owner);
    Some(Object {
        identity,
        was,
        component: owner.subject.component.to_owned(),
        path,
        action,
        changes,
        impacts,
        place,
    })
}

/// The file of an object in rendered/.
fn path(half: Half<'_, '_>, owner: &Owned<'_, '_, '_>) -> String {
    let Some((side, place)) = half else { return String::new() };
    let config = owner.subject.config;
    let environment = side.name(place);
    match argocd::Wish::of(config).filter(|_| owner.subject.component == around::ARGOCD) {
        Some(wish) => {
            format!(
                "rendered/{}/{}",
                wish.folder(environment),
                file_name(&owner.manifest.identity, wish.namespace)
            )
        }
        None => {
            let file = file_name(&owner.manifest.identity, config.namespace.0);
            format!("rendered/{environment}/{}/{file}", owner.subject.component)
        }
    }
}

/// The line that decided that an object is there: a value that a condition read, else the line that made it.
fn made(half: Half<'_, '_>, owner: &Owned<'_, '_, '_>) -> Option<Place> {
    let (side, _) = half?;
    let Owned { manifest, subject } = owner;
    let by = manifest.body.by;
    let read = subject.trace.guards(by).flat_map(|g| subject.trace.reads(g.reads).iter().copied());
    let decided = read.filter(|id| subject.values.written(*id)).find_map(|id| subject.values.span(id));
    let at = decided.unwrap_or_else(|| blame(subject.values, subject.trace, by, None).at);
    Some(place(&side.project.sources, at))
}

fn place(sources: &Sources, at: Span) -> Place {
    let position = sources.position(at);
    let path = sources.path(at.file).to_owned();
    Place { path, line: position.line, column: position.column, old: false }
}

/// Tells the changes of one object.
struct Teller<'x, 's, 'm, 'a, 'n, 'b, 'w, 'v> {
    old: (Half<'x, 'w>, &'x Owned<'s, 'm, 'a>),
    new: (Half<'x, 'v>, &'x Owned<'s, 'n, 'b>),
}

impl Teller<'_, '_, '_, '_, '_, '_, '_, '_> {
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
        let (x, y) = (self.old.1, self.new.1);
        let before = |by: By| x.subject.secret(by);
        let after = |by: By| y.subject.secret(by);
        let (was, is) = (Mask::new(&x.manifest.identity, &before), Mask::new(&y.manifest.identity, &after));
        let variable = keys.last() == Some(&"value") && is_variable(change);
        let show = |mask: &Mask<'_>, field: &Field<'_>| match variable && field.as_str().is_some() {
            true => super::mask::masked(),
            false => mask.shown(field, &keys),
        };
        let hidden =
            change.old.is_some_and(|f| was.hides(f, &keys)) || change.new.is_some_and(|f| is.hides(f, &keys));
        let text = match (change.old.map(|f| &f.data), change.new.map(|f| &f.data)) {
            (Some(Data::Str(a)), Some(Data::Str(b))) if !hidden && (a.contains('\n') || b.contains('\n')) => {
                diff::stretches(a, b)
            }
            _ => Vec::new(),
        };
        let whole = !change.reordered;
        Change {
            route: change.route.to_string(),
            old: change.old.filter(|_| whole).map(|f| show(&was, f)),
            new: change.new.filter(|_| whole).map(|f| show(&is, f)),
            text,
            reordered: change.reordered,
            place: self.place(change),
        }
    }

    /// The line behind a change: that of the new value; for what is gone, that of the old side.
    fn place(&self, change: &diff::Change<'_, '_>) -> Option<Place> {
        let line = |half: Half<'_, '_>, subject: &Subject<'_, '_>, field: &Field<'_>| {
            let (side, _) = half?;
            Some(place(&side.project.sources, behind(subject, field)))
        };
        match (change.new, change.old) {
            (Some(field), _) => line(self.new.0, self.new.1.subject, field),
            (None, Some(field)) => {
                line(self.old.0, self.old.1.subject, field).map(|place| Place { old: true, ..place })
            }
            (None, None) => None,
        }
    }
}

/// The line behind a field: what asked for it, else a value that made it, or that a condition around it read, or that made
/// something in it; else the template's.
fn behind(subject: &Subject<'_, '_>, field: &Field<'_>) -> Span {
    let (values, trace) = (subject.values, subject.trace);
    if let Some(asked) = trace.frames(field.by).find(|f| f.change.is_some()) {
        return asked.at;
    }
    let made = blame(values, trace, field.by, None);
    if made.value.is_some() {
        return made.at;
    }
    let written = |id: &Id| values.written(*id);
    let decided =
        trace.guards(field.by).take(1).flat_map(|g| trace.reads(g.reads).iter().copied()).find(written);
    let within = || {
        let mut stack = vec![field];
        while let Some(at) = stack.pop() {
            if let Some(id) = trace.reads(at.by.reads).iter().copied().find(written) {
                return Some(id);
            }
            stack.extend(at.items().iter().rev());
            stack.extend(at.members().iter().rev().map(|m| &m.value));
        }
        None
    };
    decided.or_else(within).and_then(|id| values.span(id)).unwrap_or(made.at)
}

/// Whether a change is the value of an environment variable whose name says that it is a secret.
fn is_variable(change: &diff::Change<'_, '_>) -> bool {
    let name = change.within.1.get("name").or_else(|| change.within.0.get("name"));
    name.and_then(Field::as_str).is_some_and(crate::secret::may_name)
}
