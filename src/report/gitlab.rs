//! The report for the Code Quality of GitLab: a JSON list, compared with that of the target branch by fingerprint.
//!
//! <https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>

use super::{
    Look, Report,
    fingerprint::fingerprints,
    words::{headline, line, path},
};
use crate::diag::Level;
use serde_json::{Value, json};
use std::io::{self, Write};

/// Writes the report. A run that ended early is a finding of its own, at no file.
pub(super) fn write(report: &Report<'_>, _: Look, out: &mut dyn Write) -> io::Result<()> {
    let mut list: Vec<Value> = Vec::new();
    for (finding, fingerprint) in report.findings.iter().zip(fingerprints(report)) {
        let severity = match finding.level {
            Level::Error => "critical",
            Level::Warn => "minor",
        };
        let (start, end) = report.sources.range(finding.at);
        list.push(json!({
            "description": headline(finding),
            "check_name": finding.code,
            "fingerprint": fingerprint,
            "severity": severity,
            "location": {
                "path": path(report, finding.at.file),
                "lines": {"begin": start.line, "end": end.line},
            },
        }));
    }
    if let Some(error) = report.error {
        list.push(json!({
            "description": format!("the run ended early: {}", line(&error.message)),
            "check_name": "podwright",
            "fingerprint": "0".repeat(32),
            "severity": "blocker",
            "location": {"path": ".", "lines": {"begin": 1}},
        }));
    }
    serde_json::to_writer_pretty(&mut *out, &list).map_err(io::Error::from)?;
    out.write_all(b"\n")
}
