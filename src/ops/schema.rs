//! `schema export`: the schemas that editors ask for, as files: those of the tool's own files, and those of the values of
//! every package that the workspace uses.

use super::{
    Outcome,
    files::{NewFile, Written, refresh},
    finish,
    project::Project,
};
use crate::{error::Error, source::embedded, workspace};
use std::{mem, path::Path};

/// The schemas of the tool's own files.
const OWN: [&str; 3] = ["environment.schema.json", "package.schema.json", "report.schema.json"];

/// The folder of a workspace that they go to unless another one is named.
const FOLDER: &str = "schemas";

/// Writes the schemas into `folder`, or `schemas/` of the workspace without one. A package that is at fault has findings instead of a schema.
///
/// # Errors
/// There is no workspace, something is in the way, or the disk failed.
pub fn schema_export(root: &Path, folder: Option<&Path>) -> Result<(Outcome, Vec<Written>), Error> {
    let mut workspace = workspace::load(root)?;
    let sources = mem::take(&mut workspace.sources);
    let mut project = Project::plan(&workspace, sources, &[])?;
    let mut files = own();
    for package in project.packages() {
        let text = project.sources.text(package.schema.file());
        files.push(NewFile::new(values_schema(&package.name, &package.version), text));
    }
    let written = match folder {
        Some(folder) => refresh(folder, &files)?,
        // From the root on, so that a symlink in place of the folder leads nowhere.
        None => refresh(root, &in_workspace(files))?,
    };
    let findings = project.take_findings();
    let hidden = mem::take(&mut project.hidden);
    Ok((finish(findings, hidden, project.chosen.len(), project.sources), written))
}

/// The schemas of the tool's own files.
pub(super) fn own() -> Vec<NewFile> {
    OWN.iter().map(|name| NewFile::new(*name, embedded::schema(name))).collect()
}

/// The same schemas in their folder of a workspace.
pub(super) fn in_workspace(files: Vec<NewFile>) -> Vec<NewFile> {
    files.into_iter().map(|f| NewFile::new(format!("{FOLDER}/{}", f.path), f.text)).collect()
}

/// The file name of the schema of a package's values.
pub(super) fn values_schema(package: &str, version: &str) -> String {
    format!("{package}-{version}.values.schema.json")
}
