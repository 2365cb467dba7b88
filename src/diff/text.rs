//! Texts compared line by line: what a ConfigMap holds is text to those who read it.

use similar::{ChangeTag, DiffableStr, TextDiff};

/// What became of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tag {
    /// It is in both.
    Same,
    /// It is gone.
    Gone,
    /// It is new.
    New,
}

/// Lines that stand together, changed ones with some around them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// The number of the first line in the new text, from 1.
    pub line: usize,
    /// The lines, without their ends.
    pub lines: Vec<(Tag, String)>,
}

/// How many equal lines stand around changed ones.
const AROUND: usize = 2;

/// The parts in which two texts differ. Each text comes with the form in which its lines are shown: it has as many.
pub fn stretches(old: (&str, &str), new: (&str, &str)) -> Vec<Stretch> {
    let diff = TextDiff::from_lines(old.0, new.0);
    let shown = |text: &str| -> Vec<String> {
        let lines = text.tokenize_lines();
        lines.into_iter().map(|line| line.trim_end_matches(['\n', '\r']).to_owned()).collect()
    };
    let (before, after) = (shown(old.1), shown(new.1));
    let groups = diff.grouped_ops(AROUND);
    let mut found = Vec::with_capacity(groups.len());
    for group in groups {
        let line = group.first().map_or(0, |op| op.new_range().start) + 1;
        let mut lines = Vec::new();
        for op in &group {
            for change in diff.iter_changes(op) {
                let (tag, line) = match change.tag() {
                    ChangeTag::Equal => (Tag::Same, change.new_index().and_then(|n| after.get(n))),
                    ChangeTag::Delete => (Tag::Gone, change.old_index().and_then(|n| before.get(n))),
                    ChangeTag::Insert => (Tag::New, change.new_index().and_then(|n| after.get(n))),
                };
                lines.push((tag, line.cloned().unwrap_or_default()));
            }
        }
        found.push(Stretch { line, lines });
    }
    found
}
