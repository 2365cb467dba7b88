//! The report for code scanning: SARIF 2.1.0.
//!
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html>; numbers of
//! sections below are those of that standard.

use super::{
    Look, Report,
    fingerprint::fingerprints,
    words::{line, shown_fix, told},
};
use crate::{
    diag::{Finding, Fix, Level},
    error::Error,
    rules,
    source::{FileId, Span, embedded},
    workspace::RuleLevel,
};
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    io::{self, Write},
};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// By custom the name of the folder that holds the repository.
const REPOSITORY: &str = "%SRCROOT%";

/// Writes the report.
pub(super) fn write(report: &Report<'_>, _: Look, out: &mut dyn Write) -> io::Result<()> {
    let mut codes: Vec<&str> = report.findings.iter().map(|f| f.code.as_ref()).collect();
    codes.sort_unstable();
    codes.dedup();
    let summaries: HashMap<&str, &str> = rules::faults().collect();
    let described: Vec<Value> = codes.iter().map(|code| descriptor(code, summaries.get(code))).collect();
    let fingerprints = fingerprints(report);
    let results = report.findings.iter().zip(&fingerprints);
    let results: Vec<Value> = results.map(|(f, print)| result(f, print, &codes, report)).collect();
    let document = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "podwright",
                "version": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": described,
            }},
            "invocations": [{
                "executionSuccessful": report.error.is_none(),
                "toolExecutionNotifications": report.error.map(notification).as_slice(),
            }],
            "columnKind": "unicodeCodePoints",
            "newlineSequences": ["\r\n", "\n", "\r"],
            "results": results,
        }],
    });
    serde_json::to_writer_pretty(&mut *out, &document).map_err(io::Error::from)?;
    out.write_all(b"\n")
}

/// What a code means: from its rule, or else from the page of findings.
fn descriptor(code: &str, summary: Option<&&str>) -> Value {
    let page = |name: &str| {
        concat!(env!("CARGO_PKG_REPOSITORY"), "/-/blob/v", env!("CARGO_PKG_VERSION"), "/docs/").to_owned()
            + name
    };
    let mut descriptor = json!({"id": code, "helpUri": page("findings.md")});
    if let Some(rule) = rules::find(code) {
        descriptor["shortDescription"] = message(rule.summary);
        descriptor["fullDescription"] = message(rule.docs);
        descriptor["helpUri"] = json!(page(&format!("rules/{code}.md")));
        let level = match rule.level {
            RuleLevel::Allow => "none",
            RuleLevel::Report(level) => level_name(level),
        };
        descriptor["defaultConfiguration"] = json!({"level": level});
    } else if let Some(summary) = summary {
        descriptor["shortDescription"] = message(summary);
        descriptor["fullDescription"] = message(summary);
    }
    descriptor
}

fn result(finding: &Finding, fingerprint: &str, codes: &[&str], report: &Report<'_>) -> Value {
    let mut result = json!({
        "ruleId": finding.code,
        "ruleIndex": codes.binary_search(&finding.code.as_ref()).ok(),
        "level": level_name(finding.level),
        "message": message(&told(finding)),
        "locations": [{"physicalLocation": physical(finding.at, report)}],
        "partialFingerprints": {"podwright/v1": fingerprint},
    });
    if !finding.related.is_empty() {
        let related = finding.related.iter().enumerate().map(|(id, related)| {
            let words = message(&line(&related.message));
            json!({"id": id, "physicalLocation": physical(related.at, report), "message": words})
        });
        result["relatedLocations"] = related.collect();
    }
    if let Some(fix) = shown_fix(finding, report) {
        result["fixes"] = json!([change(fix, report)]);
    }
    result
}

fn level_name(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warn => "warning",
    }
}

fn change(fix: &Fix, report: &Report<'_>) -> Value {
    let doubt = if fix.safe { "" } else { " (check the result)" };
    let changes = fix.edits.chunk_by(|a, b| a.at.file == b.at.file).filter_map(|edits| {
        let file = artifact(edits.first()?.at.file, report);
        let replacements = edits.iter().map(
            |edit| json!({"deletedRegion": region(edit.at, report), "insertedContent": {"text": edit.text}}),
        );
        Some(json!({"artifactLocation": file, "replacements": replacements.collect::<Vec<_>>()}))
    });
    let changes: Vec<Value> = changes.collect();
    json!({"description": message(&format!("{}{doubt}", line(&fix.title))), "artifactChanges": changes})
}

fn physical(at: Span, report: &Report<'_>) -> Value {
    json!({"artifactLocation": artifact(at.file, report), "region": region(at, report)})
}

/// Both count the columns from 1 and give the end as the first column that is not meant.
fn region(at: Span, report: &Report<'_>) -> Value {
    let (start, end) = report.sources.range(at);
    json!({
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
    })
}

fn artifact(file: FileId, report: &Report<'_>) -> Value {
    let path = report.sources.path(file);
    if let Some(path) = report.place.in_repository(path) {
        return json!({"uri": encoded(&path), "uriBaseId": REPOSITORY});
    }
    let uri = match path.strip_prefix(embedded::PREFIX) {
        Some(rest) => embedded::PREFIX.to_owned() + &encoded(rest),
        None if path.starts_with('/') => "file://".to_owned() + &encoded(path),
        None => encoded(path),
    };
    json!({"uri": uri})
}

/// A path as part of a URI.
fn encoded(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(byte.into());
            }
            _ => uri += &format!("%{byte:02X}"),
        }
    }
    uri
}

/// Words. Braces would be read as the place of an argument (3.11.5).
fn message(text: &str) -> Value {
    json!({"text": text.replace('{', "{{").replace('}', "}}")})
}

/// Why the run ended early.
fn notification(error: &Error) -> Value {
    let help = error.help.as_ref().map_or_else(String::new, |help| format!("\nhelp: {}", line(help)));
    json!({"level": "error", "message": message(&(line(&error.message) + &help))})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_encoded_as_uris() {
        assert_eq!(encoded("a b/数#?%:c.yaml"), "a%20b/%E6%95%B0%23%3F%25%3Ac.yaml");
    }

    #[test]
    fn braces_are_no_arguments() {
        assert_eq!(message("`{{ x }}` {0}")["text"], "`{{{{ x }}}}` {{0}}");
    }
}
