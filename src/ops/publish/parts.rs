//! The folders of a branch that are an environment's release: its manifests, and beside them what Argo CD reads about it.

use super::{metadata::FILES, objects::Objects, plan::Item};
use crate::{
    error::Error,
    git::{Mirror, Oid},
};
use std::collections::BTreeMap;

/// The folders of a release.
#[derive(Debug, Clone)]
pub(in crate::ops) struct Parts {
    /// The manifests.
    pub(in crate::ops) main: Oid,
    /// What Argo CD reads, by folder, as seen from the one that environments share.
    pub(in crate::ops) around: BTreeMap<String, Oid>,
}

impl Parts {
    /// Those of a tree with the manifests in the folder `main`; none if they are not there. `base` is what environments share.
    pub(in crate::ops) fn of(
        mirror: &Mirror,
        tree: Oid,
        (main, base): (&str, &str),
        environment: &str,
    ) -> Result<Option<Self>, Error> {
        let Some(main) = mirror.folder(tree, main) else { return Ok(None) };
        let argocd = below(base, "argocd");
        let mut around = BTreeMap::new();
        for instance in mirror.folders_in(tree, &argocd)? {
            if let Some(folder) = mirror.folder(tree, &format!("{argocd}/{instance}/{environment}")) {
                around.insert(format!("argocd/{instance}/{environment}"), folder);
            }
        }
        Ok(Some(Self { main, around }))
    }

    /// Those that are to be.
    pub(in crate::ops) fn planned(mirror: &Mirror, items: &[&Item]) -> Result<Option<Self>, Error> {
        let (mut main, mut around) = (None, BTreeMap::new());
        for item in items {
            let folder = mirror.write_folder(&item.files)?;
            if item.main {
                main = Some(folder);
            } else {
                let base = format!("{}/", item.target.base);
                around.insert(item.folder.strip_prefix(&base).unwrap_or(&item.folder).to_owned(), folder);
            }
        }
        Ok(main.map(|main| Self { main, around }))
    }

    /// What tells releases apart: what they hold, without what stands beside the manifests.
    pub(in crate::ops) fn identity(&self, mirror: &Mirror) -> Result<String, Error> {
        let mut folders = BTreeMap::from([("main".to_owned(), mirror.without(self.main, &FILES)?)]);
        for (path, folder) in &self.around {
            folders.insert(path.clone(), mirror.without(*folder, &FILES)?);
        }
        let text: String = folders.iter().map(|(path, id)| format!("{path} {id}\n")).collect();
        Ok(crate::git::digest(text.as_bytes()))
    }

    /// All of its objects.
    pub(in crate::ops) fn objects(&self, mirror: &Mirror) -> Result<Objects, Error> {
        let mut objects = Objects::default();
        for folder in std::iter::once(&self.main).chain(self.around.values()) {
            objects.add_folder(mirror, *folder)?;
        }
        Ok(objects)
    }
}

/// A folder below one that may be the top.
fn below(base: &str, folder: &str) -> String {
    if base.is_empty() { folder.to_owned() } else { format!("{base}/{folder}") }
}
