//! Packages in small as data: a folder a case below `tests/cases/template/`.
//!
//! | file | what it holds |
//! |---|---|
//! | `templates/`, `files/` | the package's |
//! | `values.yaml` | its default values; absent: none |
//! | `layer.yaml` | what an environment says; absent: nothing |
//! | `improvements` | names; a `-` before one switches it off |
//! | `expected` | findings as `path:line:col message | help`, second places indented, and the documents |
//!
//! `UPDATE_CASES=1 cargo test` writes `expected`. A file that means nothing fails its case.

use super::Small;
use crate::support::{difference, tree};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// The packages of all cases, by folder.
pub(super) fn all() -> Vec<(PathBuf, Small)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/template");
    let mut folders: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    folders.sort();
    folders.into_iter().map(|folder| (folder.clone(), small(&folder))).collect()
}

fn small(folder: &Path) -> Small {
    let mut small = Small { values: "{}".to_owned(), ..Small::default() };
    for (path, bytes) in tree(folder) {
        let text = String::from_utf8(bytes).unwrap();
        match path.as_str() {
            "values.yaml" => small.values = text,
            "layer.yaml" => small.layer = Some(text),
            "improvements" => small.improvements = text,
            "expected" => {}
            _ if path.starts_with("templates/") || path.starts_with("files/") => {
                small.files.push((path, text));
            }
            _ => panic!("{}/{path} means nothing here", folder.display()),
        }
    }
    small
}

#[test]
fn every_case_renders_or_faults_as_it_should() {
    let update = std::env::var_os("UPDATE_CASES").is_some();
    let cases = all();
    assert!(cases.len() > 40, "{}", cases.len());
    let mut faults = String::new();
    for (folder, small) in &cases {
        let made = small.make();
        let mut got = made.findings.iter().map(|f| format!("{f}\n")).collect::<String>();
        if !got.is_empty() && !made.documents.is_empty() {
            got.push_str("===\n");
        }
        match made.documents.len() {
            0..20_000 => got += &made.documents,
            // Where a budget ended it.
            _ => got += &format!("{} lines\n", made.documents.lines().count()),
        }
        let file = folder.join("expected");
        if update {
            fs::write(&file, &got).unwrap();
        }
        let want = fs::read_to_string(&file).unwrap_or_default();
        faults += &difference(&folder.display().to_string(), &want, &got);
        assert_eq!(made, small.make(), "{}: two renderings differ", folder.display());
    }
    assert!(faults.is_empty(), "{faults}");
}
