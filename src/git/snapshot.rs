//! The files of a commit in memory, as they were committed: no filter of a work tree changes them, and nothing is on disk that a
//! run could leave behind. What they mean is for the floors above.

use super::{Commit, Repository, repository::unread};
use crate::{
    error::Error,
    source::{Files, Memory},
};
use git2::{ObjectType, Oid, Tree};
use rayon::prelude::*;
use std::{path::Path, sync::Arc};

/// The mode of a symlink in a tree.
const SYMLINK: i32 = 0o120_000;

impl Repository {
    /// The files of some folders of a commit, given below the workspace; those that the commit does not have are not there.
    ///
    /// # Errors
    /// An object cannot be read.
    pub fn snapshot(&self, commit: Commit, folders: &[&str]) -> Result<Files, Error> {
        let unreadable = |e: git2::Error| unread(&format!("the files of {commit} cannot be read"), &e);
        let top = self.inner.find_commit(commit.0).and_then(|c| c.tree()).map_err(unreadable)?;
        let (mut memory, mut files) = (Memory::default(), Vec::new());
        for folder in folders {
            let Ok(entry) = top.get_path(Path::new(&self.at(folder))) else { continue };
            if entry.kind() == Some(ObjectType::Tree) {
                let tree = self.inner.find_tree(entry.id()).map_err(unreadable)?;
                self.collect(&tree, folder, &mut memory, &mut files).map_err(unreadable)?;
            }
        }
        // Unpacking thousands of files is most of the work.
        let objects = self.inner.odb().map_err(unreadable)?;
        let read = |(path, id): (String, Oid)| Ok((path, objects.read(id)?.data().to_vec()));
        let read: Result<Vec<_>, git2::Error> = files.into_par_iter().map(read).collect();
        read.map_err(unreadable)?.into_iter().for_each(|(path, bytes)| memory.file(&path, bytes));
        Ok(Files::Memory(Arc::new(memory), String::new()))
    }

    /// Keeps the folders and symlinks of a tree, and lists its files.
    fn collect(
        &self,
        tree: &Tree<'_>,
        folder: &str,
        memory: &mut Memory,
        files: &mut Vec<(String, Oid)>,
    ) -> Result<(), git2::Error> {
        memory.folder(folder);
        for entry in tree {
            // A name that is no Unicode is nobody's here.
            let Ok(name) = entry.name() else { continue };
            let path = format!("{folder}/{name}");
            match entry.kind() {
                Some(ObjectType::Tree) => {
                    self.collect(&self.inner.find_tree(entry.id())?, &path, memory, files)?;
                }
                Some(ObjectType::Blob) if entry.filemode() == SYMLINK => memory.symlink(&path),
                Some(ObjectType::Blob) => files.push((path, entry.id())),
                // A submodule has no files here.
                _ => {}
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::fs::{Kind, create_folders, write_text};

    /// A tree with an entry for each path of one folder or more.
    fn tree(repository: &git2::Repository, entries: &[(&str, i32, Oid)]) -> Oid {
        let mut update = git2::build::TreeUpdateBuilder::new();
        for (path, mode, id) in entries {
            let mode = match *mode {
                SYMLINK => git2::FileMode::Link,
                0o160_000 => git2::FileMode::Commit,
                _ => git2::FileMode::Blob,
            };
            update.upsert(*path, *id, mode);
        }
        let empty = repository.find_tree(repository.treebuilder(None).unwrap().write().unwrap()).unwrap();
        update.create_updated(repository, &empty).unwrap()
    }

    #[test]
    fn a_snapshot_is_what_was_committed() {
        let folder = tempfile::tempdir().unwrap();
        let inner = git2::Repository::init(folder.path()).unwrap();
        // What changes the files of a work tree: ends of lines, and a program that is not there.
        inner.config().unwrap().set_str("core.autocrlf", "true").unwrap();
        inner.config().unwrap().set_str("filter.large.smudge", "none-such").unwrap();
        inner.config().unwrap().set_bool("filter.large.required", true).unwrap();
        let blob = |bytes: &[u8]| inner.blob(bytes).unwrap();
        let (file, link) = (0o100_644, SYMLINK);
        let top = tree(
            &inner,
            &[
                (".gitattributes", file, blob(b"*.yaml filter=large ident eol=crlf\n")),
                ("w/environments/dev/environment.yaml", file, blob(b"a: $Id$\nb: \xff\n")),
                ("w/environments/dev/gone.yaml", file, blob(b"a: 1\n")),
                ("w/environments/dev/link.yaml", link, blob(b"environment.yaml")),
                ("w/environments/dev/module", 0o160_000, blob(b"")),
                ("w/elsewhere/a", file, blob(b"")),
            ],
        );
        let author = git2::Signature::new("a", "a@abc.com", &git2::Time::new(0, 0)).unwrap();
        let parents: [&git2::Commit<'_>; 0] = [];
        let commit = inner
            .commit(Some("HEAD"), &author, &author, "a", &inner.find_tree(top).unwrap(), &parents)
            .unwrap();
        // The work tree is another one: a file is not in it, and one is in it alone.
        create_folders(&folder.path().join("w/environments/dev")).unwrap();
        write_text(&folder.path().join("w/environments/dev/new.yaml"), b"").unwrap();
        let repository = Repository::around(&folder.path().join("w")).unwrap();
        let files = repository.snapshot(Commit(commit), &["environments", "packages"]).unwrap();
        let names = |path: &str| {
            let entries = files.list(path).unwrap().into_iter();
            entries.map(|e| (e.name.into_string().unwrap(), e.kind)).collect::<Vec<_>>()
        };
        assert_eq!(names(""), [("environments".to_owned(), Kind::Folder)]);
        let inside = ["environment.yaml", "gone.yaml", "link.yaml"].map(str::to_owned);
        let kinds = [Kind::File, Kind::File, Kind::Symlink];
        assert_eq!(names("environments/dev"), inside.into_iter().zip(kinds).collect::<Vec<_>>());
        assert_eq!(files.read("environments/dev/environment.yaml").unwrap(), b"a: $Id$\nb: \xff\n");
        assert!(files.read("environments/dev/link.yaml").is_err());
        assert_eq!(files.kind("packages").unwrap(), None);
    }

    #[test]
    fn a_file_whose_object_is_missing_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let inner = git2::Repository::init(folder.path()).unwrap();
        let id = inner.blob(b"a: 1\n").unwrap();
        let top = tree(&inner, &[("environments/a.yaml", 0o100_644, id)]);
        let author = git2::Signature::new("a", "a@abc.com", &git2::Time::new(0, 0)).unwrap();
        let commit =
            inner.commit(Some("HEAD"), &author, &author, "a", &inner.find_tree(top).unwrap(), &[]).unwrap();
        let (name, rest) = (id.to_string()[..2].to_owned(), id.to_string()[2..].to_owned());
        crate::source::fs::remove(&inner.path().join("objects").join(name).join(rest)).unwrap();
        let error = Repository::around(folder.path()).unwrap().snapshot(Commit(commit), &["environments"]);
        assert!(error.unwrap_err().message.ends_with("cannot be read"));
    }
}
