//! Runs of the binary as data: a folder a case below `tests/cases/cli/`.
//!
//! | file | what it holds |
//! |---|---|
//! | `cmd` | the arguments, a run a line; quotes as in a shell; lines that start with `#` are remarks, with `!` changes of the folder |
//! | `in/` | the folder that the runs start in |
//! | `stdout`, `stderr` | what they must say, after a line `$ ARGUMENTS` for each when there are several; absent: nothing |
//! | `code` | the exit codes, one a line; absent: 0 |
//! | `out/` | the folder afterwards, without `packages/`; absent: not compared |
//!
//! Changes: `! copy FROM [TO]` lays a folder of the case (or of `../../packages`) over the workspace, `! remove PATH`
//! takes a file or folder away, `! append PATH TEXT` adds a line to a file.
//!
//! `UPDATE_CASES=1 cargo test` writes what was said into the files. A file that means nothing fails its case.

use crate::support::{Case, Said, difference, tree};
use rayon::prelude::*;
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

#[test]
fn every_case_says_what_it_should() {
    let update = std::env::var_os("UPDATE_CASES").is_some();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/cli");
    let mut cases: Vec<PathBuf> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    assert!(!cases.is_empty());
    let faults: String = cases
        .par_iter()
        .map(|case| (case, judge(case, update)))
        .filter(|(_, faults)| !faults.is_empty())
        .map(|(case, faults)| format!("=== {}\n{faults}", case.display()))
        .collect();
    assert!(faults.is_empty(), "{faults}");
}

/// What is wrong with a case; after an update, what stays wrong.
fn judge(folder: &Path, update: bool) -> String {
    let Ok(cmd) = fs::read_to_string(folder.join("cmd")) else { return "no file `cmd`\n".to_owned() };
    let runs: Vec<&str> =
        cmd.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#')).collect();
    if runs.is_empty() {
        return "no run in `cmd`\n".to_owned();
    }
    let case = Case::copy(&folder.join("in"));
    let (mut stdout, mut stderr, mut codes) = (String::new(), String::new(), Vec::new());
    let mut promises = String::new();
    let several = runs.iter().filter(|line| !line.starts_with('!')).count() > 1;
    for line in &runs {
        if let Some(change) = line.strip_prefix('!') {
            alter(&case, folder, &words(change));
            continue;
        }
        let said = case.said(&words(line));
        promises += &broken_promises(folder, line, &said);
        if several {
            stdout += &format!("$ {line}\n");
            stderr += &format!("$ {line}\n");
        }
        stdout += &said.stdout;
        stderr += &said.stderr;
        codes.push(said.code);
    }
    // Streams on which no run said anything have no file, nor have codes that are all 0.
    let silent = |text: &str| text.lines().all(|line| several && line.starts_with("$ "));
    let mut got = BTreeMap::new();
    for (name, text) in [("stdout", stdout), ("stderr", stderr)] {
        if !silent(&text) {
            got.insert(name, text);
        }
    }
    if codes.iter().any(|&code| code != 0) {
        got.insert("code", codes.iter().map(|code| format!("{code}\n")).collect());
    }
    let out = folder.join("out");
    let mut files = case.tree();
    // The packages that every case may lay down say nothing about what it did.
    files.retain(|path, _| !path.starts_with("packages/"));
    if update {
        write(folder, &got, out.is_dir().then_some(&files));
    }
    let mut faults = promises;
    for name in ["stdout", "stderr", "code"] {
        let want = fs::read_to_string(folder.join(name)).unwrap_or_default();
        faults += &difference(name, &want, got.get(name).map_or("", String::as_str));
        if want.is_empty() && folder.join(name).exists() {
            faults += &format!("`{name}` is empty: remove it\n");
        }
    }
    if out.is_dir() {
        faults += &trees(&tree(&out), &files);
    }
    faults + &unused(folder, &cmd)
}

/// What holds for every run: a JSON report on standard output is as its schema says, and secrets are not told. The
/// secrets of cases are hunters.
fn broken_promises(folder: &Path, line: &str, said: &Said) -> String {
    static SCHEMA: LazyLock<jsonschema::Validator> = LazyLock::new(|| {
        let schema = include_str!("../../schemas/report.schema.json");
        jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap()
    });
    let mut faults = String::new();
    let json = ["--report json", "--report=json"]
        .iter()
        .any(|flag| line.split(flag).skip(1).any(|rest| !rest.starts_with('=')));
    if json && !said.stdout.is_empty() {
        let valid = serde_json::from_str(&said.stdout).is_ok_and(|report| SCHEMA.is_valid(&report));
        faults += if valid { "" } else { "a JSON report is not as its schema says\n" };
    }
    let secret = folder.file_name().is_some_and(|n| n.to_string_lossy().starts_with("secrets-"));
    if secret && [&said.stdout, &said.stderr].iter().any(|text| text.contains("hunter")) {
        faults += &format!("`{line}` tells a secret\n");
    }
    faults
}

/// Changes the folder between two runs.
fn alter(case: &Case, folder: &Path, change: &[String]) {
    match change.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["copy", from] => case.lay(&folder.join(from), ""),
        ["copy", from, to] => case.lay(&folder.join(from), to),
        ["remove", path] => case.remove(path),
        ["append", path, text] => case.append(path, text),
        _ => panic!("no such change: {change:?}"),
    }
}

fn write(folder: &Path, got: &BTreeMap<&str, String>, files: Option<&BTreeMap<String, Vec<u8>>>) {
    for name in ["stdout", "stderr", "code"] {
        match got.get(name) {
            Some(text) => fs::write(folder.join(name), text).unwrap(),
            None => drop(fs::remove_file(folder.join(name))),
        }
    }
    if let Some(files) = files {
        fs::remove_dir_all(folder.join("out")).unwrap();
        for (path, text) in files {
            let path = folder.join("out").join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
    }
}

/// Where two folders differ.
fn trees(want: &BTreeMap<String, Vec<u8>>, got: &BTreeMap<String, Vec<u8>>) -> String {
    let mut faults = String::new();
    for (path, text) in want {
        match got.get(path) {
            None => faults += &format!("out/{path}: missing\n"),
            Some(other) => {
                let (want, got) = (String::from_utf8_lossy(text), String::from_utf8_lossy(other));
                faults += &difference(&format!("out/{path}"), &want, &got);
            }
        }
    }
    let more = got.keys().filter(|path| !want.contains_key(*path));
    faults + &more.map(|path| format!("out/{path}: not expected\n")).collect::<String>()
}

fn unused(folder: &Path, cmd: &str) -> String {
    let copied = cmd.lines().filter_map(|line| line.strip_prefix("! copy ")?.split(' ').next());
    let known: Vec<&str> =
        ["cmd", "in", "stdout", "stderr", "code", "out"].into_iter().chain(copied).collect();
    let names = fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().to_string_lossy().into_owned());
    names.filter(|n| !known.contains(&n.as_str())).map(|n| format!("`{n}` means nothing here\n")).collect()
}

/// The words of a line, as a shell splits them; nothing is expanded.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for c in line.chars() {
        match (quote, c) {
            (Some(q), c) if c == q => quote = None,
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, ' ' | '\t') => words.extend(word.take()),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    assert!(quote.is_none(), "a quote is not closed: {line}");
    words.extend(word);
    words
}

#[test]
fn a_line_is_split_as_a_shell_does() {
    assert_eq!(words(r#"values  prod/a "b c" '' d\.e'"f'"#), ["values", "prod/a", "b c", "", r#"d\.e"f"#]);
}
