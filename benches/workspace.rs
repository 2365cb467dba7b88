//! Whole runs of the binary against what the disk asks for, side by side in one run: `cargo bench --bench workspace`.
//! Numbers of environments can be named: `cargo bench --bench workspace -- 1 1000`.
//!
//! The machine may be busy, so every round measures everything once, and what counts are the medians and their ratios.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark that cannot be set up ends")]
#![allow(clippy::disallowed_methods, reason = "a benchmark has clocks, files and processes")]

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

#[path = "support/generate.rs"]
#[allow(dead_code, reason = "it is shared")]
mod generate;
#[path = "support/measure.rs"]
mod measure;

use measure::{BINARY, Subject, read, run};

fn main() {
    let asked: Vec<usize> = env::args().skip(1).filter_map(|a| a.parse().ok()).collect();
    let sizes = if asked.is_empty() { vec![1, 100, 1000] } else { asked };
    // In memory where the system has such a place: the disk is not what is measured.
    let shared = Path::new("/dev/shm");
    let folder = match shared.is_dir() {
        true => tempfile::tempdir_in(shared),
        false => tempfile::tempdir(),
    };
    let folder = folder.unwrap();
    measure::head("environments");
    for size in sizes {
        let root = folder.path().join(size.to_string());
        generate::workspace(&root, size).unwrap();
        commit(&root);
        let rounds = match size {
            0..=9 => 41,
            10..=199 => 15,
            _ => 9,
        };
        measure::measure(&root, &size.to_string(), rounds, subjects(size));
        if let Some(kilobytes) = peak(&root) {
            println!("| {size} | peak memory | {} MB | | | | |", kilobytes / 1000);
        }
        fs::remove_dir_all(&root).unwrap();
    }
}

fn subjects(size: usize) -> Vec<Subject> {
    let nothing: fn(&Path) = |_| {};
    // For a single environment the start of the process is all there is: it has an aim of its own.
    let against = |at| Some(at).filter(|_| size > 1);
    vec![
        Subject::new(
            "render from nothing",
            against(1),
            |root| remove(&root.join("rendered")),
            |root| podwright(root, "render"),
        ),
        Subject::new("cp -r of rendered/", None, |root| remove(&root.join("copy")), copy),
        Subject::new("render, nothing changed", against(3), nothing, |root| podwright(root, "render")),
        Subject::new("read rendered/, one thread", None, nothing, |root| {
            read(&root.join("rendered"), &mut Vec::new());
        }),
        Subject::new("check", against(3), nothing, |root| podwright(root, "check")),
        // Both sides are rendered, and one environment differs.
        Subject::new("diff, one value changed", None, change, |root| podwright(root, "diff")),
    ]
}

fn podwright(root: &Path, verb: &str) {
    run(Command::new(BINARY).arg("--root").arg(root).arg(verb));
}

/// Makes the workspace a repository, with all of it in one commit.
fn commit(root: &Path) {
    fs::write(root.join(".gitignore"), "/rendered\n/copy\n").unwrap();
    for args in [&["init", "-q"][..], &["add", "-A"], &["commit", "-q", "-m", "all"]] {
        let me = ["-c", "user.name=me", "-c", "user.email=me@abc.com", "-c", "commit.gpgsign=false"];
        run(Command::new("git").args(me).args(args).current_dir(root));
    }
}

/// Sets a value of the first environment otherwise than the commit has it.
fn change(root: &Path) {
    let mut folder = root.join("environments");
    while let Some(below) = subfolder(&folder) {
        folder = below;
    }
    let file = folder.join("dolphinscheduler.yaml");
    let text = fs::read_to_string(&file).unwrap();
    if !text.contains("# changed") {
        fs::write(&file, format!("# changed\ntimezone: UTC\n{text}")).unwrap();
    }
}

/// The first of the folders in a folder.
fn subfolder(folder: &Path) -> Option<PathBuf> {
    let all = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    all.filter(|path| path.is_dir()).min()
}

fn copy(root: &Path) {
    run(Command::new("cp").arg("-r").arg(root.join("rendered")).arg(root.join("copy")));
}

fn remove(folder: &Path) {
    if folder.exists() {
        fs::remove_dir_all(folder).unwrap();
    }
}

/// The peak memory of a run from nothing in kilobytes, if there is GNU time.
fn peak(root: &Path) -> Option<u64> {
    remove(&root.join("rendered"));
    let output = Command::new("/usr/bin/time")
        .args(["-f", "%M", BINARY, "--root"])
        .arg(root)
        .arg("render")
        .stdout(Stdio::null())
        .output()
        .ok()?;
    String::from_utf8(output.stderr).ok()?.lines().last()?.parse().ok()
}
