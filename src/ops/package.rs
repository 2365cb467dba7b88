//! `package init` and `package check`: for people who package their own systems.

use super::{
    Outcome,
    files::{NewFile, Written, create},
    finish,
};
use crate::{
    diag::Finding,
    error::Error,
    package::{Place, load},
    schema::Schema,
    source::{
        FileId, Files, Sources,
        fs::{self, Kind},
    },
    workspace,
};
use std::path::{Path, PathBuf};

/// The files of a starting package. `@NAME@` and `@VERSION@` stand for its own, `@SCHEMA@` for the schema of package.yaml.
const FILES: &[(&str, &str)] = &[
    ("package.yaml", include_str!("package/package.yaml")),
    ("values.yaml", include_str!("package/values.yaml")),
    ("values.schema.json", include_str!("package/values.schema.json")),
    ("templates/_labels.yaml", include_str!("package/labels.yaml")),
    ("templates/deployment.yaml", include_str!("package/deployment.yaml")),
    ("templates/service.yaml", include_str!("package/service.yaml")),
];

/// Writes a starting package into `packages/<name>/<version>/` of the workspace at `root`.
///
/// # Errors
/// A name or version that no package may have, a file that is there already, or the disk failed.
pub fn package_init(root: &Path, name: &str, version: &str) -> Result<Vec<Written>, Error> {
    if !is_name(name) {
        return Err(Error::usage(format!("`{name}` is no name of a package")).help(
            "use at most 53 lower-case letters, digits and `-`, starting and ending with a letter or digit",
        ));
    }
    if !is_version(version) {
        return Err(Error::usage(format!("`{version}` is no version of a package"))
            .help("use letters, digits, `.`, `-` and `+`, such as 1.0.0"));
    }
    let schema = "../../../schemas/package.schema.json";
    let file = |(path, text): &(&str, &str)| {
        let text = text.replace("@NAME@", name).replace("@VERSION@", version).replace("@SCHEMA@", schema);
        NewFile::new(format!("packages/{name}/{version}/{path}"), text)
    };
    create(root, &FILES.iter().map(file).collect::<Vec<_>>())
}

/// As the schema of package.yaml says it.
fn is_name(name: &str) -> bool {
    let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=53).contains(&name.len())
        && name.bytes().all(inner)
        && !name.starts_with('-')
        && !name.ends_with('-')
}

/// As the schema of package.yaml says it.
fn is_version(version: &str) -> bool {
    let inner = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'+' | b'.');
    (1..=63).contains(&version.len())
        && version.bytes().all(inner)
        && version.starts_with(|c: char| c.is_ascii_alphanumeric())
        && version.ends_with(|c: char| c.is_ascii_alphanumeric())
}

/// One package on disk.
struct Found {
    name: String,
    version: String,
    folder: PathBuf,
}

/// Which packages a check is about.
#[derive(Debug, Clone, Copy)]
pub enum Packages<'p> {
    /// All of the workspace at this path.
    Of(&'p Path),
    /// That of this folder, or all below it: `packages/web/1.0.0`, `packages/web` or `packages`.
    At(&'p Path),
}

/// Compiles, lints and audits packages, and judges the schemas of their values.
///
/// # Errors
/// There is none, or a folder cannot be listed.
pub fn package_check(packages: Packages<'_>) -> Result<Outcome, Error> {
    let found = match packages {
        Packages::Of(root) => of_workspace(root)?,
        Packages::At(path) => below(path)?,
    };
    if found.is_empty() {
        let path = match packages {
            Packages::Of(root) => root.join("packages"),
            Packages::At(path) => path.to_owned(),
        };
        return Err(Error::usage(format!("{} holds no package", path.display())).help(
            "a package stands in packages/<name>/<version>/; `podwright package init NAME` starts one",
        ));
    }
    let mut sources = Sources::default();
    let mut findings = Vec::new();
    for package in &found {
        findings.extend(judge(package, &mut sources));
    }
    let mut outcome = finish(findings, Vec::new(), 0, sources);
    outcome.packages = found.len();
    Ok(outcome)
}

/// What is wrong with a package.
fn judge(package: &Found, sources: &mut Sources) -> Vec<Finding> {
    let Found { name, version, folder } = package;
    let place = Place::Workspace(Files::Disk(folder.clone()));
    let first = sources.len();
    match load(name, version, &place, sources) {
        Ok(package) => match package.schema.verify() {
            Some(finding) => vec![finding],
            None => package.audit(),
        },
        Err(mut findings) => {
            // The rest of it could not be used, but its schema can be judged.
            let end = format!("packages/{name}/{version}/values.schema.json");
            let ids = (first..sources.len()).filter_map(|n| u32::try_from(n).ok().map(FileId));
            let schema = ids.into_iter().find(|&id| sources.path(id) == end);
            let compiled = schema.and_then(|id| Schema::compile(id, sources.text(id)).ok());
            findings.extend(compiled.and_then(|schema| schema.verify()));
            findings
        }
    }
}

/// The packages of a workspace.
fn of_workspace(root: &Path) -> Result<Vec<Found>, Error> {
    let mut found = Vec::new();
    for (name, versions) in workspace::packages(&root.into())? {
        for version in versions {
            let folder = root.join("packages").join(&name).join(&version);
            found.push(Found { name: name.clone(), version, folder });
        }
    }
    Ok(found)
}

/// The package at a path, or those below it.
fn below(path: &Path) -> Result<Vec<Found>, Error> {
    if kind(path)? != Some(Kind::Folder) {
        return Err(Error::usage(format!("{} is no folder", path.display()))
            .help("name the folder of a package, such as packages/web/1.0.0"));
    }
    let mut level = vec![path.to_owned()];
    for _ in 0..3 {
        let mut found = Vec::new();
        let mut next = Vec::new();
        for folder in level {
            if kind(&folder.join("package.yaml"))? == Some(Kind::File) {
                found.extend(named(folder));
                continue;
            }
            let entries = fs::list(&folder).map_err(|e| Error::io("list", &folder, &e))?;
            let inner = entries.iter().filter(|e| e.kind == Kind::Folder);
            next.extend(inner.map(|e| folder.join(&e.name)));
        }
        if !found.is_empty() {
            return Ok(found);
        }
        level = next;
    }
    Ok(Vec::new())
}

/// A package by its folder, which is named by the version and stands in one that is named as the package.
fn named(folder: PathBuf) -> Option<Found> {
    let text = |path: Option<&Path>| path?.file_name()?.to_str().map(str::to_owned);
    let (name, version) = (text(folder.parent())?, text(Some(&folder))?);
    Some(Found { name, version, folder })
}

fn kind(path: &Path) -> Result<Option<Kind>, Error> {
    fs::kind(path).map_err(|e| Error::io("look at", path, &e))
}
