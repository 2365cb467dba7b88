//! What applying a changed object does, as data, with what an API server says to the change.
//!
//! `tests/cases/impact/KIND/CASE.yaml` holds an object before and after (`null` for one that is not there), then objects that stand
//! around it: on both sides, or `{old: OBJECT, new: OBJECT}`. `CASE.expected` begins with what a Kubernetes 1.34 server says to
//! `kubectl apply` of the change: `server: accepted`, `refused`, or `not asked`; the impacts follow, a line each.
//! `UPDATE_CASES=1 cargo test` writes the impacts, never what the server said.
//!
//! `tests/cases/impact/fields/*.jsonl` holds objects whose fields were changed one by one: a line `{"base": OBJECT}`, then
//! `{"edits": [[ROUTE, VALUE], [ROUTE]], "server": "accepted"}`, where a route without a value takes it away.

use podwright::{
    diff::{ImpactKind, changes, impacts},
    field::{By, Data, Field, Member},
    manifest::{Identity, Manifest},
    source::FileId,
    yaml::{self, Documents, Node, Options, Role},
};
use rayon::prelude::*;
use serde_json::Value as Json;
use std::{
    borrow::Cow,
    fs,
    path::{Path, PathBuf},
};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/impact")
}

/// The files of a kind below a folder.
pub(crate) fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()) {
        if entry.is_dir() {
            found.extend(files(&entry, extension));
        } else if entry.extension().is_some_and(|e| e == extension) {
            found.push(entry);
        }
    }
    found.sort();
    found
}

fn field(node: &Node) -> Field<'static> {
    let by = By::default();
    let data = match &node.data {
        yaml::Data::Null => Data::Null,
        yaml::Data::Bool(b) => Data::Bool(*b),
        yaml::Data::Int(i) => Data::Int(*i),
        yaml::Data::UInt(u) => Data::UInt(*u),
        yaml::Data::Float(f) => Data::Float(*f),
        yaml::Data::Str(s) => Data::Str(Cow::Owned(s.to_string())),
        yaml::Data::Seq(items) => Data::Seq(items.iter().map(field).collect()),
        yaml::Data::Map(entries) => {
            let member =
                |e: &yaml::Entry| Member { key: e.key.text.to_string().into(), by, value: field(&e.value) };
            Data::Map(entries.iter().filter(|e| e.value.data != yaml::Data::Null).map(member).collect())
        }
    };
    Field { data, by }
}

pub(crate) fn read(text: &str, documents: Documents) -> Vec<Field<'static>> {
    let parsed = yaml::read(FileId(0), text, &Options { documents, role: Role::Values });
    assert!(parsed.findings.is_empty(), "{:?} in {text}", parsed.findings);
    parsed.documents.iter().map(field).collect()
}

pub(crate) fn manifest(body: &Field<'static>) -> Option<Manifest<'static>> {
    let identity = (body.data != Data::Null).then(|| Identity::of(body).unwrap())?;
    Some(Manifest { identity, body: body.clone() })
}

/// The impacts of a change, a line each.
fn told(
    old: Option<&Manifest<'_>>,
    new: Option<&Manifest<'_>>,
    around: (&[&Manifest<'_>], &[&Manifest<'_>]),
) -> Vec<String> {
    let found = match (old, new) {
        (Some(old), Some(new)) => impacts(Some(old), Some(new), &changes(&old.body, &new.body), around),
        (old, new) => impacts(old, new, &[], around),
    };
    found.iter().map(|i| format!("{}: {}", i.kind.name(), i.text)).collect()
}

fn is(line: &str, kind: ImpactKind) -> bool {
    line.starts_with(&format!("{}:", kind.name()))
}

/// What is wrong with a case; after an update, what stays wrong.
fn judge(path: &Path, update: bool) -> Option<String> {
    let documents = read(&fs::read_to_string(path).unwrap(), Documents::Many);
    let (old, new) = (manifest(&documents[0]), manifest(&documents[1]));
    let sides = |side: &str| -> Vec<Manifest<'static>> {
        let all = documents[2..].iter();
        all.filter_map(|d| if d.get("kind").is_some() { manifest(d) } else { d.get(side).and_then(manifest) })
            .collect()
    };
    let (before, after) = (sides("old"), sides("new"));
    let (before, after): (Vec<_>, Vec<_>) =
        (before.iter().chain(&old).collect(), after.iter().chain(&new).collect());
    let told = told(old.as_ref(), new.as_ref(), (&before, &after));
    let expected = path.with_extension("expected");
    let text = fs::read_to_string(&expected).unwrap_or_default();
    let server = text.lines().next().unwrap_or("server: not asked").to_owned();
    let got: String = [server.clone()].iter().chain(&told).map(|line| format!("{line}\n")).collect();
    if update {
        fs::write(&expected, &got).unwrap();
    }
    let anew = told.iter().any(|l| is(l, ImpactKind::Recreate));
    let refused = told.iter().any(|l| is(l, ImpactKind::Refused));
    let agrees = match server.as_str() {
        "server: refused" => refused || anew,
        "server: accepted" => !refused,
        "server: not asked" => true,
        other => panic!("{}: {other}", path.display()),
    };
    if !agrees {
        return Some(format!("{}: the server says otherwise\n{got}", path.display()));
    }
    (got != text && !update).then(|| format!("{}\nexpected:\n{text}got:\n{got}", path.display()))
}

#[test]
fn changes_do_what_they_should() {
    let update = std::env::var_os("UPDATE_CASES").is_some();
    let cases = files(&folder(), "yaml");
    assert!(cases.len() > 150, "{}", cases.len());
    let faults: Vec<String> = cases.par_iter().filter_map(|case| judge(case, update)).collect();
    assert!(faults.is_empty(), "{} of {} cases\n{}", faults.len(), cases.len(), faults.join("\n"));
}

/// Every kind of impact has cases, and what can be refused has cases that are and that are not.
#[test]
fn every_kind_of_impact_has_cases() {
    let texts: Vec<String> =
        files(&folder(), "expected").iter().map(|p| fs::read_to_string(p).unwrap()).collect();
    for name in ImpactKind::names() {
        let count = texts.iter().filter(|t| t.lines().any(|l| l.starts_with(&format!("{name}:")))).count();
        assert!(count >= 3, "{count} cases of {name}");
    }
}

/// Makes an edit: the last step of the route is set or taken away.
fn edit(object: &mut Json, route: &[Json], value: Option<&Json>) {
    let (step, rest) = route.split_first().unwrap();
    match (step, object) {
        (Json::Number(n), Json::Array(items)) => {
            let n = usize::try_from(n.as_u64().unwrap()).unwrap();
            match (rest, value) {
                ([], Some(value)) => items[n] = value.clone(),
                ([], None) => drop(items.remove(n)),
                _ => edit(&mut items[n], rest, value),
            }
        }
        (Json::String(key), Json::Object(members)) if rest.is_empty() => match value {
            Some(value) => drop(members.insert(key.clone(), value.clone())),
            None => drop(members.remove(key)),
        },
        (Json::String(key), Json::Object(members)) => edit(members.get_mut(key).unwrap(), rest, value),
        (step, object) => panic!("no {step} in {object}"),
    }
}

/// How many of a thousand changes must be judged as the server judges them. None that it accepts may be called refused.
const AGREEMENT: usize = 990;

#[test]
fn fields_that_cannot_be_changed_are_those_that_a_server_refuses() {
    let files = files(&folder().join("fields"), "jsonl");
    let tallies: Vec<Tally> = files.par_iter().map(|path| fields(path)).collect();
    let all: usize = tallies.iter().map(|t| t.all).sum();
    let called: Vec<&String> = tallies.iter().flat_map(|t| &t.called).collect();
    let missed: Vec<&String> = tallies.iter().flat_map(|t| &t.missed).collect();
    assert!(called.is_empty(), "the server accepts {}\n{called:#?}", called.len());
    assert!((all - missed.len()) * 1000 >= all * AGREEMENT, "{} of {all} missed\n{missed:#?}", missed.len());
}

/// The changes of a file, and those that were judged otherwise.
#[derive(Default)]
struct Tally {
    all: usize,
    /// Called refused, and accepted.
    called: Vec<String>,
    /// Refused, and not called so.
    missed: Vec<String>,
}

fn fields(path: &Path) -> Tally {
    let mut tally = Tally::default();
    let mut base = Json::Null;
    for line in fs::read_to_string(path).unwrap().lines() {
        let line: Json = serde_json::from_str(line).unwrap();
        if let Some(object) = line.get("base") {
            base = object.clone();
            continue;
        }
        let mut object = base.clone();
        for one in line["edits"].as_array().unwrap() {
            edit(&mut object, one[0].as_array().unwrap(), one.get(1));
        }
        let side = |json: &Json| manifest(&read(&json.to_string(), Documents::One)[0]).unwrap();
        let told = told(Some(&side(&base)), Some(&side(&object)), (&[], &[]));
        tally.all += 1;
        let said = format!("{} {line}: {told:?}", path.file_name().unwrap().display());
        match (told.iter().any(|l| is(l, ImpactKind::Refused)), line["server"] == "refused") {
            (true, false) => tally.called.push(said),
            (false, true) => tally.missed.push(said),
            _ => {}
        }
    }
    tally
}
