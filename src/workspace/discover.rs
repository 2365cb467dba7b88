//! Finds the workspace and walks its folders. Looks at names only; reading is for `load`.

use super::{ENVIRONMENT_FILE, ENVIRONMENTS};
use crate::{
    error::Error,
    source::{
        Files,
        fs::{self, Kind},
    },
};
use std::path::{Path, PathBuf};

/// Folders below `environments/` deeper than this are not looked at.
const DEEPEST: usize = 16;

/// A folder and the names in it that matter.
#[derive(Debug, Default)]
pub(super) struct Listing {
    /// Path below `environments/`.
    pub path: String,
    /// Names of files, sorted.
    pub files: Vec<String>,
    /// Names of symlinks that end in .yaml or .yml.
    pub links: Vec<String>,
    /// Names of what ends in .yaml or .yml and is neither a file nor a symlink, with what it is.
    pub odd: Vec<(String, Kind)>,
    /// Names of symlinks that may stand for a folder: those without a dot.
    pub linked_folders: Vec<String>,
    /// Indices of the folders in it.
    pub children: Vec<usize>,
    /// It or a folder beneath it has an environment.yaml.
    pub lives: bool,
}

/// The nearest folder upwards whose `environments/` holds an environment.yaml at some depth.
///
/// # Errors
/// There is none.
pub fn find_root(start: &Path) -> Result<PathBuf, Error> {
    for folder in start.ancestors() {
        let environments = folder.join(ENVIRONMENTS);
        if fs::kind(&environments).ok().flatten() == Some(Kind::Folder) && lives(&environments, 0) {
            return Ok(folder.to_owned());
        }
    }
    let message = format!(
        "no workspace: neither {} nor a folder above it has {ENVIRONMENTS}/ with an {ENVIRONMENT_FILE}",
        start.display()
    );
    Err(Error::usage(message)
        .help(format!("create {ENVIRONMENTS}/dev/{ENVIRONMENT_FILE}, or name the folder with --root")))
}

fn lives(folder: &Path, depth: usize) -> bool {
    let Ok(entries) = fs::list(folder) else { return false };
    entries.iter().any(|e| e.kind == Kind::File && e.name == ENVIRONMENT_FILE)
        || (depth < DEEPEST
            && entries.iter().any(|e| {
                let hidden = e.name.to_string_lossy().starts_with('.');
                e.kind == Kind::Folder && !hidden && lives(&folder.join(&e.name), depth + 1)
            }))
}

/// All folders below `environments/`, parents first; the first is `environments/` itself.
///
/// # Errors
/// A folder cannot be listed.
pub(super) fn walk(files: &Files) -> Result<Vec<Listing>, Error> {
    let mut listings = Vec::new();
    visit(&files.below(ENVIRONMENTS), "", 0, &mut listings)?;
    Ok(listings)
}

fn visit(files: &Files, path: &str, depth: usize, out: &mut Vec<Listing>) -> Result<usize, Error> {
    let entries = files.list(path).map_err(|e| Error::io("list", &files.shown(path), &e))?;
    let index = out.len();
    out.push(Listing { path: path.to_owned(), ..Listing::default() });
    for entry in entries {
        // A name that is no Unicode can be no component's and no environment's.
        let Some(name) = entry.name.to_str().filter(|n| !n.starts_with('.')) else { continue };
        let yaml = name.ends_with(".yaml") || name.ends_with(".yml");
        if yaml && matches!(entry.kind, Kind::Folder | Kind::Other) {
            out[index].odd.push((name.to_owned(), entry.kind));
        }
        match entry.kind {
            Kind::File if yaml => out[index].files.push(name.to_owned()),
            Kind::Symlink if yaml => out[index].links.push(name.to_owned()),
            Kind::Symlink if !name.contains('.') => out[index].linked_folders.push(name.to_owned()),
            Kind::Folder if depth < DEEPEST => {
                let below = if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") };
                let child = visit(files, &below, depth + 1, out)?;
                out[index].children.push(child);
            }
            _ => {}
        }
    }
    let own = out[index].files.iter().any(|f| f == ENVIRONMENT_FILE);
    out[index].lives = own || out[index].children.iter().any(|&c| out[c].lives);
    Ok(index)
}
