//! The report for programs: one JSON document, described by `schemas/report.schema.json`.

use super::{Look, Report, words::shown_fix};
use crate::{
    diag::{Finding, Fix},
    error::{Error, ErrorKind},
    source::{Sources, Span},
};
use serde_json::{Map, Value, json};
use std::io::{self, Write};

/// What the shape of this report is called; it changes when a member changes its meaning or goes away.
const VERSION: u32 = 1;

/// Writes the report. The look is for people and changes nothing here.
pub(super) fn write(report: &Report<'_>, _: Look, out: &mut dyn Write) -> io::Result<()> {
    let findings: Vec<Value> = report.findings.iter().map(|f| finding(f, report)).collect();
    let mut document = Map::new();
    document.insert("version".into(), VERSION.into());
    document.insert("findings".into(), findings.into());
    if let Some(product) = report.product {
        document.insert(product.name.into(), product.data.clone());
    }
    let summary = report.summary;
    let mut counts = json!({
        "errors": summary.errors,
        "warnings": summary.warnings,
        "environments": summary.environments,
    });
    if let Some(objects) = summary.objects {
        counts["objects"] = objects.into();
        counts["skipped"] = summary.skipped.into();
    }
    document.insert("summary".into(), counts);
    document.insert("error".into(), report.error.map_or(Value::Null, error));
    serde_json::to_writer_pretty(&mut *out, &document).map_err(io::Error::from)?;
    out.write_all(b"\n")
}

fn finding(finding: &Finding, report: &Report<'_>) -> Value {
    let sources = report.sources;
    let related = finding.related.iter();
    let related: Vec<Value> =
        related.map(|r| json!({"location": location(sources, r.at), "message": r.message})).collect();
    json!({
        "code": finding.code,
        "level": finding.level.name(),
        "message": finding.message,
        "location": location(sources, finding.at),
        "related": related,
        "help": finding.help,
        "fix": shown_fix(finding, report).map(|f| fix(f, sources)),
    })
}

fn fix(fix: &Fix, sources: &Sources) -> Value {
    let edits = fix.edits.iter();
    let edits: Vec<Value> =
        edits.map(|e| json!({"location": location(sources, e.at), "text": e.text})).collect();
    json!({"title": fix.title, "safe": fix.safe, "edits": edits})
}

/// Where a span stands; never null, as no finding is without a file.
/// A span as the report writes it.
pub fn location(sources: &Sources, at: Span) -> Value {
    let (start, end) = sources.range(at);
    json!({
        "file": sources.path(at.file),
        "line": start.line,
        "column": start.column,
        "endLine": end.line,
        "endColumn": end.column,
    })
}

fn error(error: &Error) -> Value {
    let kind = match error.kind {
        ErrorKind::Usage => "usage",
        ErrorKind::Failure => "failure",
    };
    json!({"kind": kind, "message": error.message, "help": error.help})
}
