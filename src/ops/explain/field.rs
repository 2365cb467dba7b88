//! A field of a rendered file, there or not. One that is not there: the template's line that would make it, what kept it
//! out, and the value that decided.

use super::{
    View,
    decided::{self, Decided, Why, ids},
    way::{FieldRoute, Reach, reach},
};
use crate::{
    diag::{Finding, Level, nearest},
    error::Error,
    field::{By, Field, Part, Removal},
    manifest::{Manifest, file_name, lines},
    source::Span,
    template::{Place, Places, Under, Want},
    values::{Data, Id},
};
use std::collections::BTreeSet;

impl View<'_, '_> {
    /// A field of a rendered file.
    ///
    /// # Errors
    /// There is no such file, and nothing makes such a field.
    pub(super) fn field(&self, path: &str, way: &FieldRoute) -> Result<Finding, Error> {
        let Some(manifest) = self.manifest(path) else { return self.not_made(path) };
        let reach = reach(&manifest.body, &way.steps);
        let rest = way.steps.get(reach.steps..).unwrap_or_default();
        if rest.is_empty() {
            let text = manifest.to_yaml();
            let all = lines(&manifest.body, &text);
            if let Some(line) = all.iter().find(|l| l.route == reach.route) {
                return Ok(self.told(manifest, line));
            }
        }
        let (mut found, top) = self.places(&reach, &way.steps);
        // Of the items that may come, none comes further back than behind those that are there and one another.
        let place = match rest.first() {
            Some(Want::Index(n)) => Some(*n),
            Some(Want::Key(key)) => key.parse().ok(),
            _ => None,
        };
        let sure =
            !found.places.iter().any(|p| p.open || p.under.iter().any(|u| matches!(u, Under::Turns(_))));
        if place.is_some_and(|n| n >= reach.field.items().len() + found.places.len()) && sure {
            found.places.clear();
        }
        let what = format!("`{way}` of {}", manifest.identity);
        if let Some(removal) = rest.first().and_then(|want| self.removed(manifest, reach.field, want)) {
            return Ok(told_removed(&what, removal, found.places.first()));
        }
        let within = top.by;
        let kept: Vec<(&Place, Decided)> = found
            .places
            .iter()
            .filter_map(|p| decided::of(&self.made.trace, p, within).map(|d| (p, d)))
            .collect();
        if !kept.is_empty() {
            return Ok(self.told_kept_out(&what, &kept));
        }
        if let Some(open) = found.places.iter().find(|p| p.open) {
            return Ok(self.told_open(&what, top, open));
        }
        match found.places.first().filter(|_| matches!(rest.first(), Some(Want::Key(_)))) {
            Some(place) => Ok(self.told_replaced(&what, place)),
            None => Err(unknown(manifest, &reach, rest, &found.keys, way)),
        }
    }

    /// The change that took away what would be the next step from a field.
    fn removed(&self, manifest: &Manifest<'_>, field: &Field<'_>, want: &Want) -> Option<&Removal> {
        let file = file_name(&manifest.identity, self.namespace);
        let here = |by: By| By { frame: 0, ..by } == By { frame: 0, ..field.by };
        let wanted = |part: &Part| match (part, want) {
            (Part::Key(have), Want::Key(key)) => have == key,
            (Part::Item(at, _), Want::Key(key)) => key.parse() == Ok(*at),
            (Part::Item(at, _), Want::Index(n)) => at == n,
            (Part::Item(_, texts), Want::Item(key, text)) => texts.iter().any(|(k, t)| k == key && t == text),
            _ => false,
        };
        self.made.trace.removals.iter().rfind(|r| r.file == file && here(r.within) && wanted(&r.part))
    }

    /// The places of the templates that make a field, and what they stand in: the last field on the way that a template
    /// wrote, for what is in it may be changed or added by others.
    fn places<'m, 'f>(&self, reach: &Reach<'m, 'f>, way: &[Want]) -> (Places, &'m Field<'f>) {
        let up: Vec<&'m Field<'f>> = reach.above.iter().copied().chain([reach.field]).collect();
        let program = self.target.map(|t| t.package.program());
        let found = program.and_then(|program| {
            let search = |(n, field): (usize, &&'m Field<'f>)| {
                let found = program.fields(field.by.at, way.get(n..).unwrap_or_default());
                found.written.then_some((found, *field))
            };
            up.iter().enumerate().rev().find_map(search)
        });
        found.unwrap_or((Places::default(), reach.field))
    }

    /// A file that the values do not give: what would make objects of its kind, and what keeps that out.
    ///
    /// # Errors
    /// Nothing that is kept out makes any.
    pub(super) fn not_made(&self, path: &str) -> Result<Finding, Error> {
        let name = path.strip_prefix(&self.folder).map_or(path, |n| n.trim_start_matches('/'));
        let mut removals = self.made.trace.removals.iter();
        if let Some(removal) = removals.find(|r| r.file == name && r.part == Part::Object) {
            let what = format!("rendered/{path}");
            return Ok(told_at(removal.asked, format!("{what} is not there: `patches` takes it away"))
                .label("this patch takes it away")
                .related(removal.within.at, "the template makes it here"));
        }
        let files = self.made.manifests.iter();
        let names: Vec<String> = files.map(|m| file_name(&m.identity, self.namespace)).collect();
        let error = Error::usage(format!("the values do not give rendered/{path}"));
        let mean = |near: &str| format!("did you mean rendered/{}/{near}?", self.folder);
        if let Some(near) = slip(name, &names) {
            return Err(error.help(mean(near)));
        }
        let kind = name.split(['-', '.']).next().unwrap_or_default();
        let places = self.target.map(|t| t.package.program().objects(kind)).unwrap_or_default();
        let places = of_name(places, name);
        let trace = &self.made.trace;
        let kept: Vec<(&Place, Decided)> =
            places.iter().filter_map(|p| decided::of(trace, p, By::default()).map(|d| (p, d))).collect();
        if kept.is_empty() {
            let help = "`podwright check` says what is wrong, `podwright render --check` what is stale";
            let near = nearest(name, names.iter().map(String::as_str));
            return Err(error.help(near.map_or_else(|| help.to_owned(), mean)));
        }
        Ok(self.told_kept_out(&format!("rendered/{path}"), &kept))
    }

    /// What is not there, and why; of several reasons, the first is where to start.
    fn told_kept_out(&self, what: &str, kept: &[(&Place, Decided)]) -> Finding {
        let mut note: Option<Finding> = None;
        let mut told = BTreeSet::new();
        for (place, decided) in kept {
            if !told.insert((place.at, decided.at)) {
                continue;
            }
            let reads = self.deciders(*decided);
            let mut one = match note.take() {
                Some(note) => note,
                None => {
                    let (at, label) = match reads.first() {
                        Some((id, at)) => (*at, format!("`{}` decides it", self.name(*id))),
                        None => (decided.at, "it is decided here".to_owned()),
                    };
                    told_at(at, format!("{what} is not there: {}", headline(decided.why))).label(label)
                }
            };
            for (id, at) in reads {
                let message = format!("`{}` was read", self.name(id));
                if at != one.at && !one.related.iter().any(|r| r.at == at && r.message == message) {
                    one = one.related(at, message);
                }
            }
            let words = match decided.why {
                Why::Fails => "this condition keeps it out",
                Why::Holds => "this condition holds, and it is in the `else`",
                Why::NoTurn => "this loop has no turn",
                Why::Nothing => "this comes to nothing",
            };
            let known = |at| one.related.iter().any(|r| r.at == at && r.message == words);
            if decided.at != one.at && !known(decided.at) {
                one = one.related(decided.at, words);
            }
            let inside = |a: Span, b: Span| a.file == b.file && b.start <= a.start && a.end <= b.end;
            if !inside(decided.at, place.at) && place.at != one.at {
                one = one.related(place.at, "the template would make it here");
            }
            note = Some(one);
        }
        note.unwrap_or_else(|| told_at(Span::default(), what.to_owned()))
    }

    /// The values that a decision read and their lines; what a layer wrote first.
    fn deciders(&self, decided: Decided) -> Vec<(Id, Span)> {
        let mut reads: Vec<(Id, Span)> = ids(&self.made.trace, decided.reads)
            .into_iter()
            .filter_map(|id| self.place(id).map(|at| (id, at)))
            .collect();
        reads.sort_by_key(|(id, _)| !self.values.written(*id));
        reads
    }

    /// What would stand in a value that the template takes as it is, or below keys that are computed.
    fn told_open(&self, what: &str, field: &Field<'_>, place: &Place) -> Finding {
        let trace = &self.made.trace;
        let holds = |id: &&Id| matches!(self.values.data(**id), Data::Map(_) | Data::Seq(_));
        let message = format!("{what} is not there: no value says it");
        // Keys that a loop makes come from what it goes over.
        let turns = trace.guards.iter().find(|g| place.under.contains(&Under::Turns(g.at)));
        let reads = trace.reads(turns.map_or(field.by.reads, |g| g.reads));
        let read = reads.iter().rfind(holds);
        match read.and_then(|id| self.values.span(*id).map(|at| (*id, at))) {
            Some((id, at)) => told_at(at, message)
                .label(format!("it would stand in `{}`", self.name(id)))
                .related(place.at, "the template takes here what the values say"),
            None => told_at(place.at, message).label("the template takes here what the values say"),
        }
    }

    /// A field that the template made and that is gone with what it was in: only a patch replaces maps and lists.
    fn told_replaced(&self, what: &str, place: &Place) -> Finding {
        let message = format!("{what} is not there, though the template makes it");
        let note = told_at(place.at, message).label("the template makes it here");
        let patches = self.target.and_then(|t| {
            let key = &["components", t.component.name, "patches"];
            t.config.settings.get(key).map(|setting| setting.key_span())
        });
        match patches {
            Some(at) => note.related(at, "one of these patches takes it away"),
            None => note,
        }
    }
}

/// The places whose objects may have this name of a file: those that say most of it, else those that say nothing.
fn of_name(mut places: Vec<Place>, file: &str) -> Vec<Place> {
    let name = file.strip_suffix(".yaml").unwrap_or(file);
    let may = |p: &Place| name.ends_with(&*p.tail) || name.contains(&format!("{}.", p.tail));
    places.retain(|p| p.tail.is_empty() || may(p));
    let most = places.iter().map(|p| p.tail.len()).max();
    places.retain(|p| Some(p.tail.len()) == most);
    places
}

/// A field that a patch took away.
fn told_removed(what: &str, removal: &Removal, place: Option<&Place>) -> Finding {
    let note = told_at(removal.asked, format!("{what} is not there: `patches` takes it away"))
        .label("this patch takes it away");
    match place {
        Some(place) => note.related(place.at, "the template makes it here"),
        None => note,
    }
}

/// The file that was meant, if one letter or two of the last word are wrong: files of one kind have long names in common.
fn slip<'n>(name: &str, names: &'n [String]) -> Option<&'n str> {
    let (head, word) = name.rsplit_once('-')?;
    let like = |n: &'n String| n.rsplit_once('-').filter(|(h, _)| *h == head).map(|(_, word)| word);
    let near = nearest(word, names.iter().filter_map(like))?;
    names.iter().map(String::as_str).find(|n| n.rsplit_once('-') == Some((head, near)))
}

fn told_at(at: Span, message: String) -> Finding {
    let mut note = Finding::error("field", at, message);
    note.level = Level::Warn;
    note
}

fn headline(why: Why) -> &'static str {
    match why {
        Why::Fails => "its condition does not hold",
        Why::Holds => "a condition holds that chose something else",
        Why::NoTurn => "there is nothing to make it for",
        Why::Nothing => "what it is made from is empty",
    }
}

fn unknown(
    manifest: &Manifest<'_>,
    reach: &Reach<'_, '_>,
    rest: &[Want],
    keys: &BTreeSet<String>,
    way: &FieldRoute,
) -> Error {
    let error = Error::usage(format!("nothing makes `{way}` of {}", manifest.identity));
    let above = match reach.steps {
        0 => manifest.identity.to_string(),
        _ => format!("`{}`", reach.route),
    };
    let (items, members) = (reach.field.items(), reach.field.members());
    let missing = match rest.first() {
        Some(Want::Key(key)) if items.is_empty() => {
            let have = members.iter().map(|m| &*m.key).chain(keys.iter().map(String::as_str));
            match nearest(key, have) {
                Some(near) => format!("instead of `{key}`, did you mean `{near}`?"),
                None if members.is_empty() => format!("nothing can be below the scalar {above}"),
                None => {
                    let names: Vec<&str> = members.iter().map(|m| &*m.key).collect();
                    format!("{above} has {}", names.join(", "))
                }
            }
        }
        Some(Want::Item(key, _)) => {
            let names: Vec<&str> = items.iter().filter_map(|i| i.get(key).and_then(Field::as_str)).collect();
            match names.is_empty() {
                true => format!("{above} has no items with `{key}`"),
                false => format!("the items of {above} have the `{key}` {}", names.join(", ")),
            }
        }
        Some(Want::Index(_) | Want::Key(_)) => match items.len() {
            0 => format!("{above} is no list"),
            1 => format!("{above} has one item, number 0"),
            n => format!("{above} has {n} items, from 0 to {}", n - 1),
        },
        None => String::new(),
    };
    error.help(missing)
}
