//! What an API server says of objects: texts under `tests/cases/kube`, a folder an area.
//!
//! `<kind>.yaml` holds objects, each under a remark that names it; `<kind>.expected` has the remark of each and its findings:
//! `line:column level code message`. `UPDATE_CASES=1` writes it anew. An area may
//! define custom kinds, in files of its folder `definitions/`.

use podwright::{
    kube::{
        self, Api, Spot, Value,
        custom::{Customs, Definition},
    },
    source::{Sources, Span},
    yaml::{self, Documents, Options, Role},
};
use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

/// The minor version that the cases are for.
const MINOR: u32 = 34;

#[test]
fn objects_are_judged_as_their_expected_files_say() {
    let update = std::env::var_os("UPDATE_CASES").is_some();
    let mut files = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/kube"), &mut files);
    assert!(!files.is_empty());
    let mut wrong = String::new();
    for file in files {
        if file.extension().is_some_and(|e| e == "expected") {
            assert!(file.with_extension("yaml").is_file(), "{} belongs to no case", file.display());
            continue;
        }
        let shown = judge(&fs::read_to_string(&file).unwrap(), &customs(&file));
        let expected = file.with_extension("expected");
        if update {
            fs::write(&expected, &shown).unwrap();
        } else if fs::read_to_string(&expected).unwrap_or_default() != shown {
            writeln!(wrong, "--- {} is now\n{shown}", expected.display()).unwrap();
        }
    }
    assert!(wrong.is_empty(), "UPDATE_CASES=1 accepts these:\n{wrong}");
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            files.push(path);
        }
    }
    files.sort();
}

/// The custom kinds that the area of a case defines.
fn customs(case: &Path) -> Customs {
    let mut customs = Customs::default();
    let mut files = Vec::new();
    let folder = case.parent().unwrap().join("definitions");
    if folder.is_dir() {
        collect(&folder, &mut files);
    }
    for file in files.iter().filter(|file| file.extension().is_some_and(|e| e == "yaml")) {
        let text = fs::read_to_string(file).unwrap();
        let options = Options { documents: Documents::Many, role: Role::Values };
        let documents = yaml::read(Default::default(), &text, &options).documents;
        documents.iter().filter_map(Definition::read).for_each(|definition| customs.add(definition));
    }
    customs
}

/// The findings of every document of a text.
fn judge(text: &str, customs: &Customs) -> String {
    let mut sources = Sources::default();
    let file = sources.add("case.yaml", text.to_owned());
    let parsed = yaml::read(file, text, &Options { documents: Documents::Many, role: Role::Values });
    let api = Api::new(MINOR, customs);
    let remarks: Vec<&str> = text.split("---\n").map(|one| one.lines().next().unwrap_or("")).collect();
    assert_eq!(remarks.len(), parsed.documents.len(), "a remark opens every document");
    let mut out = String::new();
    for (document, remark) in parsed.documents.iter().zip(remarks) {
        writeln!(out, "{remark}").unwrap();
        for object in kube::objects(Value::Node(document)) {
            for placed in api.check(object) {
                let finding = placed.finding(span(placed.spot), false);
                let at = sources.position(finding.at);
                let (level, code) = (finding.level.name(), &finding.code);
                writeln!(out, "  {}:{} {level} {code}: {}", at.line, at.column, finding.message).unwrap();
            }
        }
    }
    out
}

fn span(spot: Spot) -> Span {
    match spot {
        Spot::Text(span) => span,
        Spot::Made(by) => by.at,
    }
}
