//! The effects on a disk, each one small enough that a crash falls between two of them.
//!
//! They stand behind a trait so that a test can stop the world after any of them. Their order, and what a later
//! run makes of what an earlier one left, is for the floors above.
//!
//! Nothing is flushed (`fsync`): what is written here can be written again from the same input, and a flush a file
//! would cost more than all the rest. After a loss of power a file may so be missing, empty or full of NUL
//! bytes, and whoever reads it next must take that for what it is.

use sha2::{Digest, Sha256};
use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

/// What can be done to a disk. Each method is one effect.
pub trait Disk: Sync {
    /// Creates a folder and those above it; one that is there is fine.
    ///
    /// # Errors
    /// What the system says.
    fn create_folder(&self, path: &Path) -> io::Result<()>;
    /// Creates a file with these bytes. If something is there already, it is an error and stays untouched.
    ///
    /// # Errors
    /// What the system says.
    fn create(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;
    /// Moves a file over another one, in one step.
    ///
    /// # Errors
    /// What the system says.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a file; one that is gone is fine. Of a symlink, the link.
    ///
    /// # Errors
    /// What the system says.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// Removes a folder if it is empty; one that is not, or is gone, is fine.
    ///
    /// # Errors
    /// What the system says.
    fn remove_folder(&self, path: &Path) -> io::Result<()>;
}

/// The disk of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct RealDisk;

impl Disk for RealDisk {
    fn create_folder(&self, path: &Path) -> io::Result<()> {
        match fs::create_dir(path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => fs::create_dir_all(path),
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            done => done,
        }
    }

    fn create(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
        let done = file.write_all(bytes);
        if done.is_err() {
            // A full disk must not leave half a file. If this fails too, the error that is returned says enough.
            let _ = fs::remove_file(path);
        }
        done
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        match fs::remove_file(path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
            done => done,
        }
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        match fs::remove_dir(path) {
            Err(e) if matches!(e.kind(), io::ErrorKind::DirectoryNotEmpty | io::ErrorKind::NotFound) => {
                Ok(())
            }
            done => done,
        }
    }
}

/// Writes a file whole or not at all, whether or not one is there: a temporary file beside it, then a rename.
///
/// # Errors
/// What the system says; the file is then as it was.
pub fn replace(disk: &dyn Disk, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = temporary(path);
    match disk.create(&beside, bytes) {
        // The name is ours alone, and there is one writer: an earlier run was stopped here.
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {
            disk.remove(&beside)?;
            disk.create(&beside, bytes)?;
        }
        done => done?,
    }
    disk.rename(&beside, path)
}

const PREFIX: &str = ".podwright-";
const SUFFIX: &str = ".tmp";

/// The temporary file beside `path`: `.podwright-`, 16 hexadecimal digits of the hash of its name, `.tmp`.
/// Argo CD does not read it, and no two files of a folder share one.
pub fn temporary(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default();
    let mut beside = String::from(PREFIX);
    for byte in &Sha256::digest(name.as_encoded_bytes())[..8] {
        beside.push_str(&format!("{byte:02x}"));
    }
    beside.push_str(SUFFIX);
    path.with_file_name(beside)
}

/// Whether a file name is one that [`temporary`] gives.
pub fn is_temporary(name: &str) -> bool {
    let digits = name.strip_prefix(PREFIX).and_then(|rest| rest.strip_suffix(SUFFIX));
    digits.is_some_and(|d| d.len() == 16 && d.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn temporary_names_are_recognised_and_others_are_not() {
        let beside = temporary(Path::new("a/b/deployment-api.yaml"));
        assert_eq!(beside.parent(), Some(Path::new("a/b")));
        assert!(is_temporary(beside.file_name().unwrap().to_str().unwrap()));
        assert_ne!(beside, temporary(Path::new("a/b/deployment-web.yaml")));
        for name in [".podwright-.tmp", ".podwright-notes.tmp", ".podwright-0123456789ABCDEF.tmp", "x.tmp"] {
            assert!(!is_temporary(name), "{name}");
        }
    }
}
