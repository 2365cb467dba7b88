//! Changing a file of a person's: only if it still holds what was read, and never half.
//!
//! Unlike what is rendered, this cannot be made again: it is flushed before it takes the old file's place, and the old
//! file's permissions go over to it.

use super::{Kind, kind, same_bytes, temporary};
use std::{
    fs::{self, OpenOptions, Permissions},
    io::{self, Write as _},
    path::Path,
};

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rewritten {
    /// The file holds the new bytes.
    Done,
    /// It holds something else than was read, or is gone: it was left alone.
    Changed,
    /// Nobody may write to it: it was left alone.
    ReadOnly,
}

/// Gives a regular file new bytes if it holds exactly `old`.
///
/// # Errors
/// What the system says; the file is then as it was.
pub fn rewrite(path: &Path, old: &[u8], new: &[u8]) -> io::Result<Rewritten> {
    if kind(path)? != Some(Kind::File) {
        return Ok(Rewritten::Changed);
    }
    let permissions = fs::metadata(path)?.permissions();
    if permissions.readonly() {
        return Ok(Rewritten::ReadOnly);
    }
    let beside = temporary(path);
    // A run that was stopped may have left it; the name is nobody else's.
    match fs::remove_file(&beside) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
        _ => {}
    }
    let done = fill(&beside, permissions, new).and_then(|()| {
        // As late as can be: somebody may be at an editor.
        if !same_bytes(path, old, &mut Vec::new())? {
            return Ok(Rewritten::Changed);
        }
        fs::rename(&beside, path).map(|()| Rewritten::Done)
    });
    if !matches!(done, Ok(Rewritten::Done)) {
        // If this fails too, what is returned says enough.
        let _ = fs::remove_file(&beside);
    }
    match done {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(Rewritten::Changed),
        done => done,
    }
}

/// Writes a new file with these permissions, and flushes it.
fn fill(path: &Path, permissions: Permissions, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    // Before there is anything to read in it.
    file.set_permissions(permissions)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> (tempfile::TempDir, std::path::PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.yaml");
        fs::write(&path, "a: on\n").unwrap();
        (dir, path)
    }

    fn names(dir: &tempfile::TempDir) -> usize {
        fs::read_dir(dir.path()).unwrap().count()
    }

    #[test]
    fn a_file_that_is_as_it_was_read_is_replaced() {
        let (dir, path) = folder();
        fs::write(temporary(&path), "left by a run that was stopped").unwrap();
        assert_eq!(rewrite(&path, b"a: on\n", b"a: true\n").unwrap(), Rewritten::Done);
        assert_eq!(fs::read(&path).unwrap(), b"a: true\n");
        assert_eq!(names(&dir), 1);
    }

    #[test]
    fn a_file_that_changed_or_is_gone_is_left_alone() {
        let (dir, path) = folder();
        assert_eq!(rewrite(&path, b"a: off\n", b"a: false\n").unwrap(), Rewritten::Changed);
        assert_eq!(fs::read(&path).unwrap(), b"a: on\n");
        assert_eq!(names(&dir), 1);
        fs::remove_file(&path).unwrap();
        assert_eq!(rewrite(&path, b"a: on\n", b"a: true\n").unwrap(), Rewritten::Changed);
        fs::create_dir(&path).unwrap();
        assert_eq!(rewrite(&path, b"a: on\n", b"a: true\n").unwrap(), Rewritten::Changed);
        assert_eq!(names(&dir), 1);
    }

    #[test]
    fn a_read_only_file_is_left_alone() {
        let (dir, path) = folder();
        let mut permissions = fs::metadata(&path).unwrap().permissions();
        permissions.set_readonly(true);
        fs::set_permissions(&path, permissions).unwrap();
        assert_eq!(rewrite(&path, b"a: on\n", b"a: true\n").unwrap(), Rewritten::ReadOnly);
        assert_eq!(fs::read(&path).unwrap(), b"a: on\n");
        assert_eq!(names(&dir), 1);
    }

    #[cfg(unix)]
    #[test]
    fn permissions_stay_and_a_symlink_is_not_followed() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let (dir, path) = folder();
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        assert_eq!(rewrite(&path, b"a: on\n", b"a: true\n").unwrap(), Rewritten::Done);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let link = dir.path().join("b.yaml");
        symlink(&path, &link).unwrap();
        assert_eq!(rewrite(&link, b"a: true\n", b"a: on\n").unwrap(), Rewritten::Changed);
        assert_eq!(fs::read(&path).unwrap(), b"a: true\n");
    }
}
