//! `podwright validate` against reading the same files, side by side in one run: `cargo bench --bench validate`.
//! Many small manifests, one file of many documents, one huge object, and one small file for the start of the process.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark that cannot be set up ends")]
#![allow(clippy::disallowed_methods, reason = "a benchmark has clocks, files and processes")]

use std::{fmt::Write as _, fs, path::Path, process::Command};

#[path = "support/measure.rs"]
mod measure;

use measure::{BINARY, Subject, read, run};

/// Fills a folder with manifests made of examples.
type Make = fn(&Path, &[String]);

fn main() {
    let shared = Path::new("/dev/shm");
    let folder = match shared.is_dir() {
        true => tempfile::tempdir_in(shared),
        false => tempfile::tempdir(),
    };
    let root = folder.unwrap();
    let examples = examples();
    measure::head("manifests");
    let sets: [(&str, usize, Make); 4] = [
        ("20,000 files", 9, many),
        ("one file of 2,000 documents", 15, stream),
        ("one object of 1 MB", 15, huge),
        ("one file", 41, one),
    ];
    for (name, rounds, make) in sets {
        let folder = root.path().join("set");
        fs::create_dir_all(&folder).unwrap();
        make(&folder, &examples);
        measure::measure(&folder, name, rounds, subjects(name));
        fs::remove_dir_all(&folder).unwrap();
    }
}

fn subjects(name: &str) -> Vec<Subject> {
    let nothing: fn(&Path) = |_| {};
    // For a single file the start of the process is all there is.
    let against = Some(1).filter(|_| name != "one file");
    vec![
        Subject::new("validate", against, nothing, |folder| {
            run(Command::new(BINARY).arg("validate").arg(folder));
        }),
        Subject::new("read, one thread", None, nothing, |folder| read(folder, &mut Vec::new())),
    ]
}

/// The manifests of the example environments.
fn examples() -> Vec<String> {
    let mut texts = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("rendered")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "yaml") {
                texts.push(fs::read_to_string(path).unwrap());
            }
        }
    }
    texts.sort();
    texts
}

fn many(folder: &Path, examples: &[String]) {
    for (n, text) in examples.iter().cycle().take(20_000).enumerate() {
        let below = folder.join((n / 100).to_string());
        fs::create_dir_all(&below).unwrap();
        fs::write(below.join(format!("{n}.yaml")), text).unwrap();
    }
}

fn stream(folder: &Path, examples: &[String]) {
    let documents: Vec<&str> = examples.iter().map(String::as_str).cycle().take(2000).collect();
    fs::write(folder.join("all.yaml"), documents.join("---\n")).unwrap();
}

fn huge(folder: &Path, _: &[String]) {
    let head = "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata:\n  name: huge\nspec:\n  groups:\n";
    let mut text = head.to_owned();
    for n in 0..10_000 {
        let _ = write!(
            text,
            "  - name: group-{n}\n    rules:\n    - alert: Down{n}\n      expr: up == 0\n      for: 5m\n      labels:\n        severity: critical\n"
        );
    }
    fs::write(folder.join("huge.yaml"), text).unwrap();
}

fn one(folder: &Path, examples: &[String]) {
    fs::write(folder.join("one.yaml"), &examples[0]).unwrap();
}
