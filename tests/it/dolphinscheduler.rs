//! The package dolphinscheduler 1.3.9 against fact sheets that are written by hand, and each of its improvements on
//! and off. A case is a folder of tests/cases/dolphinscheduler: `values.yaml` and `facts`.
//!
//! A fact is a line: `Kind/name /route = JSON`, `Kind/name /route # COUNT`, or `Kind/name /route absent`. All objects are
//! named: another one, or none of a name, is a failure.

use crate::support::Case;
use podwright::{
    source::FileId,
    yaml::{self, Data, Documents, Node, Options, Role},
};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

fn json(node: &Node) -> Value {
    match &node.data {
        Data::Null => Value::Null,
        Data::Bool(b) => (*b).into(),
        Data::Int(i) => (*i).into(),
        Data::UInt(u) => (*u).into(),
        Data::Float(f) => (*f).into(),
        Data::Str(s) => s.to_string().into(),
        Data::Seq(items) => items.iter().map(json).collect(),
        Data::Map(entries) => {
            Value::Object(entries.iter().map(|e| (e.key.text.to_string(), json(&e.value))).collect())
        }
    }
}

/// The objects of release `ds` by `Kind/name`, each with the text that was rendered.
fn render(values: &str, improvements: &str) -> BTreeMap<String, (Value, String)> {
    let environment = format!(
        "namespace: ds\nrules: {{ \"*\": allow }}\ncomponents:\n  ds: {{ package: dolphinscheduler, version: 1.3.9, improvements: {improvements} }}\n"
    );
    let case = Case::new()
        .file("environments/test/environment.yaml", environment)
        .file("environments/test/ds.yaml", values);
    let said = case.said(&["render".into(), "--stdout".into(), "-q".into()]);
    assert_eq!((said.stderr.as_str(), said.code), ("", 0), "{}", said.stdout);
    let mut objects = BTreeMap::new();
    for text in said.stdout.split("---\n").skip(1) {
        let options = Options { documents: Documents::One, role: Role::Values };
        let parsed = yaml::read(FileId::default(), text, &options);
        assert!(parsed.findings.is_empty(), "{text}\n{:?}", parsed.findings);
        let object = json(&parsed.documents[0]);
        let name =
            format!("{}/{}", object["kind"].as_str().unwrap(), object["metadata"]["name"].as_str().unwrap());
        assert_eq!(object["metadata"]["namespace"], "ds", "{name}");
        assert!(objects.insert(name.clone(), (object, text.to_owned())).is_none(), "{name} twice");
    }
    objects
}

fn judge(fact: &str, objects: &BTreeMap<String, (Value, String)>) -> Result<String, String> {
    let (name, rest) = fact.split_once(' ').ok_or("no route")?;
    let (object, _) = objects.get(name).ok_or("no such object")?;
    // Routes hold no spaces; `~1` stands for `/` as in every JSON Pointer.
    let (route, claim) = rest.split_once(' ').ok_or("no claim")?;
    let found = object.pointer(route);
    let (kind, wanted) = claim.split_once(' ').unwrap_or((claim, ""));
    let holds = match (kind, found) {
        ("absent", found) => found.is_none(),
        ("=", Some(value)) => *value == serde_json::from_str::<Value>(wanted).map_err(|e| e.to_string())?,
        ("#", Some(Value::Array(list))) => {
            list.len() == wanted.parse::<usize>().map_err(|e| e.to_string())?
        }
        ("#", Some(Value::Object(map))) => map.len() == wanted.parse::<usize>().map_err(|e| e.to_string())?,
        _ => false,
    };
    if holds {
        Ok(name.to_owned())
    } else {
        Err(found.map_or("it is absent".into(), |v| format!("it is {v}")))
    }
}

#[test]
fn every_object_is_as_the_fact_sheets_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/dolphinscheduler");
    let mut faults = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let case = entry.unwrap().path();
        let read = |name: &str| fs::read_to_string(case.join(name)).unwrap();
        let facts = read("facts");
        let mut lines = facts.lines().filter(|l| !l.starts_with('#'));
        let improvements = lines.next().unwrap().strip_prefix("improvements ").unwrap();
        let count: usize = lines.next().unwrap().strip_prefix("objects ").unwrap().parse().unwrap();
        let objects = render(&read("values.yaml"), improvements);
        let mut named = BTreeSet::new();
        for fact in lines {
            match judge(fact, &objects) {
                Ok(name) => {
                    named.insert(name);
                }
                Err(why) => faults.push(format!("{}: {fact}: {why}", case.display())),
            }
        }
        let have: BTreeSet<String> = objects.keys().cloned().collect();
        if have.len() != count {
            faults.push(format!("{}: {} objects, not {count}", case.display(), have.len()));
        }
        faults.extend(have.difference(&named).map(|n| format!("{}: no fact names {n}", case.display())));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Values under which every improvement changes something.
const ALL: &str = r#"
image: { pullSecret: harbor }
zookeeper: { replicaCount: 3 }
common:
  configmap: { RESOURCE_STORAGE_TYPE: S3, FS_S3A_ENDPOINT: "http://192.168.1.100:9000", EXTRA: 1000000 }
  sharedStoragePersistence: { enabled: true }
master: { configmap: null, persistentVolumeClaim: { enabled: true, storageClassName: local-path } }
worker: { persistentVolumeClaim: { enabled: false, dataPersistentVolume: { enabled: true, storageClassName: local-path } } }
api: { strategy: { type: Recreate }, service: { annotations: { a/b: c } } }
alert: { strategy: { type: RollingUpdate, rollingUpdate: { maxSurge: "1", maxUnavailable: "0" } } }
"#;

#[test]
fn each_improvement_changes_something_by_itself() {
    let package = Path::new(env!("CARGO_MANIFEST_DIR")).join("packages/dolphinscheduler/1.3.9/package.yaml");
    let text = fs::read_to_string(package).unwrap();
    let options = Options { documents: Documents::One, role: Role::Values };
    let parsed = yaml::read(FileId::default(), &text, &options);
    let names: Vec<String> = parsed.documents[0]
        .get("improvements")
        .unwrap()
        .entries()
        .iter()
        .map(|e| e.key.text.to_string())
        .collect();
    assert!(names.len() >= 10);
    let none = render(ALL, "none");
    let all = render(ALL, "all");
    for name in &names {
        assert_ne!(render(ALL, &format!("[{name}]")), none, "{name} changes nothing when it alone is on");
        let others: Vec<&str> = names.iter().map(String::as_str).filter(|n| n != name).collect();
        assert_ne!(
            render(ALL, &format!("[{}]", others.join(", "))),
            all,
            "{name} changes nothing when it alone is off"
        );
    }
    assert_eq!(render(ALL, &format!("[{}]", names.join(", "))), all);
    assert_eq!(render(ALL, "[]"), none);
}
