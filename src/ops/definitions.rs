//! `schema import`: custom resource definitions become files of the workspace, a kind a file, by which `check` judges the
//! objects of that kind; and the shelf that those files are.

use super::{
    Outcome,
    files::{NewFile, Written, refresh},
    finish,
    given::{self, File},
};
use crate::{
    diag::{Finding, Level},
    error::Error,
    kube::custom::{self, Customs, Definition, Kept, Shelved},
    source::{FileId, Files, Sources, Span, fs::ReadFault},
    yaml::{self, Node},
};
use rayon::prelude::*;
use std::{collections::BTreeMap, io::ErrorKind, path::Path};

/// The folder of a workspace that keeps definitions; beside the schemas for editors, whose names end with `.json`.
const FOLDER: &str = "schemas/crds";

/// The code of what is wrong with a definition.
const CODE: &str = "definition-invalid";

/// What helps where a kept definition is none any more.
const AGAIN: &str = "take the definition in again: `podwright schema import FILE`";

/// What was imported.
#[derive(Debug, Default)]
pub struct Imported {
    /// The files of the workspace.
    pub written: Vec<Written>,
    /// The documents that are no definitions, in words.
    pub skipped: Vec<String>,
}

/// What one file holds.
#[derive(Default)]
struct Read {
    /// Where it starts.
    start: Span,
    text: String,
    findings: Vec<Finding>,
    definitions: Vec<(Span, Kept)>,
    skipped: Vec<String>,
}

/// The custom kinds of a workspace: a definition is read when its kind is first asked for.
pub(super) fn customs(files: &Files) -> Customs {
    let files = files.below(FOLDER);
    Customs::on(move |path| match files.read_text(path) {
        Ok(text) => Some(Shelved::Text(text)),
        Err(ReadFault::Io(e)) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => None,
        Err(_) => Some(Shelved::Unreadable),
    })
}

/// What is wrong with the files of a workspace that should define custom kinds, of those that were asked for.
pub(super) fn broken(files: &Files, customs: &Customs, sources: &mut Sources) -> Vec<Finding> {
    let mut findings = Vec::new();
    for path in customs.broken() {
        let (file, shown) = (next(sources), format!("{FOLDER}/{path}"));
        let mut found = match files.read(&shown) {
            Ok(bytes) => {
                let (text, fault) = given::text(file, bytes.into());
                let found = fault.map_or_else(|| faults(file, &text), |fault| vec![fault]);
                sources.add(shown.clone(), text);
                found
            }
            Err(e) => {
                sources.add(shown.clone(), "");
                vec![Finding::error(
                    "file-unreadable",
                    Span::whole(file),
                    format!("the file cannot be read: {e}"),
                )]
            }
        };
        if found.is_empty() {
            let (group, kind) = path.trim_end_matches(".yaml").split_once('/').unwrap_or_default();
            let message = format!("{shown} does not define the kind `{kind}` of `{group}`");
            found.push(Finding::error(CODE, Span::new(file, 0, 0), message).help(AGAIN));
        }
        findings.append(&mut found);
    }
    findings
}

/// What keeps a text from being read as definitions.
fn faults(file: FileId, text: &str) -> Vec<Finding> {
    let (documents, mut findings) = given::documents(file, text);
    findings.retain(|f| f.level == Level::Error);
    if findings.is_empty() {
        let definitions = documents.iter().filter(|d| custom::is_definition(d));
        findings.extend(definitions.filter_map(|d| custom::import(d).err()).flatten());
    }
    findings
}

/// Definitions that a command line gives, and what is wrong with them.
#[derive(Debug, Default)]
pub(super) struct Given {
    pub(super) definitions: Vec<Definition>,
    pub(super) findings: Vec<Finding>,
}

/// The custom kinds that files and folders define; relative paths start at `cwd`.
///
/// # Errors
/// A path is not there or cannot be read, or a folder defines nothing.
pub(super) fn given(cwd: &Path, paths: &[String], sources: &mut Sources) -> Result<Given, Error> {
    let mut given = Given::default();
    for path in paths {
        let files = given::files(cwd, path)?;
        let read = |(n, file): (usize, &File)| {
            let id = FileId(u32::try_from(sources.len() + n).unwrap_or(u32::MAX));
            let bytes = given::read(file, &[])?;
            Ok(match given::text(id, bytes) {
                (text, None) => defined(id, &file.0, text),
                (text, Some(fault)) => (text, Given { findings: vec![fault], ..Given::default() }),
            })
        };
        let results: Vec<(String, Given)> =
            files.par_iter().enumerate().map(read).collect::<Result<_, Error>>()?;
        let nothing = results.iter().all(|(_, r)| r.definitions.is_empty() && r.findings.is_empty());
        for ((shown, _), (text, mut result)) in files.into_iter().zip(results) {
            let file =
                sources.add(shown, if result.findings.is_empty() && !nothing { String::new() } else { text });
            if nothing && !cwd.join(path).is_dir() {
                let message =
                    format!("{path} has no custom resource definition, nor the JSON Schema of a kind");
                let help = "a JSON Schema is named KIND-GROUP-VERSION.json or GROUP/KIND_VERSION.json, or says its \
                            kind by `x-kubernetes-group-version-kind`";
                result.findings.push(Finding::error(CODE, Span::new(file, 0, 0), message).help(help));
            }
            given.findings.append(&mut result.findings);
            given.definitions.append(&mut result.definitions);
        }
        if nothing && cwd.join(path).is_dir() {
            let message =
                format!("the folder {path} has no custom resource definition, nor the JSON Schema of a kind");
            return Err(Error::usage(message));
        }
    }
    Ok(given)
}

/// The definitions of a text, and what is wrong with it.
fn defined(file: FileId, shown: &str, text: String) -> (String, Given) {
    let (documents, mut findings) = given::documents(file, &text);
    findings.retain(|f| f.level == Level::Error);
    let mut definitions = Vec::new();
    for document in documents.iter().flat_map(items) {
        if custom::is_definition(document) {
            findings.extend(custom::import(document).err().into_iter().flatten());
            definitions.extend(Definition::read(document));
        } else {
            definitions.extend(Definition::of_json_schema(document, shown));
        }
    }
    (text, Given { definitions, findings })
}

/// The file that is added to sources next.
fn next(sources: &Sources) -> FileId {
    FileId(u32::try_from(sources.len()).unwrap_or(u32::MAX))
}

/// Takes the definitions of files and folders into a workspace; relative paths start at `cwd`. A definition that is at
/// fault has findings instead of a file.
///
/// # Errors
/// A path is not there or cannot be read, a folder has no definition, something is in the way, or the disk failed.
pub fn schema_import(
    root: &Path,
    cwd: &Path,
    paths: &[String],
    stdin: &[u8],
) -> Result<(Outcome, Imported), Error> {
    let (mut files, mut nothing) = (Vec::new(), Vec::new());
    for path in paths {
        let found = given::files(cwd, path)?;
        nothing.push((path, files.len()..files.len() + found.len()));
        files.extend(found);
    }
    let read = |(n, file): (usize, &File)| {
        let id = FileId(u32::try_from(n).unwrap_or(u32::MAX));
        Ok(match given::text(id, given::read(file, stdin)?) {
            (text, None) => one(id, &file.0, text),
            (text, Some(fault)) => Read { text, findings: vec![fault], ..Read::default() },
        })
    };
    let mut results: Vec<Read> = files.par_iter().enumerate().map(read).collect::<Result<_, Error>>()?;
    for (path, range) in nothing {
        let some = results.get_mut(range).unwrap_or_default();
        if !some.iter().all(|r| r.definitions.is_empty() && r.findings.is_empty()) {
            continue;
        }
        if cwd.join(path).is_dir() {
            return Err(Error::usage(format!("the folder {path} has no custom resource definition")));
        }
        if let Some(read) = some.first_mut() {
            let message = "the file has no custom resource definition";
            read.findings.push(Finding::error(CODE, read.start, message));
        }
    }
    let mut sources = Sources::default();
    let (mut findings, mut imported) = (Vec::new(), Imported::default());
    let mut kept: BTreeMap<String, (Span, String)> = BTreeMap::new();
    for ((shown, _), read) in files.into_iter().zip(results) {
        sources.add(shown, read.text);
        findings.extend(read.findings);
        imported.skipped.extend(read.skipped);
        for (at, Kept { path, text }) in read.definitions {
            match kept.get(&path) {
                Some((first, other)) if *other != text => {
                    let kind = path.trim_end_matches(".yaml").to_owned();
                    let message = format!("`{kind}` is defined twice, in two ways");
                    let finding = Finding::error(CODE, at, message);
                    findings.push(finding.related(*first, "the other definition is here".to_owned()));
                }
                Some(_) => {}
                None => drop(kept.insert(path, (at, text))),
            }
        }
    }
    let file = |(path, (_, text)): (String, (Span, String))| NewFile::new(format!("{FOLDER}/{path}"), text);
    let files: Vec<NewFile> = kept.into_iter().map(file).collect();
    imported.written = refresh(root, &files)?;
    Ok((finish(findings, Vec::new(), 0, sources), imported))
}

/// Reads the definitions of a text.
fn one(file: FileId, shown: &str, text: String) -> Read {
    let (documents, findings) = given::documents(file, &text);
    let mut read = Read { start: Span::new(file, 0, 0), findings, ..Read::default() };
    for document in documents.iter().flat_map(items) {
        if custom::is_definition(document) {
            match custom::import(document) {
                Ok(kept) => read.definitions.push((document.span, kept)),
                Err(findings) => read.findings.extend(findings),
            }
        } else if document.data != yaml::Data::Null {
            let text = |node: Option<&Node>| node.and_then(Node::as_str).unwrap_or("?").to_owned();
            let (kind, metadata) = (text(document.get("kind")), document.get("metadata"));
            let name = text(metadata.and_then(|m| m.get("name")));
            read.skipped.push(format!("{kind}/{name} in {shown}"));
        }
    }
    read.text = text;
    read
}

/// The items of a list of objects, or the one object that a document is.
fn items(document: &Node) -> Vec<&Node> {
    match document.get("items") {
        Some(items) if document.get("kind").and_then(Node::as_str).is_some_and(|k| k.ends_with("List")) => {
            items.items().iter().collect()
        }
        _ => vec![document],
    }
}
