//! Broken texts: the cases with random edits. Nothing panics, every place lies in the text, one fault of syntax
//! gives one finding, and what is read can be written and read again.

use super::{bare, emitted, reread};
use podwright::source::{FileId, Span};
use podwright::yaml::{self, Data, Documents, Node, Options, Role};
use std::fs;
use std::path::Path;

const BITS: &[&str] = &[
    "\t", "\n", "- ", ": ", "? ", "[", "]", "{", "}", "&a ", "*a", "<<: ", "|\n", ">-\n", "\"", "'",
    "!!str ", "!x ", "---\n", "...\n", "%", "#", " #", "\r", "\u{feff}", "\u{2028}", "${{ x }}", ",", "  ",
    "\0", "é😀",
];

#[test]
fn broken_texts_are_findings_and_never_panics() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/yaml");
    let mut seeds: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    seeds.retain(|path| path.extension().is_some_and(|e| e == "yaml"));
    seeds.sort();
    let seeds: Vec<Vec<char>> = seeds
        .iter()
        .map(|path| fs::read_to_string(path).unwrap().chars().collect())
        .filter(|seed: &Vec<char>| seed.len() < 2000)
        .collect();
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for _ in 0..5_000 {
        let mut text = seeds[random.below(seeds.len())].clone();
        for _ in 0..=random.below(5) {
            mutate(&mut text, &seeds, &mut random);
        }
        survives(&text.into_iter().collect::<String>());
    }
}

/// Reads `source` in every way and checks what holds for all texts.
pub(super) fn survives(source: &str) {
    for documents in [Documents::One, Documents::Many] {
        for role in [Role::Values, Role::Template] {
            let parsed = yaml::read(FileId(0), source, &Options { documents, role });
            let inside = |span: Span| source.get(span.start as usize..span.end as usize).is_some();
            let faults = parsed.findings.iter().filter(|f| f.code == "yaml-syntax").count();
            assert!(faults <= 1, "{source:?}: {:?}", parsed.findings);
            for finding in &parsed.findings {
                assert!(inside(finding.at), "{source:?}: {finding:?}");
            }
            for document in &parsed.documents {
                check_spans(document, &inside, source);
                let shown = emitted(document);
                assert_eq!(reread(&shown), bare(document), "{source:?}\n{shown}");
            }
        }
    }
}

fn check_spans(node: &Node, inside: &impl Fn(Span) -> bool, source: &str) {
    assert!(inside(node.span), "{source:?}: {node:?}");
    match &node.data {
        Data::Seq(items) => items.iter().for_each(|item| check_spans(item, inside, source)),
        Data::Map(entries) => {
            for entry in entries {
                assert!(inside(entry.key.span), "{source:?}: {entry:?}");
                check_spans(&entry.value, inside, source);
            }
        }
        _ => {}
    }
}

fn mutate(text: &mut Vec<char>, seeds: &[Vec<char>], random: &mut Random) {
    let at = random.below(text.len() + 1);
    let slice = |of: &[char], from: usize, length: usize| of[from..(from + length).min(of.len())].to_vec();
    let insert = match random.below(4) {
        0 => BITS[random.below(BITS.len())].chars().collect(),
        1 => {
            text.drain(at..(at + random.below(8)).min(text.len()));
            return;
        }
        2 => {
            let other = &seeds[random.below(seeds.len())];
            slice(other, random.below(other.len() + 1), random.below(40))
        }
        _ => slice(text, at, random.below(60)),
    };
    text.splice(at..at, insert);
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
