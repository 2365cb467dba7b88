//! The verbs: check, render, list, values. One file a verb; each takes what the command line asked for as data and gives
//! back data. No argument parser, no printing.

use crate::{
    diag::{Finding, Level},
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
}

impl Outcome {
    /// The counts.
    pub fn summary(&self) -> Summary {
        let count = |level| self.findings.iter().filter(|f| f.level == level).count();
        Summary { errors: count(Level::Error), warnings: count(Level::Warn), environments: self.environments }
    }
}
