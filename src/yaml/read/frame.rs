//! The open lists and maps while a tree is built: a map finds keys that come twice, and waits for values.

use super::{merge, scalar};
use crate::diag::{Edit, Finding};
use crate::source::Span;
use crate::yaml::{Entry, Key, Node, Style};
use std::collections::HashMap;

/// From this many keys on, a map's keys are looked up by hash.
const HASHED: usize = 16;

/// A collection whose end has not come yet.
pub(super) struct Frame {
    pub(super) start: usize,
    pub(super) style: Style,
    pub(super) anchor: usize,
    pub(super) children: Children,
}

pub(super) enum Children {
    Seq(Vec<Node>),
    Map(MapFrame),
}

#[derive(Default)]
pub(super) struct MapFrame {
    pub(super) entries: Vec<Entry>,
    index: HashMap<Box<str>, usize>,
    pub(super) pending: Pending,
    pub(super) merges: Vec<merge::Merge>,
}

/// The key whose value comes next.
#[derive(Default)]
pub(super) enum Pending {
    #[default]
    None,
    Key(Key),
    /// The same key again: its value takes the place of the first one's.
    Again(Key, usize),
    Merge(Span),
    /// A key that cannot be one; a finding says so.
    Dropped,
}

impl MapFrame {
    /// The span that ends last: the value of the last entry, or its key.
    pub(super) fn last(&self) -> Option<Span> {
        let entry = self
            .entries
            .last()
            .map(|e| if e.value.span.end > e.key.span.end { e.value.span } else { e.key.span });
        let merge =
            self.merges.last().map(|m| if m.value.span.end > m.key.end { m.value.span } else { m.key });
        entry.into_iter().chain(merge).max_by_key(|s| s.end)
    }

    fn find(&self, key: &str) -> Option<usize> {
        if self.index.is_empty() {
            return self.entries.iter().position(|e| &*e.key.text == key);
        }
        self.index.get(key).copied()
    }

    pub(super) fn set_key(&mut self, key: Option<Key>, source: &str, findings: &mut Vec<Finding>) {
        self.pending = match key {
            None => Pending::Dropped,
            Some(key) => match self.find(&key.text) {
                None => Pending::Key(key),
                Some(first) => {
                    let entry = &self.entries[first];
                    let finding = duplicate(&key.text, key.span, entry.key.span);
                    let text = |at: Span| source.get(at.start as usize..at.end as usize);
                    // Of `on` and `yes` it is the spelling that should change.
                    let same = text(key.span) == text(entry.key.span);
                    findings.push(match without(entry, source).filter(|_| same) {
                        Some(edit) => finding.fix("remove the first of the two", false, vec![edit]),
                        None => finding,
                    });
                    Pending::Again(key, first)
                }
            },
        };
    }

    /// Adds a value, or a collection where a key is expected, which is a finding.
    pub(super) fn add(&mut self, value: Node, source: &str) -> Option<Finding> {
        match std::mem::take(&mut self.pending) {
            Pending::None => {
                self.pending = Pending::Dropped;
                let text = source.get(value.span.start as usize..).unwrap_or("");
                let outer = source.get(..value.span.start as usize).unwrap_or("");
                if value.style == Style::Flow && text.starts_with("{{") {
                    // The map inside it was a key already: that finding says it all.
                    return None;
                }
                if value.style == Style::Flow && text.starts_with('{') && outer.ends_with('{') {
                    return Some(scalar::braces(value.span));
                }
                return Some(scalar::bad_key(value.span, value.kind()));
            }
            Pending::Key(key) => {
                if !self.index.is_empty() {
                    self.index.insert(key.text.clone(), self.entries.len());
                }
                self.entries.push(Entry { key, value });
                if self.entries.len() == HASHED {
                    let keys = self.entries.iter().enumerate();
                    self.index = keys.map(|(at, e)| (e.key.text.clone(), at)).collect();
                }
            }
            Pending::Again(key, first) => self.entries[first] = Entry { key, value },
            Pending::Merge(key) => {
                self.merges.push(merge::Merge { at: self.entries.len(), key, value });
            }
            Pending::Dropped => {}
        }
        None
    }
}

/// The edit that removes an entry with its lines; none when something else stands on them, or parts of the value do not
/// stand below its key. Readers that let a key come twice keep the last one.
fn without(entry: &Entry, source: &str) -> Option<Edit> {
    let (key, value) = (entry.key.span, entry.value.span);
    // An alias stands where its anchor does.
    if value.start < key.end || entry.key.text.starts_with("${{") {
        return None;
    }
    let before = source.get(..key.start as usize)?;
    let start = before.rfind(['\n', '\r']).map_or(0, |at| at + 1);
    let end = value.end.max(key.end) as usize;
    let ended = source.get(start..end)?.ends_with(['\n', '\r']);
    let rest = source.get(end..)?;
    let line = rest.split_inclusive('\n').next().filter(|_| !ended).unwrap_or("");
    // Of an entry without a value, the colon is left.
    let left =
        if value.start == value.end { line.trim_start().strip_prefix(':').unwrap_or(line) } else { line };
    let blank = left.trim().is_empty() || left.starts_with([' ', '\t']) && left.trim_start().starts_with('#');
    let alone = source.get(start..key.start as usize)?.bytes().all(|b| b == b' ');
    (alone && blank).then(|| Edit { at: Span::new(key.file, start, end + line.len()), text: String::new() })
}

/// The finding for a key that comes twice.
pub(super) fn duplicate(key: &str, at: Span, first: Span) -> Finding {
    let help = if key.starts_with("${{") {
        "join the two blocks, or write the condition in other words (`if not ...`)"
    } else {
        "remove one of the two: readers of YAML keep either, or refuse the file"
    };
    Finding::error("yaml-duplicate-key", at, format!("the key `{key}` is in this map twice"))
        .related(first, "it is first here")
        .help(help)
}
