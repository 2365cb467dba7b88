//! The `git` program, for tests of what others do with a repository.

use std::{
    path::Path,
    process::{Command, Stdio},
};

/// `git` with nothing of the surroundings.
pub(crate) fn program(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new("git");
    command
        .args(args)
        .current_dir(folder)
        .env_clear()
        .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
        .env("HOME", folder)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .stdin(Stdio::null());
    command
}

/// What `git` says in a folder; it must succeed.
#[track_caller]
pub(crate) fn git(folder: &Path, args: &[&str]) -> String {
    let output = program(folder, args).output().unwrap();
    let err = String::from_utf8_lossy(&output.stderr);
    let out = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "git {}: {err}{out}", args.join(" "));
    String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
}
