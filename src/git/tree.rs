//! Trees: a folder of a branch replaced by files, everything else as it was.

use super::Mirror;
use crate::error::Error;
use git2::{ObjectType, Oid};
use std::{collections::BTreeMap, path::Path};

/// The mode of a file in a tree.
const FILE: i32 = 0o100_644;
/// The mode of a folder.
const FOLDER: i32 = 0o040_000;

impl Mirror {
    /// Whether a commit is here.
    pub fn has(&self, commit: Oid) -> bool {
        self.inner.find_commit(commit).is_ok()
    }

    /// The tree of a commit.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn tree_of(&self, commit: Oid) -> Result<Oid, Error> {
        let tree = self.inner.find_commit(commit).map(|c| c.tree_id());
        tree.map_err(|e| self.failed(&format!("the commit {commit} cannot be read"), &e))
    }

    /// The tree of a folder below a tree; none if it is not there.
    pub fn folder(&self, tree: Oid, path: &str) -> Option<Oid> {
        let tree = self.there(self.inner.find_tree(tree))?;
        if path.is_empty() {
            return Some(tree.id());
        }
        let entry = self.there(tree.get_path(Path::new(path)))?;
        (entry.kind() == Some(ObjectType::Tree)).then(|| entry.id())
    }

    /// What a file below a tree holds; none if it is not there.
    pub fn file(&self, tree: Oid, path: &str) -> Option<Vec<u8>> {
        let tree = self.there(self.inner.find_tree(tree))?;
        let entry = self.there(tree.get_path(Path::new(path)))?;
        self.there(self.inner.find_blob(entry.id())).map(|blob| blob.content().to_vec())
    }

    /// The files below a tree, by path, with the identities of what they hold.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn files(&self, tree: Oid) -> Result<BTreeMap<String, Oid>, Error> {
        let unreadable = |e: &git2::Error| self.failed("a published tree cannot be read", e);
        let tree = self.inner.find_tree(tree).map_err(|e| unreadable(&e))?;
        let mut files = BTreeMap::new();
        tree.walk(git2::TreeWalkMode::PreOrder, |below, entry| {
            if let (Some(ObjectType::Blob), Ok(name)) = (entry.kind(), entry.name()) {
                files.insert(format!("{below}{name}"), entry.id());
            }
            git2::TreeWalkResult::Ok
        })
        .map_err(|e| unreadable(&e))?;
        Ok(files)
    }

    /// Something cannot be written.
    fn unwritten(&self, what: &str, error: &git2::Error) -> Error {
        self.failed(&format!("a {what} cannot be written to {}", self.inner.path().display()), error)
    }

    /// A folder without some of the files that stand directly in it.
    ///
    /// # Errors
    /// The disk failed.
    pub fn without(&self, folder: Oid, names: &[&str]) -> Result<Oid, Error> {
        let unwritten = |e: git2::Error| self.unwritten("folder", &e);
        let tree = self.inner.find_tree(folder).map_err(unwritten)?;
        let mut builder = self.inner.treebuilder(Some(&tree)).map_err(unwritten)?;
        for name in names.iter().filter(|name| tree.get_name(name).is_some()) {
            builder.remove(name).map_err(unwritten)?;
        }
        builder.write().map_err(unwritten)
    }

    /// The folders at or below a folder of a tree that have a file of this name, by path; those within one are not looked at.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn folders_with(&self, tree: Oid, below: &str, name: &str) -> Result<Vec<String>, Error> {
        let mut found = Vec::new();
        let Some(start) = self.folder(tree, below) else { return Ok(found) };
        let mut stack = vec![(below.to_owned(), start)];
        while let Some((path, id)) = stack.pop() {
            let tree =
                self.inner.find_tree(id).map_err(|e| self.failed("a published tree cannot be read", &e))?;
            if tree.get_name(name).is_some() {
                found.push(path);
                continue;
            }
            for entry in tree.iter().filter(|e| e.kind() == Some(ObjectType::Tree)) {
                let Ok(part) = entry.name() else { continue };
                let path = if path.is_empty() { part.to_owned() } else { format!("{path}/{part}") };
                stack.push((path, entry.id()));
            }
        }
        found.sort();
        Ok(found)
    }

    /// The files that differ between two trees, by path: new (`A`), others (`M`) or gone (`D`).
    ///
    /// # Errors
    /// They cannot be read.
    pub fn changed(&self, before: Option<Oid>, after: Oid) -> Result<Vec<(char, String)>, Error> {
        let unreadable = |e: git2::Error| self.failed("a published tree cannot be read", &e);
        let before = before.map(|id| self.inner.find_tree(id)).transpose().map_err(unreadable)?;
        let after = self.inner.find_tree(after).map_err(unreadable)?;
        let diff = self.inner.diff_tree_to_tree(before.as_ref(), Some(&after), None).map_err(unreadable)?;
        let named = diff.deltas().filter_map(|delta| {
            let (sign, file) = match delta.status() {
                git2::Delta::Added => ('A', delta.new_file()),
                git2::Delta::Deleted => ('D', delta.old_file()),
                _ => ('M', delta.new_file()),
            };
            Some((sign, file.path()?.to_string_lossy().into_owned()))
        });
        Ok(named.collect())
    }

    /// The names of the folders directly in a folder of a tree; none if it is not there.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn folders_in(&self, tree: Oid, path: &str) -> Result<Vec<String>, Error> {
        let Some(id) = self.folder(tree, path) else { return Ok(Vec::new()) };
        let tree =
            self.inner.find_tree(id).map_err(|e| self.failed("a published tree cannot be read", &e))?;
        let folders = tree.iter().filter(|e| e.kind() == Some(ObjectType::Tree));
        Ok(folders.filter_map(|e| e.name().ok().map(str::to_owned)).collect())
    }

    /// Whether a commit has this tree, and this one parent or none.
    pub fn is_like(&self, commit: Oid, tree: Oid, parent: Option<Oid>) -> bool {
        let Ok(commit) = self.inner.find_commit(commit) else { return false };
        // What a commit says itself: a shallow history hides its parent.
        let header = String::from_utf8_lossy(commit.raw_header_bytes()).into_owned();
        let parents = header.lines().filter_map(|line| line.strip_prefix("parent "));
        commit.tree_id() == tree && parents.eq(parent.map(|id| id.to_string()).iter().map(String::as_str))
    }

    /// Writes a folder of files, given by path, and gives its tree. What is there already is not written again.
    ///
    /// # Errors
    /// The disk failed.
    pub fn write_folder(&self, files: &BTreeMap<String, Vec<u8>>) -> Result<Oid, Error> {
        let mut blobs = BTreeMap::new();
        for (path, bytes) in files {
            let id = self.inner.blob(bytes).map_err(|e| self.unwritten("file", &e))?;
            blobs.insert(path.as_str(), id);
        }
        self.nested(&blobs.into_iter().collect::<Vec<_>>())
    }

    /// The tree of files that are sorted by path.
    fn nested(&self, files: &[(&str, Oid)]) -> Result<Oid, Error> {
        let unwritten = |e: git2::Error| self.unwritten("folder", &e);
        let mut builder = self.inner.treebuilder(None).map_err(unwritten)?;
        let mut folders: BTreeMap<&str, Vec<(&str, Oid)>> = BTreeMap::new();
        for (path, id) in files {
            match path.split_once('/') {
                Some((folder, rest)) => folders.entry(folder).or_default().push((rest, *id)),
                None => drop(builder.insert(path, *id, FILE).map_err(unwritten)?),
            }
        }
        for (folder, inner) in folders {
            let id = self.nested(&inner)?;
            builder.insert(folder, id, FOLDER).map_err(unwritten)?;
        }
        builder.write().map_err(unwritten)
    }

    /// A tree in which a folder is another one, or gone; folders above it that are empty then go, too.
    ///
    /// # Errors
    /// A file stands where a folder must be, or the disk failed.
    pub fn with_folder(
        &self,
        tree: Option<Oid>,
        path: &str,
        folder: Option<Oid>,
    ) -> Result<Option<Oid>, Error> {
        let unwritten = |e: git2::Error| self.unwritten("folder", &e);
        if path.is_empty() {
            return Ok(folder);
        }
        let (name, rest) = path.split_once('/').unwrap_or((path, ""));
        let base = tree.map(|id| self.inner.find_tree(id)).transpose().map_err(unwritten)?;
        let below = base.as_ref().and_then(|t| t.get_name(name).map(|e| (e.kind(), e.id())));
        let below = match below {
            Some((Some(ObjectType::Tree), id)) => Some(id),
            // What stands in the way of a folder that is to go does not hinder.
            Some(_) if folder.is_some() => {
                return Err(Error::usage(format!("the branch has a file where the folder {path} must be"))
                    .help("choose another `publish.path`, or remove the file from the branch"));
            }
            _ => None,
        };
        let inner = self.with_folder(below, rest, folder)?;
        let mut builder = self.inner.treebuilder(base.as_ref()).map_err(unwritten)?;
        match inner {
            Some(id) => drop(builder.insert(name, id, FOLDER).map_err(unwritten)?),
            None if below.is_some() => builder.remove(name).map_err(unwritten)?,
            None => {}
        }
        if builder.is_empty() { Ok(None) } else { builder.write().map(Some).map_err(unwritten) }
    }

    /// A tree with a file in it.
    ///
    /// # Errors
    /// The disk failed.
    pub fn with_file(&self, tree: Option<Oid>, path: &str, bytes: &[u8]) -> Result<Oid, Error> {
        let unwritten = |e: git2::Error| self.unwritten("file", &e);
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let blob = self.inner.blob(bytes).map_err(unwritten)?;
        let below = tree.and_then(|tree| self.folder(tree, folder));
        let base = below.map(|id| self.inner.find_tree(id)).transpose().map_err(unwritten)?;
        let mut builder = self.inner.treebuilder(base.as_ref()).map_err(unwritten)?;
        builder.insert(name, blob, FILE).map_err(unwritten)?;
        let folder_id = builder.write().map_err(unwritten)?;
        let whole = self.with_folder(tree, folder, Some(folder_id))?;
        whole.ok_or_else(|| Error::failure("a tree with a file is empty"))
    }

    /// A commit of a tree, made by the program, so that it is signed and has its author as the user's Git says.
    ///
    /// # Errors
    /// Git knows no author, cannot sign, or the disk failed.
    pub fn commit(&self, tree: Oid, parent: Option<Oid>, message: &str) -> Result<Oid, Error> {
        let (tree, parent) = (tree.to_string(), parent.map(|id| id.to_string()));
        let sign = self.git().run(&["config", "--type=bool", "commit.gpgSign"], &[])?.out;
        let mut args = vec!["commit-tree", tree.as_str()];
        if let Some(parent) = &parent {
            args.extend(["-p", parent]);
        }
        if sign.trim() == "true" {
            args.push("-S");
        }
        args.extend(["-F", "-"]);
        let said = self.git().run(&args, message.as_bytes())?;
        let id = Oid::from_str(said.out.trim()).ok().filter(|_| said.ok);
        id.ok_or_else(|| self.unsaid("git could not make the commit".to_owned(), &said.err))
    }
}
