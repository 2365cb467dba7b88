//! The report for the log of GitHub Actions: a workflow command a finding, which becomes an annotation of the file.
//!
//! <https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands>

use super::{
    Look, Report,
    words::{explained, line, place, sentence},
};
use crate::{
    diag::{Finding, Level},
    source::Span,
};
use std::io::{self, Write};

/// Writes the report. The line with the counts is none that the runner obeys.
pub(super) fn write(report: &Report<'_>, look: Look, out: &mut dyn Write) -> io::Result<()> {
    for finding in report.findings {
        writeln!(out, "{}", command(finding, report))?;
    }
    if let Some(error) = report.error {
        let help = error.help.as_ref().map_or_else(String::new, |help| format!("\nhelp: {}", line(help)));
        writeln!(out, "::error title=podwright::{}", data(&(line(&error.message) + &help)))?;
    } else if look.summary {
        writeln!(out, "{}", sentence(report.summary))?;
    }
    Ok(())
}

fn command(finding: &Finding, report: &Report<'_>) -> String {
    let level = match finding.level {
        Level::Error => "error",
        Level::Warn => "warning",
    };
    let words = explained(finding, report);
    match region(finding.at, report) {
        Some(region) => format!("::{level} {region},title={}::{}", property(&finding.code), data(&words)),
        // An annotation of a file that the repository does not have would be lost.
        None => {
            let words = format!("{}: {words}", place(report, finding.at));
            format!("::{level} title={}::{}", property(&finding.code), data(&words))
        }
    }
}

/// The place as properties. Columns are allowed within one line only.
fn region(at: Span, report: &Report<'_>) -> Option<String> {
    let file = property(&line(&report.place.in_repository(report.sources.path(at.file))?));
    let (start, end) = report.sources.range(at);
    Some(if start.line == end.line {
        format!("file={file},line={},col={}", start.line, start.column)
    } else {
        format!("file={file},line={},endLine={}", start.line, end.line)
    })
}

/// Escapes what comes after the second `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes the value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_runner_reads_as_syntax_is_escaped() {
        assert_eq!(data("100%\r\n::error::x"), "100%25%0D%0A::error::x");
        assert_eq!(property("a,b:c%0A\n"), "a%2Cb%3Ac%250A%0A");
    }
}
