//! Two sides held against each other: files that are equal are passed over by their sums, the objects of the others are made
//! again with what made their fields. How two objects are compared is for `objects`.

use super::{
    cluster,
    made::{Made, Twin},
    objects::{Owned, objects},
    run,
    side::Side,
};
use crate::{
    argocd,
    diff::{
        Impact, Left,
        told::{Action, Environment, Told},
    },
    manifest::Identity,
    ops::{around, compile::look},
    output::Tree,
    rules::Subject,
    source::Span,
};
use rayon::prelude::*;
use std::collections::BTreeSet;

/// An environment of a side.
pub(super) type Half<'s, 'w> = Option<(&'s Side<'w>, usize)>;

/// What two environments come to.
enum Verdict {
    Equal,
    /// This side could not be rendered.
    Unknown(String),
    Differs(Environment),
}

/// Compares all environments of two sides.
pub(super) fn sides(old: Option<&Side<'_>>, new: &Side<'_>, told: &mut Told, hidden: &mut Vec<Span>) {
    let of = |side: &Side<'_>| -> BTreeSet<String> {
        (0..side.compiled.len()).map(|place| side.name(place).to_owned()).collect()
    };
    let mut names = of(new);
    names.extend(old.map(of).unwrap_or_default());
    let one = |name: String| {
        let before = old.and_then(|side| side.find(&name).map(|place| (side, place)));
        let after = new.find(&name).map(|place| (new, place));
        let others = if after.is_none() { run::others(before, new) } else { Vec::new() };
        let (verdict, secrets) = compare(before, after, (&name, &others), told);
        (name, verdict, secrets)
    };
    let verdicts: Vec<_> = names.into_par_iter().map(one).collect();
    for (name, verdict, secrets) in verdicts {
        hidden.extend(secrets);
        note(verdict, name, told);
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
    let (verdict, secrets) = compare(Some(old), Some(new), (&name, &[]), told);
    hidden.extend(secrets);
    note(verdict, name, told);
}

fn note(verdict: Verdict, name: String, told: &mut Told) {
    match verdict {
        Verdict::Equal => told.equal += 1,
        Verdict::Unknown(side) => told.unknown.push((name, side)),
        Verdict::Differs(environment) => told.environments.push(environment),
    }
}

/// Compares an environment of either side; gives where the secrets of the new one stand, too. `others` are the objects of other
/// environments that stand where one was that is removed.
fn compare(
    old: Half<'_, '_>,
    new: Half<'_, '_>,
    (name, others): (&str, &[(String, Identity)]),
    told: &Told,
) -> (Verdict, Vec<Span>) {
    let mut hidden = Vec::new();
    let broken = |half: Half<'_, '_>| half.is_some_and(|(side, place)| side.compiled[place].trees.is_none());
    for (half, label) in [(old, &told.old), (new, &told.new)] {
        if broken(half) {
            return (Verdict::Unknown(label.clone()), hidden);
        }
    }
    let same_environment = match (old, new) {
        (Some((a, x)), Some((b, y))) => a.name(x) == b.name(y),
        _ => false,
    };
    let moved = if same_environment { cluster::moved(old, new) } else { None };
    let handed = if same_environment { run::handed(old, new) } else { None };
    if same_environment && moved.is_none() && handed.is_none() && trees(old) == trees(new) {
        return (Verdict::Equal, hidden);
    }
    let action = match (old, new) {
        (None, _) => Action::Added,
        (_, None) => Action::Removed,
        _ => Action::Changed,
    };
    let mut environment = Environment::new(name.to_owned(), action);
    // The old side has files of its own, which no finding speaks of.
    let mut unused = Vec::new();
    subjects(old, &mut unused, &mut |before| {
        if let Some(moved) = &moved {
            moved.tell(before, &mut environment);
        }
        if let Some(handed) = &handed {
            handed.tell(&mut environment);
        }
        subjects(new, &mut hidden, &mut |after| {
            // Of two environments that are compared, none goes.
            let left = match same_environment || new.is_none() {
                true => run::left(before, after, others, &mut environment),
                false => Left::default(),
            };
            together((old, before), (new, after), &left, &mut environment);
        });
    });
    environment.impacts.sort_by_key(Impact::gravity);
    let same = environment.objects.is_empty() && environment.impacts.is_empty();
    let verdict =
        if same && action == Action::Changed { Verdict::Equal } else { Verdict::Differs(environment) };
    (verdict, hidden)
}

fn trees<'s>(half: Half<'s, '_>) -> &'s [Tree] {
    half.and_then(|(side, place)| side.compiled[place].trees.as_deref()).unwrap_or(&[])
}

/// Makes the components of an environment again, those of Argo CD last, and looks at them.
pub(super) fn subjects(half: Half<'_, '_>, hidden: &mut Vec<Span>, act: &mut dyn FnMut(&[Subject<'_, '_>])) {
    let Some((side, place)) = half else { return act(&[]) };
    let at = side.project.chosen[place];
    look(&side.project, at, hidden, |subjects| {
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
                act(&all);
            }
            None => act(subjects),
        }
    });
}

/// Compares the objects of an environment of either side.
fn together(
    (old, before): (Half<'_, '_>, &[Subject<'_, '_>]),
    (new, after): (Half<'_, '_>, &[Subject<'_, '_>]),
    left: &Left<'_>,
    environment: &mut Environment,
) {
    let namespace = |subjects: &[Subject<'_, '_>]| subjects.first().map(|s| s.config.namespace.0.to_owned());
    // Only of two environments does one namespace stand for the other: one that moves is gone from where it was.
    let two = matches!((old, new), (Some((a, x)), Some((b, y))) if a.name(x) != b.name(y));
    let namespaces = namespace(before).zip(namespace(after)).filter(|(x, y)| two && x != y);
    let (old_twins, new_twins) = (twins(old, before), twins(new, after));
    let (before, after) = (Made::of(old, before, true, &new_twins), Made::of(new, after, false, &old_twins));
    let (before, after) = (owned(&before), owned(&after));
    let namespaces = namespaces.as_ref().map(|(x, y)| (x.as_str(), y.as_str()));
    objects(&before, &after, namespaces, left, environment);
}

/// The values of the components of a side, which those of the other are held against.
fn twins<'m>(half: Half<'m, '_>, subjects: &'m [Subject<'_, '_>]) -> Vec<Twin<'m>> {
    let Some((side, _)) = half else { return Vec::new() };
    let sources = &side.project.sources;
    subjects.iter().map(|s| Twin { component: s.component, values: s.values, sources }).collect()
}

fn owned<'m, 's, 'a, 'w>(all: &'m [Made<'m, 's, 'a, 'w>]) -> Vec<Owned<'m, 'a>> {
    let one = |made: &'m Made<'m, 's, 'a, 'w>| {
        made.subject.manifests.iter().map(move |manifest| Owned { manifest, origin: made })
    };
    all.iter().flat_map(one).collect()
}
