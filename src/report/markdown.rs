//! The report as a Markdown table, for comments on merge requests and summaries of jobs.
//!
//! It has a bounded size: what does not fit is counted by code. Words come out of files that anyone may write, so that
//! nothing in them is markup: no table cell ends, no HTML begins, nobody is mentioned.

use super::{
    Format, Look, Report,
    words::{headline, line, place, sentence},
};
use crate::{
    diag::{Finding, Level},
    error::Error,
};
use std::{
    collections::BTreeMap,
    fmt::Write as _,
    io::{self, Write},
};

/// The rows of findings take this many bytes; comments on GitHub may have 65536 characters, all in all.
const MAX_BYTES: usize = 50_000;
/// A page and the rows below it take this many bytes together.
const MAX_WITH_PAGE: usize = 55_000;
/// Words with more characters than this are cut.
const MAX_CHARS: usize = 400;
/// So many codes are counted in the summary of what does not fit.
const MAX_CODES: usize = 50;

/// Writes the report.
pub(super) fn write(report: &Report<'_>, _: Look, out: &mut dyn Write) -> io::Result<()> {
    let page = report.product.and_then(|product| product.page(Format::Markdown)).unwrap_or_default();
    out.write_all(page.as_bytes())?;
    if let Some(error) = report.error {
        out.write_all(failure(error).as_bytes())?;
    } else if page.is_empty() {
        writeln!(out, "### podwright: {}", sentence(report.summary))?;
    } else if !report.findings.is_empty() {
        writeln!(out, "\n#### {}", sentence(report.summary))?;
    }
    if report.findings.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n| level | place | code | finding |\n|---|---|---|---|")?;
    let mut left = MAX_BYTES.min(MAX_WITH_PAGE.saturating_sub(page.len()));
    let mut shown = 0;
    for finding in report.findings {
        let row = row(finding, report);
        if row.len() > left {
            break;
        }
        left -= row.len();
        shown += 1;
        out.write_all(row.as_bytes())?;
    }
    out.write_all(rest(report.findings.get(shown..).unwrap_or_default()).as_bytes())
}

fn failure(error: &Error) -> String {
    let mut text = format!("### podwright: the run ended early\n\n{}\n", words(&line(&error.message)));
    if let Some(help) = &error.help {
        text += &format!("\n{}\n", words(&line(help)));
    }
    text
}

fn row(finding: &Finding, report: &Report<'_>) -> String {
    let level = match finding.level {
        Level::Error => "error",
        Level::Warn => "warning",
    };
    let place = code(&place(report, finding.at));
    format!("| {level} | {place} | {} | {} |\n", code(&finding.code), words(&headline(finding)))
}

/// What did not fit, by code.
fn rest(findings: &[Finding]) -> String {
    let mut text = String::new();
    if findings.is_empty() {
        return text;
    }
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in findings {
        *counts.entry(&finding.code).or_default() += 1;
    }
    // Writing into a string cannot fail.
    let _ = writeln!(text, "\n{} more:\n\n| code | findings |\n|---|--:|", findings.len());
    for (name, count) in counts.iter().take(MAX_CODES) {
        let _ = writeln!(text, "| {} | {count} |", code(name));
    }
    let others: usize = counts.values().skip(MAX_CODES).sum();
    if others > 0 {
        let _ = writeln!(text, "| others | {others} |");
    }
    text
}

/// Words as people write them: what stands between backticks is code.
pub(super) fn words(text: &str) -> String {
    let text = cut(text);
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return plain(&text);
    }
    let odd = |(at, part): (usize, &&str)| if at % 2 == 1 { code(part) } else { plain(part) };
    parts.iter().enumerate().map(odd).collect()
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(MAX_CHARS) {
        Some((at, _)) => text.get(..at).unwrap_or_default().to_owned() + "…",
        None => text.to_owned(),
    }
}

/// Code as HTML: a code span of Markdown could hold no backtick, and a table would end at a `|` in it.
pub(super) fn code(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("<code>{}</code>", escape(&cut(text))) }
}

/// Escaped text in which `@name` mentions nobody.
pub(super) fn plain(text: &str) -> String {
    escape(text).replace('@', "@&#8203;")
}

/// Text in which nothing is markup: references to characters are never structure (CommonMark 0.31, 2.5).
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' => escaped.push(' '),
            '&' | '<' | '>' | '"' | '|' | '`' | '*' | '_' | '[' | ']' | '\\' | '~' | '$' | '#' | '!' => {
                escaped += &format!("&#{};", u32::from(c));
            }
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_words_is_markup() {
        for (text, want) in [
            ("a | b", "a &#124; b"),
            ("`x|y` is <b>\n", "<code>x&#124;y</code> is &#60;b&#62; "),
            ("one ` tick", "one &#96; tick"),
            ("[a](http://b) **c** @all", "&#91;a&#93;(http://b) &#42;&#42;c&#42;&#42; @&#8203;all"),
            ("`a@sha256:1`", "<code>a@sha256:1</code>"),
            ("``", ""),
            ("&lt;img&gt;", "&#38;lt;img&#38;gt;"),
        ] {
            assert_eq!(words(text), want, "{text}");
        }
        assert_eq!(words(&"数".repeat(MAX_CHARS + 1)), "数".repeat(MAX_CHARS) + "…");
    }
}
