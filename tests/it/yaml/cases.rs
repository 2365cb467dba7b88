//! Texts under `tests/cases/yaml`: `<name>.yaml` is read, `<name>.out` shows the tree and the findings.
//!
//! A name that ends in `.many` holds several documents, one that ends in `.template` is a template.
//! `UPDATE_CASES=1` writes the `.out` files anew.

use podwright::source::{Position, Sources, Span};
use podwright::yaml::{self, Data, Documents, Node, Options, Role};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

#[test]
fn texts_read_as_their_out_files_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/yaml");
    let files: BTreeSet<String> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let update = std::env::var_os("UPDATE_CASES").is_some();
    let mut wrong = Vec::new();
    for file in &files {
        let Some(name) = file.strip_suffix(".yaml") else {
            let used = file.strip_suffix(".out").is_some_and(|name| files.contains(&format!("{name}.yaml")));
            assert!(used, "{file} belongs to no case");
            continue;
        };
        let text = fs::read_to_string(folder.join(file)).unwrap();
        let shown = show(name, &text);
        let out = folder.join(format!("{name}.out"));
        if update {
            fs::write(&out, &shown).unwrap();
        } else if fs::read_to_string(&out).unwrap_or_default() != shown {
            wrong.push(format!("--- {name} is now\n{shown}"));
        }
    }
    assert!(wrong.is_empty(), "UPDATE_CASES=1 accepts these:\n{}", wrong.join("\n"));
}

fn show(name: &str, text: &str) -> String {
    let mut sources = Sources::default();
    let file = sources.add(name, text.to_owned());
    let options = Options {
        documents: if name.ends_with(".many") { Documents::Many } else { Documents::One },
        role: if name.ends_with(".template") { Role::Template } else { Role::Values },
    };
    let parsed = yaml::read(file, text, &options);
    let mut out = String::new();
    for document in &parsed.documents {
        out.push_str("document\n");
        node(&sources, document, 1, &mut out);
    }
    for finding in &parsed.findings {
        let code = &finding.code;
        writeln!(out, "{} {} {code}: {}", range(&sources, finding.at), finding.level.name(), finding.message)
            .unwrap();
        if !finding.label.is_empty() {
            writeln!(out, "  label: {}", finding.label).unwrap();
        }
        for related in &finding.related {
            writeln!(out, "  {} {}", range(&sources, related.at), related.message).unwrap();
        }
        if let Some(help) = &finding.help {
            writeln!(out, "  help: {help}").unwrap();
        }
        if let Some(fix) = &finding.fix {
            writeln!(out, "  fix{}: {}", if fix.safe { "" } else { " (unsafe)" }, fix.title).unwrap();
            for edit in &fix.edits {
                writeln!(out, "    {} {:?}", range(&sources, edit.at), edit.text).unwrap();
            }
        }
    }
    out
}

fn node(sources: &Sources, node_: &Node, depth: usize, out: &mut String) {
    let pad = "  ".repeat(depth);
    let place = format!(
        "{pad}{} {:?}{}",
        range(sources, node_.span),
        node_.style,
        if node_.suspect { " suspect" } else { "" }
    );
    match &node_.data {
        Data::Seq(items) => {
            writeln!(out, "{place} list").unwrap();
            items.iter().for_each(|item| node(sources, item, depth + 1, out));
        }
        Data::Map(entries) => {
            writeln!(out, "{place} map").unwrap();
            for entry in entries {
                let key = &entry.key;
                writeln!(out, "{pad}  {} {:?} {:?}:", range(sources, key.span), key.style, key.text).unwrap();
                node(sources, &entry.value, depth + 2, out);
            }
        }
        scalar => writeln!(out, "{place} {scalar:?}").unwrap(),
    }
}

fn range(sources: &Sources, span: Span) -> String {
    let (Position { line, column }, end) = sources.range(span);
    if end.line == line {
        format!("{line}:{column}-{}", end.column)
    } else {
        format!("{line}:{column}-{}:{}", end.line, end.column)
    }
}
