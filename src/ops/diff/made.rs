//! Where the rendered objects of a side came from: their files in rendered/, and the lines behind them.

use super::objects::Origin;
use crate::{
    argocd,
    diff::told::Place,
    field::{By, Field, blame},
    manifest::{Manifest, file_name},
    ops::{
        around,
        diff::{compare::Half, side::Side},
    },
    rules::Subject,
    source::{Sources, Span},
    values::Id,
};

/// A component of an environment of a side.
pub(super) struct Made<'m, 's, 'a, 'w> {
    pub(super) subject: &'m Subject<'s, 'a>,
    side: &'m Side<'w>,
    environment: &'m str,
}

impl<'m, 's, 'a, 'w> Made<'m, 's, 'a, 'w> {
    /// The components of an environment.
    pub(super) fn of(half: Half<'m, 'w>, subjects: &'m [Subject<'s, 'a>]) -> Vec<Self> {
        let Some((side, place)) = half else { return Vec::new() };
        subjects.iter().map(|subject| Self { subject, side, environment: side.name(place) }).collect()
    }
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

    /// The line that decided that an object is there: a value that a condition read, else the line that made it.
    fn made(&self, manifest: &Manifest<'_>) -> Place {
        let (by, subject) = (manifest.body.by, self.subject);
        let mut read = subject.trace.guards(by).flat_map(|g| subject.trace.reads(g.reads).iter().copied());
        let decided = read.find(|id| subject.values.written(*id)).and_then(|id| subject.values.span(id));
        let at = decided.unwrap_or_else(|| blame(subject.values, subject.trace, by, None).at);
        place(&self.side.project.sources, at)
    }

    fn behind(&self, field: &Field<'_>) -> Place {
        place(&self.side.project.sources, behind(self.subject, field))
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
