//! Custom kinds: their definitions, and what a server says of their objects.
//!
//! `definition` reads custom resource definitions, `schema` compiles a version's schema; `fields` looks for unknown fields,
//! `import` makes of a definition what a workspace keeps, `seen` of an object what a server makes of it; `judge`,
//! `formats` and `rules` hold that against the schema. Where definitions come from is for the caller.

mod builtin;
mod definition;
mod fields;
mod formats;
mod import;
mod judge;
mod rules;
mod schema;
mod seen;

pub use definition::{Definition, Version};
pub use import::{Kept, import, is_definition};

use self::{
    schema::{Reading, Schema},
    seen::{Content, Seen},
};
use super::{
    at::At,
    check::{Check, Fault},
    metadata,
    shape::{Link, Shape},
};
use crate::{
    diag::{Finding, Level},
    source::{FileId, embedded},
    yaml::{self, Documents, Node, Options, Role},
};
use std::{
    collections::{BTreeSet, HashMap},
    fmt,
    sync::{Arc, Mutex, RwLock},
};

/// Whether a definition may have a kind of a group: those of Kubernetes itself are what they are.
pub fn may_define(group: &str) -> bool {
    !super::catalog::owns(group)
}

/// A group and a kind.
type Name = (String, String);

/// Gives the text of a file of definitions, by its path `GROUP/KIND.yaml`, if there is one.
type Shelf = dyn Fn(&str) -> Option<Shelved> + Send + Sync;

/// A file of a shelf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shelved {
    /// Its text.
    Text(String),
    /// It is there, and has no text.
    Unreadable,
}

/// The custom kinds that are known, by group and kind: those that were added; else those on a shelf, a file a kind; else
/// those that the tool has schemas of, in `schemas/custom/`. Files are read when their kind is first asked for.
#[derive(Default)]
pub struct Customs {
    known: HashMap<Name, Arc<Definition>>,
    shelf: Option<Box<Shelf>>,
    read: RwLock<HashMap<Name, Option<Arc<Definition>>>>,
    broken: Mutex<BTreeSet<String>>,
}

impl fmt::Debug for Customs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Customs").field("known", &self.known).finish_non_exhaustive()
    }
}

impl Customs {
    /// Those of a shelf.
    pub fn on(shelf: impl Fn(&str) -> Option<Shelved> + Send + Sync + 'static) -> Self {
        Self { shelf: Some(Box::new(shelf)), ..Self::default() }
    }

    /// Adds a definition; one of the same kind that was there is replaced, version by version if it has one only.
    pub fn add(&mut self, mut definition: Definition) {
        let key = (definition.group.clone(), definition.kind.clone());
        if let Some(before) = self.known.remove(&key).and_then(Arc::into_inner)
            && let [one] = &definition.versions[..]
        {
            let others: Vec<Version> =
                before.versions.into_iter().filter(|v| v.name != one.name && v.is_json()).collect();
            definition.versions.extend(others);
        }
        self.known.insert(key, Arc::new(definition));
    }

    /// The definition of a kind.
    pub fn find(&self, group: &str, kind: &str) -> Option<Arc<Definition>> {
        let key = (group.to_owned(), kind.to_owned());
        if let Some(known) = self.known.get(&key).or_else(|| self.loosely(group, kind)) {
            return Some(Arc::clone(known));
        }
        if let Ok(read) = self.read.read()
            && let Some(found) = read.get(&key)
        {
            return found.clone();
        }
        let found = self.shelved(group, kind).or_else(|| own(group, kind)).map(Arc::new);
        if let Ok(mut read) = self.read.write() {
            return read.entry(key).or_insert(found).clone();
        }
        found
    }

    /// One whose names were read from the path of a file: in small letters, of the group only the first part.
    fn loosely(&self, group: &str, kind: &str) -> Option<&Arc<Definition>> {
        let first = group.split('.').next().unwrap_or_default();
        let find = |group: &str| self.known.get(&(group.to_owned(), kind.to_lowercase()));
        let found = find(group).or_else(|| find(first))?;
        found.versions.iter().any(Version::is_json).then_some(found)
    }

    /// The one of its file on the shelf. Names that are none lead to no file.
    fn shelved(&self, group: &str, kind: &str) -> Option<Definition> {
        let shelf = self.shelf.as_ref()?;
        let plain = kind.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if !plain || !super::format::names::is_subdomain(group) {
            return None;
        }
        let path = import::path(group, kind);
        let found = match shelf(&path)? {
            Shelved::Text(text) => sound(&text),
            Shelved::Unreadable => None,
        };
        let path_of = |found: &Definition| import::path(&found.group, &found.kind);
        if !found.as_ref().is_some_and(|found| path_of(found).eq_ignore_ascii_case(&path))
            && let Ok(mut broken) = self.broken.lock()
        {
            broken.insert(path);
        }
        // Where case does not matter to the disk, it does to a server.
        found.filter(|found| found.group == group && found.kind == kind)
    }

    /// Whether the shelf has a file for a kind that was asked for, which defines nothing.
    pub fn is_broken(&self, group: &str, kind: &str) -> bool {
        self.broken.lock().is_ok_and(|broken| broken.contains(&import::path(group, kind)))
    }

    /// The files of the shelf that were asked for and define nothing, by their paths, sorted.
    pub fn broken(&self) -> Vec<String> {
        self.broken.lock().map(|broken| broken.iter().cloned().collect()).unwrap_or_default()
    }
}

/// The first definition of a text that can be read.
fn sound(text: &str) -> Option<Definition> {
    let options = Options { documents: Documents::Many, role: Role::Values };
    let parsed = yaml::read(FileId::default(), text, &options);
    let fault = |f: &Finding| f.level == Level::Error && f.code != "yaml-ambiguous-scalar";
    if parsed.findings.iter().any(fault) {
        return None;
    }
    parsed.documents.iter().find_map(Definition::read)
}

/// The first definition of a text.
fn first(text: &str, read: impl Fn(&Node) -> Option<Definition>) -> Option<Definition> {
    let options = Options { documents: Documents::Many, role: Role::Values };
    yaml::read(FileId::default(), text, &options).documents.iter().find_map(read)
}

/// The tool's own definition of a kind.
fn own(group: &str, kind: &str) -> Option<Definition> {
    let text = embedded::schema(&format!("custom/{group}/{kind}.yaml"));
    first(text, Definition::own)
}

/// Checks an object of a custom kind, in a version that is served.
pub(super) fn check<'t>(check: &mut Check<'t>, definition: &Definition, version: &Version, object: At<'t>) {
    if let Some(words) = &version.deprecated {
        let mut what =
            format!("`{}` of `{}/{}` is deprecated", definition.kind, definition.group, version.name);
        if !words.is_empty() {
            what = format!("{what}: {words}");
        }
        check.fault(Fault::ApiDeprecated, object.get("apiVersion"), what);
    }
    let schema = version.schema();
    fields::known(check, schema, object, true);
    super::decode::decode(check, object.get("metadata"), &Shape::Struct(Link::new(METADATA)));
    if check.unreadable() {
        return;
    }
    let names = super::format::names::subdomain;
    metadata::metadata(check, object.get("metadata"), definition.namespaced, names);
    let seen = Seen::object(schema, object, version.status);
    judge::values(check, schema, &seen);
    if let Some(path) = &version.scaled {
        scale(check, &seen, path);
    }
    // A server evaluates rules where types are right only; what it refuses is refused without them.
    if !check.refused() {
        judge::rules(check, schema, &seen, true);
    }
}

/// The number of replicas of a kind that can be scaled.
fn scale<'t>(check: &mut Check<'t>, seen: &Seen<'_, 't>, path: &str) {
    let mut keys = path.trim_start_matches('.').split('.');
    let Some(replicas) = keys.try_fold(seen, |at, key| at.get(key)) else { return };
    if !matches!(replicas.content, Content::Int(n) if (0..=i128::from(i32::MAX)).contains(&n)) {
        check.invalid(replicas.at, "must be a whole number of 0 or more and 32 bits, for it is what scales");
    }
}

/// Checks a default against the schema that gives it.
pub(super) fn default<'t>(check: &mut Check<'t>, schema: &Node, at: At<'t>) {
    let schema = Schema::compile(schema, Reading::default());
    fields::known(check, &schema, at, false);
    judge::values(check, &schema, &Seen::object(&schema, at, false));
}

/// The type of the metadata of all objects.
const METADATA: &str = "meta.v1.ObjectMeta";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kube::shape;

    /// The names of types in a schema and all below it.
    fn types<'n>(node: &'n Node, found: &mut Vec<&'n str>) {
        found.extend(node.get("x-podwright-type").and_then(Node::as_str));
        node.entries().iter().for_each(|e| types(&e.value, found));
        node.items().iter().for_each(|item| types(item, found));
    }

    #[test]
    fn own_schemas_stand_where_they_are_looked_for_and_name_types_that_there_are() {
        let mut count = 0;
        for (path, text) in embedded::schemas("custom/") {
            let options = Options { documents: Documents::One, role: Role::Values };
            let parsed = yaml::read(FileId::default(), text, &options);
            let document = &parsed.documents[0];
            assert!(parsed.findings.iter().all(|f| f.code == "yaml-ambiguous-scalar"), "{path}");
            let found = Customs::default().find(
                document.get("spec").unwrap().get("group").unwrap().as_str().unwrap(),
                document.get("spec").unwrap().get("names").unwrap().get("kind").unwrap().as_str().unwrap(),
            );
            let found = found.unwrap();
            assert_eq!(format!("custom/{}", import::path(&found.group, &found.kind)), path);
            let (mut names, own) = (Vec::new(), document.get("x-podwright-types"));
            types(document, &mut names);
            for name in names {
                let known = own.and_then(|own| own.get(name)).is_some() || shape::known(name).is_some();
                assert!(known, "{path}: {name}");
            }
            count += 1;
        }
        assert!(count > 10);
    }

    #[test]
    fn a_definition_of_the_shelf_goes_before_the_own_one_and_only_names_lead_there() {
        let text = "kind: CustomResourceDefinition\nspec:\n  group: keda.sh\n  scope: Cluster\n  names: {kind: ScaledObject, plural: x}\n  versions: []\n";
        let customs = Customs::on(move |path| {
            assert!(!path.contains(".."), "{path}");
            (path == "keda.sh/ScaledObject.yaml").then(|| Shelved::Text(text.to_owned()))
        });
        assert!(!customs.find("keda.sh", "ScaledObject").unwrap().namespaced);
        assert!(customs.find("keda.sh", "TriggerAuthentication").unwrap().namespaced);
        for (group, kind) in [("keda.sh", "../ScaledObject"), ("../keda.sh", "ScaledObject"), ("keda.sh", "")]
        {
            assert!(customs.find(group, kind).is_none(), "{group} {kind}");
        }
    }

    #[test]
    fn json_schemas_are_found_by_what_they_say_and_by_their_names() {
        let options = Options { documents: Documents::One, role: Role::Values };
        let read = |text: &str, path: &str| {
            let parsed = yaml::read(FileId::default(), text, &options);
            Definition::of_json_schema(&parsed.documents[0], path)
        };
        let plain = "{properties: {spec: {type: object}}}";
        let said = "{properties: {}, x-kubernetes-group-version-kind: [{group: example.com, kind: Gadget, version: v1}]}";
        for (text, path, group, version) in [
            (plain, "a/gadget-example-v1.json", "example.com", "v1"),
            (plain, "a/example.com/gadget_v2.json", "example.com", "v2"),
            (said, "x.json", "example.com", "v1"),
        ] {
            let mut customs = Customs::default();
            customs.add(read(text, path).unwrap());
            assert_eq!(customs.find(group, "Gadget").unwrap().versions[0].name, version, "{path}");
            assert!(customs.find("example.org", "Gadget").is_none() || path.contains("-example-"), "{path}");
        }
        let mut customs = Customs::default();
        for version in ["v1", "v2"] {
            customs.add(read(plain, &format!("gadget-example-{version}.json")).unwrap());
        }
        assert_eq!(customs.find("example.com", "Gadget").unwrap().versions.len(), 2);
        assert!(read("{type: object}", "gadget-example-v1.json").is_none());
        assert!(read(plain, "gadget.json").is_none());
    }
}
