//! Reports: findings and what a verb made, written for a reader. One file a format.
//!
//! A reporter writes what it is given. It neither filters nor counts nor decides an exit code; which report goes
//! where is for `cli`.

mod concise;
mod diff;
pub mod difference;
mod excerpt;
mod fingerprint;
mod github;
mod gitlab;
mod html;
mod human;
mod json;
mod junit;
mod markdown;
mod sarif;
mod words;

pub use diff::unified;
pub use json::location;

use crate::{
    diag::Finding,
    error::Error,
    source::{Place, Sources, Span},
};
use std::{
    borrow::Cow,
    io::{self, Write},
};

/// What is reported.
#[derive(Debug, Clone, Copy)]
pub struct Report<'a> {
    /// The findings, in the order in which they are shown.
    pub findings: &'a [Finding],
    /// The files that they speak of.
    pub sources: &'a Sources,
    /// Where their paths start: some readers know the repository only.
    pub place: &'a Place,
    /// Places whose text no excerpt shows, whatever stands beside it: the values that a schema marks sensitive.
    pub hidden: &'a [Span],
    /// The counts.
    pub summary: Summary,
    /// What the verb made beside findings.
    pub product: Option<&'a Product>,
    /// Why the run ended early, if it did.
    pub error: Option<&'a Error>,
}

/// The counts of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// Findings at error level.
    pub errors: usize,
    /// Findings at warn level.
    pub warnings: usize,
    /// Environments that were looked at.
    pub environments: usize,
    /// Packages that were, where a verb is about packages alone.
    pub packages: usize,
    /// Objects that were, where a verb is about manifests alone.
    pub objects: Option<usize>,
    /// Objects that were left out, because nobody has defined their kinds.
    pub skipped: usize,
}

/// What a verb made beside findings: a list, merged values, manifests.
#[derive(Debug, Clone, PartialEq)]
pub struct Product {
    /// The member of the JSON report that holds it; described in `schemas/report.schema.json`.
    pub name: &'static str,
    /// Its data.
    pub data: serde_json::Value,
    /// The same as text for people, with its last line break. Without it, people get the findings alone.
    pub text: Option<String>,
    /// The same for readers of one format, without what stands around it there: of `markdown` and `html`.
    pub pages: Vec<(Format, String)>,
    /// It may hold secrets: it goes to standard output, where it was asked for, and into no file.
    pub private: bool,
}

impl Product {
    /// The text for people. It may be coloured for standard output, and be wanted without colours elsewhere.
    fn words(&self, color: bool) -> Cow<'_, str> {
        let text = self.text.as_deref().unwrap_or_default();
        if color { Cow::Borrowed(text) } else { Cow::Owned(anstream::adapter::strip_str(text).to_string()) }
    }

    /// The page for readers of a format.
    pub fn page(&self, format: Format) -> Option<&str> {
        self.pages.iter().find(|(of, _)| *of == format).map(|(_, text)| text.as_str())
    }
}

/// How a report looks where a format leaves a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Terminal colours.
    pub color: bool,
    /// The line with the counts at the end.
    pub summary: bool,
}

/// A format of reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// For people at a terminal, as rustc does.
    Human,
    /// For people and editors: a line a finding.
    Concise,
    /// For programs, as `schemas/report.schema.json` describes.
    Json,
    /// For code scanning: SARIF 2.1.0.
    Sarif,
    /// For the Code Quality of GitLab.
    Gitlab,
    /// For the tests of GitLab, Jenkins and others: JUnit XML.
    Junit,
    /// For the log of GitHub Actions: workflow commands.
    Github,
    /// For comments and summaries of jobs: a table of bounded size.
    Markdown,
    /// For browsers: one page that needs nothing else, as an artifact of a job.
    Html,
}

/// Writes a report in one format.
type Writer = fn(&Report<'_>, Look, &mut dyn Write) -> io::Result<()>;

/// All formats. A new one is a file, a variant and a row.
const FORMATS: &[(Format, &str, Writer)] = &[
    (Format::Human, "human", human::write),
    (Format::Concise, "concise", concise::write),
    (Format::Json, "json", json::write),
    (Format::Sarif, "sarif", sarif::write),
    (Format::Gitlab, "gitlab", gitlab::write),
    (Format::Junit, "junit", junit::write),
    (Format::Github, "github", github::write),
    (Format::Markdown, "markdown", markdown::write),
    (Format::Html, "html", html::write),
];

impl Format {
    /// The format of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        FORMATS.iter().find(|row| row.1 == name).map(|row| row.0)
    }

    /// The names of all formats.
    pub fn names() -> impl Iterator<Item = &'static str> {
        FORMATS.iter().map(|row| row.1)
    }

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        FORMATS.iter().find(|row| row.0 == self).map_or("", |row| row.1)
    }

    /// Whether it is read at a terminal, where a failure is told on standard error.
    pub fn is_for_people(self) -> bool {
        matches!(self, Self::Human | Self::Concise)
    }

    /// Writes the whole report.
    ///
    /// # Errors
    /// When `out` fails.
    pub fn write(self, report: &Report<'_>, look: Look, out: &mut dyn Write) -> io::Result<()> {
        match FORMATS.iter().find(|row| row.0 == self) {
            Some((_, _, write)) => write(report, look, out),
            None => Ok(()),
        }
    }
}

/// An error of the tool as text for people, without a line break at its end.
pub fn failure(error: &Error, color: bool) -> String {
    human::failure(error, color)
}

/// A finding as text for people, as something to know and nothing to mend; without a line break at its end.
pub fn note(finding: &Finding, sources: &Sources, hidden: &[Span], color: bool) -> String {
    human::note(finding, sources, hidden, color)
}

#[cfg(test)]
mod tests;
