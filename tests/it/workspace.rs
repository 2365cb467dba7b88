//! Workspaces that data cases cannot hold: symlinks, permissions, other folders and threads.
#![cfg(unix)]

use crate::support::Case;
use std::{
    fs::{self, Permissions},
    os::unix::fs::{PermissionsExt, symlink},
    path::Path,
};

const ENVIRONMENT: &str = "namespace: a\ncomponents:\n  web: { package: web, version: 1.0.0 }\n";

/// A workspace with the small package of the data cases, and these files.
pub(crate) fn workspace(files: &[(&str, &str)]) -> Case {
    let case = Case::new();
    case.lay(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/packages"), "packages");
    files.iter().for_each(|(path, text)| case.write(path, text));
    case
}

/// The lines that say what is wrong and where.
fn told(case: &Case, args: &[&str], code: i32) -> Vec<String> {
    let args: Vec<String> = args.iter().map(|&a| a.to_owned()).collect();
    let said = case.said(&args);
    assert_eq!(said.code, code, "{args:?}\n{}{}", said.stdout, said.stderr);
    let lines = said.stdout.lines().chain(said.stderr.lines());
    let told = |l: &&str| l.starts_with("error") || l.trim_start().starts_with("-->");
    lines.filter(told).map(|l| l.trim_start().to_owned()).collect()
}

#[test]
fn a_symlinked_values_file_is_not_followed() {
    let case = workspace(&[("environments/a/environment.yaml", ENVIRONMENT), ("web.yaml", "replicas: 3\n")]);
    symlink(case.path("web.yaml"), case.path("environments/a/web.yaml")).unwrap();
    assert_eq!(
        told(&case, &["check"], 1),
        [
            "error[workspace-symlink]: `web.yaml` is a symlink: files of a workspace are read from the workspace alone",
            "--> environments/a/web.yaml:1:1",
        ]
    );
    assert!(told(&case, &["render"], 1).len() == 2 && !case.path("rendered/a").exists());
}

#[test]
fn a_symlinked_folder_is_no_environment_and_says_so() {
    let case = workspace(&[
        ("environments/a/environment.yaml", ENVIRONMENT),
        ("elsewhere/x/environment.yaml", ENVIRONMENT),
    ]);
    symlink(case.path("elsewhere"), case.path("environments/b")).unwrap();
    let findings = [
        "error[workspace-symlink]: `b` is a symlink: nothing below it is an environment",
        "--> environments/b:1:1",
    ];
    assert_eq!(told(&case, &["check"], 1), findings);
    assert_eq!(told(&case, &["check", "a"], 0), [""; 0]);
    assert_eq!(told(&case, &["render"], 1), findings);
    assert!(case.path("rendered/a").exists() && !case.path("rendered/b").exists());
}

#[test]
fn what_became_a_symlink_is_not_pruned() {
    let case = workspace(&[
        ("environments/a/environment.yaml", ENVIRONMENT),
        ("environments/b/x/environment.yaml", ENVIRONMENT),
        ("environments/c/environment.yaml", ENVIRONMENT),
    ]);
    case.run(&["render", "--quiet"]).check();
    let before = case.tree();
    fs::rename(case.path("environments/b"), case.path("b")).unwrap();
    symlink(case.path("b"), case.path("environments/b")).unwrap();
    fs::rename(case.path("environments/c/environment.yaml"), case.path("c.yaml")).unwrap();
    symlink(case.path("c.yaml"), case.path("environments/c/environment.yaml")).unwrap();
    assert_eq!(told(&case, &["render"], 1).len(), 4);
    let rendered = |path: &&String| path.starts_with("rendered/");
    let after = case.tree();
    assert!(before.keys().filter(rendered).eq(after.keys().filter(rendered)));
}

#[test]
fn a_symlink_loop_ends() {
    let case = workspace(&[("environments/a/environment.yaml", ENVIRONMENT)]);
    symlink(case.path("environments"), case.path("environments/a/loop")).unwrap();
    assert_eq!(told(&case, &["check"], 1).len(), 2);
}

#[test]
fn an_unreadable_file_fails_its_own_environments() {
    let case = workspace(&[
        ("environments/a/environment.yaml", ENVIRONMENT),
        ("environments/a/web.yaml", "replicas: 3\n"),
        ("environments/b/environment.yaml", ENVIRONMENT),
    ]);
    let path = case.path("environments/a/web.yaml");
    fs::set_permissions(&path, Permissions::from_mode(0o000)).unwrap();
    if fs::read(&path).is_ok() {
        return; // Nothing is unreadable for root.
    }
    assert_eq!(
        told(&case, &["render"], 1),
        [
            "error[file-unreadable]: the file cannot be read: Permission denied (os error 13)",
            "--> environments/a/web.yaml:1:1",
        ]
    );
    assert!(case.path("rendered/b").exists() && !case.path("rendered/a").exists());
}

#[test]
fn a_run_that_changes_nothing_writes_nothing() {
    let case = workspace(&[
        ("environments/a/environment.yaml", ENVIRONMENT),
        ("environments/b/environment.yaml", ENVIRONMENT),
    ]);
    let times = || -> Vec<_> {
        let paths = case.tree().into_keys().map(|path| case.path(&path));
        paths.map(|p| (fs::metadata(&p).unwrap().modified().unwrap(), p)).collect()
    };
    case.run(&["render", "--quiet"]).check();
    let before = times();
    case.run(&["render", "--quiet"]).check();
    assert_eq!(times(), before);
}

#[test]
fn output_depends_on_no_thread_and_no_folder() {
    let files: Vec<(String, String)> = (0..12)
        .flat_map(|n| {
            let values = if n % 3 == 0 {
                "replicas: many\nmesage: x\n"
            } else {
                "image: { tag: latest }\npassword: abcdefgh\n"
            };
            [
                (format!("environments/e{n}/environment.yaml"), ENVIRONMENT.to_owned()),
                (format!("environments/e{n}/web.yaml"), values.to_owned()),
            ]
        })
        .collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(p, t)| (p.as_str(), t.as_str())).collect();
    let (one, other) = (workspace(&files), workspace(&files));
    let elsewhere = Case::new();
    for args in [&["check"][..], &["check", "--report", "json"], &["render", "--stdout"], &["render"]] {
        let own: Vec<String> = args.iter().map(|&a| a.to_owned()).collect();
        let want = one.said_with(&own, &[("RAYON_NUM_THREADS", "1")]);
        assert_eq!(other.said_with(&own, &[("RAYON_NUM_THREADS", "4")]), want, "{args:?}");
        let root = other.path("").to_str().unwrap().to_owned();
        let away = [&own[..], &["--root".to_owned(), root]].concat();
        let said = elsewhere.said_with(&away, &[]);
        // The third run finds written what the second wrote.
        assert_eq!((said.stdout, said.code), (want.stdout, want.code), "{args:?}");
    }
    assert_eq!(one.tree(), other.tree());
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let case = workspace(&[("environments/a/environment.yaml", ENVIRONMENT)]);
    let settings: String = (0..20000).map(|n| format!("  key{n}: value\n")).collect();
    case.write("environments/a/web.yaml", format!("settings:\n{settings}"));
    let mut child = case.spawn(&["render", "--stdout"]);
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn the_rendered_files_of_this_repository_are_current() {
    let outcome = podwright::ops::render(
        Path::new(env!("CARGO_MANIFEST_DIR")),
        &[],
        podwright::ops::Mode::Compare,
        &podwright::ops::Progress::default(),
        || (),
    );
    let findings = outcome.unwrap().outcome.findings;
    assert!(findings.is_empty(), "run `cargo run -- render`: {findings:#?}");
}
