//! One writer at a time: an advisory lock on a folder, which ends with the process that holds it.
//!
//! The lock is on the folder's own handle, so that it needs no file that Git would show. Where a system cannot lock a
//! folder (Windows, NFS), a file that the caller names is locked instead.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io,
    path::Path,
};

/// Held until it is dropped.
#[derive(Debug)]
pub struct FolderLock {
    handle: File,
}

impl FolderLock {
    /// What holds the lock, once more: a process that is given it holds the lock as long as it runs.
    ///
    /// # Errors
    /// What the system says.
    pub fn share(&self) -> io::Result<File> {
        self.handle.try_clone()
    }

    /// Waits until nobody else holds the lock of `folder`. `waiting` is called once if that is not at once.
    /// `instead` is a file below `folder` to lock where the folder cannot be.
    ///
    /// # Errors
    /// What the system says.
    pub fn acquire(folder: &Path, instead: &Path, waiting: &dyn Fn()) -> io::Result<Self> {
        let mut said = false;
        let mut say = || {
            if !said {
                waiting();
            }
            said = true;
        };
        loop {
            let (path, handle) = match File::open(folder).and_then(|f| lock(f, &mut say)) {
                Ok(handle) => (folder, handle),
                Err(e) if e.kind() == io::ErrorKind::NotFound => return Err(e),
                Err(_) => {
                    let file = OpenOptions::new().read(true).write(true).open(instead)?;
                    (instead, lock(file, &mut say)?)
                }
            };
            // Whoever held it may have removed or replaced the folder, as `git checkout` does: then this lock
            // is on something that nobody sees any more.
            if still_there(&handle, path)? {
                return Ok(Self { handle });
            }
        }
    }
}

fn lock(handle: File, waiting: &mut dyn FnMut()) -> io::Result<File> {
    match handle.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            waiting();
            handle.lock()?;
        }
        Err(TryLockError::Error(e)) => return Err(e),
    }
    Ok(handle)
}

#[cfg(unix)]
fn still_there(handle: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let (held, seen) = (handle.metadata()?, fs::metadata(path)?);
    Ok((held.dev(), held.ino()) == (seen.dev(), seen.ino()))
}

#[cfg(not(unix))]
fn still_there(_: &File, path: &Path) -> io::Result<bool> {
    // What is open cannot be replaced here.
    fs::metadata(path).map(|_| true)
}
