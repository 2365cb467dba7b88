//! The files beside published manifests: where they come from, as Argo CD's source hydrator writes it, and what a rollback leaves.

use super::Source;
use crate::{
    git::{Mirror, Oid},
    workspace::same_address,
};
use serde_json::{Value, json};

/// The file in the folder of an environment that says which commit it was rendered from; Argo CD's own name for it.
pub(in crate::ops) const HYDRATOR: &str = "hydrator.metadata";

/// The file in the folder of an environment that says that it was rolled back.
pub(in crate::ops) const ROLLBACK: &str = "podwright.rollback";

/// Files in the folder of an environment that are no manifests.
pub(in crate::ops) const FILES: [&str; 2] = [HYDRATOR, ROLLBACK];

/// What [`HYDRATOR`] holds. Keys that Argo CD does not know are ours.
pub(in crate::ops) fn hydrator(source: &Source, environment: &str) -> Vec<u8> {
    let mut value = json!({
        "commands": ["podwright publish"],
        "drySha": source.commit.to_string(),
        "repoURL": source.address,
        "environment": environment,
    });
    if let (false, Some(members)) = (source.workspace.is_empty(), value.as_object_mut()) {
        members.insert("workspace".to_owned(), json!(source.workspace));
    }
    text(&value)
}

/// Whose a folder is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::ops) struct Owner {
    /// The repository of the values.
    pub(in crate::ops) address: String,
    /// The folder of the workspace in it; empty for its top.
    pub(in crate::ops) workspace: String,
    /// The environment.
    pub(in crate::ops) environment: String,
}

impl Owner {
    /// The owner that a [`HYDRATOR`] names.
    pub(in crate::ops) fn read(bytes: &[u8]) -> Option<Self> {
        let value: Value = serde_json::from_slice(bytes).ok()?;
        Some(Self {
            address: value["repoURL"].as_str()?.to_owned(),
            workspace: value["workspace"].as_str().unwrap_or_default().to_owned(),
            environment: value["environment"].as_str()?.to_owned(),
        })
    }

    /// The owner of a folder of a tree, as far as its [`HYDRATOR`] names one.
    pub(in crate::ops) fn of(mirror: &Mirror, tree: Oid, folder: &str) -> Option<Self> {
        Self::read(&mirror.file(tree, &format!("{folder}/{HYDRATOR}"))?)
    }

    /// Whether it is of the workspace that is published.
    pub(in crate::ops) fn is_of(&self, source: &Source) -> bool {
        (self.address == source.address || same_address(&self.address, &source.address))
            && self.workspace == source.workspace
    }
}

impl std::fmt::Display for Owner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { address, workspace, environment } = self;
        match (address.is_empty(), workspace.is_empty()) {
            (true, true) => f.write_str("somebody else"),
            (true, false) => write!(f, "{environment} of the workspace {workspace}"),
            (false, true) => write!(f, "{environment} of {address}"),
            (false, false) => write!(f, "{environment} of {workspace} in {address}"),
        }
    }
}

/// The source commit that a [`HYDRATOR`] names.
pub(in crate::ops) fn source(bytes: &[u8]) -> Option<String> {
    let value: Value = serde_json::from_slice(bytes).ok()?;
    value["drySha"].as_str().map(str::to_owned)
}

/// What a rollback leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::ops) struct Rollback {
    /// What was undone, by this rollback and those before it.
    pub(in crate::ops) undone: Vec<Undone>,
    /// The release that was restored.
    pub(in crate::ops) release: String,
    /// The source commits of what was undone first, which the values still give, and of what was restored, where they are known.
    pub(in crate::ops) sources: (String, String),
}

/// A release that was undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::ops) struct Undone {
    /// What it holds, as [`super::parts::Parts::identity`] has it.
    pub(in crate::ops) release: String,
    /// Its commit on the branch.
    pub(in crate::ops) commit: String,
}

impl Rollback {
    /// What the file holds.
    pub(in crate::ops) fn write(&self) -> Vec<u8> {
        let undone = |one: &Undone| json!({"holds": one.release, "commit": one.commit});
        text(&json!({
            "undone": self.undone.iter().map(undone).collect::<Vec<_>>(),
            "release": self.release,
            "undoneSource": self.sources.0,
            "releaseSource": self.sources.1,
        }))
    }

    /// Reads the file.
    pub(in crate::ops) fn read(bytes: &[u8]) -> Option<Self> {
        let value: Value = serde_json::from_slice(bytes).ok()?;
        let text = |key: &str| value[key].as_str().map(str::to_owned);
        let undone = |one: &Value| {
            let text = |key: &str| one[key].as_str().map(str::to_owned);
            Some(Undone { release: text("holds")?, commit: text("commit")? })
        };
        Some(Self {
            undone: value["undone"].as_array()?.iter().filter_map(undone).collect(),
            release: text("release")?,
            sources: (text("undoneSource").unwrap_or_default(), text("releaseSource").unwrap_or_default()),
        })
    }
}

fn text(value: &Value) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(value).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}
