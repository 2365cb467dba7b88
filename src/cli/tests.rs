//! Whole runs of the command line, without a process.

use super::*;
use crate::{
    diag::Finding,
    ops::Outcome,
    report::{self, Product},
    source::{Sources, Span},
};
use std::io;

/// What a run left behind.
#[derive(Debug, PartialEq)]
struct Left {
    code: u8,
    out: String,
    err: String,
}

/// Finishes a run with one finding (or none) and these reports.
fn finished(reports: &[&str], product: bool, error: Option<Error>, found: bool, quiet: bool) -> Left {
    let mut sources = Sources::default();
    let file = sources.add("a.yaml", "a: 1\n");
    let finding = Finding::error("bad", Span::new(file, 3, 4), "it is bad");
    let findings = if found { vec![finding] } else { Vec::new() };
    let outcome = Outcome { findings, sources, hidden: Vec::new(), environments: 1, ..Outcome::default() };
    let product = product.then(|| Product {
        name: "values",
        data: serde_json::json!([{"route": "/a", "value": 1, "origins": []}]),
        text: Some("made\n".into()),
        pages: Vec::new(),
        private: false,
    });
    let requests = reports.iter().map(|text| reports::parse(text).unwrap()).collect();
    let reports = Reports::new(requests, std::path::Path::new("/nonexistent")).unwrap();
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut ui = Ui::new(&mut out, &mut err).quiet(quiet);
    let code = finish(
        Answer { outcome, product, error, ..Answer::default() },
        &Place::default(),
        &reports,
        false,
        &mut ui,
    );
    Left { code, out: String::from_utf8(out).unwrap(), err: String::from_utf8(err).unwrap() }
}

const FOUND: &str = "error[bad]: it is bad\n --> a.yaml:1:4\n  |\n1 | a: 1\n  |    ^\n\n";

#[test]
fn findings_go_to_standard_output_unless_something_else_does() {
    let counts = "1 error in 1 environment\n";
    let want = |out: &str, err: &str| Left { code: 1, out: out.into(), err: err.into() };
    assert_eq!(finished(&[], false, None, true, false), want(&format!("{FOUND}{counts}"), ""));
    assert_eq!(finished(&["human"], false, None, true, false), want(&format!("{FOUND}{counts}"), ""));
    assert_eq!(finished(&[], false, None, true, true), want(FOUND, ""));
    assert_eq!(finished(&[], true, None, true, false), want("made\n", &format!("{FOUND}{counts}")));
    assert_eq!(finished(&["human"], true, None, true, true), want(&format!("made\n{FOUND}"), ""));
    let clean = Left { code: 0, out: "made\n".into(), err: String::new() };
    assert_eq!(finished(&[], true, None, false, false), clean);
}

#[test]
fn a_json_report_is_whole_however_the_run_ended() {
    let schema = include_str!("../../schemas/report.schema.json");
    let schema = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
    for (product, error, code) in [
        (false, None, 1),
        (true, None, 1),
        (false, Some(Error::usage("no workspace").help("use --root")), 2),
        (true, Some(Error::failure("disk full")), 3),
    ] {
        let said = error.as_ref().map_or(String::new(), |e| report::failure(e, false) + "\n");
        let left = finished(&["json"], product, error, true, false);
        let report: serde_json::Value = serde_json::from_str(&left.out).unwrap();
        assert!(schema.is_valid(&report), "{report:#}");
        assert_eq!(report.get("values").is_some(), product);
        assert_eq!(report["error"].is_null(), said.is_empty());
        assert_eq!((left.code, left.err), (code, said));
    }
}

#[test]
fn a_report_that_cannot_be_written_fails_the_run_and_the_others_say_so() {
    let left = finished(&["json=x.json", "json"], false, None, true, false);
    assert_eq!(left.code, 3);
    assert!(left.err.starts_with("error: cannot write the report /nonexistent/x.json"), "{}", left.err);
    let report: serde_json::Value = serde_json::from_str(&left.out).unwrap();
    assert_eq!(report["error"]["kind"], "failure");
}

/// A stream that fails.
struct Failing(io::ErrorKind);

impl Write for Failing {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(self.0.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Err(self.0.into())
    }
}

#[test]
fn a_reader_that_goes_away_is_no_failure_and_a_full_disk_is() {
    let run = |kind| {
        let mut err = Vec::new();
        let reports = Reports::new(Vec::new(), std::path::Path::new("")).unwrap();
        finish(
            Answer::default(),
            &Place::default(),
            &reports,
            false,
            &mut Ui::new(&mut Failing(kind), &mut err),
        )
    };
    assert_eq!(run(io::ErrorKind::BrokenPipe), 0);
    assert_eq!(run(io::ErrorKind::StorageFull), 3);
    let help = |kind| {
        let args = ["podwright", "--help"].map(OsString::from);
        super::run(args, &Environment::default(), &mut Failing(kind), &mut Vec::new())
    };
    assert_eq!(help(io::ErrorKind::BrokenPipe), 0);
    assert_eq!(help(io::ErrorKind::StorageFull), 3);
}

#[test]
fn the_arguments_are_sound() {
    Args::command().debug_assert();
}

#[test]
fn every_help_line_is_short_and_without_a_full_stop() {
    for command in Args::command().get_subcommands() {
        let about = command.get_about().unwrap().to_string();
        assert!(!about.ends_with('.') && about.len() < 80, "{about}");
    }
}

#[test]
fn what_was_done_is_said_on_standard_error_unless_quiet() {
    let run = |quiet| {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let reports = Reports::new(Vec::new(), std::path::Path::new("")).unwrap();
        let answer = Answer { done: vec![("Rendered", "prod/a".into())], ..Answer::default() };
        let mut ui = Ui::new(&mut out, &mut err).quiet(quiet).color(false, true);
        assert_eq!(finish(answer, &Place::default(), &reports, false, &mut ui), 0);
        (String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
    };
    let status = "\u{1b}[1m\u{1b}[32mRendered\u{1b}[0m prod/a\n";
    assert_eq!(run(false), ("no findings in 0 environments\n".into(), status.into()));
    assert_eq!(run(true), (String::new(), String::new()));
}

#[test]
fn shared_arguments_stand_before_or_after_the_command() {
    let run = |args: &[&str]| {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let environment = Environment { cwd: "/nonexistent".into(), ..Environment::default() };
        let args = std::iter::once("podwright").chain(args.iter().copied()).map(OsString::from);
        let code = super::run(args, &environment, &mut out, &mut err);
        Left { code, out: String::from_utf8(out).unwrap(), err: String::from_utf8(err).unwrap() }
    };
    for args in [["--report=json", "check", "--report=human"], ["check", "--report=human", "--report=json"]] {
        let left = run(&args);
        assert_eq!((left.code, left.out.as_str()), (2, ""));
        assert!(left.err.starts_with("error: two reports for standard output"), "{}", left.err);
    }
    assert!(run(&["--color=always", "check", "--color=never"]).err.starts_with("error: "));
    assert!(run(&["--color=never", "check", "--color=always"]).err.starts_with('\u{1b}'));
}

#[test]
fn the_help_names_every_format() {
    let help = Args::command().render_long_help().to_string();
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    let names: Vec<_> = report::Format::names().collect();
    assert!(help.contains(&format!("[formats: {}]", names.join(", "))), "{help}");
}
