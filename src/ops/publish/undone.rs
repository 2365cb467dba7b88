//! Whether the values still give what a rollback undid: then the environment stays as it was rolled back. An unrelated change, such
//! as a label that a shared layer gives to everything, must not bring a bad release back.

use super::{
    metadata::{Rollback, Undone},
    objects::Objects,
    parts::Parts,
    plan::Item,
};
use crate::{
    diff,
    error::Error,
    git::{Mirror, Oid},
    manifest::Manifest,
    ops::diff::mask,
};

/// What is to become of an environment that was rolled back.
pub(super) enum Verdict {
    /// The values still give what was undone.
    Stands,
    /// They give something else: why, in words.
    Over(String),
}

/// A release that was brought back: where it stands.
pub(super) struct Back<'b> {
    pub(super) mirror: &'b Mirror,
    pub(super) remote: &'b str,
    pub(super) branch: &'b str,
    /// The folder of the manifests, and the one that environments share.
    pub(super) place: (&'b str, &'b str),
    pub(super) environment: &'b str,
}

impl Back<'_> {
    /// Whether what is planned is to stay away from it.
    pub(super) fn verdict(
        &self,
        restored: &Parts,
        rollback: &Rollback,
        items: &[&Item],
    ) -> Result<Verdict, Error> {
        let planned = Parts::planned(self.mirror, items)?.map(|parts| parts.identity(self.mirror));
        let planned = planned.transpose()?.unwrap_or_default();
        if rollback.undone.iter().any(|undone| undone.release == planned) {
            return Ok(Verdict::Stands);
        }
        if restored.identity(self.mirror)? == planned {
            return Ok(Verdict::Over("its values now give what was brought back".to_owned()));
        }
        let restored = restored.objects(self.mirror)?;
        let mut wanted = Objects::default();
        items.iter().for_each(|item| wanted.add(&item.files));
        let (restored, wanted) = (restored.manifests(), wanted.manifests());
        let (restored, wanted): (Vec<_>, Vec<_>) = (restored.iter().collect(), wanted.iter().collect());
        let mut why = None;
        for undone in &rollback.undone {
            let Some(parts) = self.find(undone)? else { continue };
            let middle = parts.objects(self.mirror)?;
            let middle = middle.manifests();
            let middle: Vec<&Manifest<'_>> = middle.iter().collect();
            match diff::touched(&restored, &middle, &wanted) {
                None => return Ok(Verdict::Stands),
                Some((identity, route)) => {
                    why.get_or_insert(mask::text(format!("{identity} {route}").trim_end()));
                }
            }
        }
        Ok(Verdict::Over(match why {
            Some(field) => format!("its values now give something else for {field}"),
            None => "the release that was undone is no longer to be found".to_owned(),
        }))
    }

    /// The folders of a release that was undone; none if the history does not have it any more.
    fn find(&self, undone: &Undone) -> Result<Option<Parts>, Error> {
        let Ok(commit) = Oid::from_str(&undone.commit) else { return Ok(None) };
        if !self.mirror.has(commit) {
            // Publishing fetches no more than the tip.
            self.mirror.fetch(self.remote, &[self.branch.to_owned()], None)?;
        }
        if !self.mirror.has(commit) {
            return Ok(None);
        }
        Parts::of(self.mirror, self.mirror.tree_of(commit)?, self.place, self.environment)
    }
}
