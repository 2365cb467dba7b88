//! Whatever stands in the files, a check ends with findings or a usage error, and every report can be written.

use crate::{support::Case, workspace::workspace};
use podwright::{
    error::ErrorKind,
    ops,
    report::{Format, Look, Report},
    source::Place,
};

const FILES: &[(&str, &str)] = &[
    (
        "environments/environment.yaml",
        "podwright: \">=0.1\"\ncomponents:\n  web: { package: web, version: 1.0.0 }\n",
    ),
    (
        "environments/web.yaml",
        "replicas: 2\nimage: { repository: a/b, tag: \"1.0\" }\nsettings:\n  a: &x 1\n  b: *x\n",
    ),
    (
        "environments/prod/environment.yaml",
        "namespace: prod\nrules: { image-tag-floating: warn, \"*\": allow }\n",
    ),
    ("environments/prod/a/environment.yaml", "cluster: { name: a, kubernetesVersion: \"1.33\" }\n"),
    ("environments/prod/a/web.yaml", "# é\nmessage: |\n  two\n  lines\nports: [80, 443]\n"),
    (
        "environments/prod/b/environment.yaml",
        "components: { web: null, other: { package: web, version: 1.0.0 } }\n",
    ),
    ("environments/prod/b/other.yaml", "password: \"abcdefgh\"\nname: null\n"),
];

/// Pieces that mean something in YAML, in keys, or in paths.
const PIECES: &[&[u8]] = &[
    b":",
    b": ",
    b"\n",
    b"- ",
    b"  ",
    b"\t",
    b"{",
    b"}",
    b"[",
    b"]",
    b"&x ",
    b"*x",
    b"<<: *x\n",
    b"!!str ",
    b"|\n",
    b">-\n",
    b"'",
    b"\"",
    b"#",
    b"---\n",
    b"...\n",
    b"%YAML 1.1\n",
    b"null",
    b"on",
    b"0123",
    b"1e999",
    b".nan",
    b"\xff",
    b"\0",
    b"\xef\xbb\xbf",
    b"\r\n",
    b"\xe2\x80\xa8",
    b"${{ ",
    b"../../",
    b"environment",
    b"web",
    b"~",
    b"? ",
];

struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides.max(1)
    }

    fn mutate(&mut self, text: &mut Vec<u8>) {
        let at = self.roll(text.len() + 1);
        let end = (at + self.roll(8)).min(text.len());
        match self.roll(5) {
            0 => drop(text.drain(at..end)),
            1 => {
                let piece = PIECES[self.roll(PIECES.len())];
                text.splice(at..at, piece.iter().copied());
            }
            2 => {
                let piece = PIECES[self.roll(PIECES.len())];
                text.splice(at..end, piece.iter().copied());
            }
            3 => {
                let copy = text[at..end].to_vec();
                let to = self.roll(text.len() + 1);
                text.splice(to..to, copy);
            }
            _ => text.truncate(at),
        }
    }
}

#[test]
fn no_file_makes_a_check_fail() {
    let case = workspace(FILES);
    let mut clean = 0;
    for seed in 0..400 {
        let mut dice = Dice(seed);
        let chosen = dice.roll(FILES.len());
        let (path, text) = FILES[chosen];
        let mut bytes = text.as_bytes().to_vec();
        (0..=dice.roll(3)).for_each(|_| dice.mutate(&mut bytes));
        case.write(path, &bytes);
        clean += usize::from(check(&case, &bytes));
        case.write(path, text);
    }
    assert!((20..300).contains(&clean), "{clean} of 400 are clean: the mutations are not what they were");
}

/// Checks, and writes every report; whether nothing is wrong.
fn check(case: &Case, bytes: &[u8]) -> bool {
    let shown = String::from_utf8_lossy(bytes);
    let outcome = match ops::check(&case.path(""), &[], &ops::Progress::default()) {
        Ok(outcome) => outcome,
        Err(error) => {
            assert_eq!(error.kind, ErrorKind::Usage, "{error}\n{shown}");
            return false;
        }
    };
    let report = Report {
        findings: &outcome.findings,
        sources: &outcome.sources,
        place: &Place::default(),
        hidden: &outcome.hidden,
        summary: outcome.summary(),
        product: None,
        error: None,
    };
    for format in Format::names().filter_map(Format::from_name) {
        let mut text = Vec::new();
        format.write(&report, Look { color: false, summary: true }, &mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        let told = text.contains("abcdefgh") && shown.contains("password: \"abcdefgh");
        assert!(!told, "a secret is told\n{shown}\n{text}");
    }
    outcome.findings.is_empty()
}
