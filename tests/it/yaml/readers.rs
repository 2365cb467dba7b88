//! Other readers of YAML read what is written. They are not part of the project: without python3 and the library
//! these tests check nothing.

use super::{emitted, list, map, samples::NASTY, text};
use std::fs;
use std::process::Command;

/// Compares `documents` (between NUL bytes) with `strings.json`, whose strings stand in known places.
const COMPARE: &str = r#"
import json, sys
strings = json.load(open(sys.argv[1] + "/strings.json", encoding="utf-8"))
documents = open(sys.argv[1] + "/documents", encoding="utf-8", newline="").read().split("\0")
for s, d in zip(strings, documents, strict=True):
    want = {"v": s, "l": [s, [s, {s: s}], {"m": {"n": s}}], s + "key": s}
    try:
        got = load(d)
    except Exception as e:
        got = e
    if got != want or list(got) != list(want):
        sys.exit(f"{s!r} was written as\n{d}\nand is read as\n{got!r}")
"#;

#[test]
fn pyyaml_reads_back_what_is_written_if_it_is_installed() {
    check("import yaml", "import yaml\nload = yaml.safe_load\n");
}

#[test]
fn ruamel_reads_back_what_is_written_if_it_is_installed() {
    let load = "from ruamel.yaml import YAML\nload = lambda d: YAML(typ='safe', pure=True).load(d)\n";
    check("import ruamel.yaml", load);
}

fn check(import: &str, load: &str) {
    let python = |script: &str, folder: &str| Command::new("python3").args(["-c", script, folder]).output();
    if !python(import, "").is_ok_and(|output| output.status.success()) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let documents: Vec<String> = NASTY
        .iter()
        .map(|s| {
            let nested =
                list([text(s), list([text(s), map([(s, text(s))])]), map([("m", map([("n", text(s))]))])]);
            emitted(&map([("v".to_owned(), text(s)), ("l".to_owned(), nested), (format!("{s}key"), text(s))]))
        })
        .collect();
    fs::write(folder.path().join("documents"), documents.join("\0")).unwrap();
    fs::write(folder.path().join("strings.json"), serde_json::to_string(NASTY).unwrap()).unwrap();
    let output = python(&format!("{load}{COMPARE}"), folder.path().to_str().unwrap()).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
