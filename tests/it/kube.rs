//! What an API server would say about objects, as data: `tests/cases/kube/AREA/NAME.yaml` holds objects, a document each,
//! and `NAME.expected` beside it what is found: `line:column code message`, in the order of the text. Objects without a
//! line there are fine. The folder `definitions/` of an area defines custom kinds.
//!
//! `UPDATE_CASES=1 cargo test` writes what was found.

use podwright::ops::{Manifests, Progress, validate};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// The minor version of Kubernetes that the cases are of.
const MINOR: u32 = 34;

#[test]
fn objects_are_judged_as_an_api_server_judges_them() {
    let update = std::env::var_os("UPDATE_CASES").is_some();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/kube");
    let cases = cases(&folder);
    assert!(!cases.is_empty());
    let mut faults = String::new();
    for case in cases {
        let found = found(&case);
        let file = case.with_extension("expected");
        if update {
            fs::write(&file, &found).unwrap();
        }
        let expected = fs::read_to_string(&file).unwrap_or_default();
        for (sign, lines, others) in [("-", &expected, &found), ("+", &found, &expected)] {
            for line in lines.lines().filter(|line| !others.lines().any(|other| other == *line)) {
                faults += &format!("{} {sign} {line}\n", case.display());
            }
        }
    }
    assert!(faults.is_empty(), "{faults}");
}

/// The files with objects, sorted.
fn cases(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for area in fs::read_dir(folder).unwrap() {
        for file in fs::read_dir(area.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            found.extend(path.extension().is_some_and(|end| end == "yaml").then_some(path));
        }
    }
    found.sort();
    found
}

/// What is found in a file, a line each.
fn found(case: &Path) -> String {
    let text = fs::read_to_string(case).unwrap();
    let definitions = case.with_file_name("definitions");
    let wanted = Manifests {
        paths: vec![case.display().to_string()],
        minor: Some(MINOR),
        schemas: definitions.is_dir().then(|| definitions.display().to_string()).into_iter().collect(),
        ..Manifests::default()
    };
    let outcome = validate(Path::new("/"), &wanted, &Progress::default()).unwrap();
    let mut lines: Vec<(usize, usize, String)> = outcome
        .findings
        .iter()
        .map(|finding| {
            let before = text.get(..finding.at.start as usize).unwrap_or("");
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
            (line, column, format!("{} {}", finding.code, finding.message))
        })
        .collect();
    lines.sort();
    lines.into_iter().map(|(line, column, what)| format!("{line}:{column} {what}\n")).collect()
}
