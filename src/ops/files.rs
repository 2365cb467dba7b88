//! Files that a verb writes for people to keep: created where nothing stands, or brought up to date.

use crate::{
    error::Error,
    source::fs::{self, Disk as _, Kind, RealDisk},
};
use std::path::Path;

/// A file to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NewFile {
    /// Its path below the folder, with `/`.
    pub(super) path: String,
    /// What it is to hold.
    pub(super) text: String,
}

impl NewFile {
    /// A file of this path and text.
    pub(super) fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self { path: path.into(), text: text.into() }
    }
}

/// What happened to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It was not there.
    Created,
    /// It held something else.
    Updated,
    /// It was as it should be.
    Unchanged,
    /// It holds something of its own, or something is in its way: it was left alone.
    Left,
}

impl Change {
    /// The change as a word: `created`, `updated`, `unchanged` or `left`.
    pub fn name(self) -> &'static str {
        match self {
            Change::Created => "created",
            Change::Updated => "updated",
            Change::Unchanged => "unchanged",
            Change::Left => "left",
        }
    }
}

/// A file that a verb wrote, or found as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Its path below the folder that was written to, or below the workspace, with `/`.
    pub path: String,
    /// What happened to it.
    pub change: Change,
}

/// Creates all files below `root`, or none: nothing that is there is overwritten.
///
/// # Errors
/// Something is there already: it is named. Or the disk failed.
pub(super) fn create(root: &Path, files: &[NewFile]) -> Result<Vec<Written>, Error> {
    let mut taken: Vec<String> = Vec::new();
    for file in files {
        let obstacle = match obstacle(root, &file.path)? {
            Some(above) => Some(above),
            None => kind(&root.join(&file.path))?.map(|_| file.path.clone()),
        };
        taken.extend(obstacle.filter(|path| !taken.contains(path)));
    }
    if !taken.is_empty() {
        let message = format!("nothing is written: {} has {} already", root.display(), taken.join(", "));
        return Err(Error::usage(message).help("move what is there away, or choose another place"));
    }
    files.iter().map(|file| create_one(root, file)).collect()
}

/// Creates those files below `root` that are not there: whatever is there is left alone.
///
/// # Errors
/// The disk failed.
pub(super) fn add(root: &Path, files: &[NewFile]) -> Result<Vec<Written>, Error> {
    let add = |file: &NewFile| {
        let free = obstacle(root, &file.path)?.is_none() && kind(&root.join(&file.path))?.is_none();
        match free {
            true => create_one(root, file),
            false => Ok(Written { path: file.path.clone(), change: Change::Left }),
        }
    };
    files.iter().map(add).collect()
}

fn create_one(root: &Path, file: &NewFile) -> Result<Written, Error> {
    let path = root.join(&file.path);
    folder_of(&path)?;
    RealDisk.create(&path, file.text.as_bytes()).map_err(|e| Error::io("create", &path, &e))?;
    Ok(Written { path: file.path.clone(), change: Change::Created })
}

/// Makes all files below `root` what they should be.
///
/// # Errors
/// A folder or a symlink is in the way, or the disk failed.
pub(super) fn refresh(root: &Path, files: &[NewFile]) -> Result<Vec<Written>, Error> {
    let refresh = |file: &NewFile| {
        let path = root.join(&file.path);
        let found = match obstacle(root, &file.path)? {
            None => kind(&path)?,
            Some(above) => return Err(refused(&root.join(above), "is no folder")),
        };
        let change = match found {
            None => Change::Created,
            Some(Kind::File) => {
                let same = fs::same_bytes(&path, file.text.as_bytes(), &mut Vec::new());
                match same.map_err(|e| Error::io("read", &path, &e))? {
                    true => Change::Unchanged,
                    false => Change::Updated,
                }
            }
            Some(other) => return Err(refused(&path, &format!("is {}", other.name()))),
        };
        if change != Change::Unchanged {
            folder_of(&path)?;
            fs::replace(&RealDisk, &path, file.text.as_bytes()).map_err(|e| Error::io("write", &path, &e))?;
        }
        Ok(Written { path: file.path.clone(), change })
    };
    files.iter().map(refresh).collect()
}

fn refused(path: &Path, why: &str) -> Error {
    Error::usage(format!("{} {why}", path.display())).help("move it away, or name another folder")
}

fn kind(path: &Path) -> Result<Option<Kind>, Error> {
    fs::kind(path).map_err(|e| Error::io("look at", path, &e))
}

/// What stands where a folder above `path` should be, if it is none. Symlinks are not followed: they may lead out.
fn obstacle(root: &Path, path: &str) -> Result<Option<String>, Error> {
    for (at, _) in path.match_indices('/') {
        match kind(&root.join(&path[..at]))? {
            Some(Kind::Folder) => {}
            None => return Ok(None),
            Some(_) => return Ok(Some(path[..at].to_owned())),
        }
    }
    Ok(None)
}

/// Creates the folder that a file stands in.
fn folder_of(path: &Path) -> Result<(), Error> {
    let Some(folder) = path.parent() else { return Ok(()) };
    RealDisk.create_folder(folder).map_err(|e| Error::io("create", folder, &e))
}
