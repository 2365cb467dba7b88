//! Suppressions: comments that say why a rule does not count for a part of a file.
//!
//! ```yaml
//! # podwright: allow CODE[, CODE] -- REASON        the entry that begins on the next line, or on this one after a value
//! # podwright: allow-file CODE[, CODE] -- REASON   the whole file
//! ```
//!
//! An entry is a line and all that is indented below it. A finding is suppressed when its place stands in it, or a place that
//! explains it: the line of a template, say. Faults cannot be suppressed.

use super::{all, find};
use crate::{
    diag::{Edit, Finding, Level, nearest},
    source::{FileId, Sources, Span},
    yaml,
};
use std::collections::{BTreeMap, BTreeSet};

/// What the comments begin with.
const MARKER: &str = "podwright:";

/// What divides the codes from the reason: as it is written, and as word processors write it.
const DASHES: [&str; 3] = ["--", "—", "–"];

/// How they are written.
const FORM: &str = "write `# podwright: allow CODE -- REASON`, or `allow-file` for the whole file";

/// One rule that a comment suppresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// The rule.
    pub code: &'static str,
    /// Where the comment names it.
    pub at: Span,
    /// The text that it counts for.
    pub covers: Span,
    /// The comment.
    comment: Span,
}

/// All suppressions of a run.
#[derive(Debug, Default)]
pub struct Suppressions {
    list: Vec<Suppression>,
    by_file: BTreeMap<FileId, Vec<usize>>,
    /// What is wrong with comments.
    pub findings: Vec<Finding>,
}

impl Suppressions {
    /// Reads those of the YAML files of a run.
    pub fn read(sources: &Sources) -> Self {
        let mut all = Self::default();
        for file in (0..sources.len()).filter_map(|n| u32::try_from(n).ok()).map(FileId) {
            let text = sources.text(file);
            if text.contains(&MARKER[1..]) && sources.path(file).ends_with(".yaml") {
                all.read_file(file, text);
            }
        }
        all
    }

    fn read_file(&mut self, file: FileId, text: &str) {
        for comment in yaml::comments(file, text) {
            let slice = text.get(comment.start as usize..comment.end as usize).unwrap_or_default();
            let body = slice.trim_start_matches('#').trim_start();
            let Some(rest) = after_marker(body) else { continue };
            let offset = comment.end as usize - rest.len();
            self.read_comment(text, comment, rest, offset);
        }
    }

    /// Reads what follows the marker, which stands at `offset` in the text.
    fn read_comment(&mut self, text: &str, comment: Span, rest: &str, offset: usize) {
        let file = comment.file;
        let dashes = DASHES.iter().filter_map(|dash| Some((rest.find(dash)?, dash.len()))).min();
        let (head, reason) = dashes.map_or((rest, ""), |(at, length)| {
            (rest.get(..at).unwrap_or_default(), rest.get(at + length..).unwrap_or_default().trim())
        });
        let verb = head.split_whitespace().next().unwrap_or_default();
        let covers = match &*verb.to_ascii_lowercase() {
            "allow" => entry(text, comment),
            "allow-file" => Span::new(file, 0, text.len()),
            _ => {
                let message = match verb {
                    "" => "the comment for podwright says nothing".to_owned(),
                    verb => {
                        format!("a comment for podwright begins with `allow` or `allow-file`, not `{verb}`")
                    }
                };
                self.findings.push(Finding::error("suppression-unknown", comment, message).help(FORM));
                return;
            }
        };
        let before = rest.len() - rest.trim_start().len() + verb.len();
        let mut at = offset + before;
        let mut named = false;
        for part in head.get(before..).unwrap_or_default().split(',') {
            let code = part.trim();
            let start = at + part.len() - part.trim_start().len();
            at += part.len() + 1;
            if code.is_empty() {
                continue;
            }
            named = true;
            let place = Span::new(file, start, start + code.len());
            match find(code) {
                Some(rule) => self.add(Suppression { code: rule.code, at: place, covers, comment }),
                None => self.findings.push(unknown(code, place)),
            }
        }
        if !named {
            let finding =
                Finding::error("suppression-unknown", comment, "the comment names no rule to allow");
            self.findings.push(finding.help(FORM));
        } else if reason.is_empty() {
            let finding = Finding::error(
                "suppression-without-reason",
                comment,
                "the comment allows a rule and does not say why",
            );
            self.findings.push(finding.help("add the reason: `-- REASON`"));
        }
    }

    fn add(&mut self, suppression: Suppression) {
        self.by_file.entry(suppression.at.file).or_default().push(self.list.len());
        self.list.push(suppression);
    }

    /// Takes away the findings that are suppressed; the numbers of the suppressions that did are added to `used`.
    pub fn apply(&self, findings: &mut Vec<Finding>, used: &mut BTreeSet<usize>) {
        if self.list.is_empty() {
            return;
        }
        findings.retain(|finding| {
            let places = std::iter::once(finding.at).chain(finding.related.iter().map(|r| r.at));
            let hits: Vec<usize> = places.flat_map(|place| self.at(&finding.code, place)).collect();
            used.extend(&hits);
            hits.is_empty()
        });
    }

    /// The suppressions of a code that count for a place.
    fn at<'s>(&'s self, code: &'s str, place: Span) -> impl Iterator<Item = usize> + 's {
        let numbers = self.by_file.get(&place.file).map_or(&[][..], Vec::as_slice);
        numbers.iter().copied().filter(move |&n| {
            self.list.get(n).is_some_and(|s| {
                s.code == code && s.covers.start <= place.start && place.start <= s.covers.end
            })
        })
    }

    /// What to say of those that suppressed nothing. A file that was read several times is one.
    pub fn unused(&self, used: &BTreeSet<usize>, sources: &Sources) -> Vec<Finding> {
        let key = |s: &Suppression| (sources.path(s.at.file).to_owned(), s.at.start);
        let useful: BTreeSet<_> = used.iter().filter_map(|&n| self.list.get(n)).map(key).collect();
        let mut told = BTreeSet::new();
        let idle = self.list.iter().filter(|s| !useful.contains(&key(s)));
        let once = idle.filter(|s| told.insert(key(s)));
        once.map(|s| {
            let message = format!("the comment allows `{}`, which finds nothing here", s.code);
            let mut finding = Finding::error("suppression-unused", s.at, message);
            finding.level = Level::Warn;
            finding.help("remove it")
        })
        .collect()
    }
}

/// What follows the marker. With a capital it is one only before what it is for: prose may begin with the name of the tool.
fn after_marker(body: &str) -> Option<&str> {
    if let Some(rest) = body.strip_prefix(MARKER) {
        return Some(rest);
    }
    let (head, rest) = body.split_at_checked(MARKER.len())?;
    let verb = rest.split_whitespace().next().unwrap_or_default();
    let told = ["allow", "allow-file"].iter().any(|known| verb.eq_ignore_ascii_case(known));
    (head.eq_ignore_ascii_case(MARKER) && told).then_some(rest)
}

fn unknown(code: &str, at: Span) -> Finding {
    if super::faults().any(|(fault, _)| fault == code) {
        let message = format!("`{code}` is a fault, not a rule: nothing can allow it");
        return Finding::error("suppression-unknown", at, message)
            .help("mend what it finds, and remove the comment");
    }
    let finding = Finding::error("suppression-unknown", at, format!("there is no rule `{code}` to allow"));
    match nearest(code, all().iter().map(|rule| rule.code)) {
        Some(near) => finding.help(format!("did you mean `{near}`?")).fix(
            format!("write `{near}`"),
            false,
            vec![Edit { at, text: near.to_owned() }],
        ),
        None => finding.help("`podwright rule` lists the rules"),
    }
}

/// The entry that a comment counts for: on its own line, the one that begins after it; else the one that it stands in.
fn entry(text: &str, comment: Span) -> Span {
    let start =
        text.get(..comment.start as usize).map_or(0, |before| before.rfind('\n').map_or(0, |at| at + 1));
    let own = text.get(start..comment.start as usize).is_some_and(|before| before.trim().is_empty());
    let mut lines = lines(text, start);
    if own {
        while lines.first().is_some_and(|(_, line)| is_idle(line)) {
            lines.remove(0);
        }
    }
    let Some(&(from, first)) = lines.first() else {
        return Span::new(comment.file, text.len(), text.len());
    };
    let depth = indentation(first);
    let item = first.trim_start().starts_with("- ");
    let mut to = from + first.len();
    for (at, line) in lines.into_iter().skip(1) {
        if is_idle(line) {
            continue;
        }
        // The items of a list may stand as far left as its key.
        let dash = line.trim_start().starts_with("- ") || line.trim() == "-";
        if indentation(line) > depth || (!item && dash && indentation(line) == depth) {
            to = at + line.len();
        } else {
            break;
        }
    }
    Span::new(comment.file, from, to)
}

/// The lines of a text from a place on, each with where it starts and without its end.
fn lines(text: &str, from: usize) -> Vec<(usize, &str)> {
    let mut at = from;
    let rest = text.get(from..).unwrap_or_default();
    let mut found = Vec::new();
    for line in rest.split_inclusive('\n') {
        found.push((at, line.trim_end_matches(['\n', '\r'])));
        at += line.len();
    }
    found
}

/// Whether a line holds nothing but a comment, or nothing at all.
fn is_idle(line: &str) -> bool {
    let text = line.trim();
    text.is_empty() || text.starts_with('#')
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covered(text: &str) -> Vec<String> {
        let mut sources = Sources::default();
        sources.add("a.yaml", text.to_owned());
        let all = Suppressions::read(&sources);
        assert!(all.findings.is_empty(), "{:?}", all.findings);
        all.list.iter().map(|s| sources.slice(s.covers).to_owned()).collect()
    }

    #[test]
    fn an_entry_is_a_line_and_what_is_below_it() {
        let allow = "# podwright: allow image-tag-floating -- why";
        for (text, want) in [
            (format!("a: 1 {allow}\nb: 2\n"), "a: 1 # podwright: allow image-tag-floating -- why"),
            (format!("{allow}\na:\n  b: 1\n\n  c: 2\nd: 3\n"), "a:\n  b: 1\n\n  c: 2"),
            (format!("{allow}\n# more\n\na:\n- b: 1\n- c\nd: 3\n"), "a:\n- b: 1\n- c"),
            (format!("x:\n  {allow}\n  - a: 1\n    b: 2\n  - c: 3\n"), "  - a: 1\n    b: 2"),
            (format!("a: 1\n{allow}\n"), ""),
        ] {
            assert_eq!(covered(&text), [want], "{text}");
        }
        for comment in
            ["# podwright: allow image-tag-floating — why", "# Podwright: Allow image-tag-floating -- why"]
        {
            assert_eq!(covered(&format!("{comment}\na: 1\n")), ["a: 1"], "{comment}");
        }
        assert_eq!(covered("# Podwright: renders this.\na: 1\n"), [""; 0]);
        assert_eq!(covered("a: |\n  # podwright: allow x -- y\n"), [""; 0]);
        assert_eq!(covered("# podwright: allow-file secret-plain-text -- why\na: 1\nb: 2\n").len(), 1);
    }

    #[test]
    fn what_is_wrong_with_a_comment_is_said() {
        for (comment, code) in [
            ("# podwright: allow image-tag-floating", "suppression-without-reason"),
            ("# podwright: allow image-tag-floating --", "suppression-without-reason"),
            ("# podwright: allow image-tag-flaoting -- why", "suppression-unknown"),
            ("# podwright: allow yaml-syntax -- why", "suppression-unknown"),
            ("# podwright: allow -- why", "suppression-unknown"),
            ("# podwright: ignore image-tag-floating -- why", "suppression-unknown"),
            ("# podwright:", "suppression-unknown"),
        ] {
            let mut sources = Sources::default();
            sources.add("a.yaml", format!("a: 1\n{comment}\nb: 2\n"));
            let all = Suppressions::read(&sources);
            let codes: Vec<&str> = all.findings.iter().map(|f| &*f.code).collect();
            assert_eq!(codes, [code], "{comment}");
            let found = &all.findings[0];
            assert!(
                comment.contains(sources.slice(found.at)) && !sources.slice(found.at).is_empty(),
                "{comment}"
            );
        }
    }
}
