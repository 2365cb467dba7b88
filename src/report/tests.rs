//! How reports look, and that they leak nothing.

use super::*;
use crate::diag::Edit;
use proptest::prelude::*;
use serde_json::Value;

fn write(format: Format, findings: &[Finding], sources: &Sources, hidden: &[Span]) -> String {
    let summary = Summary { errors: findings.len(), warnings: 0, environments: 1, ..Summary::default() };
    let report =
        Report { findings, sources, place: &Place::default(), hidden, summary, product: None, error: None };
    let mut out = Vec::new();
    format.write(&report, Look { color: false, summary: false }, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn human(findings: &[Finding], sources: &Sources) -> String {
    write(Format::Human, findings, sources, &[])
}

fn json(findings: &[Finding], sources: &Sources) -> Value {
    serde_json::from_str(&write(Format::Json, findings, sources, &[])).unwrap()
}

/// A file and the span of the first `needle` in it.
fn file(sources: &mut Sources, path: &str, text: &str, needle: &str) -> Span {
    let id = sources.add(path, text.to_owned());
    let at = text.find(needle).unwrap();
    Span::new(id, at, at + needle.len())
}

/// The whole report of one plain finding at `needle`.
fn at(text: &str, needle: &str) -> String {
    let mut sources = Sources::default();
    let span = file(&mut sources, "a.yaml", text, needle);
    human(&[Finding::error("bad", span, "bad").label("here")], &sources)
}

#[test]
fn a_finding_looks_as_rustc_shows_it() {
    let mut sources = Sources::default();
    let text = "master:\n  replicas: fiv\n  x: 1\n  y: 2\n  z: 2\nlast: 9\n";
    let span = file(&mut sources, "prod/a.yaml", text, "fiv");
    let lower = file(&mut sources, "b.yaml", "a:\n  replicas: 3\n", "3");
    let finding = Finding::error("type-wrong", span, "`master.replicas` must be an integer")
        .label("expected an integer, found a string")
        .related(lower, "overrides this")
        .related(Span::new(span.file, 45, 49), "same file")
        .help("write a number")
        .fix("write 5", false, vec![Edit { at: span, text: "5".into() }]);
    let want = "\
error[type-wrong]: `master.replicas` must be an integer
 --> prod/a.yaml:2:13
  |
2 |   replicas: fiv
  |             ^^^ expected an integer, found a string
...
6 | last: 9
  | ---- same file
  |
 ::: b.yaml:2:13
  |
2 |   replicas: 3
  |             - overrides this
  |
  = help: write a number
help: write 5 (check the result)
  |
2 -   replicas: fiv
2 +   replicas: 5
  |

";
    assert_eq!(human(std::slice::from_ref(&finding), &sources), want);
    let masked = human(&[finding.masked(true)], &sources);
    assert!(masked.contains("2 |   replicas: ***\n  |             ^^^ expected"), "{masked}");
    assert!(!masked.contains("fiv") && !masked.contains(": 3") && !masked.contains(": 5"), "{masked}");
}

#[test]
fn carets_stand_under_their_text() {
    for (text, needle, column, line, carets) in [
        ("\u{feff}a: 数字 x\r\nb: 2\r\n", "x", 7, "a: 数字 x", "        ^"),
        ("a: 数字\n", "数字", 4, "a: 数字", "   ^^^^"),
        ("a:\tb\n", "b", 4, "a:    b", "      ^"),
        ("a: b\r\n", "\r\n", 5, "a: b", "    ^"),
        ("a: b", "", 1, "a: b", "^"),
        ("a: é\rb: c\r", "c", 4, "b: c", "   ^"),
        ("a: |\n  b\n  c\n", "|\n  b\n  c", 4, "a: |", "   ^"),
    ] {
        let shown = at(text, needle);
        let mut lines = shown.lines().skip(1);
        assert!(lines.next().unwrap().ends_with(&format!(":{column}")), "{text:?}\n{shown}");
        assert_eq!(lines.nth(1).unwrap().split_once("| ").unwrap().1, line, "{text:?}\n{shown}");
        let under = lines.next().unwrap().split_once("| ").unwrap().1;
        assert_eq!(under, format!("{carets} here"), "{text:?}\n{shown}");
    }
    assert!(at("", "").contains("--> a.yaml:1:1\n"), "{}", at("", ""));
}

#[test]
fn insertions_are_shown_where_they_go() {
    for (text, place, new, want) in [
        ("a: 1\nb: 2\n", 10, "c: 3\n", "3 + c: 3"),
        ("a: 1\nb: 2\n", 5, "c: 3\n", "2 + c: 3"),
        ("a: on\n", 3, "\"", "1 | a: \"on"),
        ("", 0, "c: 3\n", "1 + c: 3"),
    ] {
        let mut sources = Sources::default();
        let file = sources.add("a.yaml", text);
        let at = Span::new(file, place, place);
        let finding = Finding::error("bad", at, "bad").fix("add", true, vec![Edit { at, text: new.into() }]);
        let shown = human(&[finding], &sources);
        let shown = shown.split_once("help: add").unwrap().1;
        assert!(shown.contains(want), "{text:?}\n{shown}");
    }
}

#[test]
fn a_long_line_is_cut_around_the_mark_and_keeps_its_column() {
    let shown = at(&format!("a: {}X{}", "0123456789".repeat(50), "0123456789".repeat(50)), "X");
    assert!(shown.contains("a.yaml:1:504\n"), "{shown}");
    assert!(shown.lines().all(|line| line.chars().count() < 160), "{shown}");
    let line = shown.lines().nth(3).unwrap().chars().position(|c| c == 'X');
    assert_eq!(line, shown.lines().nth(4).unwrap().chars().position(|c| c == '^'), "{shown}");
}

#[test]
fn no_report_shows_a_secret() {
    let mut sources = Sources::default();
    let text =
        "db: {user: u, password: hunter2, port: x}\npassword: hunter3 # 3\nkey: |\n  hunter4\n  hunter5\n";
    let span = file(&mut sources, "a.yaml", text, "x");
    let find = |needle: &str| {
        let at = text.find(needle).unwrap();
        Span::new(span.file, at, at + needle.len())
    };
    let fix = |at: Span| vec![Edit { at, text: "hunter9".into() }];
    let key = Finding::error("bad", find("password: hunter3").to(find("password: hunter3")), "bad");
    let key = Finding { at: Span { end: key.at.start + 8, ..key.at }, ..key };
    let findings = [
        Finding::error("bad", span, "bad").fix("mend", true, fix(span)),
        key.masked(true).fix("mend", true, fix(find("hunter3"))),
        Finding::error("bad", find("|\n  hunter4\n  hunter5"), "bad").masked(true),
        Finding::error("bad", find("key"), "bad").related(find("hunter4"), "b").masked(true),
        Finding::error("bad", find("hunter3"), "bad").masked(true).fix(
            "write 'hunter9'",
            true,
            fix(find("hunter3")),
        ),
        Finding::error("bad", find("key"), "bad").related(find("hunter5"), "b").masked(true),
    ];
    let hidden = [find("hunter2")];
    for format in Format::names().filter_map(Format::from_name) {
        let shown = write(format, &findings[1..], &sources, &hidden);
        assert!(!shown.contains("hunter"), "{shown}");
    }
    let shown = write(Format::Human, &findings[..1], &sources, &hidden);
    assert!(shown.contains("a.yaml:1:40\n") && shown.contains("password: ***, port: x}"), "{shown}");
    assert!(!shown.contains("hunter"), "{shown}");
}

#[test]
fn nothing_in_a_file_or_a_message_reaches_the_terminal_as_a_command() {
    let mut sources = Sources::default();
    let span = file(&mut sources, "a\u{1b}[31m.yaml", "a: \u{1b}[31m\u{202e}x\u{9b}\n", "x");
    let evil = "\u{1b}[31m\u{202e}";
    let finding = Finding::error("bad", span, evil).label(evil).help(evil).related(span, evil);
    let finding = finding.fix(evil, true, vec![Edit { at: span, text: evil.into() }]);
    for format in
        ["human", "concise", "junit", "github", "markdown"].map(|name| Format::from_name(name).unwrap())
    {
        let shown = write(format, std::slice::from_ref(&finding), &sources, &[]);
        assert!(!shown.contains(['\u{1b}', '\u{202e}', '\u{9b}']), "{shown:?}");
    }
}

#[test]
fn the_end_says_the_counts_or_why_the_run_ended() {
    let sources = Sources::default();
    let say = |errors, warnings, environments, error: Option<&Error>| {
        let summary = Summary { errors, warnings, environments, ..Summary::default() };
        let product = Product {
            name: "x",
            data: Value::Null,
            text: Some("text\n".into()),
            pages: Vec::new(),
            private: false,
        };
        let product = Some(&product);
        let report = Report {
            findings: &[],
            sources: &sources,
            place: &Place::default(),
            hidden: &[],
            summary,
            product,
            error,
        };
        let mut out = Vec::new();
        Format::Human.write(&report, Look { color: false, summary: true }, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    };
    assert_eq!(say(2, 1, 3, None), "text\n2 errors, 1 warning in 3 environments\n");
    assert_eq!(say(1, 0, 1, None), "text\n1 error in 1 environment\n");
    assert_eq!(say(0, 0, 4, None), "text\nno findings in 4 environments\n");
    let error = Error::usage("no workspace").help("use --root");
    assert_eq!(say(0, 0, 0, Some(&error)), "text\nerror: no workspace\nhelp: use --root\n");
}

/// The text between two positions, counted by a reader that knows nothing of spans.
fn text_between(text: &str, location: &Value) -> String {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines = vec![String::new()];
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        lines.last_mut().unwrap().push(c);
        if c == '\n' || (c == '\r' && chars.peek() != Some(&'\n')) {
            lines.push(String::new());
        }
    }
    let number = |name: &str| usize::try_from(location[name].as_u64().unwrap()).unwrap();
    let offset = |line: usize, column: usize| {
        lines[..line - 1].iter().map(|l| l.chars().count()).sum::<usize>() + column - 1
    };
    let (from, to) =
        (offset(number("line"), number("column")), offset(number("endLine"), number("endColumn")));
    text.chars().skip(from).take(to - from).collect()
}

fn schema() -> jsonschema::Validator {
    let schema: Value = serde_json::from_str(include_str!("../../schemas/report.schema.json")).unwrap();
    jsonschema::meta::validate(&schema).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

#[test]
fn the_schema_accepts_what_is_written_and_nothing_else() {
    let schema = schema();
    let mut sources = Sources::default();
    let span = file(&mut sources, "a.yaml", "a: 1\n", "1");
    let finding = Finding::error("bad", span, "bad").label("l").related(span, "r").help("h");
    let finding = finding.fix("t", true, vec![Edit { at: span, text: "2".into() }]);
    let warning = Finding { level: crate::diag::Level::Warn, ..Finding::error("bad", span, "bad") };
    let good = json(&[finding, warning], &sources);
    assert!(
        schema.is_valid(&good),
        "{:?}",
        schema.iter_errors(&good).map(|e| e.to_string()).collect::<Vec<_>>()
    );
    for (pointer, value) in [
        ("/findings/0/location", Value::Null),
        ("/findings/0/location/line", 0.into()),
        ("/findings/0/level", "allow".into()),
        ("/findings/0/fix", Value::Bool(true)),
        ("/version", 2.into()),
    ] {
        let mut bad = good.clone();
        *bad.pointer_mut(pointer).unwrap() = value;
        assert!(!schema.is_valid(&bad), "{pointer}");
    }
    let mut bad = good;
    bad["surprise"] = 1.into();
    assert!(!schema.is_valid(&bad));
}

proptest! {
    #[test]
    fn every_location_names_the_text_of_its_span(
        text in "\u{feff}?([a-c:é数😀\t \r\n]|\r\n){0,40}", a in 0usize..200, b in 0usize..200, secret: bool,
    ) {
        let mut sources = Sources::default();
        let id = sources.add("a.yaml", text.clone());
        let place = |at: usize| (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap();
        let span = Span::new(id, place(a.min(b)), place(a.max(b)));
        let edits = vec![Edit { at: span, text: "new\n".into() }];
        let finding = Finding::error("bad", span, "bad").label("l").related(Span::new(id, place(b), place(b)), "r");
        let findings = [finding.clone().fix("t", true, edits), finding.masked(secret)];
        let report = json(&findings, &sources);
        prop_assert!(schema().is_valid(&report));
        let covered = sources.slice(span);
        let covered = if span.start == 0 { covered.strip_prefix('\u{feff}').unwrap_or(covered) } else { covered };
        prop_assert_eq!(text_between(&text, &report["findings"][0]["location"]), covered);
        // Drawing must stand anything, too.
        let shown = human(&findings, &sources);
        prop_assert!(!shown.contains('\r'));
    }

    #[test]
    fn drawing_stands_any_places_and_shows_no_secret(
        lines in prop::collection::vec("[ \ta-c:é数😀]{0,12}|[a]{150,200}", 0..8),
        breaks in prop::sample::select(vec!["\n", "\r\n", "\r"]),
        places in prop::collection::vec((0usize..1000, 0usize..30), 1..8),
        secret in 0usize..600, sensitive: bool,
    ) {
        let mut text = lines.join(breaks);
        let boundary = |text: &str, at: usize| (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap();
        let at = boundary(&text, secret);
        text.insert_str(at, "SECRET");
        let mut sources = Sources::default();
        let id = sources.add("a.yaml", text.clone());
        let place = |(at, len): (usize, usize)| Span::new(id, boundary(&text, at), boundary(&text, at + len));
        let hidden = [Span::new(id, at, at + "SECRET".len())];
        let mut finding = Finding::error("bad", place(places[0]), "bad").label("l");
        for other in &places[1..] {
            finding = finding.related(place(*other), "r");
        }
        let edits = places.iter().map(|p| Edit { at: place(*p), text: "new\n x".into() }).collect();
        let finding = finding.fix("t", true, edits).masked(sensitive);
        for format in Format::names().filter_map(Format::from_name) {
            let shown = write(format, std::slice::from_ref(&finding), &sources, &hidden);
            prop_assert!(!shown.contains("SECRET"), "{}", shown);
        }
        let shown = write(Format::Human, std::slice::from_ref(&finding), &sources, &hidden);
        let position = sources.show(finding.at);
        prop_assert!(shown.contains(&format!("--> {position}\n")), "{} in\n{}", position, shown);
        prop_assert!(schema().is_valid(&json(&[finding], &sources)));
    }
}
