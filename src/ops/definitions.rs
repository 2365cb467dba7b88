//! `schema import`: custom resource definitions become files of the workspace, a kind a file, by which `check` judges the
//! objects of that kind; and the shelf that those files are.

use super::{
    Outcome,
    files::{NewFile, Written, refresh},
    finish,
    validate::{File, collect},
};
use crate::{
    diag::Finding,
    error::Error,
    kube::custom::{self, Customs, Kept},
    source::{FileId, Sources, Span, fs},
    yaml::{self, Documents, Node, Options, Role},
};
use rayon::prelude::*;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// The folder of a workspace that keeps definitions; beside the schemas for editors, whose names end with `.json`.
const FOLDER: &str = "schemas/crds";

/// What was imported.
#[derive(Debug, Default)]
pub struct Imported {
    /// The files of the workspace.
    pub written: Vec<Written>,
    /// The documents that are no definitions, in words.
    pub skipped: Vec<String>,
}

/// What one file holds.
struct Read {
    text: String,
    findings: Vec<Finding>,
    definitions: Vec<(Span, Kept)>,
    skipped: Vec<String>,
}

/// The custom kinds of a workspace: a definition is read when its kind is first asked for.
pub(super) fn customs(root: &Path) -> Customs {
    let folder: PathBuf = root.join(FOLDER);
    Customs::on(move |path| String::from_utf8(fs::read(&folder.join(path)).ok()?).ok())
}

/// Takes the definitions of files and folders into a workspace; relative paths start at `cwd`. A definition that is at
/// fault has findings instead of a file.
///
/// # Errors
/// A path is not there or cannot be read, something is in the way, or the disk failed.
pub fn schema_import(
    root: &Path,
    cwd: &Path,
    paths: &[String],
    stdin: &[u8],
) -> Result<(Outcome, Imported), Error> {
    let mut files: Vec<File> = Vec::new();
    for path in paths {
        collect(cwd, path, &mut files)?;
    }
    let read = |(n, (shown, path)): (usize, &File)| {
        let bytes = match path {
            Some(path) => fs::read(path).map_err(|e| Error::io("read", path, &e))?,
            None => stdin.to_vec(),
        };
        let text = String::from_utf8(bytes)
            .map_err(|_| Error::usage(format!("{shown} is no text in UTF-8, so it has no definitions")))?;
        Ok(one(FileId(u32::try_from(n).unwrap_or(u32::MAX)), shown, text))
    };
    let results: Vec<Read> = files.par_iter().enumerate().map(read).collect::<Result<_, Error>>()?;
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
                    let finding = Finding::error("definition-invalid", at, message);
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
    let options = Options { documents: Documents::Many, role: Role::Values };
    let parsed = yaml::read(file, &text, &options);
    let mut read =
        Read { text: String::new(), findings: parsed.findings, definitions: Vec::new(), skipped: Vec::new() };
    // How a word in a schema may be read is a question to its author, not to who imports it.
    read.findings.retain(|f| f.code != "yaml-ambiguous-scalar");
    for document in parsed.documents.iter().flat_map(items) {
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
