//! `check --fix`: makes the fixes of findings in the files of the workspace, and checks again.
//!
//! A file is changed only if it is one of the workspace's own, still holds what was read, and can be read as well
//! afterwards as before. Which text an edit gives is for `diag`; how a difference looks is for `report`.

use super::{Outcome, Progress, check, secrets::guess_objects};
use crate::{
    diag::{Edit, Fix, apply, compatible},
    error::Error,
    source::{
        FileId, Sources, Span,
        fs::{self, Kind, Rewritten},
    },
    workspace::{Choice, ENVIRONMENTS},
    yaml::{self, Documents, Options, Role},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    path::Path,
};

/// After so many rounds of fixing, what is left is left: fixes that undo each other must not go on forever.
const ROUNDS: usize = 5;

/// What stands for hidden text.
const MASK: &str = "***";

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mending {
    /// Also the fixes that may not be what was meant.
    pub all: bool,
    /// Whether files are changed; else what the first round would change is told.
    pub write: bool,
}

/// What became of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mended {
    /// Its path, relative to the workspace.
    pub path: String,
    /// How many fixes were made, or would be.
    pub fixes: usize,
    /// Why it was left alone, if it was: "it is read-only".
    pub left: Option<String>,
    /// Its text before and after with what may be secret masked, where nothing is written; none when even that might tell one.
    pub texts: Option<(String, String)>,
}

/// What a round of fixing, or all of them, came to.
#[derive(Debug, Default)]
pub struct Fixed {
    /// What the last check found.
    pub outcome: Outcome,
    /// The files, by path.
    pub files: Vec<Mended>,
    /// Why a file could not be written, if one could not.
    pub failed: Option<Error>,
}

/// Checks the chosen environments and makes the fixes of what was found, until nothing more can be fixed.
///
/// # Errors
/// There is no workspace, or no such environment.
pub fn fix(root: &Path, choice: Choice<'_>, mending: Mending, progress: &Progress) -> Result<Fixed, Error> {
    let mut files: BTreeMap<String, Mended> = BTreeMap::new();
    let mut failed = None;
    let mut seen: BTreeSet<(String, String)> = BTreeSet::new();
    for _ in 0..ROUNDS {
        let outcome = check(root, choice, progress)?;
        let mut changed = false;
        for change in plan(root, &outcome, mending.all) {
            let path = outcome.sources.path(change.file);
            if files.get(path).is_some_and(|f| f.left.is_some()) {
                continue;
            }
            let file = files.entry(path.to_owned()).or_insert_with(|| Mended {
                path: path.to_owned(),
                fixes: 0,
                left: None,
                texts: None,
            });
            if !mending.write {
                file.fixes = change.fixes;
                file.texts = (!change.sensitive).then(|| masked(&change, &outcome));
                continue;
            }
            seen.insert((file.path.clone(), outcome.sources.text(change.file).to_owned()));
            if seen.contains(&(file.path.clone(), change.text.clone())) {
                file.left = Some("its fixes undo each other".to_owned());
                continue;
            }
            let (old, path) = (outcome.sources.text(change.file), root.join(path));
            match fs::rewrite(&path, old.as_bytes(), change.text.as_bytes()) {
                Ok(Rewritten::Done) => {
                    file.fixes += change.fixes;
                    changed = true;
                }
                Ok(Rewritten::Changed) => file.left = Some("it changed since it was read".to_owned()),
                Ok(Rewritten::ReadOnly) => {
                    file.left = Some("it is read-only".to_owned());
                    failed.get_or_insert_with(|| read_only(&path));
                }
                Err(error) => {
                    file.left = Some(format!("it cannot be written: {error}"));
                    failed.get_or_insert_with(|| Error::io("write", &path, &error));
                }
            }
        }
        if !changed {
            return Ok(Fixed { outcome, files: files.into_values().collect(), failed });
        }
    }
    let outcome = check(root, choice, progress)?;
    Ok(Fixed { outcome, files: files.into_values().collect(), failed })
}

fn read_only(path: &Path) -> Error {
    Error::failure(format!("cannot write {}: it is read-only", path.display()))
        .help("make it writable, or mend it by hand")
}

/// The changes of one file.
struct Change {
    file: FileId,
    edits: Vec<Edit>,
    /// How many fixes the edits are of.
    fixes: usize,
    /// What the file holds afterwards.
    text: String,
    /// One is of a secret.
    sensitive: bool,
}

/// What can be changed at once, a change a file.
fn plan(root: &Path, outcome: &Outcome, all: bool) -> Vec<Change> {
    let mut files: BTreeMap<FileId, Vec<&Fix>> = BTreeMap::new();
    let mut secret = BTreeSet::new();
    for finding in &outcome.findings {
        let Some(fix) = finding.fix.as_ref().filter(|f| f.safe || all) else { continue };
        let Some(first) = fix.edits.first() else { continue };
        files.entry(first.at.file).or_default().push(fix);
        if finding.sensitive {
            secret.insert(first.at.file);
        }
    }
    files.retain(|&file, _| ours(root, outcome.sources.path(file)));
    let change = |(file, fixes): (FileId, Vec<&Fix>)| {
        let before = outcome.sources.text(file);
        let (fixes, text) = settle(file, before, compatible(fixes))?;
        let edits = fixes.iter().flat_map(|f| f.edits.iter().cloned()).collect();
        let sensitive = secret.contains(&file);
        (text != before).then_some(Change { file, edits, fixes: fixes.len(), text, sensitive })
    };
    files.into_iter().filter_map(change).collect()
}

/// Whether a file belongs to those who edit the workspace: not what is built in, not what is rendered, no symlink.
fn ours(root: &Path, path: &str) -> bool {
    let folder = path.split('/').next().unwrap_or("");
    let inside = (folder == ENVIRONMENTS || folder == "packages") && !path.split('/').any(|p| p == "..");
    let regular = |path: &Path| matches!(fs::kind(path), Ok(Some(Kind::File)));
    inside && regular(&root.join(path))
}

/// The fixes that leave the file as readable as it is, and its text then. When all of them together do not, each is
/// tried in turn.
fn settle<'f>(file: FileId, before: &str, fixes: Vec<&'f Fix>) -> Option<(Vec<&'f Fix>, String)> {
    let faults = |text: &str| {
        let options = Options { documents: Documents::Many, role: Role::Values };
        yaml::read(file, text, &options).findings.len()
    };
    let allowed = faults(before);
    let made = |fixes: &[&Fix]| {
        let text = apply(before, fixes.iter().flat_map(|f| &f.edits))?;
        (faults(&text) <= allowed).then_some(text)
    };
    if let Some(text) = made(&fixes) {
        return Some((fixes, text));
    }
    let (mut kept, mut text) = (Vec::new(), None);
    for fix in fixes {
        kept.push(fix);
        match made(&kept) {
            Some(good) => text = Some(good),
            None => drop(kept.pop()),
        }
    }
    text.map(|text| (kept, text))
}

/// The text of a file before and after a change, with all that may be secret masked.
fn masked(change: &Change, outcome: &Outcome) -> (String, String) {
    let hidden = hidden(change.file, outcome);
    let before = outcome.sources.text(change.file);
    let mut edits: Vec<&Edit> = change.edits.iter().collect();
    edits.sort_by_key(|e| (e.at.start, e.at.end));
    let mut after = String::with_capacity(before.len());
    let mut done = 0;
    for edit in edits {
        let (start, end) = (edit.at.start as usize, edit.at.end as usize);
        mask(before, done..start, &hidden, &mut after);
        let within = |h: &Range<usize>| start < h.end && h.start < end;
        match hidden.iter().any(within) {
            true if edit.text.starts_with('"') => after.push_str(&format!("\"{MASK}\"")),
            true => after.push_str(MASK),
            false => after.push_str(&edit.text),
        }
        done = end;
    }
    mask(before, done..before.len(), &hidden, &mut after);
    let mut shown = String::with_capacity(before.len());
    mask(before, 0..before.len(), &hidden, &mut shown);
    (shown, after)
}

/// Where secrets stand in a file, or may stand: a difference shows lines that no finding is about.
fn hidden(file: FileId, outcome: &Outcome) -> Vec<Range<usize>> {
    let sources: &Sources = &outcome.sources;
    let mut spans: Vec<Span> = outcome.hidden.iter().copied().filter(|s| s.file == file).collect();
    guess_objects(file, sources, &mut spans);
    let mut ranges: Vec<Range<usize>> = Vec::new();
    spans.sort_unstable();
    for span in spans.iter().filter(|s| s.file == file) {
        let (start, end) = (span.start as usize, span.end as usize);
        match ranges.last_mut() {
            Some(last) if start <= last.end => last.end = last.end.max(end),
            _ => ranges.push(start..end),
        }
    }
    ranges
}

/// Adds a part of a text with what is hidden masked, line by line: breaks and indentation stay.
pub(super) fn mask(text: &str, part: Range<usize>, hidden: &[Range<usize>], to: &mut String) {
    let mut at = part.start;
    for range in hidden.iter().filter(|h| h.start < part.end && part.start < h.end) {
        let (start, end) = (range.start.max(part.start), range.end.min(part.end));
        to.push_str(text.get(at..start).unwrap_or(""));
        for line in text.get(start..end).unwrap_or("").split_inclusive('\n') {
            let inner = line.trim();
            if inner.is_empty() {
                to.push_str(line);
            } else {
                let indent = line.len() - line.trim_start().len();
                to.push_str(line.get(..indent).unwrap_or(""));
                to.push_str(MASK);
                to.push_str(line.get(line.trim_end().len()..).unwrap_or(""));
            }
        }
        at = end;
    }
    to.push_str(text.get(at..part.end).unwrap_or(""));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fix(file: FileId, start: usize, end: usize, text: &str) -> Fix {
        let edits = vec![Edit { at: Span::new(file, start, end), text: text.into() }];
        Fix { title: "t".into(), safe: true, edits }
    }

    #[test]
    fn what_makes_a_file_worse_is_left_out() {
        let file = FileId(0);
        let text = "replicaz: 1\nreplicax: 2\n";
        let (first, second) = (fix(file, 0, 8, "replicas"), fix(file, 12, 20, "replicas"));
        let (kept, made) = settle(file, text, vec![&first, &second]).unwrap();
        assert_eq!((kept.len(), made.as_str()), (1, "replicas: 1\nreplicax: 2\n"));
        assert!(settle(file, text, vec![&fix(file, 0, 8, "{{")]).is_none());
    }

    #[test]
    fn masks_keep_lines_and_indentation() {
        let text = "a: |\n  hunter2\n\n  more\nb: x\n";
        let mut shown = String::new();
        let hidden = std::slice::from_ref(&(3..22));
        mask(text, 0..text.len(), hidden, &mut shown);
        assert_eq!(shown, "a: ***\n  ***\n\n  ***\nb: x\n");
        let mut part = String::new();
        mask(text, 10..24, hidden, &mut part);
        assert_eq!(part, "***\n\n  ***\nb");
    }

    #[test]
    fn secrets_that_change_are_masked_on_both_sides() {
        let mut sources = Sources::default();
        let file = sources.add("environments/a/b.yaml", "pin: 012\nname: on\npassword: hunter2\n");
        let hidden = vec![Span::new(file, 5, 8)];
        let outcome = Outcome { sources, hidden, ..Outcome::default() };
        let edits = vec![
            Edit { at: Span::new(file, 5, 8), text: "\"012\"".into() },
            Edit { at: Span::new(file, 15, 17), text: "\"on\"".into() },
        ];
        let change = Change { file, edits, fixes: 2, text: String::new(), sensitive: false };
        let (before, after) = masked(&change, &outcome);
        assert_eq!(before, "pin: ***\nname: on\npassword: ***\n");
        assert_eq!(after, "pin: \"***\"\nname: \"on\"\npassword: ***\n");
    }
}
