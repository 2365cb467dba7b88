//! Embeds `packages/` and `schemas/` in the binary: writes one table of (path, text) pairs that the library includes.

#![expect(clippy::disallowed_methods, reason = "a build script reads files")]

use std::{env, fmt::Write as _, fs, io, path::Path};

fn main() -> io::Result<()> {
    let root = env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?;
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    let mut table = String::new();
    for folder in ["packages", "schemas"] {
        println!("cargo::rerun-if-changed={folder}");
        let mut files = Vec::new();
        walk(&Path::new(&root).join(folder), folder, &mut files)?;
        files.sort();
        let name = folder.to_uppercase();
        let _ = writeln!(table, "/// The files of `{folder}/`: path below it and text, sorted.");
        let _ = writeln!(table, "pub(crate) static {name}: &[(&str, &str)] = &[");
        for (path, file) in files {
            let _ = writeln!(table, "    ({path:?}, include_str!({file:?})),");
        }
        table.push_str("];\n");
    }
    fs::write(Path::new(&out).join("embedded.rs"), table)
}

/// Collects (path below the folder, absolute path) of every file.
fn walk(folder: &Path, below: &str, files: &mut Vec<(String, String)>) -> io::Result<()> {
    println!("cargo::rerun-if-changed={}", folder.display());
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            walk(&path, below, files)?;
        } else if let Some(text) = path.to_str() {
            let marker = format!("/{below}/");
            let at = text.rfind(&marker).map_or(0, |at| at + marker.len());
            files.push((text[at..].to_owned(), text.to_owned()));
        }
    }
    Ok(())
}
