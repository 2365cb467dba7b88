//! Unknown keys: which one was meant, or where the key belongs.

use super::explain::Explainer;
use super::mend::quoted;
use super::violation::{Violation, known};
use super::{UNKNOWN, words};
use crate::diag::{Edit, Finding, nearest};
use crate::values::{Route, Segment};
use serde_json::Value;

/// How deep a key is looked for elsewhere in the schema.
const DEPTH: usize = 8;

/// Of so many known keys all are listed.
const LISTED: usize = 8;

impl<'s> Explainer<'s, '_> {
    /// A key that the schema does not know.
    pub(super) fn unknown(self, violation: &Violation<'s>, key: &str) -> Finding {
        let node = violation.node;
        let id = self.values.get(node, key);
        let at = id.filter(|&id| self.values.written(id)).and_then(|id| self.values.key_span(id));
        let message = match violation.way.annotation("x-podwright-unknown") {
            Some(text) => self.fill(text, node, key),
            None => format!("unknown key `{}`{}", words::cut(key), self.within(node)),
        };
        let mut finding = Finding::error(UNKNOWN, at.unwrap_or(self.missing), message);
        if let Some(default) = id.filter(|_| at.is_none()).and_then(|id| self.values.key_span(id)) {
            finding = finding.related(default, "the package's default stands here");
        }
        if let Some((route, secret)) = self.dotted(node, key) {
            let nested = key.split('.').map(|k| format!("{k}:")).collect::<Vec<_>>().join(" ");
            let help = format!(
                "keys are nested, not dotted: write `{nested}` with each below the one before, for `{route}`"
            );
            return finding.help(help).masked(secret);
        }
        // The line shows the value too, and it is most likely a secret if the key that was meant is one.
        let names: Vec<&str> = known(self.document, violation).into_iter().filter(|n| *n != key).collect();
        let near = nearest(key, names.iter().copied());
        let own = self.child(node, key);
        let mut elsewhere = self.elsewhere(key);
        elsewhere.retain(|route| *route != own);
        let meant: Vec<Route> = near.map(|n| vec![self.child(node, n)]).unwrap_or_else(|| elsewhere.clone());
        finding = finding.masked(meant.iter().any(|route| self.document.at(&route.0).1));
        let Some(near) = near else { return helped(finding, key, &elsewhere, &names) };
        finding = finding.help(format!("did you mean `{near}`?"));
        // Where the same file has the other key already, renaming would make it stand twice.
        let layer = id.and_then(|id| self.values.origin(id)).map(|o| o.layer);
        let other = self.values.get(node, near).map(|id| self.values.chain(id)).unwrap_or_default();
        let taken = other.iter().any(|o| Some(o.layer) == layer);
        match at.filter(|_| !taken) {
            Some(at) => {
                let edit = Edit { at, text: quoted(near) };
                finding.fix(format!("rename the key to `{near}`"), false, vec![edit])
            }
            None => finding,
        }
    }

    /// The route that a dotted key stands for, as `helm --set` writes it, if the schema knows it; and whether it is a secret.
    fn dotted(self, node: crate::values::Id, key: &str) -> Option<(Route, bool)> {
        let (first, rest) = key.split_once('.')?;
        let mut route = self.child(node, first);
        route.0.extend(rest.split('.').map(|k| Segment::Key(k.to_owned())));
        let (schemas, secret) = self.document.at(&route.0);
        (!schemas.is_empty()).then_some((route, secret))
    }

    /// The routes at which the schema knows a key of this name, shortest first.
    fn elsewhere(self, key: &str) -> Vec<Route> {
        let mut found = Vec::new();
        let mut level = vec![(Route::default(), self.document.spread(&self.document.root))];
        for _ in 0..DEPTH {
            let mut next = Vec::new();
            for (route, schemas) in level {
                for name in names(&schemas) {
                    let mut below = route.clone();
                    below.0.push(Segment::Key(name.to_owned()));
                    if name == key && !found.contains(&below) {
                        found.push(below.clone());
                    }
                    next.push((below, self.document.below(&schemas, &Segment::Key(name.to_owned()))));
                }
            }
            // A schema that refers to itself has no end.
            if next.len() > 2000 {
                break;
            }
            level = next;
        }
        found
    }
}

fn names<'s>(schemas: &[&'s Value]) -> Vec<&'s str> {
    let mut all: Vec<&str> = Vec::new();
    for keys in schemas.iter().filter_map(|s| s.get("properties")?.as_object()) {
        for name in keys.keys() {
            if !all.contains(&name.as_str()) {
                all.push(name);
            }
        }
    }
    all
}

fn helped(finding: Finding, key: &str, elsewhere: &[Route], names: &[&str]) -> Finding {
    let quote =
        |all: Vec<String>, word| words::list(&all.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>(), word);
    match elsewhere {
        [] if names.is_empty() || names.len() > LISTED => finding,
        [] => {
            let all = quote(names.iter().map(|n| (*n).to_owned()).collect(), "and");
            finding.help(format!("known here: {all}"))
        }
        [one] => finding.help(format!("`{}` belongs to `{one}`", words::cut(key))),
        many => {
            let shown = quote(many.iter().take(3).map(Route::to_string).collect(), "or");
            let more = if many.len() > 3 { format!(" ({} more)", many.len() - 3) } else { String::new() };
            finding.help(format!("did you mean {shown}{more}?"))
        }
    }
}
