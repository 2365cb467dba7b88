//! Looking at folders and files without changing or following anything.
//!
//! Types come from the folder's own listing where the system gives them there, so that a walk costs one call a
//! folder and none a file.

use super::MAX_BYTES;
use std::{
    ffi::OsString,
    fs::{self, File, FileType},
    io::{self, Read},
    path::Path,
};

/// What stands at a path. A symlink is never followed to find out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symlink, wherever it leads.
    Symlink,
    /// A device, socket or pipe.
    Other,
}

impl Kind {
    /// The kind with its article, for messages.
    pub fn name(self) -> &'static str {
        match self {
            Kind::File => "a file",
            Kind::Folder => "a folder",
            Kind::Symlink => "a symlink",
            Kind::Other => "not a regular file",
        }
    }

    fn of(kind: FileType) -> Self {
        if kind.is_symlink() {
            Kind::Symlink
        } else if kind.is_dir() {
            Kind::Folder
        } else if kind.is_file() {
            Kind::File
        } else {
            Kind::Other
        }
    }
}

/// One name in a folder.
#[derive(Debug)]
pub struct Entry {
    /// The name, not the path.
    pub name: OsString,
    /// What it is.
    pub kind: Kind,
}

/// What stands at `path`; `None` for nothing.
///
/// # Errors
/// What the system says, other than that nothing is there.
pub fn kind(path: &Path) -> io::Result<Option<Kind>> {
    match fs::symlink_metadata(path) {
        Ok(data) => Ok(Some(Kind::of(data.file_type()))),
        Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        Err(e) => Err(e),
    }
}

/// The names in a folder, sorted.
///
/// # Errors
/// What the system says.
pub fn list(folder: &Path) -> io::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        entries.push(Entry { kind: Kind::of(entry.file_type()?), name: entry.file_name() });
    }
    entries.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    Ok(entries)
}

/// The bytes of a file; of one that is larger than [`MAX_BYTES`], only one byte more than that.
///
/// # Errors
/// What the system says.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    // Room for one byte more than there should be: the end is then found without another buffer.
    let room = file.metadata()?.len().min(MAX_BYTES) + 1;
    let mut bytes = Vec::with_capacity(usize::try_from(room).unwrap_or(0));
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Whether a file holds exactly `expected`. Never reads more than one byte beyond that; `buffer` is scratch space
/// to use again for the next file.
///
/// # Errors
/// What the system says.
pub fn same_bytes(path: &Path, expected: &[u8], buffer: &mut Vec<u8>) -> io::Result<bool> {
    let mut file = File::open(path)?;
    if buffer.len() <= expected.len() {
        buffer.resize(expected.len() + 1, 0);
    }
    let room = &mut buffer[..=expected.len()];
    let mut filled = 0;
    while filled < room.len() {
        match file.read(&mut room[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(room[..filled] == *expected)
}
