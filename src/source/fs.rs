//! All access to files: reading, walking, atomic writing. The only module that may name `std::fs`.
//!
//! What the bytes mean, and which files belong to whom, is for the floors above.
#![expect(clippy::disallowed_methods, reason = "this is the room for file access")]

mod effects;
mod lock;
mod look;
mod rewrite;

pub use effects::{Disk, RealDisk, is_temporary, replace, temporary};
pub use lock::FolderLock;
pub use look::{Entry, Kind, kind, list, read, same_bytes};
pub use rewrite::{Rewritten, rewrite};

use std::{fs, io, path::Path};

/// Why a text file could not be used.
#[derive(Debug)]
pub enum ReadFault {
    /// It is not valid UTF-8; the text before the first bad byte.
    NotUtf8(String),
    /// It is larger than [`MAX_BYTES`].
    TooLarge(u64),
    /// The operating system refused.
    Io(io::Error),
}

/// The largest text file that is read: 16 MiB, sixteen times what Kubernetes stores of an object.
pub const MAX_BYTES: u64 = 16 << 20;

/// Reads a UTF-8 text file.
///
/// # Errors
/// See [`ReadFault`].
pub fn read_text(path: &Path) -> Result<String, ReadFault> {
    fs::read(path).map_err(ReadFault::Io).and_then(text)
}

/// The bytes of a file as text.
pub(super) fn text(bytes: Vec<u8>) -> Result<String, ReadFault> {
    if bytes.len() as u64 > MAX_BYTES {
        return Err(ReadFault::TooLarge(bytes.len() as u64));
    }
    String::from_utf8(bytes).map_err(|e| {
        let good = e.utf8_error().valid_up_to();
        let mut bytes = e.into_bytes();
        bytes.truncate(good);
        ReadFault::NotUtf8(String::from_utf8(bytes).unwrap_or_default())
    })
}

/// Writes a text file that nobody else reads meanwhile, such as a report; what was there is replaced.
///
/// # Errors
/// When the operating system refuses.
pub fn write_text(path: &Path, text: &[u8]) -> io::Result<()> {
    fs::write(path, text)
}

/// Makes a folder and those above it; one that is there is fine.
///
/// # Errors
/// When the operating system refuses.
pub fn create_folders(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}

/// Removes a file; one that is gone is fine.
///
/// # Errors
/// When the operating system refuses.
pub fn remove(path: &Path) -> io::Result<()> {
    RealDisk.remove(path)
}
