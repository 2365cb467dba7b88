//! Where the files of a workspace are read: from a folder of the disk, or from memory, where the files of a commit are.
//!
//! Paths are relative, with `/`. Who puts the files of a commit there is `git`; what they mean is for the floors above.

use super::fs::{self, Entry, Kind, ReadFault};
use std::{
    collections::BTreeMap,
    io::{self, ErrorKind},
    path::{Path, PathBuf},
    sync::Arc,
};

/// A folder whose files are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Files {
    /// A folder of the disk.
    Disk(PathBuf),
    /// A folder of what is kept in memory: its path, empty for the top.
    Memory(Arc<Memory>, String),
}

impl From<&Path> for Files {
    fn from(folder: &Path) -> Self {
        Files::Disk(folder.to_owned())
    }
}

impl Files {
    /// A folder in this one.
    #[must_use]
    pub fn below(&self, path: &str) -> Self {
        match self {
            Files::Disk(folder) => Files::Disk(on_disk(folder, path)),
            Files::Memory(memory, folder) => Files::Memory(memory.clone(), joined(folder, path)),
        }
    }

    /// A path as messages show it.
    pub fn shown(&self, path: &str) -> PathBuf {
        match self {
            Files::Disk(folder) => on_disk(folder, path),
            Files::Memory(_, folder) => joined(folder, path).into(),
        }
    }

    /// What stands at a path; none for nothing. A symlink is never followed to find out.
    ///
    /// # Errors
    /// What the system says, other than that nothing is there.
    pub fn kind(&self, path: &str) -> io::Result<Option<Kind>> {
        match self {
            Files::Disk(folder) => fs::kind(&on_disk(folder, path)),
            Files::Memory(memory, folder) => Ok(memory.find(&joined(folder, path)).map(Held::kind)),
        }
    }

    /// The names in a folder, sorted; of this one with an empty path.
    ///
    /// # Errors
    /// What the system says.
    pub fn list(&self, path: &str) -> io::Result<Vec<Entry>> {
        match self {
            Files::Disk(folder) => fs::list(&on_disk(folder, path)),
            Files::Memory(memory, folder) => {
                let names = memory.folders.get(&joined(folder, path)).ok_or(ErrorKind::NotFound)?;
                Ok(names.iter().map(|(name, held)| Entry { name: name.into(), kind: held.kind() }).collect())
            }
        }
    }

    /// The bytes of a file, as [`fs::read`] gives them.
    ///
    /// # Errors
    /// What the system says.
    pub fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        match self {
            Files::Disk(folder) => fs::read(&on_disk(folder, path)),
            Files::Memory(memory, folder) => memory.bytes(&joined(folder, path)).map(<[u8]>::to_vec),
        }
    }

    /// The text of a file.
    ///
    /// # Errors
    /// See [`ReadFault`].
    pub fn read_text(&self, path: &str) -> Result<String, ReadFault> {
        match self {
            Files::Disk(folder) => fs::read_text(&on_disk(folder, path)),
            Files::Memory(..) => self.read(path).map_err(ReadFault::Io).and_then(fs::text),
        }
    }
}

/// Folders, files and symlinks that are kept in memory.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// By path; the top is empty.
    folders: BTreeMap<String, BTreeMap<String, Held>>,
}

/// What stands in a folder.
#[derive(Debug, PartialEq, Eq)]
enum Held {
    Folder,
    Symlink,
    File(Vec<u8>),
}

impl Held {
    fn kind(&self) -> Kind {
        match self {
            Held::Folder => Kind::Folder,
            Held::Symlink => Kind::Symlink,
            Held::File(_) => Kind::File,
        }
    }
}

impl Memory {
    /// Keeps a file, and the folders above it.
    pub fn file(&mut self, path: &str, bytes: Vec<u8>) {
        self.put(path, Held::File(bytes));
    }

    /// Keeps that there is a symlink. Where it leads is never asked.
    pub fn symlink(&mut self, path: &str) {
        self.put(path, Held::Symlink);
    }

    /// Keeps a folder, and those above it.
    pub fn folder(&mut self, path: &str) {
        self.put(path, Held::Folder);
    }

    fn put(&mut self, path: &str, held: Held) {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        if !folder.is_empty() && !self.folders.contains_key(folder) {
            self.put(folder, Held::Folder);
        }
        if held == Held::Folder {
            self.folders.entry(path.to_owned()).or_default();
        }
        self.folders.entry(folder.to_owned()).or_default().insert(name.to_owned(), held);
    }

    fn find(&self, path: &str) -> Option<&Held> {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        self.folders.get(folder)?.get(name)
    }

    fn bytes(&self, path: &str) -> io::Result<&[u8]> {
        match self.find(path) {
            Some(Held::File(bytes)) => Ok(bytes),
            Some(Held::Folder) => Err(ErrorKind::IsADirectory.into()),
            Some(Held::Symlink) => Err(ErrorKind::InvalidInput.into()),
            None => Err(ErrorKind::NotFound.into()),
        }
    }
}

/// A path below a folder of the disk; one that is empty adds no separator.
fn on_disk(folder: &Path, path: &str) -> PathBuf {
    if path.is_empty() { folder.to_owned() } else { folder.join(path) }
}

/// A path below a folder; either may be empty.
fn joined(folder: &str, path: &str) -> String {
    match (folder, path) {
        ("", path) => path.to_owned(),
        (folder, "") => folder.to_owned(),
        (folder, path) => format!("{folder}/{path}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a folder says of itself: kinds, names and texts.
    fn told(files: &Files) -> String {
        let list = |path: &str| {
            let entries = files.list(path).map_err(|e| e.kind());
            format!("{:?}", entries.map(|all| all.into_iter().map(|e| (e.name, e.kind)).collect::<Vec<_>>()))
        };
        let mut lines = vec![
            list(""),
            list("a"),
            list("a/b"),
            list("none"),
            files.below("a").list("b").unwrap().len().to_string(),
        ];
        for path in ["a", "a/b", "a/b/c.yaml", "a/link", "none", "a/none", "none/none"] {
            lines.push(format!("{path}: {:?}", files.kind(path).unwrap()));
        }
        for path in ["a/b/c.yaml", "a/bad"] {
            lines.push(format!("{path}: {:?} {:?}", files.read(path).unwrap(), files.read_text(path)));
        }
        lines.push(format!("{:?}", files.read("a/none").map_err(|e| e.kind())));
        lines.join("\n")
    }

    #[cfg(unix)]
    #[test]
    fn memory_says_what_the_disk_says() {
        let (disk, mut memory) = (tempfile::tempdir().unwrap(), Memory::default());
        let at = |path: &str| disk.path().join(path);
        fs::create_folders(&at("a/b")).unwrap();
        for (path, bytes) in [("a/b/c.yaml", &b"c: 1\n"[..]), ("a/bad", b"ab\xffc"), ("a/B", b"")] {
            fs::write_text(&at(path), bytes).unwrap();
            memory.file(path, bytes.to_vec());
        }
        std::os::unix::fs::symlink("b/c.yaml", at("a/link")).unwrap();
        memory.symlink("a/link");
        let memory = Files::Memory(Arc::new(memory), String::new());
        assert_eq!(told(&memory), told(&Files::from(disk.path())));
    }

    #[test]
    fn a_file_that_is_too_large_is_so_in_memory() {
        let mut memory = Memory::default();
        memory.file("a", vec![b'a'; usize::try_from(fs::MAX_BYTES).unwrap() + 1]);
        let files = Files::Memory(Arc::new(memory), String::new());
        assert!(matches!(files.read_text("a"), Err(ReadFault::TooLarge(_))));
    }
}
