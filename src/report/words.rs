//! What formats share: the words of a finding, the counts, and which fixes may be shown.
//!
//! How they are escaped is for each format.

use super::{Report, Summary};
use crate::{
    diag::{Finding, Fix},
    source::{FileId, Span},
};

/// "2 errors, 1 warning in 3 environments".
pub(super) fn sentence(summary: Summary) -> String {
    let count = |n: usize, one: &str| format!("{n} {one}{}", if n == 1 { "" } else { "s" });
    let found = match (summary.errors, summary.warnings) {
        (0, 0) => "no findings".to_owned(),
        (errors, 0) => count(errors, "error"),
        (0, warnings) => count(warnings, "warning"),
        (errors, warnings) => format!("{}, {}", count(errors, "error"), count(warnings, "warning")),
    };
    let looked = match (summary.packages, summary.objects) {
        (0, None) => count(summary.environments, "environment"),
        (0, Some(objects)) => count(objects, "object"),
        (packages, _) => count(packages, "package"),
    };
    format!("{found} in {looked}")
}

/// Text without what a terminal would obey or reorder.
pub(super) fn printable(text: &str) -> String {
    let obeyed = |c: char| {
        (c.is_control() && !matches!(c, '\n' | '\t'))
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if obeyed(c) { '\u{fffd}' } else { c }).collect()
}

/// The same in one line.
pub(super) fn line(text: &str) -> String {
    printable(text)
        .split(['\n', '\t'])
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// The headline, and what to do, in one line.
pub(super) fn headline(finding: &Finding) -> String {
    let help = finding.help.as_ref().map_or_else(String::new, |help| format!("; {}", line(help)));
    line(&finding.message) + &help
}

/// All words of a finding, a line each: the headline, what stands at the place, the second places, and what to do.
pub(super) fn explained(finding: &Finding, report: &Report<'_>) -> String {
    let related = finding.related.iter();
    in_lines(finding, related.map(|r| format!("{}: {}", place(report, r.at), line(&r.message))))
}

/// The same without the second places, for readers that get them as data.
pub(super) fn told(finding: &Finding) -> String {
    in_lines(finding, std::iter::empty())
}

fn in_lines(finding: &Finding, related: impl Iterator<Item = String>) -> String {
    let label = Some(line(&finding.label)).filter(|label| !label.is_empty());
    let help = finding.help.as_ref().map(|help| format!("help: {}", line(help)));
    let lines = std::iter::once(line(&finding.message)).chain(label).chain(related).chain(help);
    lines.collect::<Vec<_>>().join("\n")
}

/// The path of a file for readers of the repository; what is not in it keeps its name.
pub(super) fn path(report: &Report<'_>, file: FileId) -> String {
    let path = report.sources.path(file);
    line(&report.place.in_repository(path).unwrap_or_else(|| path.to_owned()))
}

/// `path:line:column` for readers of the repository.
pub(super) fn place(report: &Report<'_>, at: Span) -> String {
    let position = report.sources.position(at);
    format!("{}:{}:{}", path(report, at.file), position.line, position.column)
}

/// The fix of a finding as data. One in whose text a secret may stand is left out whole: half a fix is worse than none.
pub(super) fn shown_fix<'f>(finding: &'f Finding, report: &Report<'_>) -> Option<&'f Fix> {
    let touches = |edit: Span, hidden: &Span| {
        edit.file == hidden.file && edit.start < hidden.end && hidden.start < edit.end
    };
    let secret = |fix: &Fix| fix.edits.iter().any(|e| report.hidden.iter().any(|h| touches(e.at, h)));
    finding.fix.as_ref().filter(|fix| !finding.sensitive && !secret(fix))
}
