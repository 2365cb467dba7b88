//! What a schema says of a route: for people who ask what a value means.

use super::document::Document;
use super::words;
use crate::values::Route;
use serde_json::Value;

/// What a schema says of a value.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Doc {
    /// What it is for.
    pub description: String,
    /// What it must be, in words.
    pub expected: Option<String>,
    /// What it is when it is not set, as the schema says.
    pub default: Option<Value>,
    /// Examples.
    pub examples: Vec<Value>,
    /// The only values that are allowed, when they are listed.
    pub allowed: Vec<Value>,
    /// Its value is never shown.
    pub sensitive: bool,
}

/// Reads what the schemas at a route say; none when they do not know it.
pub(super) fn describe(document: &Document, route: &Route) -> Option<Doc> {
    let (schemas, sensitive) = document.at(&route.0);
    let list = |key: &str| {
        let found = schemas.iter().find_map(|s| s.get(key)?.as_array());
        found.cloned().unwrap_or_default()
    };
    (!schemas.is_empty()).then(|| Doc {
        description: schemas
            .iter()
            .find_map(|s| s.get("description")?.as_str())
            .unwrap_or_default()
            .to_owned(),
        expected: schemas.iter().find_map(|s| words::expected(document, s)),
        default: schemas.iter().find_map(|s| s.get("default")).cloned(),
        examples: list("examples"),
        allowed: list("enum"),
        sensitive,
    })
}
