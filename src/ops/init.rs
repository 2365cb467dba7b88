//! `init`: a small workspace that works: two environments over one shared layer, the jobs of a CI system, a hook before each
//! commit, and editors that know the schema of every file.

use super::{
    files::{NewFile, Written, add},
    schema,
};
use crate::{
    error::Error,
    source::{
        embedded,
        fs::{self, Kind},
        plain,
    },
    workspace::{self, ENVIRONMENTS},
};
use std::path::Path;

/// The package that the environments use.
const PACKAGE: (&str, &str) = ("dolphinscheduler", "1.3.9");

/// The files by path. `@VERSION@`, `@MINOR@` and `@REPOSITORY@` stand for those of the tool.
const FILES: &[(&str, &str)] = &[
    ("environments/environment.yaml", include_str!("init/environment.yaml")),
    ("environments/dolphinscheduler.yaml", include_str!("init/dolphinscheduler.yaml")),
    ("environments/dev/environment.yaml", include_str!("init/dev-environment.yaml")),
    ("environments/dev/dolphinscheduler.yaml", include_str!("init/dev-dolphinscheduler.yaml")),
    ("environments/prod/environment.yaml", include_str!("init/prod-environment.yaml")),
    ("environments/prod/dolphinscheduler.yaml", include_str!("init/prod-dolphinscheduler.yaml")),
    (".gitlab-ci.yml", include_str!("init/gitlab-ci.yml")),
    (".pre-commit-config.yaml", include_str!("init/pre-commit-config.yaml")),
    (".vscode/settings.json", include_str!("init/vscode-settings.json")),
];

/// Writes the workspace into `folder`, which is created if it is missing. A file that is there already is left alone.
///
/// # Errors
/// There are environments already, the folder stands among those of a workspace, or the disk failed.
pub fn init(folder: &Path) -> Result<Vec<Written>, Error> {
    vacant(folder)?;
    let version = env!("CARGO_PKG_VERSION");
    let minor = version.rsplit_once('.').map_or(version, |(minor, _)| minor);
    let filled = |text: &str| {
        text.replace("@VERSION@", version)
            .replace("@MINOR@", minor)
            .replace("@REPOSITORY@", env!("CARGO_PKG_REPOSITORY"))
    };
    let mut files: Vec<NewFile> =
        FILES.iter().map(|(path, text)| NewFile::new(*path, filled(text))).collect();
    let (name, package_version) = PACKAGE;
    let mut schemas = schema::own();
    schemas.extend(
        embedded::package(name, package_version)
            .filter(|(path, _)| *path == "values.schema.json")
            .map(|(_, text)| NewFile::new(schema::values_schema(name, package_version), text)),
    );
    files.extend(schema::in_workspace(schemas));
    add(folder, &files)
}

/// Whether a workspace may start in a folder.
fn vacant(folder: &Path) -> Result<(), Error> {
    let look = |path: &Path| fs::kind(path).map_err(|e| Error::io("look at", path, &e));
    let shown = folder.display();
    if let Some(kind) = look(folder)?.filter(|kind| *kind != Kind::Folder) {
        let error = Error::usage(format!("nothing is written: {shown} is {}", kind.name()));
        return Err(error.help("name another folder"));
    }
    if look(&folder.join(ENVIRONMENTS))?.is_some() {
        let error = Error::usage(format!("nothing is written: {shown} has {ENVIRONMENTS} already"));
        return Err(error.help("move it away, or choose another place"));
    }
    let folder = plain(folder);
    for root in folder.ancestors().filter_map(|above| workspace::find_root(above).ok()) {
        if folder.starts_with(root.join(ENVIRONMENTS)) {
            let message =
                format!("nothing is written: {shown} stands among the environments of {}", root.display());
            let help = "an environment needs an environment.yaml only; choose another place for a workspace";
            return Err(Error::usage(message).help(help));
        }
    }
    Ok(())
}
