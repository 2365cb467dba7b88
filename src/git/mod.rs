//! Git: trees and commits of the repository around a workspace, and the `git` program for what needs a network, credentials
//! or a signature.
//!
//! The object database is read and written with libgit2, which starts nothing. Everything that a user has configured for Git
//! (credential helpers, SSH, proxies, signing) is the program's: see `command`. What is in the files is for the floors above.

mod command;
mod log;
mod mirror;
mod place;
mod repository;
mod snapshot;
mod tree;

pub use command::{Git, Said};
pub use git2::Oid;
pub use log::Entry;
pub use mirror::{Mirror, Push, Pushed, shown};
pub use repository::{About, Commit, Repository};

/// Whether a name can be that of a branch.
pub fn valid_branch(name: &str) -> bool {
    let taken = name == "HEAD" || name.starts_with("refs/");
    git2::Reference::is_valid_name(&format!("refs/heads/{name}")) && !name.starts_with('-') && !taken
}

/// Whether an object is a file that holds these bytes.
pub fn holds(id: Oid, bytes: &[u8]) -> bool {
    Oid::hash_object(git2::ObjectType::Blob, bytes).is_ok_and(|own| own == id)
}

/// The name under which Git would keep these bytes as a file.
pub fn digest(bytes: &[u8]) -> String {
    Oid::hash_object(git2::ObjectType::Blob, bytes).map_or_else(|_| String::new(), |id| id.to_string())
}

/// The first digits of a commit's name, as people read it.
pub fn short(name: &str) -> &str {
    name.get(..10).unwrap_or(name)
}
