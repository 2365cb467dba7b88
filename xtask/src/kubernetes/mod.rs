//! The structure of Kubernetes' own types and the life of its kinds, as two text files: schemas/kubernetes/types.txt
//! and kinds.txt, in the format that docs/kubernetes-schemas.md describes.
//!
//! Here the files are read and written; the modules below turn text into lines.

use anyhow::{Context as _, Result, bail};
use std::{fs, path::Path};

mod document;
mod inputs;
mod kinds;
mod lifecycle;
mod range;
mod shape;
mod types;

use document::Document;
use inputs::Inputs;

/// The first minor version whose structure is kept. Older documents only say which kinds there were until when.
const FIRST: u32 = 25;

/// Makes both files of the modules in `folder` and writes them to `schemas`, or compares them when `check`.
/// Returns the sentence to print.
pub(crate) fn run(folder: &Path, schemas: &Path, check: bool) -> Result<String> {
    let inputs = Inputs::read(folder)?;
    let newest = inputs.newest()?;
    let files = [("kinds.txt", kinds(&inputs, newest)?), ("types.txt", types(&inputs, newest))];
    for (name, text) in &files {
        let path = schemas.join(name);
        if check {
            same(&path, text)?;
        } else {
            write(&path, text)?;
        }
    }
    let done = if check { "as the inputs give them" } else { "written" };
    Ok(format!("schemas/kubernetes, minors {FIRST} to {newest}: {done}"))
}

fn kinds(inputs: &Inputs, newest: u32) -> Result<String> {
    let mut text = format!(
        "# The kinds of Kubernetes: apiVersion, kind, scope, type, and where they are served. Minors 1.{FIRST} to 1.{newest}.\n\
         # Made by xtask, never edited: docs/kubernetes-schemas.md.\n"
    );
    for source in inputs.sources() {
        text += &format!("# input {source}\n");
    }
    for line in kinds::lines(&inputs.documents, &inputs.lives, FIRST, newest)? {
        text += &line;
        text.push('\n');
    }
    Ok(text)
}

fn types(inputs: &Inputs, newest: u32) -> String {
    let mut text = format!(
        "# The types of Kubernetes and their fields. Minors 1.{FIRST} to 1.{newest}.\n\
         # Made by xtask, never edited: docs/kubernetes-schemas.md. The inputs are listed in kinds.txt.\n"
    );
    let known: Vec<&Document> = inputs.documents.iter().filter(|d| d.minor >= FIRST).collect();
    for line in types::lines(&known) {
        text += &line;
        text.push('\n');
    }
    text
}

#[expect(clippy::disallowed_methods, reason = "the files are written here")]
fn write(path: &Path, text: &str) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

#[expect(clippy::disallowed_methods, reason = "the files are compared here")]
fn same(path: &Path, text: &str) -> Result<()> {
    let there = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    if there == text {
        return Ok(());
    }
    let at = there.lines().zip(text.lines()).take_while(|(a, b)| a == b).count() + 1;
    bail!("{} differs from what the inputs give, first in line {at}", path.display())
}
