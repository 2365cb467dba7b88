//! Custom kinds: their definitions, and what a server says of their objects.
//!
//! `definition` reads custom resource definitions, `schema` compiles a version's schema, `judge` holds an object against
//! it. Which definitions there are is for the caller.

mod definition;
mod judge;
mod schema;

pub use definition::{Definition, Version};

use super::{
    at::At,
    check::{Check, Fault},
    metadata,
    shape::Shape,
};
use std::collections::HashMap;

/// The custom kinds that are known, by group and kind.
#[derive(Debug, Default)]
pub struct Customs {
    known: HashMap<(String, String), Definition>,
}

impl Customs {
    /// Adds a definition; one of the same kind that was there is replaced.
    pub fn add(&mut self, definition: Definition) {
        self.known.insert((definition.group.clone(), definition.kind.clone()), definition);
    }

    /// The definition of a kind.
    pub fn find(&self, group: &str, kind: &str) -> Option<&Definition> {
        self.known.get(&(group.to_owned(), kind.to_owned()))
    }
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
    judge::structure(check, schema, object, true);
    super::decode::decode(check, object.get("metadata"), &Shape::Struct(METADATA));
    if check.refused() {
        return;
    }
    let names = super::format::names::subdomain;
    metadata::metadata(check, object.get("metadata"), definition.namespaced, names);
    judge::values(check, schema, object, true);
}

/// The type of the metadata of all objects.
const METADATA: &str = "meta.v1.ObjectMeta";
