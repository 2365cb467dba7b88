//! What `plain` reads is what the parser reads: over the project's own files, trees that are written by the emitter,
//! and random edits of both. `PODWRIGHT_EDITS` and `PODWRIGHT_SEED` ask for more edits, and for others.
#![allow(clippy::disallowed_methods, reason = "the files of the project are read, and a variable")]

use super::{Documents, Options, Parsed, Role, parse, plain, syntax};
use crate::source::{FileId, Span};
use crate::yaml::{Data, Entry, Key, Node, Style, emit};
use std::fs;
use std::path::{Path, PathBuf};

const FILE: FileId = FileId(3);

/// What random edits put in.
#[rustfmt::skip]
const BITS: &[&str] = &[
    "\n", "- ", "-", ": ", ":", "? ", "[]", "{}", "[a, b]", "{a: b}", "&a ", "*a", "<<: ", "<<", "|", "|\n",
    "|-\n", "|+\n", ">-\n", "|2\n", "\"", "'", "''", "\\", "\\n", "\\\"", "!!str ", "---\n", "---",
    "--- a\n", "...\n", "%", "#", " #", " # c\n", "# c\n", "\t", "\r", "\u{feff}", "${{ x }}", ",", " ",
    "  ", "    ", "\n\n", "\n \n", "é😀", "\u{a0}", "a:\n", "a: b\n", "- a\n", "- a: b\n", "- - a\n",
    "\"a\": b\n", "yes", "1.10", "0644", "null", "~", "12", "@", "`", "...", "a: |\n  x\n", "  x\n\n",
    "a:   \n", "1: a\n", "=", "-1", "--", "---a: b\n", "{a: [b, c], d: {e: 'f'}}", "[{a: b}, \"c\"]", "[",
    "]", "{", "}", ", ", ",", "{ a: b }", "[ a ]", "a: {b: c}\n", "{a:b}", "[a: b]", "[]:", "{}, ",
];

/// Whether `plain` took the text; if so, the parser must say the same.
fn agrees(text: &str) -> bool {
    if syntax::check_characters(FILE, text).is_some() {
        return false;
    }
    let mut taken = false;
    for documents in [Documents::Many, Documents::One] {
        for role in [Role::Values, Role::Template] {
            let options = Options { documents, role };
            let Some(read) = plain::read(FILE, text, options) else { continue };
            taken = true;
            let want = parse(FILE, text, options);
            let read = Parsed { documents: read, findings: Vec::new() };
            assert!(read == want, "{text:?}\nplain: {read:#?}\nparser: {want:#?}\n{text}");
        }
    }
    taken
}

fn below(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            below(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// The texts of all files in some folders of the project, with their names.
fn texts(folders: &[&str]) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for folder in folders {
        below(&root.join(folder), &mut found);
    }
    let text = |path: &PathBuf| Some((path.display().to_string(), fs::read_to_string(path).ok()?));
    found.iter().filter_map(text).collect()
}

#[test]
fn the_projects_own_files_read_alike() {
    for folder in ["rendered", "environments", "packages", "schemas", "tests/cases"] {
        let taken = texts(&[folder]).iter().filter(|(_, text)| agrees(text)).count();
        assert!(taken > 0, "{folder}");
    }
}

/// All that the project renders; of the cases those that hold no mistake of YAML.
#[test]
fn nearly_all_manifests_are_plain() {
    for (folder, least) in [("rendered", 100), ("tests/cases", 85)] {
        let mut texts = texts(&[folder]);
        texts.retain(|(name, text)| name.ends_with(".yaml") && text.contains("\nkind: "));
        let taken = texts.iter().filter(|(_, text)| agrees(text)).count();
        assert!(taken > 0 && taken * 100 >= texts.len() * least, "{folder}: {taken} of {}", texts.len());
    }
}

#[test]
fn what_the_emitter_writes_reads_alike() {
    let mut random = Random(0x1234_5678_9abc_def1);
    let taken = (0..2_000).filter(|_| agrees(&written(&mut random))).count();
    assert!(taken > 500, "{taken}");
}

#[test]
fn edited_texts_read_alike() {
    let asked = |name: &str| std::env::var(name).ok().and_then(|n| n.parse::<u64>().ok());
    let edits = usize::try_from(asked("PODWRIGHT_EDITS").unwrap_or(10_000)).unwrap();
    let mut random = Random(asked("PODWRIGHT_SEED").unwrap_or(0x9e37_79b9_7f4a_7c15));
    let mut seeds: Vec<String> = texts(&["rendered", "environments", "packages", "tests/cases"])
        .into_iter()
        .map(|(_, text)| text)
        .filter(|text| text.len() < 1_500 && !text.is_empty())
        .collect();
    seeds.extend((0..500).map(|_| written(&mut random)));
    let long = [format!("- {{a: {}, b: [c]}}\n", "word ".repeat(300)), format!("- {}\n", "x".repeat(1_100))];
    seeds.extend(long.iter().cloned());
    seeds.extend(long.map(|line| line.replace("- ", "a:\n  b: ")));
    let mut taken = 0;
    for _ in 0..edits {
        let mut text = seeds[random.below(seeds.len())].clone();
        for _ in 0..=random.below(4) {
            edit(&mut text, &seeds, &mut random);
        }
        taken += usize::from(agrees(&text));
    }
    // Else the edits show nothing.
    assert!(taken > edits / 10, "{taken} of {edits}");
}

/// Changes `text` at a random place.
fn edit(text: &mut String, seeds: &[String], random: &mut Random) {
    let at = boundary(text, random.below(text.len() + 1));
    let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let next = text[at..].find('\n').map_or(text.len(), |end| at + end + 1);
    match random.below(9) {
        0 => text.insert_str(at, BITS[random.below(BITS.len())]),
        1 => text.insert_str(line, BITS[random.below(BITS.len())]),
        2 => text.insert_str(boundary(text, next.saturating_sub(1)).max(at), BITS[random.below(BITS.len())]),
        3 => {
            let to = boundary(text, (at + random.below(6)).min(text.len()));
            text.replace_range(at..to.max(at), "");
        }
        4 => text.replace_range(line..next, ""),
        5 => text.insert_str(line, &" ".repeat(1 + random.below(4))),
        6 => {
            let spaces = text[line..].len() - text[line..].trim_start_matches(' ').len();
            text.replace_range(line..line + random.below(spaces + 1), "");
        }
        7 => {
            let other = &seeds[random.below(seeds.len())];
            let lines: Vec<&str> = other.split_inclusive('\n').collect();
            let from = random.below(lines.len());
            let some: String = lines[from..(from + 1 + random.below(4)).min(lines.len())].concat();
            text.insert_str(line, &some);
        }
        _ => text.truncate(at),
    }
}

fn boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// A random tree as the emitter writes it.
fn written(random: &mut Random) -> String {
    let mut out = String::new();
    let tree = match tree(random, 4) {
        Data::Map(entries) => Data::Map(entries),
        other => Data::Map(vec![entry("k".to_owned(), other)]),
    };
    emit(&node(tree), &mut out);
    out
}

fn node(data: Data) -> Node {
    Node { data, span: Span::default(), style: Style::Plain, suspect: false }
}

fn entry(key: String, value: Data) -> Entry {
    let key = Key { text: key.into(), span: Span::default(), style: Style::Plain };
    Entry { key, value: node(value) }
}

fn tree(random: &mut Random, depth: usize) -> Data {
    match random.below(if depth == 0 { 6 } else { 10 }) {
        0 => Data::Null,
        1 => Data::Bool(random.below(2) == 0),
        2 => Data::Int(i64::try_from(random.below(2_000)).unwrap() - 1_000),
        3..=5 => Data::Str(string(random).into()),
        6 | 7 => Data::Seq((0..random.below(4)).map(|_| node(tree(random, depth - 1))).collect()),
        _ => {
            let mut entries: Vec<Entry> = Vec::new();
            for _ in 0..random.below(5) {
                let key = string(random);
                if entries.iter().all(|e| *e.key.text != *key) {
                    entries.push(entry(key, tree(random, depth - 1)));
                }
            }
            Data::Map(entries)
        }
    }
}

fn string(random: &mut Random) -> String {
    const PARTS: &[&str] = &[
        "a",
        "b",
        "key",
        "x y",
        "1",
        "0.5",
        ":",
        "#",
        " ",
        "-",
        "'",
        "\"",
        "\\",
        "\n",
        "\n  ",
        "\n\n",
        "{",
        "[",
        ",",
        "true",
        "é",
        "http://x:80/",
        "$",
        "${{ x }}",
        "/",
        ".",
        "\t",
        "@",
        "|",
        "=",
        "~",
        "%",
        "!",
    ];
    (0..1 + random.below(4)).map(|_| PARTS[random.below(PARTS.len())]).collect()
}

/// The same numbers in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 11) % (limit.max(1) as u64)).unwrap()
    }
}
