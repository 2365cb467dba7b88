//! `validate`: manifests that stand in files, against the API of a Kubernetes version. No workspace, no rules.

use super::{Outcome, Progress, finish};
use crate::{
    diag::{Finding, Level},
    error::Error,
    kube::{
        self, Api, At, Fault, Spot, Value,
        custom::{Customs, Definition},
    },
    source::{FileId, Sources, Span, fs},
    yaml::{self, Documents, Node, Options, Role},
};
use rayon::prelude::*;
use std::path::{Path, PathBuf};

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
}

/// One file: the path that is shown, and where it is; standard input is nowhere.
pub(super) type File = (String, Option<PathBuf>);

/// What one file came to: findings, how many objects it has, and its text if a finding speaks of it.
#[derive(Default)]
struct Validated {
    findings: Vec<Finding>,
    objects: usize,
    /// The kinds that nobody has defined, one an object.
    unknown: Vec<String>,
    text: String,
}

/// Validates manifests; relative paths start at `cwd`.
///
/// # Errors
/// A path is not there, or cannot be read.
pub fn validate(cwd: &Path, wanted: &Manifests, progress: &Progress) -> Result<Outcome, Error> {
    let mut files: Vec<File> = Vec::new();
    for path in &wanted.paths {
        collect(cwd, path, &mut files)?;
    }
    let customs = definitions(cwd, &wanted.schemas)?;
    progress.begin(files.len());
    let minor = wanted.minor.unwrap_or_else(kube::newest);
    let results: Vec<Validated> = files
        .par_iter()
        .enumerate()
        .map(|(n, (_, path))| {
            let bytes = match path {
                Some(path) => fs::read(path).map_err(|e| Error::io("read", path, &e))?,
                None => wanted.stdin.clone(),
            };
            progress.step();
            let file = FileId(u32::try_from(n).unwrap_or(u32::MAX));
            Ok(one(file, bytes, Api::new(minor, &customs), wanted.ignore_unknown))
        })
        .collect::<Result<_, Error>>()?;
    let mut sources = Sources::default();
    let (mut findings, mut objects, mut unknown) = (Vec::new(), 0, Vec::new());
    for ((shown, _), result) in files.into_iter().zip(results) {
        sources.add(shown, result.text);
        findings.extend(result.findings);
        objects += result.objects;
        unknown.extend(result.unknown);
    }
    Ok(Outcome { objects, unknown, ..finish(findings, Vec::new(), 0, sources) })
}

/// Adds the file at a path, or the manifests below it: `.yaml`, `.yml` and `.json`, sorted; hidden names are left out.
pub(super) fn collect(cwd: &Path, given: &str, files: &mut Vec<File>) -> Result<(), Error> {
    if given == "-" {
        files.push(("<stdin>".to_owned(), None));
        return Ok(());
    }
    let path = cwd.join(given);
    if !path.is_dir() {
        if !path.exists() {
            return Err(Error::usage(format!("there is no file or folder {given}")));
        }
        files.push((given.to_owned(), Some(path)));
        return Ok(());
    }
    walk(&path, given.trim_end_matches('/'), files)
}

fn walk(folder: &Path, shown: &str, files: &mut Vec<File>) -> Result<(), Error> {
    for entry in fs::list(folder).map_err(|e| Error::io("list", folder, &e))? {
        let Some(name) = entry.name.to_str().filter(|name| !name.starts_with('.')) else { continue };
        let path = folder.join(name);
        let shown = format!("{shown}/{name}");
        let manifest = [".yaml", ".yml", ".json"].iter().any(|end| name.ends_with(end));
        match entry.kind {
            fs::Kind::Folder => walk(&path, &shown, files)?,
            fs::Kind::File if manifest => files.push((shown, Some(path))),
            fs::Kind::Symlink if manifest && path.is_file() => files.push((shown, Some(path))),
            _ => {}
        }
    }
    Ok(())
}

/// The custom kinds that files define.
fn definitions(cwd: &Path, paths: &[String]) -> Result<Customs, Error> {
    let mut files = Vec::new();
    for path in paths {
        collect(cwd, path, &mut files)?;
    }
    let read = |(shown, path): &File| {
        let Some(path) = path else { return Ok(Vec::new()) };
        let bytes = fs::read(path).map_err(|e| Error::io("read", path, &e))?;
        let text = String::from_utf8_lossy(&bytes);
        let options = Options { documents: Documents::Many, role: Role::Values };
        let documents = yaml::read(FileId(0), &text, &options).documents;
        let definition = |d: &Node| Definition::read(d).or_else(|| Definition::of_json_schema(d, shown));
        Ok(documents.iter().filter_map(definition).collect())
    };
    let read: Vec<Vec<Definition>> = files.par_iter().map(read).collect::<Result<_, Error>>()?;
    let mut customs = Customs::default();
    read.into_iter().flatten().for_each(|definition| customs.add(definition));
    Ok(customs)
}

/// Validates the text of one file.
fn one(file: FileId, bytes: Vec<u8>, api: Api<'_>, ignore_unknown: bool) -> Validated {
    let text = match String::from_utf8(bytes) {
        Ok(text) if text.len() as u64 > fs::MAX_BYTES => {
            let message = format!("the file is larger than {} MiB", fs::MAX_BYTES >> 20);
            let findings = vec![Finding::error("manifests-unreadable", Span::whole(file), message)];
            return Validated { findings, ..Validated::default() };
        }
        Ok(text) => text,
        Err(e) => {
            let message = format!("the file is not UTF-8: byte {}", e.utf8_error().valid_up_to());
            let findings = vec![Finding::error("manifests-unreadable", Span::whole(file), message)];
            return Validated { findings, ..Validated::default() };
        }
    };
    let options = Options { documents: Documents::Many, role: Role::Values };
    let parsed = yaml::read(file, &text, &options);
    let mut findings = parsed.findings;
    // What a scalar may have been meant to be is a question to its author, not to the API.
    findings.retain(|f| f.code != "yaml-ambiguous-scalar");
    let (mut objects, mut unknown) = (0, Vec::new());
    // What cannot be read as it is meant cannot be judged either.
    let broken = findings.iter().any(|f| f.level == Level::Error);
    for document in &parsed.documents {
        for object in kube::objects(Value::Node(document)) {
            if broken {
                objects += 1;
                continue;
            }
            let placed = api.check(object);
            if ignore_unknown && placed.iter().any(|p| p.violation.fault == Fault::KindUnknown) {
                unknown.push(At::new(object).get("kind").str().to_owned());
                continue;
            }
            objects += 1;
            findings.extend(placed.iter().map(|placed| {
                let at = match placed.spot {
                    Spot::Text(span) => span,
                    Spot::Made(by) => by.at,
                };
                placed.finding(at, false)
            }));
        }
    }
    let text = if findings.is_empty() { String::new() } else { text };
    Validated { findings, objects, unknown, text }
}
