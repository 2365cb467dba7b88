//! `publish`, `history` and `rollback` with real repositories: a clone of values, and a bare one that it publishes to.
#![cfg(unix)]

mod commits;
mod full;
mod history;
mod kill;
mod large;
mod places;
mod refusals;
mod rollback;
mod settings;
mod web;
mod writers;

use crate::{
    support::{
        Case, Said,
        git::{git, program},
    },
    workspace::workspace,
};
use std::{fs, os::unix::fs::PermissionsExt, process::Command};

/// What environments share: one small package, published to the branch `rendered` of origin.
const SHARED: &str = "components: { web: { package: web, version: 1.0.0 } }\n\
                      rules: { \"*\": allow }\n\
                      publish: { branch: rendered }\n";

/// A clone of values and the bare repository that is its origin.
struct Site {
    /// The work tree, at the top of its folder; the home of its user, too.
    source: Case,
    /// The folder with the bare repository `remote.git`.
    remote: Case,
}

impl Site {
    /// With these files beside the package, all committed.
    fn new(files: &[(&str, &str)]) -> Self {
        let remote = Case::new();
        git(remote.path("").as_path(), &["init", "--quiet", "--bare", "-b", "main", "remote.git"]);
        let source = workspace(&[]);
        let site = Self { source, remote };
        site.git(&["init", "--quiet", "-b", "main"]);
        site.git(&["config", "user.name", "Mei Lin"]);
        site.git(&["config", "user.email", "mei@abc.com"]);
        site.git(&["remote", "add", "origin", &site.address()]);
        site.commit("the first values", files);
        site
    }

    /// With environments `a` and `b`.
    fn two() -> Self {
        Self::new(&[
            ("environments/environment.yaml", SHARED),
            ("environments/a/environment.yaml", "namespace: a\n"),
            ("environments/b/environment.yaml", "namespace: b\n"),
        ])
    }

    /// The address of the bare repository.
    fn address(&self) -> String {
        format!("file://{}", self.remote.path("remote.git").display())
    }

    /// What `git` says in the clone; it must succeed.
    #[track_caller]
    fn git(&self, args: &[&str]) -> String {
        git(&self.source.path(""), args)
    }

    /// What `git` says in the bare repository; it must succeed.
    #[track_caller]
    fn there(&self, args: &[&str]) -> String {
        git(&self.remote.path("remote.git"), args)
    }

    /// Writes files and commits everything; a text of `-` removes.
    #[track_caller]
    fn commit(&self, message: &str, files: &[(&str, &str)]) -> String {
        for (path, text) in files {
            if *text == "-" { self.source.remove(path) } else { self.source.write(path, text) }
        }
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "-m", message]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// A run of the tool in the clone.
    fn run(&self, line: &str) -> Said {
        self.source.said(&words(line))
    }

    /// A run of the tool that must end well. What it says to a person.
    #[track_caller]
    fn ok(&self, line: &str) -> String {
        let said = self.run(line);
        assert_eq!(said.code, 0, "{line}: {said:?}");
        said.stderr
    }

    /// A run of the tool that must fail so. What it says to a person.
    #[track_caller]
    fn fails(&self, line: &str, code: i32) -> String {
        let said = self.run(line);
        assert_eq!(said.code, code, "{line}: {said:?}");
        said.stdout + &said.stderr
    }

    /// The files of a branch of the bare repository.
    #[track_caller]
    fn files(&self, branch: &str) -> Vec<String> {
        let listed = self.there(&["ls-tree", "-r", "--name-only", branch]);
        listed.lines().map(str::to_owned).collect()
    }

    /// How many commits a branch of the bare repository has.
    #[track_caller]
    fn count(&self, branch: &str) -> usize {
        self.there(&["rev-list", "--count", branch]).parse().unwrap()
    }

    /// Puts a hook into the bare repository.
    fn hook(&self, name: &str, script: &str) {
        let path = format!("remote.git/hooks/{name}");
        self.remote.write(&path, format!("#!/bin/sh\n{script}\n"));
        fs::set_permissions(self.remote.path(&path), fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Both repositories are whole, and so are the sums of what is published.
    #[track_caller]
    fn sound(&self, branch: &str) {
        self.there(&["fsck", "--strict", "--no-dangling"]);
        let mirror = self.source.path(".git/podwright");
        if mirror.exists() {
            git(&mirror, &["--git-dir=.", "fsck", "--no-dangling"]);
        }
        sums_hold(&self.checkout(branch));
    }

    /// The branch of the bare repository as files.
    #[track_caller]
    fn checkout(&self, branch: &str) -> Case {
        let case = Case::new();
        git(&case.path(""), &["clone", "--quiet", "--branch", branch, &self.address(), "."]);
        case
    }

    /// A clone of its own of the same values, with `origin` and a user.
    fn clone(&self) -> Case {
        let case = Case::new();
        let from = self.source.path("");
        git(&case.path(""), &["clone", "--quiet", from.to_str().unwrap(), "."]);
        git(&case.path(""), &["remote", "set-url", "origin", &self.address()]);
        git(&case.path(""), &["config", "user.name", "Mei Lin"]);
        git(&case.path(""), &["config", "user.email", "mei@abc.com"]);
        case
    }
}

/// The words of a line.
fn words(line: &str) -> Vec<String> {
    line.split(' ').map(str::to_owned).collect()
}

/// Each SHA256SUMS of a folder holds, as `sha256sum --check` says where there is one.
#[track_caller]
fn sums_hold(case: &Case) {
    for (path, _) in case.tree().iter().filter(|(path, _)| path.ends_with("/SHA256SUMS")) {
        let folder = case.path(path).parent().unwrap().to_owned();
        let mut check = Command::new("sha256sum");
        check.args(["--check", "--quiet", "SHA256SUMS"]).current_dir(folder);
        let Ok(output) = check.output() else { return };
        assert!(output.status.success(), "{path}: {}", String::from_utf8_lossy(&output.stdout));
    }
}
