//! The folder of the mirror: opened by one run at a time, cleared of what a killed run left, and made anew where it is damaged. All
//! in it can be fetched again. What is done with it is for `mirror`.

use super::repository::failed;
use crate::{
    error::Error,
    source::fs::{self, Disk as _, FolderLock, Kind, RealDisk},
};
use git2::Oid;
use std::{
    io,
    path::{Path, PathBuf},
};

/// What Git keeps in a bare repository, the part first without which it is none: making it anew may be stopped at any moment. The
/// folder and its `lock` stay, since others wait for them.
const PARTS: [&str; 14] = [
    "HEAD",
    "config",
    "objects",
    "refs",
    "packed-refs",
    "shallow",
    "info",
    "hooks",
    "description",
    "logs",
    "branches",
    "gc.log",
    "FETCH_HEAD",
    DAMAGED,
];

/// The file that says that something in the repository could not be read.
const DAMAGED: &str = "damaged";

/// The settings of the user's repository that the mirror takes over.
pub(super) struct Of {
    /// The Git folder of the user's.
    pub(super) user: PathBuf,
    /// Its settings say where the work tree is.
    pub(super) elsewhere: bool,
}

/// Opens the bare repository of a folder, or makes it, and waits until no other run uses it; `waiting` is called once if one does.
///
/// # Errors
/// Something else stands there, or the disk or Git failed.
pub(super) fn open(
    folder: &Path,
    of: &Of,
    waiting: &dyn Fn(),
) -> Result<(git2::Repository, FolderLock), Error> {
    let lock = folder.join("lock");
    let kind = fs::kind(folder).map_err(|e| Error::io("read", folder, &e))?;
    // A link may lead to a folder elsewhere.
    if let Some(kind) = kind.filter(|kind| *kind != Kind::Folder && fs::list(folder).is_err()) {
        let what = format!("{} is {}, and podwright keeps a folder there", folder.display(), kind.name());
        return Err(Error::usage(what).help("move it away or delete it; the folder is made by the next run"));
    }
    fs::create_folders(folder).map_err(|e| Error::io("create", folder, &e))?;
    fs::write_text(&lock, b"").map_err(|e| Error::io("write", &lock, &e))?;
    let held = FolderLock::acquire(folder, &lock, waiting).map_err(|e| Error::io("lock", folder, &e))?;
    clear_locks(folder);
    if git2::Repository::open_bare(folder).is_ok() {
        write_config(folder, of)?;
        let opened = git2::Repository::open_bare(folder).ok();
        if let Some(inner) = opened.filter(|inner| is_sound(inner, folder)) {
            return Ok((inner, held));
        }
    }
    for part in PARTS {
        let path = folder.join(part);
        remove(&path).map_err(|e| Error::io("remove", &path, &e))?;
    }
    let made = |e: git2::Error| failed(&format!("{} cannot be made", folder.display()), &e);
    git2::Repository::init_bare(folder).map_err(made)?;
    write_config(folder, of)?;
    Ok((git2::Repository::open_bare(folder).map_err(made)?, held))
}

/// Notes that something in the repository cannot be read: the next run makes it anew.
pub(super) fn note_damage(folder: &Path) {
    // Without the note the same is found again.
    let _ = fs::write_text(&folder.join(DAMAGED), b"");
}

/// Whether something in the repository could not be read.
pub(super) fn is_damaged(folder: &Path) -> bool {
    fs::kind(&folder.join(DAMAGED)).is_ok_and(|kind| kind.is_some())
}

/// Whether what the next fetch builds on can be read: the commits of the branches that are kept, and where history is cut off. A
/// loss of power leaves empty files.
fn is_sound(inner: &git2::Repository, folder: &Path) -> bool {
    let shallow = folder.join("shallow");
    let cut = match fs::kind(&shallow) {
        Ok(None) => true,
        _ => fs::read_text(&shallow).is_ok_and(|text| !text.is_empty() && text.lines().all(is_id)),
    };
    // Of a HEAD that is empty, the program says that there is no repository.
    let head = fs::read_text(&folder.join("HEAD")).is_ok_and(|text| text.starts_with("ref: refs/"));
    let Ok(mut kept) = inner.references() else { return false };
    head && cut
        && are_whole(&folder.join("refs"))
        && !is_damaged(folder)
        && kept
            .all(|kept| kept.and_then(|kept| kept.peel_to_commit()).and_then(|commit| commit.tree()).is_ok())
}

/// Whether the files of references below a folder name objects; libgit2 leaves out those that do not without a word.
fn are_whole(folder: &Path) -> bool {
    fs::list(folder).unwrap_or_default().into_iter().all(|entry| {
        let path = folder.join(&entry.name);
        match entry.kind {
            Kind::Folder => are_whole(&path),
            _ => fs::read_text(&path).is_ok_and(|t| t.starts_with("ref: ") || is_id(t.trim_end())),
        }
    })
}

/// Whether a text is the name of an object.
fn is_id(text: &str) -> bool {
    text.len() == 40 && Oid::from_str(text).is_ok()
}

/// Removes what stands at a path, with all below it. Links are not followed.
fn remove(path: &Path) -> io::Result<()> {
    if fs::kind(path)? == Some(Kind::Folder) {
        for entry in fs::list(path)? {
            remove(&path.join(entry.name))?;
        }
        return RealDisk.remove_folder(path);
    }
    RealDisk.remove(path)
}

/// Removes the locks of a run that was killed; whoever holds the mirror may.
fn clear_locks(folder: &Path) {
    for name in ["shallow.lock", "packed-refs.lock", "HEAD.lock", "config.lock", "config.next", "gc.pid"] {
        let _ = RealDisk.remove(&folder.join(name));
    }
    clear_below(&folder.join("refs"));
}

/// Removes the locks of references below a folder.
fn clear_below(folder: &Path) {
    for entry in fs::list(folder).unwrap_or_default() {
        let path = folder.join(&entry.name);
        match entry.kind {
            fs::Kind::Folder => clear_below(&path),
            // A lock that cannot be removed is told by Git.
            _ if path.extension().is_some_and(|e| e == "lock") => drop(RealDisk.remove(&path)),
            _ => {}
        }
    }
}

/// The settings of the mirror: the user's, and its own over them.
fn write_config(folder: &Path, Of { user, elsewhere }: &Of) -> Result<(), Error> {
    let path = folder.join("config");
    let quoted = user.join("config").display().to_string().replace('\\', "\\\\").replace('"', "\\\"");
    // The repository of a submodule says where its work tree is; a bare one has none.
    let none = if *elsewhere { "\tworktree =\n" } else { "" };
    let text = format!(
        "[include]\n\tpath = \"{quoted}\"\n[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n{none}\thooksPath = /dev/null\n[gc]\n\tautoDetach = false\n"
    );
    if fs::read_text(&path).is_ok_and(|have| have == text) {
        return Ok(());
    }
    let next: PathBuf = folder.join("config.next");
    fs::write_text(&next, text.as_bytes()).map_err(|e| Error::io("write", &next, &e))?;
    RealDisk.rename(&next, &path).map_err(|e| Error::io("write", &path, &e))
}
