//! Texts compared line by line: what a ConfigMap holds is text to those who read it.

use similar::{ChangeTag, TextDiff};

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

/// The parts in which two texts differ.
pub fn stretches(old: &str, new: &str) -> Vec<Stretch> {
    let diff = TextDiff::from_lines(old, new);
    let groups = diff.grouped_ops(AROUND);
    let mut found = Vec::with_capacity(groups.len());
    for group in groups {
        let line = group.first().map_or(0, |op| op.new_range().start) + 1;
        let mut lines = Vec::new();
        for op in &group {
            for change in diff.iter_changes(op) {
                let tag = match change.tag() {
                    ChangeTag::Equal => Tag::Same,
                    ChangeTag::Delete => Tag::Gone,
                    ChangeTag::Insert => Tag::New,
                };
                lines.push((tag, change.value().trim_end_matches(['\n', '\r']).to_owned()));
            }
        }
        found.push(Stretch { line, lines });
    }
    found
}
