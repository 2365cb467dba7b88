//! What an API server said about thousands of objects, against what `kube` says of them.
//!
//! `tests/verdicts/*.jsonl`: a line `{"base": OBJECT}`, then edits of it: `{"edits": [[ROUTE, VALUE], [ROUTE]], "accepted":
//! BOOL, "fields": [...], "warned": BOOL}`, where a route without a value takes it away. The answers are those of a Kubernetes 1.34
//! server to a strict dry-run create, with the fields that it named. docs/validation.md says how more are taken.

use podwright::{
    kube::{Api, Value, custom::Customs},
    source::FileId,
    yaml::{self, Documents, Node, Options, Role},
};
use serde_json::Value as Json;
use std::{collections::BTreeMap, fs, path::Path};

/// How many of a hundred objects must be judged as the server judges them. None that it accepts may be refused.
const AGREEMENT: f64 = 99.0;

fn node(object: &Json) -> Node {
    let options = Options { documents: Documents::One, role: Role::Values };
    let mut parsed = yaml::read(FileId(0), &object.to_string(), &options);
    assert!(parsed.documents.len() == 1, "{:?} in {object}", parsed.findings);
    parsed.documents.remove(0)
}

/// Makes an edit: the last step of the route is set or taken away.
fn edit(object: &mut Json, route: &[Json], value: Option<&Json>) {
    let Some((step, rest)) = route.split_first() else {
        *object = value.cloned().unwrap_or(Json::Null);
        return;
    };
    match (step, object) {
        (Json::Number(n), Json::Array(items)) => {
            edit(&mut items[usize::try_from(n.as_u64().unwrap()).unwrap()], rest, value);
        }
        (Json::String(key), Json::Object(members)) if rest.is_empty() => match value {
            Some(value) => drop(members.insert(key.clone(), value.clone())),
            None => drop(members.remove(key)),
        },
        (Json::String(key), Json::Object(members)) => edit(members.get_mut(key).unwrap(), rest, value),
        (step, object) => panic!("no {step} in {object}"),
    }
}

/// The counts of one kind.
#[derive(Default)]
struct Tally {
    all: usize,
    refused_wrongly: Vec<String>,
    accepted_wrongly: Vec<String>,
}

#[test]
fn objects_are_judged_as_an_api_server_judges_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/verdicts");
    let customs = Customs::default();
    let api = Api::new(34, &customs);
    let mut kinds: BTreeMap<String, Tally> = BTreeMap::new();
    for file in fs::read_dir(folder).unwrap() {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        let mut base = Json::Null;
        for line in text.lines() {
            let line: Json = serde_json::from_str(line).unwrap();
            if let Some(object) = line.get("base") {
                base = object.clone();
                continue;
            }
            let mut object = base.clone();
            for one in line["edits"].as_array().unwrap() {
                edit(&mut object, one[0].as_array().unwrap(), one.get(1));
            }
            let tree = node(&object);
            let found: Vec<String> = api
                .check(Value::Node(&tree))
                .iter()
                .filter(|p| p.violation.refused())
                .map(|p| p.finding(tree.span, false).message)
                .collect();
            let tally = kinds.entry(base["kind"].as_str().unwrap().to_owned()).or_default();
            tally.all += 1;
            match (line["accepted"].as_bool().unwrap(), found.is_empty()) {
                (true, false) => tally.refused_wrongly.push(format!("{}: {found:?}", line["edits"])),
                (false, true) => {
                    tally.accepted_wrongly.push(format!("{}: {}", line["edits"], line["fields"]));
                }
                _ => {}
            }
        }
    }
    let all: usize = kinds.values().map(|t| t.all).sum();
    let wrong: usize = kinds.values().map(|t| t.refused_wrongly.len() + t.accepted_wrongly.len()).sum();
    for (kind, tally) in &kinds {
        for (what, list) in [("refused", &tally.refused_wrongly), ("accepted", &tally.accepted_wrongly)] {
            list.iter().for_each(|one| println!("{kind} wrongly {what}: {one:.300}"));
        }
    }
    #[allow(clippy::cast_precision_loss, reason = "small numbers")]
    let agreement = 100.0 * (all - wrong) as f64 / all as f64;
    println!(
        "{agreement:.2} % of {all} objects of {} kinds are judged as the server judges them",
        kinds.len()
    );
    assert!(all > 3000, "{all}");
    assert!(kinds.values().all(|t| t.refused_wrongly.is_empty()));
    assert!(agreement >= AGREEMENT, "{agreement}");
}
