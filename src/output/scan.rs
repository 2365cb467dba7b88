//! What stands in one folder of `rendered/`: names and kinds from its listings, bytes only where they are asked for.
//!
//! What it means is for `plan`.

use super::{
    File, Obstacle,
    index::{self, Index, Sum},
    names::{self, INDEX, NEXT},
};
use crate::{
    error::Error,
    source::fs::{self, Kind},
};
use sha2::{Digest, Sha256};
use std::path::Path;

/// What stands in a folder. Paths are below the folder.
#[derive(Debug, Default)]
pub(super) struct Walk {
    /// Whether the folder is there.
    pub(super) exists: bool,
    /// What is neither folder nor index nor temporary, sorted by path.
    pub(super) seen: Vec<(String, Kind)>,
    /// The folders below it that belong to it.
    pub(super) folders: Vec<String>,
    /// Those of them without anything in them.
    pub(super) empty: Vec<String>,
    /// Folders below it that have an index of their own, or are to have one; not looked into.
    pub(super) nested: Vec<String>,
    /// Temporary files of a run that was stopped.
    pub(super) temporary: Vec<String>,
    /// The bytes of the index.
    pub(super) index: Option<Vec<u8>>,
    /// The bytes of the next index, which a run that was stopped left.
    pub(super) next: Option<Vec<u8>>,
    /// What is wrong with the folder or an index itself.
    pub(super) obstacles: Vec<Obstacle>,
}

/// Looks into `folder`. `stop` tells the folders (below `rendered`) that are others' even without an index.
pub(super) fn walk(rendered: &Path, folder: &str, stop: &dyn Fn(&str) -> bool) -> Result<Walk, Error> {
    let mut walk = Walk::default();
    let root = names::place(rendered, folder);
    match fs::kind(&root).map_err(|e| Error::io("read", &root, &e))? {
        None => return Ok(walk),
        Some(Kind::Folder) => {}
        Some(kind) => {
            let why = format!("is {}, not a folder", kind.name());
            walk.obstacles.push(Obstacle { path: String::new(), why, yields: false });
            return Ok(walk);
        }
    }
    walk.exists = true;
    let mut todo = vec![String::new()];
    while let Some(at) = todo.pop() {
        let place = names::place(&root, &at);
        let entries = fs::list(&place).map_err(|e| Error::io("read", &place, &e))?;
        if !at.is_empty() {
            let own_index = entries.iter().any(|e| e.name == INDEX || e.name == NEXT);
            if own_index || stop(&names::join(folder, &at)) {
                walk.nested.push(at);
                continue;
            }
            if entries.is_empty() {
                walk.empty.push(at.clone());
            }
        }
        for entry in entries {
            walk.take(&root, &at, &entry, &mut todo)?;
        }
        if !at.is_empty() {
            walk.folders.push(at);
        }
    }
    walk.seen.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    walk.folders.sort_unstable();
    walk.temporary.sort_unstable();
    Ok(walk)
}

impl Walk {
    fn take(
        &mut self,
        root: &Path,
        at: &str,
        entry: &fs::Entry,
        todo: &mut Vec<String>,
    ) -> Result<(), Error> {
        let Some(name) = entry.name.to_str() else {
            // No path of ours; it can only be foreign.
            self.seen.push((names::join(at, &entry.name.to_string_lossy()), Kind::Other));
            return Ok(());
        };
        let path = names::join(at, name);
        let read = || {
            let place = root.join(name);
            fs::read(&place).map(Some).map_err(|e| Error::io("read", &place, &e))
        };
        match entry.kind {
            Kind::File if at.is_empty() && name == INDEX => self.index = read()?,
            Kind::File if at.is_empty() && name == NEXT => self.next = read()?,
            kind if name == INDEX || name == NEXT => {
                let why = format!("is {}, and should be the list of rendered files", kind.name());
                self.obstacles.push(Obstacle { path, why, yields: false });
            }
            Kind::File if fs::is_temporary(name) => self.temporary.push(path),
            Kind::Folder => todo.push(path),
            kind => self.seen.push((path, kind)),
        }
        Ok(())
    }

    /// Adds what stands at `paths` in nested folders, which the walk did not look into.
    pub(super) fn look_below_nested<'a>(
        &mut self,
        root: &Path,
        paths: impl Iterator<Item = &'a str>,
    ) -> Result<(), Error> {
        if self.nested.is_empty() {
            return Ok(());
        }
        for path in paths {
            if !names::above(path).any(|up| self.nested.iter().any(|n| n == up)) {
                continue;
            }
            let parts: Vec<&str> = names::above(path).collect();
            for at in parts.into_iter().rev().chain([path]) {
                let place = root.join(at);
                match fs::kind(&place).map_err(|e| Error::io("read", &place, &e))? {
                    Some(Kind::Folder) if at != path => self.folders.push(at.to_owned()),
                    Some(kind) => {
                        self.seen.push((at.to_owned(), kind));
                        break;
                    }
                    None => break,
                }
            }
        }
        self.seen.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        self.seen.dedup();
        self.folders.sort_unstable();
        self.folders.dedup();
        Ok(())
    }
}

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Bytes {
    /// What it should hold.
    Same,
    /// Something else.
    Other(Look),
}

/// What is to know of bytes that are not those that a file should have.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Look {
    /// Their sum.
    pub(super) sum: Sum,
    /// None, or NUL bytes only: overwriting loses nothing.
    pub(super) blank: bool,
    /// The beginning of what the file should have, as a write that was cut off leaves it.
    pub(super) torn: bool,
    /// Git's conflict markers.
    pub(super) conflicted: bool,
}

/// Reads a file and compares it with what it should be, if it should be there.
pub(super) fn look(place: &Path, new: Option<&File>, buffer: &mut Vec<u8>) -> Result<Bytes, Error> {
    let failed = |e| Error::io("read", place, &e);
    if let Some(new) = new
        && fs::same_bytes(place, new.bytes.as_bytes(), buffer).map_err(failed)?
    {
        return Ok(Bytes::Same);
    }
    let bytes = fs::read(place).map_err(failed)?;
    let end = bytes.iter().rposition(|&b| b != 0).map_or(0, |at| at + 1);
    Ok(Bytes::Other(Look {
        sum: Sha256::digest(&bytes).into(),
        blank: end == 0,
        torn: new.is_some_and(|new| new.bytes.as_bytes().starts_with(&bytes[..end])),
        conflicted: index::has_conflict(&bytes),
    }))
}

/// What the indexes of a folder list.
#[derive(Debug)]
pub(super) enum Ledger {
    /// Exactly what it should hold.
    Exact,
    /// What was read.
    Read {
        /// The index.
        old: Index,
        /// The next index of a run that was stopped.
        next: Option<Index>,
    },
}

impl Ledger {
    /// Reads the indexes; not line by line if the only one is `text`, which is what it should be.
    pub(super) fn of(walk: &Walk, text: &str) -> Self {
        match (&walk.index, &walk.next) {
            (Some(index), None) if !text.is_empty() && index == text.as_bytes() => Ledger::Exact,
            (index, next) => Ledger::Read {
                old: index.as_deref().map(|bytes| Index::parse(bytes, false)).unwrap_or_default(),
                next: next.as_deref().map(|bytes| Index::parse(bytes, true)),
            },
        }
    }

    /// The sums of a path, and whether a run that was to write it was stopped. `new` is what it should be.
    pub(super) fn sums(&self, path: &str, new: Option<&File>) -> (Vec<Sum>, bool) {
        match self {
            Ledger::Exact => (new.map(|file| file.sum).into_iter().collect(), false),
            Ledger::Read { old, next } => {
                let mut sums = old.entries.get(path).cloned().unwrap_or_default();
                let coming = next.as_ref().and_then(|next| next.entries.get(path));
                sums.extend(coming.into_iter().flatten());
                (sums, coming.is_some())
            }
        }
    }

    /// Whether a path is listed, other than as one that it should hold.
    pub(super) fn lists(&self, path: &str) -> bool {
        match self {
            Ledger::Exact => false,
            Ledger::Read { old, next } => {
                old.entries.contains_key(path) || next.as_ref().is_some_and(|n| n.entries.contains_key(path))
            }
        }
    }

    /// The listed paths, other than those that it should hold.
    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        let indexes = match self {
            Ledger::Exact => [None, None],
            Ledger::Read { old, next } => [Some(old), next.as_ref()],
        };
        indexes.into_iter().flatten().flat_map(|index| index.entries.keys()).map(String::as_str)
    }
}
