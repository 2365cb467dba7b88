//! Reports in every format, held against the schemas of who reads them, and against the files that they speak of.
//!
//! What each looks like is shown by the cases `reports-*` of `tests/cases/cli`.

use crate::support::Case;
use serde_json::Value;
use std::{collections::BTreeSet, path::Path};

const FORMATS: [&str; 9] =
    ["human", "concise", "json", "sarif", "gitlab", "junit", "github", "markdown", "html"];

/// The workspace of the case with every format, in a folder of a repository.
fn workspace() -> Case {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let case = Case::new().file(".git", "gitdir: elsewhere\n");
    case.lay(&cases.join("cli/reports-every-format/in"), "deploy/my shop");
    case.lay(&cases.join("packages"), "deploy/my shop/packages");
    case
}

/// The exit code and the report of a run in that workspace.
fn report(case: &Case, format: &str, more: &[&str]) -> (i32, String) {
    let args = ["check", "--root", "deploy/my shop", "--report", format];
    let said = case.said(&args.iter().chain(more).map(|a| (*a).to_owned()).collect::<Vec<_>>());
    (said.code, said.stdout)
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

fn text(case: &Case, path: &str) -> String {
    std::fs::read_to_string(case.path(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// Every format of a run with findings, of a clean one, and of one that ended early.
fn all(format: &str) -> [String; 3] {
    let case = workspace();
    let found = report(&case, format, &[]).1;
    let failed = report(&case, format, &["nope"]).1;
    case.remove("deploy/my shop/environments/dev");
    let environment = "namespace: ds\ncomponents:\n  web: { package: web, version: 1.0.0 }\n";
    case.write("deploy/my shop/environments/prod/environment.yaml", environment);
    case.write("deploy/my shop/environments/prod/web.yaml", "message: fine\n");
    let clean = report(&case, format, &[]).1;
    [found, clean, failed]
}

#[test]
fn sarif_is_as_its_standard_says() {
    let schema = json(include_str!("../schemas/sarif-2.1.0.json"));
    let schema = jsonschema::validator_for(&schema).unwrap();
    for (at, text) in all("sarif").iter().enumerate() {
        let report = json(text);
        let faults: Vec<String> = schema.iter_errors(&report).map(|e| e.to_string()).collect();
        assert!(faults.is_empty(), "{faults:?}\n{text}");
        let run = &report["runs"][0];
        assert_eq!(run["results"].as_array().unwrap().is_empty(), at > 0, "{text}");
        let invocation = &run["invocations"][0];
        assert_eq!(invocation["executionSuccessful"], at < 2, "{text}");
        for result in run["results"].as_array().unwrap() {
            let rule = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(run["tool"]["driver"]["rules"][rule]["id"], result["ruleId"]);
        }
    }
    let mut wrong = json(&all("sarif")[0]);
    wrong["runs"][0]["results"][0]["level"] = "fatal".into();
    assert!(!schema.is_valid(&wrong), "the schema accepts anything");
}

#[test]
fn code_quality_is_as_gitlab_says() {
    let schema = json(include_str!("../schemas/gitlab-code-quality.json"));
    let schema = jsonschema::validator_for(&schema).unwrap();
    for (text, severities) in all("gitlab").iter().zip([&["critical", "minor"][..], &[], &["blocker"]]) {
        let report = json(text);
        assert!(schema.is_valid(&report), "{text}");
        let of = |key: &str| -> Vec<String> {
            report.as_array().unwrap().iter().map(|f| f[key].as_str().unwrap().to_owned()).collect()
        };
        let distinct: BTreeSet<String> = of("fingerprint").into_iter().collect();
        assert_eq!(distinct.len(), of("fingerprint").len(), "{text}");
        let said: BTreeSet<String> = of("severity").into_iter().collect();
        assert_eq!(said.iter().collect::<Vec<_>>(), severities, "{text}");
    }
}

/// A reader of XML that knows elements, attributes and text, and no more: what stands here is all that a report may hold.
fn elements(text: &str) -> Vec<(String, Vec<String>, usize)> {
    let mut rest = text.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n").unwrap();
    let (mut open, mut list): (Vec<String>, _) = (Vec::new(), Vec::new());
    while let Some((before, after)) = rest.split_once('<') {
        assert!(!before.contains('>'), "{before}");
        let entity =
            |part: &str| ["amp;", "lt;", "gt;", "quot;", "#9;", "#13;"].iter().any(|e| part.starts_with(e));
        assert!(before.split('&').skip(1).all(entity), "{before}");
        let (tag, after) = after.split_once('>').unwrap();
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name));
            continue;
        }
        let (body, closed) = tag.strip_suffix('/').map_or((tag, false), |body| (body, true));
        let (name, attributes) = body.split_once(' ').unwrap_or((body, ""));
        let parts: Vec<&str> = attributes.split('"').collect();
        assert!(parts.len() % 2 == 1 && parts.last() == Some(&""), "{tag}");
        let names = parts.chunks_exact(2).map(|pair| pair[0].trim().trim_end_matches('=').to_owned());
        list.push((name.to_owned(), names.collect(), open.len()));
        if !closed {
            open.push(name.to_owned());
        }
    }
    assert!(open.is_empty() && rest.trim().is_empty(), "{open:?} {rest}");
    list
}

#[test]
fn junit_is_what_gitlab_and_jenkins_read() {
    for (text, kinds) in all("junit").iter().zip([&["failure", "skipped"][..], &[], &["error"]]) {
        let mut said = BTreeSet::new();
        let mut tests = 0;
        for (name, attributes, depth) in elements(text) {
            let (want, level): (&[&str], _) = match name.as_str() {
                "testsuites" => (&["name", "tests", "failures", "errors"], 0),
                "testsuite" => (&["name", "tests", "failures", "errors", "skipped"], 1),
                "testcase" if attributes.len() == 2 => (&["classname", "name"], 2),
                "testcase" => (&["classname", "name", "file"], 2),
                "failure" | "skipped" | "error" => (&["type", "message"], 3),
                other => panic!("<{other}>"),
            };
            assert_eq!(
                (attributes.iter().map(String::as_str).collect::<Vec<_>>(), depth),
                (want.to_vec(), level)
            );
            tests += usize::from(level == 2);
            if level == 3 {
                said.insert(name);
            }
        }
        assert_eq!(said.iter().collect::<Vec<_>>(), kinds, "{text}");
        assert!(
            tests > 0 && text.contains(&format!("<testsuites name=\"podwright\" tests=\"{tests}\" ")),
            "{text}"
        );
    }
}

#[test]
fn places_are_those_of_the_repository_and_hold_what_is_spoken_of() {
    let case = workspace();
    let sarif = json(&report(&case, "sarif", &[]).1);
    let mut seen = 0;
    for result in sarif["runs"][0]["results"].as_array().unwrap() {
        let place = &result["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str().unwrap();
        let file = text(&case, &uri.replace("%20", " "));
        let number = |key: &str| usize::try_from(place["region"][key].as_u64().unwrap()).unwrap();
        let line: Vec<char> = file.lines().nth(number("startLine") - 1).unwrap().chars().collect();
        let excerpt: String = line[number("startColumn") - 1..number("endColumn") - 1].iter().collect();
        // What is quoted first is a value or the last key of a route, and stands there.
        if result["ruleId"] == "yaml-ambiguous-scalar" || result["ruleId"] == "schema-unknown-key" {
            let words = result["message"]["text"].as_str().unwrap();
            assert_eq!(words.split('`').nth(1).unwrap(), excerpt, "{words}");
            seen += 1;
        }
        if let Some(change) = result["fixes"][0]["artifactChanges"][0].as_object() {
            assert_eq!(change["replacements"][0]["deletedRegion"], place["region"]);
        }
    }
    assert_eq!(seen, 3);
    for entry in json(&report(&case, "gitlab", &[]).1).as_array().unwrap() {
        let file = text(&case, entry["location"]["path"].as_str().unwrap());
        assert!(entry["location"]["lines"]["end"].as_u64().unwrap() <= file.lines().count() as u64);
    }
    let github = report(&case, "github", &[]).1;
    assert!(
        github.contains("\n::error file=deploy/my shop/environments/dev/web.yaml,line=3,col=19,title="),
        "{github}"
    );
    // Where a run starts does not change what it says of places.
    let cwd = case.path("deploy/my shop/environments/dev");
    let environment = podwright::cli::Environment { cwd, ..podwright::cli::Environment::default() };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let args = ["podwright", "check", "--report", "github"].map(Into::into);
    assert_eq!(podwright::cli::run(args, &environment, &mut out, &mut err), 1);
    assert_eq!(String::from_utf8(out).unwrap(), github);
}

#[test]
fn fingerprints_stay_while_lines_move() {
    let case = workspace();
    let prints = |case: &Case| -> Vec<String> {
        let gitlab = json(&report(case, "gitlab", &[]).1);
        gitlab.as_array().unwrap().iter().map(|f| f["fingerprint"].as_str().unwrap().to_owned()).collect()
    };
    let before = prints(&case);
    let path = "deploy/my shop/environments/dev/web.yaml";
    let old = text(&case, path);
    case.write(path, format!("# a remark\n\n{old}"));
    assert_eq!(prints(&case), before);
    case.write(path, old.replace("replicas: fiv", "replicas: six"));
    let after = prints(&case);
    assert_eq!(before.iter().zip(&after).filter(|(a, b)| a != b).count(), 1);
    let sarif = json(&report(&case, "sarif", &[]).1);
    let results = sarif["runs"][0]["results"].as_array().unwrap().iter();
    assert_eq!(
        results.map(|r| r["partialFingerprints"]["podwright/v1"].as_str().unwrap()).collect::<Vec<_>>(),
        after
    );
}

#[test]
fn the_exit_code_does_not_depend_on_the_format_and_no_secret_is_told() {
    let case = workspace();
    for format in FORMATS {
        let (code, text) = report(&case, format, &[]);
        assert_eq!(code, 1, "{format}");
        assert!(!text.contains("hunter"), "{format}\n{text}");
        let (code, text) = report(&case, format, &["nope"]);
        assert_eq!(code, 2, "{format}");
        // People are told on standard error.
        let told = text.contains("no environment matches");
        assert_eq!(told, !["human", "concise"].contains(&format), "{format}\n{text}");
    }
}

#[test]
fn a_comment_has_a_bounded_size() {
    let case = workspace();
    let long = "x".repeat(900);
    let keys: String = (0..2000).map(|n| format!("k{n}_{long}|: 1\n")).collect();
    case.write("deploy/my shop/environments/dev/web.yaml", keys);
    let text = report(&case, "markdown", &[]).1;
    assert!(text.len() < 60_000, "{}", text.len());
    assert!(text.contains(" more:\n\n| code | findings |\n"), "{text}");
    for row in text.lines().filter(|line| line.starts_with("| error")) {
        assert_eq!(row.matches('|').count(), 5, "{row}");
    }
}
