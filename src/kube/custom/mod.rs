//! Custom kinds: their definitions, and what a server says of their objects.
//!
//! `definition` reads custom resource definitions, `schema` compiles a version's schema; `fields` looks for unknown fields,
//! `seen` makes of the object what a server makes of it, `judge`, `formats` and `rules` hold that against the schema. Which
//! definitions there are is for the caller.

mod builtin;
mod definition;
mod fields;
mod formats;
mod judge;
mod rules;
mod schema;
mod seen;

pub use definition::{Definition, Version};

use seen::{Content, Seen};

use super::{
    at::At,
    check::{Check, Fault},
    metadata,
    shape::Shape,
};
use crate::{
    source::{FileId, embedded},
    yaml::{self, Documents, Options, Role},
};
use std::{
    collections::HashMap,
    sync::{Arc, RwLock},
};

/// The custom kinds that are known, by group and kind: those that were added, and else those that the tool has schemas of,
/// in `schemas/custom/GROUP/KIND.yaml`, each read when it is first asked for.
#[derive(Debug, Default)]
pub struct Customs {
    known: HashMap<(String, String), Arc<Definition>>,
    own: RwLock<HashMap<(String, String), Option<Arc<Definition>>>>,
}

impl Customs {
    /// Adds a definition; one of the same kind that was there is replaced.
    pub fn add(&mut self, definition: Definition) {
        self.known.insert((definition.group.clone(), definition.kind.clone()), Arc::new(definition));
    }

    /// The definition of a kind.
    pub fn find(&self, group: &str, kind: &str) -> Option<Arc<Definition>> {
        let key = (group.to_owned(), kind.to_owned());
        if let Some(known) = self.known.get(&key) {
            return Some(Arc::clone(known));
        }
        if let Ok(own) = self.own.read()
            && let Some(found) = own.get(&key)
        {
            return found.clone();
        }
        let read = own(group, kind).map(Arc::new);
        if let Ok(mut own) = self.own.write() {
            return own.entry(key).or_insert(read).clone();
        }
        read
    }
}

/// The tool's own definition of a kind.
fn own(group: &str, kind: &str) -> Option<Definition> {
    let text = embedded::schema(&format!("custom/{group}/{kind}.yaml"));
    let options = Options { documents: Documents::One, role: Role::Values };
    yaml::read(FileId::default(), text, &options).documents.iter().find_map(Definition::own)
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
    super::decode::decode(check, object.get("metadata"), &Shape::Struct(METADATA));
    if check.refused() {
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
    let keys = path.trim_start_matches('.').split('.');
    let Some(replicas) = keys.fold(Some(seen), |at, key| at?.get(key)) else { return };
    if !matches!(replicas.content, Content::Int(n) if (0..=i128::from(i32::MAX)).contains(&n)) {
        check.invalid(replicas.at, "must be a whole number of 0 or more and 32 bits, for it is what scales");
    }
}

/// The type of the metadata of all objects.
const METADATA: &str = "meta.v1.ObjectMeta";
