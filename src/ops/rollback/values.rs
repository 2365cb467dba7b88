//! The change of the values that makes a rollback stay: what the layers of the environment held in the commits that the two releases
//! were rendered from; shown, and written if that is asked for.

use super::{
    RolledBack, RollingBack,
    hidden::{Known, masked},
};
use crate::{
    error::Error,
    git::{Commit, Repository},
    report::unified,
    source::fs,
};
use std::path::Path;

/// The values as the release had them, against those of what was undone: shown, and written if that is asked for.
pub(super) fn values(
    root: &Path,
    repository: &Repository,
    (environment, (undone, wanted)): (&str, &(String, String)),
    how: &RollingBack,
    done: &mut RolledBack,
) -> Result<(), Error> {
    let known = |id: &str| (!id.is_empty()).then(|| repository.find(id)).flatten();
    let (Some(old), Some(new)) = (known(undone), known(wanted)) else {
        done.unknown = Some(
            "the commits that the two releases were rendered from are not in this repository".to_owned(),
        );
        return Ok(());
    };
    let paths = layers(repository, environment, [old, new])?;
    let mut writes = Vec::new();
    let [undone, wanted] = [old, new].map(|commit| Known::of(repository, commit, environment));
    for path in paths {
        let (before, after) = (repository.read(old, &path)?, repository.read(new, &path)?);
        if before == after {
            continue;
        }
        let text = |bytes: &Option<Vec<u8>>| {
            bytes.as_ref().map(|b| String::from_utf8_lossy(b).into_owned()).unwrap_or_default()
        };
        // What is shown holds no secret; what is written is what was committed.
        let [was, is] = masked(&path, [(&undone, &text(&before)), (&wanted, &text(&after))]);
        done.values += &unified(&path, &was, &is);
        if was == is {
            done.values += &format!("a/{path} and b/{path} differ in what is a secret, which is not shown\n");
        }
        if !path.starts_with(&format!("environments/{environment}/")) {
            done.shared.push(path.clone());
        }
        writes.push((path, before, after));
    }
    for (commit, known) in [(old, &undone), (new, &wanted)] {
        if !known.whole && !done.values.is_empty() {
            done.values +=
                &format!("the values of {commit} cannot be rendered: all of them are taken for secrets\n");
        }
    }
    if !how.values || how.dry_run {
        return Ok(());
    }
    // All or nothing, and nothing over what somebody changed since.
    for (path, before, _) in &writes {
        let here = fs::read(&root.join(path)).ok();
        if here != *before {
            return Err(Error::usage(format!(
                "{path} is not as it was published: the values are not written"
            ))
            .help("the rollback itself is done; change the values by hand as the diff shows"));
        }
    }
    for (path, _, after) in writes {
        let at = root.join(&path);
        match after {
            Some(bytes) => fs::write_text(&at, &bytes).map_err(|e| Error::io("write", &at, &e))?,
            None => fs::remove(&at).map_err(|e| Error::io("remove", &at, &e))?,
        }
        done.written.push(path);
    }
    Ok(())
}

/// The files that the layers of an environment, and the packages, have in either commit.
fn layers(repository: &Repository, environment: &str, commits: [Commit; 2]) -> Result<Vec<String>, Error> {
    let mut folders = vec!["environments".to_owned()];
    for part in environment.split('/') {
        let above = folders.last().cloned().unwrap_or_default();
        folders.push(format!("{above}/{part}"));
    }
    let mut found = std::collections::BTreeSet::new();
    for commit in commits {
        for path in repository.paths(commit, "environments")? {
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            let below = format!("environments/{environment}/");
            if folders.iter().any(|f| f == folder) || path.starts_with(&below) {
                found.insert(path);
            }
        }
        found.extend(repository.paths(commit, "packages")?);
    }
    Ok(found.into_iter().collect())
}
