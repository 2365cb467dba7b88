//! The report as tests, in JUnit XML: a suite a file, a test a finding. GitLab, Jenkins and others show what failed.
//!
//! An error is a failed test, a warning a skipped one: it does not fail the run either. A clean run has one test, which
//! passed, as a report without tests is taken for a mistake. GitLab tells tests apart by class and name; neither holds a
//! line number, so that a test stays the same while lines move.

use super::{
    Look, Report,
    words::{explained, line, path, place},
};
use crate::diag::{Finding, Level};
use std::{
    collections::{HashMap, hash_map::Entry},
    io::{self, Write},
};

/// Writes the report.
pub(super) fn write(report: &Report<'_>, _: Look, out: &mut dyn Write) -> io::Result<()> {
    let run = usize::from(report.error.is_some() || report.findings.is_empty());
    let errors = usize::from(report.error.is_some());
    writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
    writeln!(
        out,
        r#"<testsuites name="podwright" tests="{}" failures="{}" errors="{errors}">"#,
        report.findings.len() + run,
        count(report.findings, Level::Error),
    )?;
    let mut names = Names::new();
    for findings in report.findings.chunk_by(|a, b| a.at.file == b.at.file) {
        suite(findings, report, &mut names, out)?;
    }
    if run > 0 {
        writeln!(
            out,
            r#"  <testsuite name="podwright" tests="1" failures="0" errors="{errors}" skipped="0">"#
        )?;
        match report.error {
            None => writeln!(out, r#"    <testcase classname="podwright" name="no findings"/>"#)?,
            Some(error) => {
                let help = error.help.as_ref().map_or_else(String::new, |help| format!("\nhelp: {help}"));
                let (message, text) =
                    (escape(&line(&error.message)), escape(&(error.message.clone() + &help)));
                writeln!(out, r#"    <testcase classname="podwright" name="the run ended early">"#)?;
                writeln!(out, r#"      <error type="podwright" message="{message}">{text}</error>"#)?;
                writeln!(out, "    </testcase>")?;
            }
        }
        writeln!(out, "  </testsuite>")?;
    }
    writeln!(out, "</testsuites>")
}

/// The findings of one file.
fn suite(
    findings: &[Finding],
    report: &Report<'_>,
    names: &mut Names,
    out: &mut dyn Write,
) -> io::Result<()> {
    let Some(first) = findings.first() else { return Ok(()) };
    let path = path(report, first.at.file);
    let file = escape(&path);
    writeln!(
        out,
        r#"  <testsuite name="{file}" tests="{}" failures="{}" errors="0" skipped="{}">"#,
        findings.len(),
        count(findings, Level::Error),
        count(findings, Level::Warn),
    )?;
    for finding in findings {
        let headline = line(&finding.message);
        let name = escape(&unique(&path, &format!("{}: {headline}", finding.code), names));
        let (tag, code, message) = match finding.level {
            Level::Error => ("failure", escape(&finding.code), escape(&headline)),
            Level::Warn => ("skipped", escape(&finding.code), escape(&headline)),
        };
        let text = escape(&format!("{}\n{}", place(report, finding.at), explained(finding, report)));
        writeln!(out, r#"    <testcase classname="{file}" name="{name}" file="{file}">"#)?;
        writeln!(out, r#"      <{tag} type="{code}" message="{message}">{text}</{tag}>"#)?;
        writeln!(out, "    </testcase>")?;
    }
    writeln!(out, "  </testsuite>")
}

fn count(findings: &[Finding], level: Level) -> usize {
    findings.iter().filter(|f| f.level == level).count()
}

/// How often a name was asked for, by file and name.
type Names = HashMap<(String, String), u32>;

/// A name that no test of the file has yet.
fn unique(path: &str, name: &str, names: &mut Names) -> String {
    let mut free = name.to_owned();
    loop {
        let Entry::Vacant(vacant) = names.entry((path.to_owned(), free)) else {
            let nth = names.entry((path.to_owned(), name.to_owned())).or_insert(1);
            *nth += 1;
            free = format!("{name} ({nth})");
            continue;
        };
        let free = vacant.key().1.clone();
        vacant.insert(1);
        return free;
    }
}

/// Text for an element or an attribute: no markup, no character that XML 1.0 does not have, and line breaks that an
/// attribute keeps.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\t' => escaped.push_str("&#9;"),
            '\r' => escaped.push_str("&#13;"),
            '\u{0}'..='\u{9}' | '\u{b}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_and_what_xml_does_not_have_are_escaped() {
        let text = "a<b>&\"']]>\u{0}\u{8}\u{b}\u{1b}\u{fffe}\t\n😀";
        let want = "a&lt;b&gt;&amp;&quot;']]&gt;\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}&#9;\n😀";
        assert_eq!(escape(text), want);
    }

    #[test]
    fn names_are_unique_in_a_file() {
        let mut names = Names::new();
        let mut of = |path: &str, name: &str| unique(path, name, &mut names);
        assert_eq!(
            [of("a", "x"), of("a", "x"), of("b", "x"), of("a", "x (2)")],
            ["x", "x (2)", "x", "x (2) (2)"]
        );
    }
}
