//! Doing what a plan says, in the order that makes every crash repairable (see the top of this module's parent).
//!
//! It decides nothing: what may be overwritten was settled in `plan`.

use super::{
    File,
    names::{self, INDEX, NEXT},
    plan::Plan,
};
use crate::{
    error::Error,
    source::fs::{self, Disk},
};
use std::{collections::BTreeSet, io, path::Path};

/// The largest new file that is written in place: one write call of at most one page, which a process that is killed
/// has made or has not. A larger one goes by temporary file and rename, so that no half of it can be taken for an
/// edit by hand.
const IN_PLACE: usize = 4096;

/// Makes one folder what it should be.
pub(super) fn apply(disk: &dyn Disk, rendered: &Path, plan: &Plan, files: &[File]) -> Result<(), Error> {
    if plan.is_idle() {
        return Ok(());
    }
    let root = names::place(rendered, &plan.report.folder);
    let hand = Hand { disk, root: &root };
    hand.settle(plan)?;
    let stays = !plan.text.is_empty();
    if stays {
        if !plan.exists {
            hand.folder("")?;
        }
        hand.create(NEXT, &plan.text)?;
    }
    let mut last = "";
    for &at in &plan.create {
        let File { path, bytes, .. } = &files[at];
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        if folder != last && plan.folders.binary_search_by(|f| f.as_str().cmp(folder)).is_err() {
            hand.folder(folder)?;
        }
        last = folder;
        if bytes.len() <= IN_PLACE { hand.create(path, bytes)? } else { hand.replace(path, bytes)? }
    }
    plan.replace.iter().try_for_each(|&at| hand.replace(&files[at].path, &files[at].bytes))?;
    plan.report.deleted.iter().try_for_each(|path| hand.remove(path))?;
    if stays {
        return hand.rename(NEXT, INDEX);
    }
    // Last, so that what is left until then is known as ours.
    if plan.has_index || plan.union.is_some() { hand.remove(INDEX) } else { Ok(()) }
}

/// Removes the folders that `plans` left empty: those of deleted files, those that were empty before, and for an
/// environment that is gone its own and those above it; and `folders`.
pub(super) fn sweep<'a>(
    disk: &dyn Disk,
    rendered: &Path,
    plans: impl Iterator<Item = &'a Plan>,
    mut folders: BTreeSet<String>,
) -> Result<(), Error> {
    for plan in plans.filter(|plan| plan.exists && !plan.report.refused) {
        let own = &plan.report.folder;
        let emptied = plan.report.deleted.iter().chain(&plan.empty).flat_map(|path| names::above(path));
        folders.extend(emptied.chain(plan.empty.iter().map(String::as_str)).map(|f| names::join(own, f)));
        if plan.text.is_empty() {
            folders.extend(std::iter::once(own.as_str()).chain(names::above(own)).map(str::to_owned));
        }
    }
    // Backwards: a folder comes after the one that holds it.
    for folder in folders.iter().rev() {
        let place = names::place(rendered, folder);
        disk.remove_folder(&place).map_err(|e| Error::io("remove", &place, &e))?;
    }
    Ok(())
}

/// The effects, on paths below one folder.
struct Hand<'a> {
    disk: &'a dyn Disk,
    root: &'a Path,
}

impl Hand<'_> {
    /// Makes one index of the two that a run left when it was stopped.
    fn settle(&self, plan: &Plan) -> Result<(), Error> {
        plan.leftovers.iter().try_for_each(|path| self.remove(path))?;
        if let Some(union) = &plan.union {
            self.replace(INDEX, union)?;
        }
        if plan.has_next { self.remove(NEXT) } else { Ok(()) }
    }

    fn folder(&self, path: &str) -> Result<(), Error> {
        self.act("create", path, |place| self.disk.create_folder(place))
    }

    fn create(&self, path: &str, bytes: &str) -> Result<(), Error> {
        self.act("write", path, |place| self.disk.create(place, bytes.as_bytes()))
    }

    fn replace(&self, path: &str, bytes: &str) -> Result<(), Error> {
        self.act("write", path, |place| fs::replace(self.disk, place, bytes.as_bytes()))
    }

    fn remove(&self, path: &str) -> Result<(), Error> {
        self.act("remove", path, |place| self.disk.remove(place))
    }

    fn rename(&self, from: &str, to: &str) -> Result<(), Error> {
        self.act("write", to, |place| self.disk.rename(&self.root.join(from), place))
    }

    fn act(&self, doing: &str, path: &str, effect: impl Fn(&Path) -> io::Result<()>) -> Result<(), Error> {
        let place = names::place(self.root, path);
        effect(&place).map_err(|e| Error::io(doing, &place, &e))
    }
}
