//! Folders under `tests/cases/schema`: `schema.json` judges the layers `0.yaml` (the package's defaults), `1.yaml`,
//! `2.yaml`, of which any may be left out; `expected.txt` shows the findings. A folder without `schema.json` uses the
//! schema of `environment.yaml`, and then has no layer 0.
//!
//! `asked.yaml` stands for the line that asked for the component. Lines of `ask.txt` are questions: `sensitive ROUTE` and
//! `describe ROUTE`. `UPDATE_CASES=1` writes the `expected.txt` files anew.

#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

use podwright::diag::Finding;
use podwright::package::{self, Place};
use podwright::schema::{CODES, Schema};
use podwright::source::{Sources, Span};
use podwright::values::{self, Id, Origin, Route, TOP, Values};
use podwright::yaml::{self, Documents, Node, Options, Role};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

const FILES: [&str; 6] = ["schema.json", "0.yaml", "1.yaml", "2.yaml", "ask.txt", "expected.txt"];

#[test]
fn folders_give_the_findings_that_they_expect() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/schema");
    let update = std::env::var_os("UPDATE_CASES").is_some();
    let folders: BTreeSet<_> = fs::read_dir(&root).unwrap().map(|e| e.unwrap().path()).collect();
    let mut wrong = Vec::new();
    for folder in &folders {
        for file in fs::read_dir(folder).unwrap() {
            let name = file.unwrap().file_name().into_string().unwrap();
            assert!(FILES.contains(&name.as_str()), "{}/{name} belongs to no case", folder.display());
        }
        let shown = show(folder);
        let expected = folder.join("expected.txt");
        if update {
            fs::write(&expected, &shown).unwrap();
        } else if fs::read_to_string(&expected).unwrap_or_default() != shown {
            wrong.push(format!("--- {} is now\n{shown}", folder.display()));
        }
    }
    assert!(wrong.is_empty(), "UPDATE_CASES=1 accepts these:\n{}", wrong.join("\n"));
}

fn show(folder: &Path) -> String {
    let mut sources = Sources::default();
    let environment = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/environment.schema.json");
    let own = folder.join("schema.json");
    let text = fs::read_to_string(if own.exists() { &own } else { &environment }).unwrap();
    let file = sources.add("schema.json", text.clone());
    let asked = sources.add("asked.yaml", "components: {}\n");
    let schema = match Schema::compile(file, &text) {
        Ok(schema) => schema,
        Err(finding) => return format(&sources, &finding),
    };
    assert_eq!(schema.verify(), None, "{}", folder.display());
    let mut trees: Vec<(u16, Node)> = Vec::new();
    for layer in 0..3u16 {
        let name = format!("{layer}.yaml");
        let Ok(text) = fs::read_to_string(folder.join(&name)) else { continue };
        let file = sources.add(name, text.clone());
        let options = Options { documents: Documents::One, role: Role::Values };
        let parsed = yaml::read(file, &text, &options);
        trees.push((layer, parsed.documents.into_iter().next().unwrap()));
    }
    let layers = trees.iter().map(|(layer, node)| Origin { layer: *layer, key: None, node }).collect();
    let values = values::merge(&[("values", layers)]);
    let root = values.get(TOP, "values").unwrap();
    let mut out = String::new();
    for finding in schema.check(&values, root, Span::new(asked, 0, 10)) {
        assert!(CODES.iter().any(|(code, _)| *code == finding.code), "{} is in no table", finding.code);
        out.push_str(&format(&sources, &finding));
    }
    assert_secrets(&schema, &values, root);
    for question in fs::read_to_string(folder.join("ask.txt")).unwrap_or_default().lines() {
        let (verb, route) = question.split_once(' ').unwrap();
        let route: Route = route.parse().unwrap();
        match verb {
            "sensitive" => {
                let answer = schema.sensitive_at(&route);
                let id = values.find(root, &route);
                assert!(id.is_none_or(|id| schema.sensitive(&values, root, id) == answer));
                writeln!(out, "{question}: {answer}").unwrap();
            }
            _ => writeln!(out, "{question}: {:#?}", schema.describe(&route)).unwrap(),
        }
    }
    out
}

/// The walk over all values finds what each value says by itself.
fn assert_secrets(schema: &Schema, values: &Values<'_>, root: Id) -> usize {
    let mut one_by_one = values.leaves(root);
    one_by_one.retain(|&id| schema.sensitive(values, root, id));
    assert_eq!(schema.secrets(values, root), one_by_one);
    one_by_one.len()
}

#[test]
fn the_secrets_of_a_package_are_found_in_one_walk() {
    let mut sources = Sources::default();
    let package = package::load("dolphinscheduler", "1.3.9", &Place::Embedded, &mut sources).unwrap();
    let layer = Origin { layer: 0, key: None, node: &package.defaults };
    let values = values::merge(&[("values", vec![layer])]);
    let root = values.get(TOP, "values").unwrap();
    assert!(assert_secrets(&package.schema, &values, root) > 5);
}

fn format(sources: &Sources, finding: &Finding) -> String {
    let mut out = String::new();
    let masked = if finding.sensitive { " (masked)" } else { "" };
    let (code, place) = (&finding.code, sources.show(finding.at));
    writeln!(out, "{place} {code}{masked}: {}", finding.message).unwrap();
    writeln!(out, "  at: {}", sources.slice(finding.at).replace('\n', "\\n")).unwrap();
    if !finding.label.is_empty() {
        writeln!(out, "  label: {}", finding.label).unwrap();
    }
    if let Some(help) = &finding.help {
        writeln!(out, "  help: {help}").unwrap();
    }
    if let Some(fix) = &finding.fix {
        writeln!(out, "  fix{}: {}", if fix.safe { "" } else { " (unsafe)" }, fix.title).unwrap();
        for edit in &fix.edits {
            writeln!(out, "    {} {:?} -> {:?}", sources.show(edit.at), sources.slice(edit.at), edit.text)
                .unwrap();
        }
    }
    for related in &finding.related {
        writeln!(out, "  {}: {}", sources.show(related.at), related.message).unwrap();
    }
    out
}
