//! A line of a rendered file: the values, the template's line, the conditions and the changes that made it.

use super::{View, decided::ids};
use crate::{
    diag::{Finding, Level},
    error::Error,
    field::{Blame, GuardKind, blame},
    manifest::{Line, Manifest, file_name, lines, stretches},
    values::Id,
};

impl View<'_, '_> {
    /// A rendered line: the values behind it, the template's line, the calls and conditions around it. `written` is what
    /// stands in the file, if it is there; a line of another text is looked for where its field is now.
    pub(super) fn line(&self, path: &str, number: u32, written: Option<&str>) -> Result<Finding, Error> {
        let manifest = match self.manifest(path) {
            Some(manifest) => manifest,
            None => return self.not_made(path),
        };
        let text = manifest.to_yaml();
        let all = lines(&manifest.body, &text);
        let span = |line: &Line<'_, '_>| (line.first, line.last);
        let stale = written.filter(|w| *w != text);
        let Some(written) = stale else {
            return match pick(&all, number, span) {
                Some(line) => Ok(self.told(manifest, line)),
                None => Err(no_line(path, number, &text)),
            };
        };
        let stretches = stretches(written);
        let help = format!("rendered/{path} is not what the values give: `podwright render` writes it anew");
        let Some(spot) = pick(&stretches, number, |s| (s.first, s.last)) else {
            return Err(no_line(path, number, written).help(help));
        };
        match all.iter().find(|line| line.route == spot.route) {
            Some(line) => Ok(self.told(manifest, line).help(help)),
            None => {
                let what =
                    format!("the values do not give `{}`, line {number} of rendered/{path}", spot.route);
                Err(Error::usage(what).help(help))
            }
        }
    }

    /// The object whose file has a path below rendered/.
    pub(super) fn manifest(&self, path: &str) -> Option<&Manifest<'_>> {
        let name = path.strip_prefix(&self.folder)?.strip_prefix('/')?;
        self.made.manifests.iter().find(|m| file_name(&m.identity, self.namespace) == name)
    }

    /// Every line of every file.
    pub(super) fn every_line(&self) -> Vec<(String, u32, Finding)> {
        let mut found = Vec::new();
        for manifest in &self.made.manifests {
            let text = manifest.to_yaml();
            let all = lines(&manifest.body, &text);
            let path = format!("{}/{}", self.folder, file_name(&manifest.identity, self.namespace));
            for (number, _) in (1..).zip(text.lines()) {
                let line = pick(&all, number, |line| (line.first, line.last));
                found.extend(line.map(|line| (path.clone(), number, self.told(manifest, line))));
            }
        }
        found
    }

    pub(super) fn told(&self, manifest: &Manifest<'_>, line: &Line<'_, '_>) -> Finding {
        let (values, trace) = (self.values, &self.made.trace);
        let by = line.field.by;
        let place = blame(values, trace, by, line.field.as_str());
        let place = match place.value.filter(|id| self.place(*id).is_none()) {
            Some(_) => Blame { at: by.at, value: None, ..place },
            None => place,
        };
        // The last change is the outermost frame, and the line that a person would edit first.
        let changed = trace.frames(by).find_map(|f| f.change.map(|name| (name, f.at)));
        let own = place.value.is_none_or(|id| !values.written(id));
        // Of a plain manifest, the namespace is the environment's.
        let namespace = by.reads.len == 0 && self.target.is_some_and(|t| t.config.namespace.1 == by.at);
        let plain = self.target.is_some_and(|t| t.plain.iter().any(|n| n.span.file == place.at.file));
        let whose = match changed {
            Some((name, _)) => format!("as `{name}` asks"),
            None if plain => "as a file of `manifests` says".to_owned(),
            None if namespace => "the environment's".to_owned(),
            None if own => "the package's own".to_owned(),
            None => "made from a value".to_owned(),
        };
        // Of a change, the line that asked for it is the one to edit first.
        let at = changed.map_or(place.at, |(_, at)| at);
        let mut note =
            Finding::error("line", at, format!("`{}` of {} is {whose}", line.route, manifest.identity));
        note.level = Level::Warn;
        note.label = match (changed, place.value) {
            (Some(_), _) => "it is asked for here".to_owned(),
            (None, Some(id)) => format!("from `{}`", self.name(id)),
            (None, None) if plain || namespace => "it stands here".to_owned(),
            (None, None) => "the template makes it here".to_owned(),
        };
        let told = |id: &Id| changed.is_none() && Some(*id) == place.value;
        for id in ids(trace, by.reads).into_iter().filter(|id| !told(id)) {
            if let Some(at) = self.place(id) {
                note = note.related(at, format!("`{}` was read", self.name(id)));
            }
        }
        if by.at != at {
            note = note.related(by.at, "the template makes it here");
        }
        for frame in trace.frames(by).filter(|f| f.change.is_none() || f.at != place.at) {
            note = match frame.change {
                Some(_) if frame.at == at => note,
                Some(name) => note.related(frame.at, format!("`{name}` asks for it here")),
                None => note.related(frame.at, "in the fragment that is called here"),
            };
        }
        for guard in trace.guards(by) {
            let words = match guard.kind {
                GuardKind::Holds => "under this condition",
                GuardKind::Fails => "where this condition does not hold",
                GuardKind::Turns => "once for each turn of this loop",
                GuardKind::Key => "below a key that is computed here",
            };
            note = note.related(guard.at, words);
            for id in ids(trace, guard.reads) {
                if let Some(at) = self.place(id) {
                    note = note.related(at, format!("which reads `{}`", self.name(id)));
                }
            }
        }
        note
    }
}

/// The innermost field that starts on a line; within a text of several lines, that text.
fn pick<T>(all: &[T], number: u32, span: impl Fn(&T) -> (u32, u32)) -> Option<&T> {
    all.iter().rfind(|l| span(l).0 == number).or_else(|| {
        all.iter().rfind(|l| {
            let (first, last) = span(l);
            (first..=last).contains(&number)
        })
    })
}

fn no_line(path: &str, number: u32, text: &str) -> Error {
    let count = text.lines().count();
    if (1..=count).contains(&(number as usize)) {
        return Error::usage(format!("line {number} of rendered/{path} holds no field"));
    }
    Error::usage(format!("rendered/{path} has no line {number}: it has {count}"))
}
