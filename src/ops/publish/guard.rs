//! What publishing never overwrites unasked: files that others wrote, and releases that the commit to publish has not seen.

use super::{
    build::{Builder, Held, is_around},
    metadata::{self, FILES, HYDRATOR, Owner},
    plan::Item,
    standing::Standing,
};
use crate::{
    argocd,
    error::Error,
    git::{Oid, short},
    output,
};
use std::collections::BTreeMap;

/// The index of a folder.
const INDEX: &str = "SHA256SUMS";

/// Refuses a folder that somebody else wrote, or wrote to, or that holds what a commit gave that this one should contain. Gives the
/// commit, if it need not.
pub(super) fn guard(
    builder: &Builder<'_>,
    item: &Item,
    folder: Oid,
    files: &BTreeMap<String, Oid>,
) -> Result<Option<String>, Error> {
    let (place, branch, name) = (&item.folder, &item.target.branch, &item.environment);
    let index = builder.mirror.file(folder, INDEX);
    let Some(bytes) = builder.mirror.file(folder, HYDRATOR) else {
        // `podwright render` commits the same files with their index, and nothing beside them.
        if index.is_some() {
            return Ok(None);
        }
        return Err(Error::usage(format!(
            "the folder {place} of the branch {branch}, to which {name} is published, holds files that podwright did not write"
        ))
        .help("choose another `publish.path` or `publish.branch`, or replace what is there with `--force`"));
    };
    let owner = Owner::read(&bytes).unwrap_or_default();
    if owner.environment != *name || !owner.is_of(builder.source) {
        return Err(Error::usage(format!(
            "the folder {place} of the branch {branch}, to which {name} is published, is that of {owner}"
        ))
        .help("choose another `publish.path` or `publish.branch`, or take it over with `--force`"));
    }
    let listed = index.map(|index| output::listed(&index)).unwrap_or_default();
    let ours = |path: &&String| listed.contains(*path) || *path == INDEX || FILES.contains(&path.as_str());
    if let Some(path) = files.keys().find(|path| !ours(path)) {
        return Err(Error::usage(format!(
            "somebody wrote {place}/{path} of the branch {branch}, and publishing {name} would remove it"
        ))
        .help("keep it in another folder, or have it removed with `--force`"));
    }
    let Some(sha) = metadata::source(&bytes) else { return Ok(None) };
    seen(builder, name, sha)
}

/// Refuses to go over what a commit gave that comes later, or that this one should have seen. Gives the commit, if it need not.
pub(super) fn seen(builder: &Builder<'_>, name: &str, sha: String) -> Result<Option<String>, Error> {
    let short = short(&sha);
    match builder.ancestry.of(&sha) {
        Standing::Before | Standing::Unknown => Ok(None),
        Standing::Aside => Ok(Some(sha)),
        Standing::After => Err(Error::usage(format!("{name} is published from {short}, which comes after this commit"))
            .help("publish the later commit, go back with `podwright rollback`, or publish this one with `--force`")),
        Standing::Apart => Err(Error::usage(format!(
            "{name} is published from {short}, which this commit does not contain: what it brought would be taken back"
        ))
        .help("fetch and merge it first (`git pull`), or publish this one all the same with `--force`")),
    }
}

/// Refuses to move a root Application while environments stay behind: it would no longer find their Applications, and Argo CD would
/// prune them.
pub(super) fn roots(
    builder: &Builder<'_>,
    branch: &str,
    tree: Oid,
    (items, held): (&[&Item], &[Held]),
) -> Result<(), Error> {
    let moves = |item: &&&Item| {
        // Another root of the same Argo CD.
        let old = || builder.mirror.folders_with(tree, "", HYDRATOR).unwrap_or_default();
        let is_old = |folder: &String| {
            folder.ends_with(&format!("/{}", item.environment)) || *folder == item.environment
        };
        is_around(&item.folder, &item.environment)
            && argocd::environment(&item.environment) == Some(argocd::ROOT_FOLDER)
            && builder.mirror.folder(tree, &item.folder).is_none()
            && old().iter().any(is_old)
    };
    let Some(root) = items.iter().find(moves) else { return Ok(()) };
    let known = builder.plan.known.get(&(builder.remote.to_owned(), branch.to_owned()));
    let mut environments = known.into_iter().flat_map(|known| known.values());
    let stays = |name: &&String| {
        argocd::environment(name).is_none()
            && (!builder.plan.has(name) || held.iter().any(|held| held.environment == **name))
    };
    match environments.find(stays) {
        None => Ok(()),
        Some(name) => Err(Error::usage(format!(
            "the root Application moves to {}, and {name} cannot go with it: Argo CD would delete its Applications",
            root.folder
        ))
        .help("publish it first (mend its findings, or `--resume` after a rollback), or change `publish.path` later; `--force` moves all the same")),
    }
}
