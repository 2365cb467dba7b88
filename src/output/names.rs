//! Which paths can be written at all, and which of them a file system could take for one another.
//!
//! How an object's file is named is decided by the floors below.

use super::Tree;
use crate::{error::Error, source::fs};
use rayon::prelude::*;
use std::{
    borrow::Cow,
    collections::{BTreeSet, HashMap},
    path::{Component, Path},
};

/// The index of a folder.
pub(super) const INDEX: &str = "SHA256SUMS";
/// The index that is to replace it, while a run is at work or after it was stopped.
pub(super) const NEXT: &str = "SHA256SUMS.next";
/// What Git is told about rendered files; the only file in `rendered/` itself.
pub(super) const ATTRIBUTES: &str = ".gitattributes";

/// Why a relative path is refused, in an index or to be written; `None` if it is fine.
pub(super) fn fault(path: &str) -> Option<&'static str> {
    if path.is_empty() {
        return Some("its path is empty");
    }
    if path.contains(['\\', '\0']) {
        return Some("its path holds a backslash or a NUL character");
    }
    if path.starts_with('/') {
        return Some("its path is absolute");
    }
    for part in path.split('/') {
        match part {
            "" | "." => return Some("its path holds an empty part or `.`"),
            ".." => return Some("its path holds `..`"),
            _ if reserved(part) => return Some("its path holds a name that is not for rendered files"),
            _ => {}
        }
    }
    // What a path means on this system, for example a drive letter.
    let plain = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
    (!plain).then_some("its path is not a relative path")
}

fn reserved(part: &str) -> bool {
    [".git", INDEX, NEXT].iter().any(|name| part.eq_ignore_ascii_case(name)) || fs::is_temporary(part)
}

/// The folders above `path`, nearest first: `a/b`, `a` for `a/b/c`.
pub(super) fn above(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |p| p.rsplit_once('/').map(|(up, _)| up)).skip(1)
}

/// A path below a folder, either of which may be empty.
pub(super) fn join(folder: &str, path: &str) -> String {
    match (folder, path) {
        ("", path) => path.to_owned(),
        (folder, "") => folder.to_owned(),
        (folder, path) => [folder, "/", path].concat(),
    }
}

/// A path below `rendered` on this system.
pub(super) fn place(rendered: &Path, relative: &str) -> std::path::PathBuf {
    // `join` of nothing would add a separator.
    if relative.is_empty() { rendered.to_owned() } else { rendered.join(relative) }
}

fn folded(path: &str) -> Cow<'_, str> {
    let plain = path.bytes().all(|b| b.is_ascii() && !b.is_ascii_uppercase());
    // Upper case first: it makes one of what has several lower cases, such as `ſ` and `s`.
    if plain { Cow::Borrowed(path) } else { Cow::Owned(path.to_uppercase().to_lowercase()) }
}

/// Pairs of paths of a tree that cannot stand beside each other: equal, equal ignoring case, or one is a file where
/// the other needs a folder. In the order of the second path.
pub fn clashes(tree: &Tree) -> Vec<(String, String)> {
    let mut seen: HashMap<Cow<'_, str>, &str> = HashMap::with_capacity(tree.files.len());
    let mut found = Vec::new();
    for file in &tree.files {
        if let Some(first) = seen.insert(folded(&file.path), &file.path) {
            found.push((first.to_owned(), file.path.clone()));
        }
    }
    let mut folders = BTreeSet::new();
    for file in &tree.files {
        for folder in above(&file.path) {
            if !folders.insert(folder) {
                break;
            }
            if let Some(first) = seen.get(&folded(folder)) {
                found.push(((*first).to_owned(), file.path.clone()));
            }
        }
    }
    found
}

/// Refuses trees that must not be written, before anything is.
pub(super) fn check(trees: &[Tree]) -> Result<(), Error> {
    let refuse = |tree: &Tree, path: &str, why: &str| {
        Error::failure(format!("cannot write rendered/{}: {why}", join(&tree.folder, path)))
    };
    let mut seen = HashMap::with_capacity(trees.len());
    for tree in trees {
        if let Some(first) = seen.insert(folded(&tree.folder), &tree.folder) {
            let why = format!("rendered/{first} is the same folder where case does not count");
            return Err(refuse(tree, "", &why));
        }
    }
    let check = |tree: &Tree| -> Result<(), Error> {
        if let Some(why) = fault(&tree.folder) {
            return Err(refuse(tree, "", why));
        }
        for file in &tree.files {
            if let Some(why) = fault(&file.path) {
                return Err(refuse(tree, &file.path, why));
            }
        }
        if let Some((first, second)) = clashes(tree).first() {
            return Err(refuse(tree, second, &format!("it clashes with {first} of the same environment")));
        }
        if !tree.files.is_sorted_by(|a, b| a.path < b.path) {
            return Err(refuse(tree, "", "its files are not in order"));
        }
        Ok(())
    };
    // The first by order, not by time: a message must not depend on the number of threads.
    trees.par_iter().map(check).find_first(Result::is_err).unwrap_or(Ok(()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::File;

    fn tree(paths: &[&str]) -> Tree {
        Tree::new("prod", paths.iter().map(|p| File::new(*p, "")).collect())
    }

    #[test]
    fn clashes_ignore_case_and_know_folders() {
        assert!(clashes(&tree(&["a/b.yaml", "a/c.yaml", "a.yaml"])).is_empty());
        assert_eq!(clashes(&tree(&["a/B.yaml", "a/b.yaml"])), [("a/B.yaml".into(), "a/b.yaml".into())]);
        assert_eq!(clashes(&tree(&["É.yaml", "é.yaml"])), [("É.yaml".into(), "é.yaml".into())]);
        assert_eq!(clashes(&tree(&["a", "a.b", "a/b"])), [("a".into(), "a/b".into())]);
        assert_eq!(clashes(&tree(&["A", "a/b/c"])), [("A".into(), "a/b/c".into())]);
        assert_eq!(clashes(&tree(&["a", "a"])), [("a".into(), "a".into())]);
    }

    #[test]
    fn trees_that_leave_their_folder_are_refused() {
        assert!(check(&[tree(&["a/b.yaml"])]).is_ok());
        for path in ["/a", "../a", "a/../b", "a\\b", "a\0", "", "a/", "sha256sums", "a/.GIT/x", "./a"] {
            assert!(check(&[tree(&[path])]).is_err(), "{path:?}");
        }
        assert!(check(&[Tree::new("../x", Vec::new())]).is_err());
        assert!(check(&[Tree::new("x", Vec::new()), Tree::new("X", Vec::new())]).is_err());
    }

    #[test]
    fn folders_above_a_path() {
        assert_eq!(above("a/b/c").collect::<Vec<_>>(), ["a/b", "a"]);
        assert_eq!(above("a").count(), 0);
    }
}
