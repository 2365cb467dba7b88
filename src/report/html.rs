//! The report as one HTML page: for browsers, as an artifact of a CI job.
//!
//! It needs no network and no script, and is bounded; nothing that comes out of files is markup. What a command made beside
//! findings stands above them: as its own page, or as text.

use super::{
    Format, Look, Report,
    words::{explained, line, place, printable, sentence},
};
use crate::diag::Level;
use std::io::{self, Write};

/// So many findings are shown; the rest is counted.
const MOST: usize = 2_000;
/// A text that a command made takes this many bytes.
const MAX_TEXT: usize = 1_000_000;

/// The style of all pages.
const STYLE: &str = include_str!("html/style.css");
/// Filters parts of a page; without it, all of them are shown.
const SCRIPT: &str = include_str!("html/filter.js");

/// Writes the report.
pub(super) fn write(report: &Report<'_>, _: Look, out: &mut dyn Write) -> io::Result<()> {
    let page = report.product.and_then(|product| product.page(Format::Html));
    // No policy lets a page load anything, whatever stands in it.
    let policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";
    writeln!(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
         <title>podwright</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>"
    )?;
    if let Some(page) = page {
        out.write_all(page.as_bytes())?;
    }
    if let Some(error) = report.error {
        writeln!(
            out,
            "<h1>podwright: the run ended early</h1>\n<p class=\"error\">{}</p>",
            text(&error.message)
        )?;
        if let Some(help) = &error.help {
            writeln!(out, "<p>{}</p>", text(help))?;
        }
    } else if page.is_none() || !report.findings.is_empty() {
        let level = if page.is_some() { 2 } else { 1 };
        writeln!(out, "<h{level}>podwright: {}</h{level}>", text(&sentence(report.summary)))?;
    }
    findings(report, out)?;
    if let (None, Some(made)) = (page, report.product.and_then(|p| p.text.as_deref())) {
        let made = anstream::adapter::strip_str(made).to_string();
        let end = (0..=made.len().min(MAX_TEXT)).rev().find(|&at| made.is_char_boundary(at)).unwrap_or(0);
        let shown = made.get(..end).unwrap_or_default();
        if !shown.is_empty() {
            writeln!(out, "<pre>{}</pre>", text(shown))?;
        }
        if end < made.len() {
            writeln!(out, "<p>and {} bytes more</p>", made.len() - end)?;
        }
    }
    writeln!(out, "</main>")?;
    if page.is_some() {
        write!(out, "<script>\n{SCRIPT}</script>\n")?;
    }
    writeln!(out, "</body>\n</html>")
}

fn findings(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    if report.findings.is_empty() {
        return Ok(());
    }
    writeln!(out, "<table>\n<tr><th>level</th><th>place</th><th>code</th><th>finding</th></tr>")?;
    for finding in report.findings.iter().take(MOST) {
        let level = match finding.level {
            Level::Error => "error",
            Level::Warn => "warning",
        };
        let place = text(&place(report, finding.at));
        let mut words = explained(finding, report).lines().map(text).collect::<Vec<_>>();
        if let Some(first) = words.first_mut() {
            *first = format!("<strong>{first}</strong>");
        }
        writeln!(
            out,
            "<tr><td class=\"{level}\">{level}</td><td><code>{place}</code></td><td><code>{}</code></td><td>{}</td></tr>",
            text(&line(&finding.code)),
            words.join("<br>")
        )?;
    }
    writeln!(out, "</table>")?;
    match report.findings.len().saturating_sub(MOST) {
        0 => Ok(()),
        more => writeln!(out, "<p>and {more} more</p>"),
    }
}

/// Text in which nothing is markup, also between quotes.
pub(super) fn text(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in printable(text).chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}
