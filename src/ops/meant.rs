//! Which fix an ambiguous scalar gets: the schema of the place decides between the text and the value, in a plain manifest
//! the type of the field.
//!
//! The reader knows no schema: it offers quotes, and says that they may be wrong. Where the schema wants a string they are
//! right; where it wants a boolean or a number, what Kubernetes reads is written out. In a manifest an octal is how
//! Kubernetes' own documentation writes modes: where a whole number is wanted, it is no fault there.

use super::project::Project;
use crate::{
    diag::{Edit, Finding, Fix, Level},
    kube::{self, Value},
    schema::Schema,
    source::{Sources, Span},
    values::{Route, Segment},
    workspace::Document,
    yaml::{Data, Node, Style},
};
use std::collections::BTreeMap;

/// What the schemas of a place want.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Meant {
    /// A string.
    Text,
    /// What the scalar is read as, in this form.
    Read(String),
    /// Neither fits, or the schemas do not agree.
    Unclear,
    /// A string, and the text is none that is allowed.
    Nothing,
}

/// Mends the fixes of the findings about ambiguous scalars in files that a schema can be asked about.
pub(super) fn settle(project: &mut Project<'_>) {
    if !project.findings.iter().any(is_doubt) {
        return;
    }
    let mut meant = BTreeMap::new();
    for folder in &project.workspace.folders {
        let asked = folder.environment.iter().filter(|d| d.doubtful);
        asked.for_each(|document| ask(document, &project.schema, &project.sources, &mut meant));
    }
    for &at in &project.chosen {
        let Some(config) = &project.environments[at].config else { continue };
        for component in &config.components {
            let Some(package) = project.package(component) else { continue };
            let layers = project.workspace.environments[at].layers.iter();
            let documents = layers.filter_map(|&l| project.workspace.folders[l].document(component.name));
            documents.for_each(|document| ask(document, &package.schema, &project.sources, &mut meant));
        }
    }
    for finding in project.findings.iter_mut().filter(|f| is_doubt(f)) {
        if let Some(meant) = meant.get(&finding.at) {
            decide(finding, meant, project.sources.slice(finding.at));
        }
    }
}

/// Whether a finding is about a scalar that may not be what was meant.
fn is_doubt(finding: &Finding) -> bool {
    matches!(&*finding.code, "yaml-ambiguous-scalar" | "yaml-not-finite") && finding.level == Level::Error
}

/// Mends the findings about ambiguous scalars in the documents of a plain manifest, and takes away those that are none.
pub(super) fn settle_objects(documents: &[Node], text: &str, findings: &mut Vec<Finding>) {
    if !findings.iter().any(is_doubt) {
        return;
    }
    let mut meant = BTreeMap::new();
    for object in documents.iter().flat_map(|document| kube::objects(Value::Node(document))) {
        let Value::Node(object) = object else { continue };
        for (node, kind) in kube::suspects(object) {
            note(node, &answer(node, &[kind]), &mut meant);
        }
    }
    findings.retain_mut(|finding| {
        let Some(meant) = meant.get(&finding.at).filter(|_| is_doubt(finding)) else { return true };
        let written = text.get(finding.at.start as usize..finding.at.end as usize).unwrap_or_default();
        decide(finding, meant, written);
        // A digit that is none of octals makes it another number: `09`.
        let octal = is_octal(written) && !written.contains(['8', '9', '.', 'e', 'E']);
        !(octal && matches!(meant, Meant::Read(_)))
    });
}

/// Gives the finding about a scalar, which is written so, its fix.
fn decide(finding: &mut Finding, meant: &Meant, written: &str) {
    match meant {
        Meant::Text => finding.fix.iter_mut().for_each(|f| f.safe = true),
        Meant::Read(text) => {
            let title = format!("write `{text}`");
            let edits = vec![Edit { at: finding.at, text: text.clone() }];
            finding.fix = Some(Fix { title, safe: certain(written), edits });
        }
        Meant::Unclear => finding.fix.iter_mut().for_each(|f| f.safe = false),
        // Quotes would only trade one error for another.
        Meant::Nothing => {
            finding.fix = None;
            finding.help = Some("in quotes it is not allowed here either: write what is".to_owned());
        }
    }
}

/// Keeps what a scalar is meant as; of two answers neither counts.
fn note(node: &Node, answer: &Meant, meant: &mut BTreeMap<Span, Meant>) {
    let kept = meant.entry(node.span).or_insert_with(|| answer.clone());
    if *kept != *answer {
        *kept = Meant::Unclear;
    }
}

/// Asks a schema about every ambiguous value of a file.
fn ask(document: &Document, schema: &Schema, sources: &Sources, meant: &mut BTreeMap<Span, Meant>) {
    let mut stack = vec![(&document.root, Route::default())];
    while let Some((node, route)) = stack.pop() {
        if node.suspect {
            let kinds = schema.kinds(&route);
            let answer = match answer(node, &kinds) {
                answer if schema.takes_text(&route, sources.slice(node.span)) => answer,
                Meant::Text => Meant::Nothing,
                // The text is not allowed: it can only be the number.
                Meant::Unclear => {
                    let others: Vec<&str> = kinds.into_iter().filter(|k| *k != "string").collect();
                    match self::answer(node, &others) {
                        read @ Meant::Read(_) => read,
                        _ => Meant::Nothing,
                    }
                }
                answer => answer,
            };
            note(node, &answer, meant);
        }
        let below = |segment| {
            let mut below = route.clone();
            below.0.push(segment);
            below
        };
        let entries = node.entries().iter().map(|e| (&e.value, below(Segment::Key(e.key.text.to_string()))));
        stack.extend(entries);
        stack.extend(node.items().iter().enumerate().map(|(n, item)| (item, below(Segment::Index(n)))));
    }
}

/// Whether a boolean or number is certainly meant as it is read: `012` may be twelve, and of many digits some are lost.
fn certain(text: &str) -> bool {
    !is_octal(text) && text.bytes().filter(u8::is_ascii_digit).count() <= 15
}

/// Whether a number is written with a leading zero: `0755`, and `09`, which is none.
fn is_octal(text: &str) -> bool {
    let number = text.trim_start_matches(['-', '+']);
    number.starts_with('0') && number.as_bytes().get(1).is_some_and(u8::is_ascii_digit)
}

/// What a scalar is meant as where these kinds are wanted.
fn answer(node: &Node, kinds: &[&str]) -> Meant {
    // That a value may also be absent says nothing of one that is there.
    let kinds: Vec<&str> = kinds.iter().copied().filter(|k| *k != "null").collect();
    let wants = |kind: &str| kinds.contains(&kind);
    if kinds.is_empty() {
        return if let (Data::Str(_), Style::Plain) = (&node.data, node.style) {
            Meant::Text
        } else {
            Meant::Unclear
        };
    }
    if kinds.iter().all(|k| *k == "string") {
        return Meant::Text;
    }
    if wants("string") {
        return Meant::Unclear;
    }
    match &node.data {
        Data::Bool(value) if wants("boolean") => Meant::Read(value.to_string()),
        Data::Int(value) if wants("integer") || wants("number") => Meant::Read(value.to_string()),
        Data::UInt(value) if wants("integer") || wants("number") => Meant::Read(value.to_string()),
        // Kubernetes shows numbers beyond these with an exponent.
        Data::Float(value) if wants("number") && (1e-5..1e15).contains(&value.abs()) => {
            Meant::Read(value.to_string())
        }
        _ => Meant::Unclear,
    }
}
