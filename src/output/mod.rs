//! `rendered/`: comparing it with what it should hold, and making it so.
//!
//! Files come with their paths and bytes; what is in them is for the floors below, what to say about a [`Report`] for
//! those above. Nothing here starts a process or follows a symlink.
//!
//! # Who owns a file
//!
//! Each folder of an environment has an index, `SHA256SUMS`, as `sha256sum` writes it. Only a file that it lists is
//! replaced or deleted, and only if its bytes are known: those of a listed sum, those that it should have, none at
//! all (empty or NUL bytes: a loss of power), or bytes with Git's conflict markers. Anything else was edited by hand, and
//! its environment is left alone. A subfolder with an index of its own is another environment's.
//!
//! # The write order
//!
//! 1. `SHA256SUMS.next`, the index to be;
//! 2. changed files by temporary file and rename; new ones in place, if one write call holds them;
//! 3. deletions;
//! 4. `SHA256SUMS.next` is renamed to `SHA256SUMS`;
//! 5. folders that are empty now are removed.
//!
//! A run that was stopped leaves both indexes, and perhaps a temporary file (`source::fs::temporary` has the name).
//! The next run trusts the sums of either index. It first makes one index of both, so that it
//! may be stopped as well: (a) temporary files and half-written new files are removed, (b) the union of both replaces
//! `SHA256SUMS`, (c) `SHA256SUMS.next` is removed. Then it goes on as above.

mod apply;
mod index;
mod names;
mod plan;
mod scan;
mod survey;

pub use names::clashes;

use crate::{
    error::Error,
    source::fs::{self, Disk, FolderLock, Kind, RealDisk},
};
use names::ATTRIBUTES;
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use std::{
    io,
    path::{Path, PathBuf},
};
use survey::Survey;

/// What `rendered/.gitattributes` says when we write it: generated, and no byte is changed on checkout. Its
/// pattern covers the folders below too. A file that is there is kept, so people can add to it.
pub const GIT_ATTRIBUTES: &str = "# Written by podwright: these files are generated, and checked out as they are.\n\
     * -text linguist-generated=true\n";

/// The index of files, as `sha256sum` writes it.
pub fn sums(files: &[File]) -> String {
    index::text(files)
}

/// The paths that an index lists.
pub fn listed(index: &[u8]) -> std::collections::BTreeSet<String> {
    index::Index::parse(index, false).entries.into_keys().collect()
}

/// One file that should stand in `rendered/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its path below the folder of its tree, with `/`.
    pub path: String,
    /// What it holds.
    pub bytes: String,
    /// The SHA-256 sum of `bytes`.
    pub sum: [u8; 32],
}

impl File {
    /// A file with its sum.
    pub fn new(path: impl Into<String>, bytes: impl Into<String>) -> Self {
        let bytes = bytes.into();
        Self { path: path.into(), sum: Sha256::digest(&bytes).into(), bytes }
    }
}

/// All that one folder of `rendered/` should hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree {
    /// The folder below `rendered/`, with `/`: `prod/shenzhen`.
    pub folder: String,
    /// Its files, sorted by path. Without any, the folder is to go.
    pub files: Vec<File>,
}

impl Tree {
    /// A tree with its files put in order.
    pub fn new(folder: impl Into<String>, mut files: Vec<File>) -> Self {
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Self { folder: folder.into(), files }
    }
}

/// How to go about it.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Overwrites what was edited by hand and what is in the way. Symlinks and folders in the way stay refused.
    pub force: bool,
    /// The trees are all that there should be: folders with an index that are not among them are pruned.
    pub everything: bool,
    /// Environments that exist but could not be rendered. Their folders, and those of their Argo CD objects
    /// (`argocd/<instance>/<environment>`), are never pruned.
    pub keep: Vec<String>,
}

/// What is, or was, between `rendered/` and what it should hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// The folders of the trees, in their order.
    pub folders: Vec<Folder>,
    /// The folders of environments that are gone, sorted; pruned unless refused.
    pub pruned: Vec<Folder>,
    /// With `everything`: files outside of all environments that Argo CD would read. They are not touched.
    pub stray: Vec<String>,
    /// Whether `.gitattributes` is missing (or was, and is now written).
    pub attributes_missing: bool,
}

impl Report {
    /// Whether `rendered/` is what it should be. Foreign and stray files do not count.
    pub fn is_current(&self) -> bool {
        !self.attributes_missing && self.pruned.is_empty() && self.folders.iter().all(Folder::is_current)
    }

    /// The folders that were left alone, or would be, because of what people did in them.
    pub fn refused(&self) -> impl Iterator<Item = &Folder> {
        self.folders.iter().chain(&self.pruned).filter(|folder| folder.refused)
    }
}

/// What is, or was, to do in one folder. Paths are below the folder, each list is sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Folder {
    /// The folder below `rendered/`.
    pub folder: String,
    /// Files that are not there and should be.
    pub missing: Vec<String>,
    /// Files with other bytes than they should have, edited ones included.
    pub changed: Vec<String>,
    /// Listed files that should not be there, edited ones included.
    pub deleted: Vec<String>,
    /// Listed files whose bytes nobody knows: they were edited by hand.
    pub edited: Vec<String>,
    /// Files that nobody lists; they are not touched.
    pub foreign: Vec<String>,
    /// What is in the way.
    pub obstacles: Vec<Obstacle>,
    /// The state of the index.
    pub index: IndexState,
    /// True when nothing of this folder is written, because of `edited` and `obstacles`.
    pub refused: bool,
}

impl Folder {
    /// Whether the folder is what it should be. Foreign files do not count.
    pub fn is_current(&self) -> bool {
        let lists = [&self.missing, &self.changed, &self.deleted, &self.edited];
        lists.iter().all(|list| list.is_empty())
            && self.obstacles.is_empty()
            && self.index == IndexState::Current
    }
}

/// Something that keeps a folder from being written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obstacle {
    /// Its path below the folder; empty for the folder itself.
    pub path: String,
    /// Why, as the end of a sentence that starts with the path: "is a symlink".
    pub why: String,
    /// Whether `force` overrides it.
    pub yields: bool,
}

/// The state of an index.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum IndexState {
    /// It lists what the folder should hold.
    #[default]
    Current,
    /// There is none.
    Missing,
    /// It lists something else.
    Stale,
    /// A run was stopped before its end.
    Interrupted,
    /// It holds Git's conflict markers.
    Conflicted,
}

/// Compares `rendered` with what it should hold. Changes nothing, and waits for nobody.
///
/// # Errors
/// Trees that must not be written (see [`clashes`]), a `rendered` that is not a folder, or a disk that fails.
pub fn inspect(rendered: &Path, trees: &[Tree], options: &Options) -> Result<Report, Error> {
    root(rendered)?;
    Survey::take(rendered, trees, options).map(Survey::into_report)
}

/// The right to write; one process at a time has it. Dropping it gives it back.
#[derive(Debug)]
pub struct Lock {
    rendered: PathBuf,
    _held: FolderLock,
}

/// Waits for the right to write to `rendered`, which is created if it is missing. `waiting` is called once if
/// somebody else has it. Take it before the values are read: then what is written last was also read last.
///
/// # Errors
/// A `rendered` that is not a folder, or a disk that fails.
pub fn lock(rendered: &Path, waiting: impl Fn()) -> Result<Lock, Error> {
    let failed = |e: io::Error| Error::io("lock", rendered, &e);
    loop {
        if root(rendered)? {
            RealDisk.create_folder(rendered).map_err(|e| Error::io("create", rendered, &e))?;
        }
        match FolderLock::acquire(rendered, &rendered.join(ATTRIBUTES), &waiting) {
            Ok(held) => return Ok(Lock { rendered: rendered.to_owned(), _held: held }),
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                // Either the folder went away meanwhile, or the file to lock instead is not there yet.
                if fs::kind(rendered).map_err(failed)?.is_some() {
                    create_attributes(&RealDisk, rendered)?;
                }
            }
            Err(e) => return Err(failed(e)),
        }
    }
}

/// Makes the folders of `trees` what they should be, except those that the report names as refused.
///
/// # Errors
/// As [`inspect`], before anything is written; or a disk that fails, after which the next run repairs what this one
/// left.
pub fn write(lock: &Lock, trees: &[Tree], options: &Options) -> Result<Report, Error> {
    write_to(&RealDisk, lock, trees, options)
}

/// [`write()`] with the effects of `disk`, so that a test can stop it anywhere.
///
/// # Errors
/// As [`write()`].
pub fn write_to(disk: &dyn Disk, lock: &Lock, trees: &[Tree], options: &Options) -> Result<Report, Error> {
    let rendered = &lock.rendered;
    let survey = Survey::take(rendered, trees, options)?;
    if survey.attributes_missing {
        create_attributes(disk, rendered)?;
    }
    let written: Vec<_> = (survey.plans.par_iter().zip(trees))
        .map(|(plan, tree)| apply::apply(disk, rendered, plan, &tree.files))
        .collect();
    written.into_iter().collect::<Result<(), _>>()?;
    let pruned: Vec<_> = survey.gone.par_iter().map(|plan| apply::apply(disk, rendered, plan, &[])).collect();
    pruned.into_iter().collect::<Result<(), _>>()?;
    // Last and alone: a folder that one environment leaves may be the one that another comes to.
    apply::sweep(disk, rendered, survey.plans.iter().chain(&survey.gone), survey.empty.clone())?;
    Ok(survey.into_report())
}

/// Whether `rendered` is missing; an error if it is something other than a folder.
fn root(rendered: &Path) -> Result<bool, Error> {
    match fs::kind(rendered).map_err(|e| Error::io("read", rendered, &e))? {
        None => Ok(true),
        Some(Kind::Folder) => Ok(false),
        Some(kind) => Err(Error::usage(format!("{} is {}, not a folder", rendered.display(), kind.name()))
            .help("rendered files are written to a real folder only, so that none can leave the workspace")),
    }
}

fn create_attributes(disk: &dyn Disk, rendered: &Path) -> Result<(), Error> {
    let path = rendered.join(ATTRIBUTES);
    match disk.create(&path, GIT_ATTRIBUTES.as_bytes()) {
        // It is there and cut off, as a crash leaves it.
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {
            fs::replace(disk, &path, GIT_ATTRIBUTES.as_bytes()).map_err(|e| Error::io("write", &path, &e))
        }
        done => done.map_err(|e| Error::io("write", &path, &e)),
    }
}
