//! Which fix an ambiguous scalar of the values gets: the schema of the place decides between the text and the value.
//!
//! The reader knows no schema: it offers quotes, and says that they may be wrong. Where the schema wants a string they are
//! right; where it wants a boolean or a number, what Kubernetes reads is written out.

use super::project::Project;
use crate::{
    diag::{Edit, Finding, Fix, Level},
    schema::Schema,
    source::Span,
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
}

/// Mends the fixes of the findings about ambiguous scalars in files that a schema can be asked about.
pub(super) fn settle(project: &mut Project<'_>) {
    let doubted = |f: &Finding| {
        matches!(&*f.code, "yaml-ambiguous-scalar" | "yaml-not-finite") && f.level == Level::Error
    };
    if !project.findings.iter().any(doubted) {
        return;
    }
    let mut meant = BTreeMap::new();
    for folder in &project.workspace.folders {
        let asked = folder.environment.iter().filter(|d| d.doubtful);
        asked.for_each(|document| ask(document, &project.schema, &mut meant));
    }
    for &at in &project.chosen {
        let Some(config) = &project.environments[at].config else { continue };
        for component in &config.components {
            let Some(package) = project.package(component) else { continue };
            let layers = project.workspace.environments[at].layers.iter();
            let documents = layers.filter_map(|&l| project.workspace.folders[l].document(component.name));
            documents.for_each(|document| ask(document, &package.schema, &mut meant));
        }
    }
    for finding in project.findings.iter_mut().filter(|f| doubted(f)) {
        match meant.get(&finding.at) {
            Some(Meant::Text) => finding.fix.iter_mut().for_each(|f| f.safe = true),
            Some(Meant::Read(text)) => {
                let title = format!("write `{text}`");
                let safe = certain(project.sources.slice(finding.at));
                let edits = vec![Edit { at: finding.at, text: text.clone() }];
                finding.fix = Some(Fix { title, safe, edits });
            }
            Some(Meant::Unclear) => finding.fix.iter_mut().for_each(|f| f.safe = false),
            None => {}
        }
    }
}

/// Asks a schema about every ambiguous value of a file.
fn ask(document: &Document, schema: &Schema, meant: &mut BTreeMap<Span, Meant>) {
    let mut stack = vec![(&document.root, Route::default())];
    while let Some((node, route)) = stack.pop() {
        if node.suspect {
            let answer = answer(node, &schema.kinds(&route));
            let kept = meant.entry(node.span).or_insert_with(|| answer.clone());
            if *kept != answer {
                *kept = Meant::Unclear;
            }
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
    let number = text.trim_start_matches(['-', '+']);
    let octal = number.starts_with('0') && number.as_bytes().get(1).is_some_and(u8::is_ascii_digit);
    !octal && number.bytes().filter(u8::is_ascii_digit).count() <= 15
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
