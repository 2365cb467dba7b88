//! A value: who set it, what the schema says of it, which rendered fields it reaches, and what keeps them out.

use super::{
    Reached, View, below,
    decided::{Decided, Why, by_conditions, chain, ids},
};
use crate::{
    diag::{Finding, Level},
    field::{By, Field},
    manifest::{file_name, lines},
    ops::compile::Target,
    schema::Doc,
    source::Span,
    template::Use,
    values::{self, Id, Origin, Route},
    yaml::Data,
};
use std::collections::BTreeSet;

impl View<'_, '_> {
    /// A value: who set it, what that overrode, and what the schema says.
    pub(super) fn value(&self, target: &Target<'_>, id: Id) -> Finding {
        let values = self.values;
        let route = values.route(id).below();
        let schema = &target.package.schema;
        let hidden = |o: &Origin<'_>| {
            let at = o.node.span;
            let within = |h: &Span| h.file == at.file && at.start < h.end && h.start < at.end;
            !matches!(o.node.data, Data::Map(_) | Data::Seq(_)) && self.hidden.iter().any(within)
        };
        let secret =
            schema.sensitive(values, Target::root(values), id) || values.chain(id).iter().any(hidden);
        let told = |data: &Data| if secret { "a secret".to_owned() } else { short(data) };
        let chain = values.chain(id);
        let merged = match values.data(id) {
            values::Data::Map(_) if !secret => Some(format!("a map of {}", values.present(id).count())),
            _ => None,
        };
        let last = chain.last().map_or_else(|| "not set".to_owned(), |o| told(&o.node.data));
        // Maps of several layers are one, down to what is no map.
        let map = |o: &&Origin<'_>| matches!(o.node.data, Data::Map(_));
        let joined = chain.iter().rev().take_while(map).count();
        let label = if joined > 1 { format!("{last} is set here") } else { "it is set here".to_owned() };
        let now = merged.unwrap_or(last);
        let at = values.span(id).unwrap_or(target.component.at);
        let mut note = Finding::error("value", at, format!("`{route}` is {now}")).label(label).masked(secret);
        note.level = Level::Warn;
        for (n, origin) in chain.iter().rev().enumerate().skip(1).filter(|(_, o)| !secret || o.layer > 0) {
            let verb = if n < joined { "this is merged with" } else { "this overrides" };
            note = note.related(origin.node.span, format!("{verb} {}", told(&origin.node.data)));
        }
        match schema.describe(&route) {
            Some(doc) => note.help(described(&doc)),
            None => note,
        }
    }

    /// Adds what keeps out the places that would read a value, and the values that decided it.
    pub(super) fn kept_out(&self, target: &Target<'_>, id: Id, mut note: Finding) -> Finding {
        let trace = &self.made.trace;
        if self.made.manifests.is_empty() {
            return note;
        }
        let defaults = self.defaults(id);
        let uses: Vec<Use> =
            target.package.uses().into_iter().filter(|u| defaults.contains(&u.value)).collect();
        let conditions =
            uses.iter().filter_map(|one| by_conditions(trace, &one.under, &one.calls, By::default()));
        let mut found: Vec<(Decided, &str)> = conditions.map(|d| (d, words(d.why))).collect();
        if found.is_empty() {
            let passed = uses.iter().filter_map(|one| self.passed_over(one));
            found.extend(passed);
        }
        let mut told = BTreeSet::new();
        for (decided, words) in found {
            if told.insert(decided.at) {
                note = self.because(note.related(decided.at, words), decided, id);
            }
        }
        match uses.first() {
            Some(one) if told.is_empty() => note.related(one.at, "the template reads it here"),
            _ => note,
        }
    }

    /// The default of a value and of all that is in it; of one without, that of the map or list it is in.
    fn defaults(&self, id: Id) -> BTreeSet<Span> {
        let default = |id| self.values.chain(id).first().filter(|o| o.layer == 0).map(|o| o.node.span);
        let found: BTreeSet<Span> = below(self.values, id).into_iter().filter_map(default).collect();
        if !found.is_empty() {
            return found;
        }
        let top = Target::root(self.values);
        let up = std::iter::successors(Some(id), |&id| Some(self.values.parent(id)).filter(|_| id != top));
        up.take_while(|&id| id != top).find_map(default).into_iter().collect()
    }

    /// An expression that could have taken a value and took another, or nothing.
    fn passed_over(&self, one: &Use) -> Option<(Decided, &'static str)> {
        let trace = &self.made.trace;
        let around = |by: &By| {
            by.at.file == one.at.file
                && by.at.start <= one.at.start
                && one.at.end <= by.at.end
                && chain(trace, *by) == one.calls
        };
        let decided = |by: By| Decided { why: Why::Nothing, at: by.at, reads: by.reads };
        let omitted = trace.omissions.iter().copied().find(around);
        let mut stack: Vec<&Field<'_>> = self.made.manifests.iter().map(|m| &m.body).collect();
        let mut made = None;
        while let Some(field) = stack.pop() {
            stack.extend(field.items().iter().chain(field.members().iter().map(|m| &m.value)));
            if scalar(field) && around(&field.by) {
                made = Some(field.by);
                break;
            }
        }
        let nothing = omitted.map(|by| (decided(by), "this comes to nothing, and nothing is made here"));
        nothing.or_else(|| made.map(|by| (decided(by), "what is written here takes something else")))
    }

    /// Adds the values that a decision read, but not the one that is explained.
    fn because(&self, mut note: Finding, decided: Decided, id: Id) -> Finding {
        for read in ids(&self.made.trace, decided.reads).into_iter().filter(|read| *read != id) {
            let reason = format!("because of `{}`", self.name(read));
            let known = |at| note.related.iter().any(|r| r.at == at && r.message == reason);
            if let Some(at) = self.place(read).filter(|at| !known(*at)) {
                note = note.related(at, reason);
            }
        }
        note
    }

    /// The rendered fields that read a value or what is in it; of a tree that depends on it as a whole, only the top.
    pub(super) fn reached(&self, id: Id) -> Vec<Reached> {
        let wanted: BTreeSet<Id> = below(self.values, id);
        let mut found = Vec::new();
        for manifest in &self.made.manifests {
            let text = manifest.to_yaml();
            let file = format!("rendered/{}/{}", self.folder, file_name(&manifest.identity, self.namespace));
            let mut tops: Vec<Route> = Vec::new();
            if self.guarded(manifest.body.by, &wanted) {
                tops.push(Route::default());
                let route = manifest.identity.to_string();
                found.push(Reached { file: file.clone(), line: 1, route, condition: true });
            }
            for line in lines(&manifest.body, &text) {
                let reads = |by: By| self.made.trace.reads(by.reads).iter().any(|r| wanted.contains(r));
                let direct = reads(line.key) || scalar(line.field) && reads(line.field.by);
                let condition = !direct && self.guarded(line.field.by, &wanted);
                if !direct && !condition || condition && tops.iter().any(|t| line.route.0.starts_with(&t.0)) {
                    continue;
                }
                if condition {
                    tops.push(line.route.clone());
                }
                found.push(Reached {
                    file: file.clone(),
                    line: line.first,
                    route: line.route.to_string(),
                    condition,
                });
            }
        }
        found.sort();
        found
    }

    fn guarded(&self, by: By, wanted: &BTreeSet<Id>) -> bool {
        let trace = &self.made.trace;
        trace.guards(by).any(|g| trace.reads(g.reads).iter().any(|r| wanted.contains(r)))
    }
}

fn words(why: Why) -> &'static str {
    match why {
        Why::NoTurn => "this loop has no turn, and what would read it stands in it",
        Why::Holds => "this condition holds: what would read it is in the `else`",
        Why::Fails | Why::Nothing => "this condition keeps out what would read it",
    }
}

fn scalar(field: &Field<'_>) -> bool {
    field.items().is_empty() && field.members().is_empty()
}

fn described(doc: &Doc) -> String {
    let mut parts = vec![doc.description.trim_end_matches('.').to_owned()];
    parts.extend(doc.expected.iter().map(|e| format!("it is {e}")));
    parts.retain(|p| !p.is_empty());
    parts.join("; ")
}

/// What one file says, in a few words.
fn short(data: &Data) -> String {
    match data {
        Data::Null => "null".to_owned(),
        Data::Bool(b) => b.to_string(),
        Data::Int(i) => i.to_string(),
        Data::UInt(u) => u.to_string(),
        Data::Float(f) => f.to_string(),
        Data::Str(s) => format!("\"{s}\""),
        Data::Seq(items) => format!("a list of {}", items.len()),
        Data::Map(entries) => format!("a map of {}", entries.len()),
    }
}
