//! Findings: what a stage or a rule says about the user's files. Data only; how they look is for `report`.
//!
//! A finding is never an error of the tool: see `error` for those.

mod apply;
mod near;

pub use apply::{apply, compatible};
pub use near::nearest;

use crate::source::Span;
use std::{
    borrow::Cow,
    collections::{HashMap, hash_map::Entry},
};

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Worth a look; `--deny warnings` makes it count.
    Warn,
    /// The environment is not rendered.
    Error,
}

impl Level {
    /// `warn` or `error`.
    pub fn name(self) -> &'static str {
        match self {
            Level::Warn => "warn",
            Level::Error => "error",
        }
    }
}

/// A second place that explains the first: the schema line, an overridden layer, the first of two keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// Where.
    pub at: Span,
    /// What stands there, a phrase without a period.
    pub message: String,
}

/// One replacement of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; empty to insert.
    pub at: Span,
    /// The new text.
    pub text: String,
}

/// A change that makes the finding go away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What it does, an imperative phrase: "quote the value".
    pub title: String,
    /// Whether the meaning that the person most likely intended is certainly kept.
    pub safe: bool,
    /// The edits, in the order of the text, not overlapping.
    pub edits: Vec<Edit>,
}

/// What a stage or a rule says about the user's files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Stable kebab-case name of the bad pattern.
    pub code: Cow<'static, str>,
    /// How much it weighs.
    pub level: Level,
    /// The headline; it stands alone, is a phrase and has no period at its end.
    pub message: String,
    /// The one primary place.
    pub at: Span,
    /// A few words under the primary place in an excerpt; empty for none.
    pub label: String,
    /// Second places.
    pub related: Vec<Related>,
    /// What to do, one sentence or phrase.
    pub help: Option<String>,
    /// The change that mends it.
    pub fix: Option<Fix>,
    /// True when the excerpt must not show the value at `at` (a password): reports mask it.
    pub sensitive: bool,
}

impl Finding {
    /// A finding at error level.
    pub fn error(code: &'static str, at: Span, message: impl Into<String>) -> Self {
        Self {
            code: Cow::Borrowed(code),
            level: Level::Error,
            message: message.into(),
            at,
            label: String::new(),
            related: Vec::new(),
            help: None,
            fix: None,
            sensitive: false,
        }
    }

    /// Sets the words under the primary place.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Adds a second place.
    #[must_use]
    pub fn related(mut self, at: Span, message: impl Into<String>) -> Self {
        self.related.push(Related { at, message: message.into() });
        self
    }

    /// Sets what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Sets the change that mends it.
    #[must_use]
    pub fn fix(mut self, title: impl Into<String>, safe: bool, edits: Vec<Edit>) -> Self {
        self.fix = Some(Fix { title: title.into(), safe, edits });
        self
    }

    /// Masks the value in reports.
    #[must_use]
    pub fn masked(mut self, sensitive: bool) -> Self {
        self.sensitive |= sensitive;
        self
    }
}

/// Collects findings; one defect is kept once: same code, place and headline.
#[derive(Debug, Default)]
pub struct Findings {
    list: Vec<Finding>,
    /// By code, place and headline: the place in the list.
    seen: HashMap<(Cow<'static, str>, Span, String), usize>,
}

impl Findings {
    /// Keeps a finding unless the same one is there. At a higher level it raises the one that is there.
    pub fn push(&mut self, finding: Finding) {
        match self.seen.entry((finding.code.clone(), finding.at, finding.message.clone())) {
            Entry::Vacant(entry) => {
                entry.insert(self.list.len());
                self.list.push(finding);
            }
            Entry::Occupied(entry) => {
                if let Some(kept) = self.list.get_mut(*entry.get()) {
                    kept.level = kept.level.max(finding.level);
                }
            }
        }
    }

    /// Keeps each of `findings`.
    pub fn extend(&mut self, findings: impl IntoIterator<Item = Finding>) {
        findings.into_iter().for_each(|f| self.push(f));
    }

    /// The findings by place: `key` orders files (by path), then position, then code.
    pub fn into_sorted<K: Ord>(mut self, key: impl Fn(&Finding) -> K) -> Vec<Finding> {
        self.list.sort_by(|a, b| {
            (key(a), a.at.start, &a.code, &a.message).cmp(&(key(b), b.at.start, &b.code, &b.message))
        });
        self.list
    }
}
