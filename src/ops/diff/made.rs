//! Where the rendered objects of a side came from: their files in rendered/, and the lines behind them.

use super::objects::Origin;
use crate::{
    argocd,
    diff::{Route, told::Place},
    field::{By, Field, GuardKind, Reads, blame},
    manifest::{Manifest, file_name},
    ops::{
        around,
        diff::{compare::Half, side::Side},
    },
    rules::Subject,
    source::{Sources, Span},
    values::{Data, Id, TOP, Values},
};

/// A component of an environment of a side.
pub(super) struct Made<'m, 's, 'a, 'w> {
    pub(super) subject: &'m Subject<'s, 'a>,
    side: &'m Side<'w>,
    environment: &'m str,
    /// This is the old side.
    old: bool,
    /// The same component on the other side, if that has it.
    twin: Option<Twin<'m>>,
}

/// The values of a component of the other side.
#[derive(Clone, Copy)]
pub(super) struct Twin<'m> {
    pub(super) component: &'m str,
    pub(super) values: &'m Values<'m>,
    pub(super) sources: &'m Sources,
}

impl<'m, 's, 'a, 'w> Made<'m, 's, 'a, 'w> {
    /// The components of an environment of the new side, or of the old one; `twins` are those of the other.
    pub(super) fn of(
        half: Half<'m, 'w>,
        subjects: &'m [Subject<'s, 'a>],
        old: bool,
        twins: &[Twin<'m>],
    ) -> Vec<Self> {
        let Some((side, place)) = half else { return Vec::new() };
        let one = |subject: &'m Subject<'s, 'a>| {
            let twin = twins.iter().find(|twin| twin.component == subject.component).copied();
            Self { subject, side, environment: side.name(place), old, twin }
        };
        subjects.iter().map(one).collect()
    }

    fn place(&self, at: Span) -> Place {
        Place { old: self.old, ..place(&self.side.project.sources, at) }
    }

    /// The line of a value that was read and is another on the other side: of several, of the last one.
    fn differing(&self, reads: Reads, depth: Depth) -> Option<Place> {
        let (twin, values) = (self.twin.as_ref()?, self.subject.values);
        self.subject.trace.reads(reads).iter().rev().find_map(|&id| {
            let other = twin.values.find(TOP, &values.route(id));
            self.other(twin, (Some(id), other), depth)
        })
    }

    /// The line in which a value of this side and one of the other differ.
    fn other(&self, twin: &Twin<'_>, (own, other): (Option<Id>, Option<Id>), depth: Depth) -> Option<Place> {
        let values = self.subject.values;
        let (own, other) = differing((values, own), (twin.values, other), depth)?;
        // Who wrote one of the two made the difference; the package's own defaults are nobody's.
        let written = own.filter(|id| values.written(*id)).and_then(|id| values.span(id));
        let line = other.filter(|id| twin.values.written(*id)).and_then(|id| twin.values.span(id));
        let here = || written.map(|at| self.place(at));
        let there = || line.map(|at| Place { old: !self.old, ..place(twin.sources, at) });
        // A line of the new side is one to edit.
        if self.old { there().or_else(here) } else { here().or_else(there) }
    }

    /// The line of the setting of environment.yaml that is another on the other side and that a field of an object of Argo CD follows
    /// from: it may be written elsewhere than what asked for the object.
    fn set_otherwise(&self, route: &Route) -> Option<Place> {
        let twin = self.twin.as_ref().filter(|_| self.subject.component == around::ARGOCD)?;
        let at = |values: &Values<'_>, keys: &[&str]| {
            let root = values.get(TOP, "environment")?;
            keys.iter().try_fold(root, |at, key| values.get(at, key))
        };
        let settings = settings(route).iter();
        settings.copied().find_map(|keys| {
            self.other(twin, (at(self.subject.values, keys), at(twin.values, keys)), Depth::All)
        })
    }

    /// The line of a value that differs and that a condition around something read, the innermost first.
    fn decided_otherwise(&self, by: By) -> Option<Place> {
        self.subject.trace.guards(by).find_map(|guard| {
            let depth = if guard.kind == GuardKind::Turns { Depth::All } else { Depth::Emptiness };
            self.differing(guard.reads, depth)
        })
    }
}

/// The settings that a field of an object of Argo CD may follow from, beside those that asked for the object.
fn settings(route: &Route) -> &'static [&'static [&'static str]] {
    const PUBLISHED: &str = "publish";
    let of = |key: &str| route.starts(&["spec", key]);
    match route.last_key() {
        Some("path") if of("source") => &[&[PUBLISHED, "path"], &[PUBLISHED]],
        Some("targetRevision") if of("source") => &[&[PUBLISHED, "branch"], &[PUBLISHED]],
        Some("namespace") if of("destination") || of("destinations") => &[&["namespace"]],
        _ if of("destination") || of("destinations") => &[&["cluster"], &["namespace"]],
        _ => &[],
    }
}

/// How far lists and maps are compared.
#[derive(Clone, Copy, PartialEq)]
enum Depth {
    /// With all that is in them.
    All,
    /// As conditions see them: there is something in them or not.
    Emptiness,
}

/// A place in both of two trees in which they differ; one of them may not have it.
fn differing<'x>(
    (values, id): (&Values<'x>, Option<Id>),
    (others, other): (&Values<'x>, Option<Id>),
    depth: Depth,
) -> Option<(Option<Id>, Option<Id>)> {
    let data = |values: &Values<'x>, id: Option<Id>| id.map_or(Data::Absent, |id| values.data(id));
    let (a, b) = (data(values, id), data(others, other));
    let keys = match (&a, &b) {
        (Data::Map(_) | Data::Seq(_), Data::Map(_) | Data::Seq(_)) => (id?, other?),
        _ => return (a != b).then_some((id, other)),
    };
    if depth == Depth::Emptiness {
        let empty = (values.present(keys.0).next().is_none(), others.present(keys.1).next().is_none());
        return (empty.0 != empty.1).then_some((id, other));
    }
    let (own, theirs): (Vec<Id>, Vec<Id>) =
        (values.children(keys.0).collect(), others.children(keys.1).collect());
    if matches!((&a, &b), (Data::Map(_), Data::Map(_))) {
        let both = own.iter().map(|&child| (Some(child), others.get(keys.1, values.key(child))));
        let rest = theirs.iter().filter(|&&child| values.get(keys.0, others.key(child)).is_none());
        let mut pairs = both.chain(rest.map(|&child| (None, Some(child))));
        return pairs.find_map(|(x, y)| differing((values, x), (others, y), depth));
    }
    let longest = own.len().max(theirs.len());
    let at = |list: &[Id], n: usize| list.get(n).copied();
    (0..longest).find_map(|n| differing((values, at(&own, n)), (others, at(&theirs, n)), depth))
}

impl Origin for Made<'_, '_, '_, '_> {
    fn component(&self) -> &str {
        self.subject.component
    }

    /// The file of an object in rendered/.
    fn path(&self, manifest: &Manifest<'_>) -> String {
        let config = self.subject.config;
        match argocd::Wish::of(config).filter(|_| self.subject.component == around::ARGOCD) {
            Some(wish) => {
                let file = file_name(&manifest.identity, wish.namespace);
                format!("rendered/{}/{file}", wish.folder(self.environment))
            }
            None => {
                let file = file_name(&manifest.identity, config.namespace.0);
                format!("rendered/{}/{}/{file}", self.environment, self.subject.component)
            }
        }
    }

    /// The line that decided that an object is there: a value that a condition read, of those that differ if any does; else the
    /// line that made it.
    fn made(&self, manifest: &Manifest<'_>) -> Place {
        let (by, subject) = (manifest.body.by, self.subject);
        let decided = || {
            let mut guards = subject.trace.guards(by);
            let id = guards.find_map(|guard| written(subject, guard.reads))?;
            Some(self.place(subject.values.span(id)?))
        };
        let made = || self.place(blame(subject.values, subject.trace, by, None).at);
        self.decided_otherwise(by).or_else(decided).unwrap_or_else(made)
    }

    /// The line behind a field: what asked for it, else a value that differs and that it was made from, or that a condition around it
    /// read, or that something in it was made from; without one, such a value that an environment wrote; else the template's line.
    fn behind(&self, field: &Field<'_>, route: &Route) -> Place {
        let (subject, by) = (self.subject, field.by);
        if let Some(set) = self.set_otherwise(route) {
            return set;
        }
        if let Some(asked) = subject.trace.frames(by).find(|f| f.change.is_some()) {
            return self.place(asked.at);
        }
        let differs = self
            .differing(by.reads, Depth::All)
            .or_else(|| self.decided_otherwise(by))
            .or_else(|| within(field, &mut |by| self.differing(by.reads, Depth::All)));
        let made = blame(subject.values, subject.trace, by, None);
        let written = || {
            let decided = subject.trace.guards(by).next().and_then(|guard| written(subject, guard.reads));
            let id = made.value.is_none().then_some(decided)?;
            let id = id.or_else(|| within(field, &mut |by| written(subject, by.reads)))?;
            Some(self.place(subject.values.span(id)?))
        };
        differs.or_else(written).unwrap_or_else(|| self.place(made.at))
    }

    fn secret(&self, by: By) -> bool {
        self.subject.secret(by)
    }
}

/// Where a span stands.
pub(super) fn place(sources: &Sources, at: Span) -> Place {
    let position = sources.position(at);
    let path = sources.path(at.file).to_owned();
    Place { path, line: position.line, column: position.column, old: false }
}

/// The last value of those that were read that an environment wrote.
fn written(subject: &Subject<'_, '_>, reads: Reads) -> Option<Id> {
    subject.trace.reads(reads).iter().copied().rfind(|id| subject.values.written(*id))
}

/// The first answer of a field and those in it, in order.
fn within<T>(field: &Field<'_>, ask: &mut dyn FnMut(By) -> Option<T>) -> Option<T> {
    let mut stack = vec![field];
    while let Some(at) = stack.pop() {
        if let Some(answer) = ask(at.by) {
            return Some(answer);
        }
        stack.extend(at.items().iter().rev());
        stack.extend(at.members().iter().rev().map(|m| &m.value));
    }
    None
}
