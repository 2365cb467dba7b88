//! The house rules of `src/`: a module uses only lower floors, every file says what it is for, no file is too long.

use crate::support::tree;
use std::{collections::BTreeMap, path::Path};

/// The longest file, without its tests.
const MAX_LINES: usize = 600;

/// Modules of one floor that may use each other all the same: findings are about places.
const NEIGHBOURS: &[(&str, &str)] = &[("diag", "source")];

/// The sources by path below `src/`.
fn sources() -> BTreeMap<String, String> {
    let files = tree(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let rust = files.into_iter().filter(|(path, _)| path.ends_with(".rs"));
    rust.map(|(path, text)| (path, String::from_utf8(text).unwrap())).collect()
}

/// The floor of every module, as the head of `lib.rs` lists them: `floor N  a, b   what they are`.
fn floors(lib: &str) -> BTreeMap<String, u32> {
    let mut floors = BTreeMap::new();
    for line in lib.lines().filter_map(|line| line.strip_prefix("//! floor ")) {
        let (number, rest) = line.split_once("  ").unwrap();
        let names = rest.trim_start().split("  ").next().unwrap();
        for name in names.split(',') {
            let again = floors.insert(name.trim().to_owned(), number.trim().parse().unwrap());
            assert!(again.is_none(), "{name} stands on two floors");
        }
    }
    floors
}

/// The modules that a text names by `crate::`, remarks left out.
fn used(text: &str) -> Vec<String> {
    let code: String = text
        .lines()
        .map(|line| if line.trim_start().starts_with("//") { "" } else { line })
        .collect::<Vec<_>>()
        .join("\n");
    let mut names = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        // `$crate::` in a macro names the same; `podwright_crate::` would not.
        if code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let rest = &code[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(list) => names.extend(heads(list)),
            None => names.push(head(rest)),
        }
    }
    names
}

/// The first segments of the paths in the braces that `list` begins inside of.
fn heads(list: &str) -> Vec<String> {
    let (mut depth, mut names, mut start) = (1, Vec::new(), 0);
    for (at, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 || (depth == 1 && c == ',') {
            names.extend(Some(head(list[start..at].trim())).filter(|name| !name.is_empty()));
            start = at + 1;
        }
        if depth == 0 {
            break;
        }
    }
    names
}

fn head(path: &str) -> String {
    path.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

#[test]
fn paths_are_found_however_they_are_written() {
    let text = "use crate::a::b;\n// use crate::no::x;\nuse crate::{c, d::{e, f::g},\n  h::i as j,};\nfn x() -> crate::k::L {}";
    assert_eq!(used(text), ["a", "c", "d", "h", "k"]);
}

#[test]
fn a_module_uses_only_the_floors_below_it() {
    let sources = sources();
    let floors = floors(&sources["lib.rs"]);
    assert_eq!(floors.get("source"), Some(&0), "{floors:?}");
    assert_eq!(floors.get("cli"), Some(&9), "{floors:?}");
    let mut faults = Vec::new();
    for (path, text) in &sources {
        let module = path.split(['/', '.']).next().unwrap();
        if matches!(module, "lib" | "main") {
            continue;
        }
        let Some(floor) = floors.get(module) else {
            faults.push(format!("src/{path}: `{module}` stands on no floor of src/lib.rs"));
            continue;
        };
        for other in used(text) {
            let below = other == module || floors.get(&other).is_some_and(|under| under < floor);
            if !below && !NEIGHBOURS.contains(&(module, other.as_str())) {
                faults.push(format!(
                    "src/{path} (floor {floor}) uses crate::{other} ({:?})",
                    floors.get(&other)
                ));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_file_says_what_it_is_for_and_is_short() {
    let mut faults = Vec::new();
    for (path, text) in &sources() {
        let tests = path.ends_with("/tests.rs") || path.contains("/tests/");
        if !tests && !text.starts_with("//! ") {
            faults.push(format!("src/{path} does not open with `//! `"));
        }
        let lines = text.lines().take_while(|line| !line.starts_with("#[cfg(test)]")).count();
        if !tests && lines > MAX_LINES {
            faults.push(format!("src/{path} has {lines} lines without its tests, more than {MAX_LINES}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
