//! The report in lines, `PATH:LINE:COLUMN: LEVEL[CODE]: HEADLINE`, for people in a hurry, editors and grep.

use super::{
    Look, Report,
    words::{headline, line, sentence},
};
use crate::diag::Level;
use std::io::{self, Write};

/// Writes the product as text, the findings, the reason why the run ended early, and the counts.
pub(super) fn write(report: &Report<'_>, look: Look, out: &mut dyn Write) -> io::Result<()> {
    if let Some(product) = report.product {
        out.write_all(product.words(look.color).as_bytes())?;
    }
    for finding in report.findings {
        let level = match finding.level {
            Level::Error => "error",
            Level::Warn => "warning",
        };
        let place = line(&report.sources.show(finding.at));
        writeln!(out, "{place}: {level}[{}]: {}", finding.code, headline(finding))?;
    }
    if let Some(error) = report.error {
        let help = error.help.as_ref().map_or_else(String::new, |help| format!("; {}", line(help)));
        writeln!(out, "error: {}{help}", line(&error.message))?;
    } else if look.summary {
        writeln!(out, "{}", sentence(report.summary))?;
    }
    Ok(())
}
