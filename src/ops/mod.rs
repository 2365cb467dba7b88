//! The verbs: check, explain, fix, init, list, package, render, rule, schema, validate, values. One file a verb; each takes what the command line asked for as data and gives
//! back data. No argument parser, no printing.

mod around;
mod check;
mod clashes;
mod compile;
mod definitions;
mod diff;
mod explain;
mod files;
mod fix;
mod given;
mod history;
mod init;
mod list;
mod lookup;
mod meant;
mod neighbours;
mod package;
mod plain;
mod progress;
mod project;
mod publish;
mod render;
mod rendered;
mod rollback;
mod rule;
mod schema;
mod secret_objects;
mod secrets;
mod shelf;
mod suppressed;
mod unmatched;
mod validate;
mod values;
mod version;

pub use check::check;
pub use definitions::{Imported, schema_import};
pub use diff::{Against, Compared, Surroundings, diff, diff_environments, diff_folders};
pub use explain::{Explanation, FieldRoute, Lines, Question, Reached, explain, explain_lines};
pub use files::{Change, Written};
pub use fix::{Fixed, Mended, Mending, fix};
pub use history::{Histories, History, Release, history};
pub use init::init;
pub use list::{Listed, ListedComponent, list};
pub use package::{Packages, package_check, package_init};
pub use progress::Progress;
pub use publish::{
    Branch, Change as PublishedChange, Effect, MergeRequest, Published, Publishing, State as BranchState,
    publish,
};
pub use render::{Mode, Rendered, render};
pub use rollback::{RolledBack, RollingBack, rollback};
pub use rule::{Explained, explain_rule, list_rules};
pub use schema::schema_export;
pub use validate::{Manifests, validate};
pub use values::{Leaf, Merged, Said, values};

use crate::{
    diag::{Finding, Findings, Fix, Level},
    report::Summary,
    source::{Sources, Span},
};

/// What every verb gives back, beside what it is for.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The findings in the order in which they are shown: by file and place.
    pub findings: Vec<Finding>,
    /// The files that were read.
    pub sources: Sources,
    /// The values that a schema marks sensitive, wherever they stand: no report shows their text.
    pub hidden: Vec<Span>,
    /// How many environments were looked at.
    pub environments: usize,
    /// How many packages were, where a verb is about packages alone.
    pub packages: usize,
    /// How many objects were, where a verb is about manifests alone.
    pub objects: Option<usize>,
    /// The kinds of objects that were left out because nobody has defined them, one an object.
    pub unknown: Vec<String>,
}

impl Outcome {
    /// The counts.
    pub fn summary(&self) -> Summary {
        let count = |level| self.findings.iter().filter(|f| f.level == level).count();
        Summary {
            errors: count(Level::Error),
            warnings: count(Level::Warn),
            environments: self.environments,
            packages: self.packages,
            objects: self.objects,
            skipped: self.unknown.len(),
        }
    }
}

/// Takes away quotes that would stand behind a tag, which says what the value is with and without them: `!!int "5"`.
fn drop_vain_quotes(finding: &mut Finding, sources: &Sources) {
    let tagged = |at: Span| {
        let before = sources.text(at.file).get(..at.start as usize).unwrap_or_default().trim_end();
        before.rsplit([' ', '\t', '\n', ',', '[', '{']).next().is_some_and(|word| word.starts_with('!'))
    };
    let vain = |fix: &Fix| fix.edits.first().is_some_and(|e| e.text.starts_with('"') && tagged(e.at));
    if finding.fix.as_ref().is_some_and(vain) {
        finding.fix = None;
    }
}

/// Puts findings in order, each once.
fn finish(
    mut findings: Vec<Finding>,
    mut hidden: Vec<Span>,
    environments: usize,
    sources: Sources,
) -> Outcome {
    secrets::sweep(&findings, &sources, &mut hidden);
    secrets::unsay(&mut findings, &hidden, &sources);
    findings.iter_mut().for_each(|finding| drop_vain_quotes(finding, &sources));
    let mut kept = Findings::default();
    kept.extend(findings);
    let findings = kept.into_sorted(|f| sources.path(f.at.file).to_owned());
    hidden.sort_unstable();
    hidden.dedup();
    Outcome { findings, sources, hidden, environments, packages: 0, objects: None, unknown: Vec::new() }
}
