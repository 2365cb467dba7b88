//! `validate`: manifests that stand in files, against the API of a Kubernetes version. No rules; of a workspace, only the
//! definitions of custom kinds.

use super::{
    Outcome, Progress,
    definitions::{self, Given},
    finish, given,
    secret_objects::hide_document,
    secrets::guess_objects,
};
use crate::{
    diag::{Finding, Level},
    error::Error,
    kube::{
        self, Api, At, Fault, Placed, Spot, Value,
        custom::{self, Customs, Definition},
    },
    source::{FileId, Files, Sources, Span},
    workspace,
    yaml::{Data, Entry, Key, Node},
};
use rayon::prelude::*;
use std::{
    mem,
    path::{Path, PathBuf},
};

/// What is validated, and against what.
#[derive(Debug, Clone, Default)]
pub struct Manifests {
    /// The paths as they were given, `-` for standard input; files, or folders with manifests below them.
    pub paths: Vec<String>,
    /// What standard input holds, when it is asked for.
    pub stdin: Vec<u8>,
    /// The minor version of Kubernetes 1; the newest that is known without one.
    pub minor: Option<u32>,
    /// Files and folders with custom resource definitions or JSON Schemas.
    pub schemas: Vec<String>,
    /// Objects of kinds that nobody has defined are left out.
    pub ignore_unknown: bool,
    /// The workspace whose definitions count; else the one around the current folder, if there is one.
    pub root: Option<PathBuf>,
}

/// What one file came to.
#[derive(Default)]
struct Validated {
    findings: Vec<Finding>,
    /// Where its secrets stand, as far as its documents tell.
    hidden: Vec<Span>,
    /// Whether there may be secrets of which its documents do not tell.
    doubtful: bool,
    objects: usize,
    /// The kinds that nobody has defined, one an object.
    unknown: Vec<String>,
    /// The custom kinds that it defines itself.
    definitions: Vec<Definition>,
    /// It has objects of custom kinds.
    custom: bool,
    /// Its text, if a finding speaks of it, or if it has objects of custom kinds.
    text: String,
}

/// Against what files are validated.
struct Against<'c> {
    minor: u32,
    customs: &'c Customs,
    ignore_unknown: bool,
}

/// Validates manifests; relative paths start at `cwd`.
///
/// # Errors
/// A path is not there, or cannot be read.
pub fn validate(cwd: &Path, wanted: &Manifests, progress: &Progress) -> Result<Outcome, Error> {
    let files = given::files_once(cwd, &wanted.paths)?;
    let mut sources = Sources::default();
    let root = wanted.root.clone().or_else(|| workspace::find_root(cwd).ok()).map(Files::Disk);
    let mut customs = root.as_ref().map_or_else(Customs::default, definitions::customs);
    let Given { definitions, mut findings } = definitions::given(cwd, &wanted.schemas, &mut sources)?;
    definitions.into_iter().for_each(|d| customs.add(d));
    let first = sources.len();
    let id = |n: usize| FileId(u32::try_from(first + n).unwrap_or(u32::MAX));
    progress.begin(files.len());
    let minor = wanted.minor.unwrap_or_else(kube::newest);
    let ignore_unknown = wanted.ignore_unknown;
    let against = Against { minor, customs: &customs, ignore_unknown };
    let mut results: Vec<Validated> = files
        .par_iter()
        .enumerate()
        .map(|(n, file)| {
            let bytes = given::read(file, &wanted.stdin)?;
            progress.step();
            Ok(match given::text(id(n), bytes) {
                (text, None) => one(id(n), text, &against),
                (text, Some(f)) => {
                    Validated { findings: vec![f], doubtful: true, text, ..Validated::default() }
                }
            })
        })
        .collect::<Result<_, Error>>()?;
    // What the files define is known only now, and counts in all of them.
    let own: Vec<Definition> = results.iter_mut().flat_map(|r| mem::take(&mut r.definitions)).collect();
    if !own.is_empty() {
        own.into_iter().for_each(|d| customs.add(d));
        let against = Against { minor, customs: &customs, ignore_unknown };
        results.par_iter_mut().enumerate().filter(|(_, result)| result.custom).for_each(|(n, result)| {
            *result = one(id(n), mem::take(&mut result.text), &against);
        });
    }
    let (mut hidden, mut objects, mut unknown) = (Vec::new(), 0, Vec::new());
    for ((shown, _), mut result) in files.into_iter().zip(results) {
        let told = !result.findings.is_empty();
        let file = sources.add(shown, if told { result.text } else { String::new() });
        if told && result.doubtful {
            guess_objects(file, &sources, &mut hidden);
        }
        hidden.append(&mut result.hidden);
        findings.append(&mut result.findings);
        objects += result.objects;
        unknown.append(&mut result.unknown);
    }
    if let Some(root) = root {
        findings.extend(definitions::broken(&root, &customs, &mut sources));
    }
    let outcome = finish(findings, hidden, 0, sources);
    Ok(Outcome { objects: Some(objects), unknown, ..outcome })
}

/// Validates the text of one file.
fn one(file: FileId, text: String, against: &Against<'_>) -> Validated {
    let api = Api::new(against.minor, against.customs);
    let (mut documents, findings) = given::documents(file, &text);
    // What cannot be read as it is meant cannot be judged either.
    let broken = findings.iter().any(|f| f.level == Level::Error);
    let odd = documents.iter().any(|d| d.get("kind").is_none());
    let mut result = Validated { doubtful: odd || !findings.is_empty(), findings, ..Validated::default() };
    for document in &mut documents {
        complete(document);
        if !itemised(document, &mut result.findings) {
            result.objects += 1;
            continue;
        }
        for object in kube::objects(Value::Node(document)) {
            if let Value::Node(node) = object {
                result.definitions.extend(Definition::read(node));
            }
            if broken {
                result.objects += 1;
                continue;
            }
            let at = At::new(object);
            let (version, kind) = (at.get("apiVersion").str(), at.get("kind").str());
            let group = version.rsplit_once('/').map_or("", |(group, _)| group);
            let custom = custom::may_define(group);
            result.custom |= custom;
            let placed = api.check(object);
            let nobodys = custom && placed.iter().any(|p| p.violation.fault == Fault::KindUnknown);
            if against.ignore_unknown && nobodys && against.customs.find(group, kind).is_none() {
                result.unknown.push(kind.to_owned());
                continue;
            }
            result.objects += 1;
            result.findings.extend(placed.iter().map(finding));
        }
    }
    if !result.findings.is_empty() {
        documents.iter().for_each(|d| hide_document(d, &mut result.hidden));
    }
    if result.custom || !result.findings.is_empty() {
        result.text = text;
    }
    result
}

fn finding(placed: &Placed<'_>) -> Finding {
    let at = match placed.spot {
        Spot::Text(span) => span,
        Spot::Made(by) => by.at,
    };
    placed.finding(at, false)
}

/// Gives the items of a typed list the kind and version that they leave to it, as a client does.
pub(super) fn complete(list: &mut Node) {
    if !list.get("kind").and_then(Node::as_str).is_some_and(|kind| kind.ends_with("List")) {
        return;
    }
    let said = |key: &str| list.entry(key).map(|e| (e.key.clone(), e.value.clone()));
    let (Some(version), Some((key, mut kind))) = (said("apiVersion"), said("kind")) else { return };
    let Some(one) = kind.as_str().and_then(|k| k.strip_suffix("List")).filter(|one| !one.is_empty()) else {
        return;
    };
    kind.data = Data::Str(one.into());
    let Data::Map(entries) = &mut list.data else { return };
    let Some(items) = entries.iter_mut().find(|e| &*e.key.text == "items") else { return };
    let Data::Seq(items) = &mut items.value.data else { return };
    for item in items {
        if item.get("kind").is_some() || item.get("apiVersion").is_some() {
            continue;
        }
        if let Data::Map(entries) = &mut item.data {
            let entry = |key: &Key, value: &Node| Entry { key: key.clone(), value: value.clone() };
            entries.push(entry(&version.0, &version.1));
            entries.push(entry(&key, &kind));
        }
    }
}

/// Whether a list of objects has objects as its items, or a document is no such list; else there is a finding.
fn itemised(document: &Node, findings: &mut Vec<Finding>) -> bool {
    const CODE: &str = "kube-type-wrong";
    let kind = document.get("kind").and_then(Node::as_str).unwrap_or_default();
    let Some(items) = document.get("items").filter(|_| kind.ends_with("List")) else { return true };
    match &items.data {
        Data::Seq(items) => {
            for (n, item) in items.iter().enumerate().filter(|(_, item)| item.data == Data::Null) {
                let message = format!("`items[{n}]` of {kind} is null, and must be an object");
                findings.push(Finding::error(CODE, item.span, message));
            }
            true
        }
        Data::Null => true,
        _ if kind == "List" => {
            let message = format!("`items` of {kind} must be a list of objects, not {}", items.kind());
            findings.push(Finding::error(CODE, items.span, message));
            false
        }
        _ => true,
    }
}
