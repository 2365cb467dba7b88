//! Whether the values still give what a rollback undid: then the environment stays as it was rolled back. An unrelated change, such
//! as a label that a shared layer gives to everything, must not bring a bad release back.

use super::{
    metadata::{FILES, Rollback, Undone},
    objects::Objects,
};
use crate::{
    diff,
    error::Error,
    git::{Mirror, Oid},
    manifest::Manifest,
};
use std::collections::BTreeMap;

/// What is to become of an environment that was rolled back.
pub(super) enum Verdict {
    /// The values still give what was undone.
    Stands,
    /// They give something else: why, in words.
    Over(String),
}

/// A folder that was rolled back: where it stands, and what it holds.
pub(super) struct Back<'b> {
    pub(super) mirror: &'b Mirror,
    pub(super) remote: &'b str,
    pub(super) branch: &'b str,
    pub(super) path: &'b str,
    pub(super) folder: Oid,
}

impl Back<'_> {
    /// Whether files are to stay away from it.
    pub(super) fn verdict(
        &self,
        rollback: &Rollback,
        files: &BTreeMap<String, Vec<u8>>,
    ) -> Result<Verdict, Error> {
        let now = self.mirror.write_folder(files)?.to_string();
        if rollback.undone.iter().any(|undone| undone.tree == now) {
            return Ok(Verdict::Stands);
        }
        let restored = Objects::there(self.mirror, self.mirror.without(self.folder, &FILES)?)?;
        let wanted = Objects::of(files);
        let (restored, wanted) = (restored.manifests(), wanted.manifests());
        let (restored, wanted): (Vec<_>, Vec<_>) = (restored.iter().collect(), wanted.iter().collect());
        let mut why = None;
        for undone in &rollback.undone {
            let Some(folder) = self.find(undone)? else { continue };
            let middle = Objects::there(self.mirror, folder)?;
            let middle = middle.manifests();
            let middle: Vec<&Manifest<'_>> = middle.iter().collect();
            match diff::touched(&restored, &middle, &wanted) {
                None => return Ok(Verdict::Stands),
                Some((identity, route)) => {
                    why.get_or_insert(format!("{identity} {route}").trim_end().to_owned());
                }
            }
        }
        Ok(Verdict::Over(match why {
            Some(field) => format!("its values now give something else for {field}"),
            None => "the release that was undone is no longer to be found".to_owned(),
        }))
    }

    /// The folder of a release that was undone; none if the history does not have it any more.
    fn find(&self, undone: &Undone) -> Result<Option<Oid>, Error> {
        let Ok(commit) = Oid::from_str(&undone.commit) else { return Ok(None) };
        if !self.mirror.has(commit) {
            // Publishing fetches no more than the tip.
            self.mirror.fetch(self.remote, &[self.branch.to_owned()], None)?;
        }
        if !self.mirror.has(commit) {
            return Ok(None);
        }
        Ok(self.mirror.folder(self.mirror.tree_of(commit)?, self.path))
    }
}
