//! The files of `packages/` and `schemas/`, embedded in the binary by the build script.

use super::{FileId, Sources};

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// What stands before the path of an embedded file in messages.
pub const PREFIX: &str = "podwright:";

/// The embedded files below `packages/<name>/<version>/`: path below it and text, sorted by path.
pub fn package(name: &str, version: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let folder = format!("{name}/{version}/");
    let start = PACKAGES.partition_point(|(path, _)| *path < &*folder);
    PACKAGES[start..]
        .iter()
        .map_while(move |(path, text)| path.strip_prefix(&*folder).map(|below| (below, *text)))
}

/// The embedded packages: name and version, sorted.
pub fn packages() -> Vec<(&'static str, &'static str)> {
    let mut found: Vec<(&str, &str)> = PACKAGES
        .iter()
        .filter_map(|(path, _)| {
            let (name, rest) = path.split_once('/')?;
            let (version, file) = rest.split_once('/')?;
            (file == "package.yaml").then_some((name, version))
        })
        .collect();
    found.dedup();
    found
}

/// An embedded JSON Schema of the tool's own files.
pub fn schema(name: &str) -> &'static str {
    SCHEMAS.iter().find(|(path, _)| *path == name).map_or("", |(_, text)| text)
}

/// Adds an embedded schema to the sources, so that findings can show its lines.
pub fn add_schema(name: &str, sources: &mut Sources) -> FileId {
    sources.add(format!("{PREFIX}schemas/{name}"), schema(name))
}

/// The embedded files of `schemas/` below a folder: path and text, sorted by path.
#[cfg(test)]
pub(crate) fn schemas(folder: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    SCHEMAS.iter().copied().filter(move |(path, _)| path.starts_with(folder))
}
