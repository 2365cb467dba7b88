//! Where a run stands: the folder that its paths start from, and the Git repository around that folder.
//!
//! Readers of some reports know the repository only. What stands in Git is for nobody here.

use super::{embedded, fs};
use std::path::{Component, Path, PathBuf};

/// The folder that the paths of a run start from, within its repository.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    folder: PathBuf,
    top: PathBuf,
}

impl Place {
    /// Looks upwards for `.git`, which is a folder, or a file in a second worktree and in a submodule. Without one, the
    /// folder counts as the repository.
    pub fn find(folder: &Path) -> Self {
        let folder = plain(folder);
        let top = folder.ancestors().find(|above| matches!(fs::kind(&above.join(".git")), Ok(Some(_))));
        let top = top.unwrap_or(&folder).to_owned();
        Self { folder, top }
    }

    /// A path as seen from the top of the repository, with `/`; none for what is not in it: embedded files, standard
    /// input, files elsewhere.
    pub fn in_repository(&self, path: &str) -> Option<String> {
        if path.starts_with(embedded::PREFIX) || path.starts_with('<') {
            return None;
        }
        let whole = plain(&self.folder.join(path));
        let parts = whole.strip_prefix(&self.top).ok()?.components();
        let parts: Vec<_> = parts.map(|part| part.as_os_str().to_string_lossy()).collect();
        (!parts.is_empty()).then(|| parts.join("/"))
    }
}

/// A path without `.` and `..`, by its names alone.
pub fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(plain.pop()),
            Component::CurDir => {}
            part => plain.push(part),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_seen_from_the_top_of_the_repository() {
        let place = Place { folder: "/r/deploy/shop".into(), top: "/r".into() };
        for (path, want) in [
            ("environments/a.yaml", Some("deploy/shop/environments/a.yaml")),
            ("./x/../a.yaml", Some("deploy/shop/a.yaml")),
            ("../../a.yaml", Some("a.yaml")),
            ("/r/b/c.yaml", Some("b/c.yaml")),
            ("../../../a.yaml", None),
            ("/elsewhere/a.yaml", None),
            ("podwright:packages/x/1/values.yaml", None),
            ("<stdin>", None),
            ("", Some("deploy/shop")),
        ] {
            assert_eq!(place.in_repository(path).as_deref(), want, "{path}");
        }
        assert_eq!(Place::default().in_repository("a/b.yaml").as_deref(), Some("a/b.yaml"));
    }
}
