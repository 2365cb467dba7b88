//! Broken packages: the cases with random edits. Nothing panics, nothing hangs, every place lies in its file, and what is
//! rendered is rendered again to the same bytes.

use super::{Small, cases};
use std::time::{Duration, Instant};

/// Pieces that mean something to templates.
const BITS: &[&str] = &[
    "${{ ",
    " }}",
    "${{",
    "}}",
    "${{ if ",
    "${{ else }}:\n",
    "${{ for x in ",
    "${{ for k, v in ",
    "${{ when ",
    "${{ merge ",
    "${{ with x = ",
    "${{ omit }}",
    "fragment(\"",
    "text(\"",
    "range(",
    "values.",
    "values.list",
    "values.map",
    "release.name",
    " | ",
    " | int",
    " | tojson",
    " | default(omit)",
    " or omit",
    " is defined",
    " not in ",
    " ~ ",
    " + ",
    " // ",
    "[0]",
    "[",
    "]",
    "{",
    "}",
    "(",
    ")",
    "\"",
    "'",
    "\\",
    "\\u00e9",
    ": ",
    "- ",
    "\n",
    "\n  ",
    "#",
    " #",
    "'''",
    ">-\n",
    "|\n",
    "é😀",
    "{% if ",
    "{% for x in ",
    " %}",
    "{% endif %}",
    "{% endfor %}",
    "{% set x = ",
    "{#",
    "170141183460469231731687303715884105727",
    "9223372036854775807",
    "-",
    "0",
    "1.5",
    "1e308",
    "true",
    "none",
    "\r\n",
    "---\n",
    "\t",
];

/// A pseudo-random sequence: the same in every run (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n.max(1) as u64) as usize
    }
}

fn mutate(text: &str, random: &mut Random) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..=random.below(3) {
        let (from, to) = (random.below(chars.len() + 1), random.below(chars.len() + 1));
        let (from, to) = (from.min(to), from.max(to).min(from.min(to) + 8));
        match random.below(4) {
            0 => drop(chars.drain(from..to)),
            1 => {
                let piece: Vec<char> = chars[from..to].to_vec();
                let at = random.below(chars.len() + 1);
                chars.splice(at..at, piece);
            }
            _ => drop(chars.splice(from..from, BITS[random.below(BITS.len())].chars())),
        }
    }
    chars.into_iter().collect()
}

#[test]
fn broken_packages_are_findings_and_never_panics() {
    let seeds: Vec<Small> = cases::all()
        .into_iter()
        // The budgets have cases of their own, which take their time.
        .filter(|(folder, _)| {
            !folder.to_string_lossy().contains("budget") && !folder.ends_with("fragment-explosion")
        })
        .map(|(_, small)| small)
        .collect();
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let (mut rendered, mut slowest) = (0, Duration::ZERO);
    for _ in 0..10_000 {
        let mut small = seeds[random.below(seeds.len())].clone();
        let file = random.below(small.files.len());
        small.files[file].1 = mutate(&small.files[file].1, &mut random);
        let start = Instant::now();
        let made = small.make();
        slowest = slowest.max(start.elapsed());
        if !made.documents.is_empty() {
            rendered += 1;
            assert_eq!(made, small.make());
        }
    }
    eprintln!("{rendered} of 10000 rendered something; the slowest took {slowest:?}");
    assert!(rendered > 400, "{rendered}");
}

#[test]
fn broken_expressions_are_findings_and_never_panics() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let bits: Vec<&str> = BITS.iter().copied().filter(|b| !b.contains('\n') && !b.contains("${{")).collect();
    for n in 0..6_000 {
        let expression: String = (0..=random.below(9)).map(|_| bits[random.below(bits.len())]).collect();
        let expression = expression.replace(['\t', '\r'], " ");
        let quoted = expression.replace('\'', "''");
        let text = match n % 4 {
            0 => format!("a: '${{{{ {quoted} }}}}'\n"),
            1 => format!("a: \"x ${{{{ {} }}}}\"\n", expression.replace('\\', "\\\\").replace('"', "\\\"")),
            2 => format!("'${{{{ if {quoted} }}}}':\n  a: 1\n"),
            _ => format!("a: ${{{{ text(\"files/t\") }}}}\n# {n}\n"),
        };
        let small = Small {
            files: vec![
                ("templates/a.yaml".to_owned(), text),
                ("files/t".to_owned(), format!("${{{{ {expression} }}}}")),
                ("templates/_f.yaml".to_owned(), format!("- '${{{{ {quoted} }}}}'\n")),
            ],
            values: "list: [1, a]\nmap: {x: 1}\n".to_owned(),
            ..Small::default()
        };
        let made = small.make();
        assert_eq!(made, small.make());
    }
}
