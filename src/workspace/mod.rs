//! The workspace: which environments there are, which files are their layers, and what environment.yaml says.
//!
//! The folder tree is the layering. Files are read and parsed once, here; merging a component's values and
//! rendering are for the floors above.

mod config;
mod credentials;
mod discover;
mod load;
mod order;
mod publish;
mod rules;
mod select;
mod settings;
mod shard;

pub use config::{Component, Config, Improvements, configure};
pub use discover::find_root;
pub use load::{exists, load, packages};
pub use publish::{Target, same_address};
pub use rules::{Known, Parameter, RuleLevel, Rules, Setting as RuleSetting};
pub use select::{Choice, fits, select};
pub use settings::{Setting, Settings};
pub use shard::Shard;

use crate::{
    diag::Finding,
    source::{FileId, Files, Sources},
    yaml,
};
use std::collections::BTreeMap;

/// The folder that holds the values that people edit.
pub const ENVIRONMENTS: &str = "environments";
/// The file that makes a folder an environment or a layer.
pub const ENVIRONMENT_FILE: &str = "environment.yaml";

/// All files of a workspace, read.
#[derive(Debug)]
pub struct Workspace {
    /// The folder that holds `environments/`.
    pub files: Files,
    /// The folders that are layers of some environment, sorted by path; parents come before children.
    pub folders: Vec<Folder>,
    /// The environments, sorted by name.
    pub environments: Vec<Environment>,
    /// Folders that would be environments, or hold some, if what is there could be read: symlinks and `.yml` files. What
    /// was rendered of them is not of an environment that is gone.
    pub unread: Vec<String>,
    /// The packages of the workspace's own `packages/`: versions by name, sorted.
    pub packages: BTreeMap<String, Vec<String>>,
    /// What is wrong with files as such.
    pub findings: Vec<Finding>,
    /// The text of everything that was read.
    pub sources: Sources,
}

/// One place where software runs: a folder with an environment.yaml and none beneath it.
#[derive(Debug, Clone)]
pub struct Environment {
    /// Its path below `environments/`: `prod/shenzhen`.
    pub name: String,
    /// Its layers, lowest first, as indices of [`Workspace::folders`].
    pub layers: Vec<usize>,
    /// A file that it needs cannot be used: it is neither checked further nor rendered.
    pub broken: bool,
}

/// A folder that is a layer.
#[derive(Debug)]
pub struct Folder {
    /// Its path below `environments/`; empty for the lowest layer.
    pub path: String,
    /// Its environment.yaml, if it has one.
    pub environment: Option<Document>,
    /// Its values files by component.
    pub values: Vec<(String, Document)>,
    /// Files that are not read and have a finding that says so: symlinks and `.yml`.
    pub others: Vec<FileId>,
}

/// A file that was read as one YAML map.
#[derive(Debug)]
pub struct Document {
    /// The file.
    pub file: FileId,
    /// What it says; an empty map for an empty file.
    pub root: yaml::Node,
    /// It could not be read as a map: there is a finding that says why.
    pub broken: bool,
    /// A scalar in it may not be what its writer meant, and has a finding that says so; the rest is sound.
    pub doubtful: bool,
}

impl Folder {
    /// The values file of a component.
    pub fn document(&self, component: &str) -> Option<&Document> {
        self.values.iter().find(|(name, _)| name == component).map(|(_, document)| document)
    }

    /// Its files: those that were read, and those that are not read but stand in the way.
    pub fn files(&self) -> impl Iterator<Item = FileId> + '_ {
        self.environment
            .iter()
            .chain(self.values.iter().map(|(_, d)| d))
            .map(|d| d.file)
            .chain(self.others.iter().copied())
    }
}
