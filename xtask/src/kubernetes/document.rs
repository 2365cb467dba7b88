//! One OpenAPI v2 document: the kinds that a server of its minor version lets people create, and the types that these
//! consist of. The rest of the document is dropped.

use super::shape::Shape;
use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fmt::{self, Display},
};

/// A kind of one API version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Kind {
    /// The group; empty for the core group.
    pub(super) group: String,
    /// The version, such as `v1beta1`.
    pub(super) version: String,
    /// The name.
    pub(super) kind: String,
}

impl Kind {
    /// The `apiVersion` of a manifest of this kind.
    pub(super) fn api_version(&self) -> String {
        if self.group.is_empty() { self.version.clone() } else { format!("{}/{}", self.group, self.version) }
    }
}

impl Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.api_version(), self.kind)
    }
}

/// What a document says of a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Served {
    /// Whether its objects live in a namespace.
    pub(super) namespaced: bool,
    /// The name of its type in the document.
    pub(super) type_name: String,
}

/// The fields of a type.
pub(super) type Fields = BTreeMap<String, Shape>;

/// What is kept of a document.
#[derive(Debug)]
pub(super) struct Document {
    /// The minor version, 27 of 1.27.
    pub(super) minor: u32,
    /// The kinds that can be created.
    pub(super) kinds: BTreeMap<Kind, Served>,
    /// The types that they consist of, by the document's name for them.
    pub(super) types: BTreeMap<String, Fields>,
}

impl Document {
    /// Reads the text of a document. Types are only kept of minor versions from `types_since` on.
    ///
    /// # Errors
    /// The text is no such document, or a type in it cannot be written.
    pub(super) fn parse(minor: u32, types_since: u32, text: &str) -> Result<Self> {
        let root: Value = serde_json::from_str(text).context("not JSON")?;
        let kinds = kinds(&root)?;
        let mut types = BTreeMap::new();
        let mut open: Vec<String> = kinds.values().map(|k| k.type_name.clone()).collect();
        if minor < types_since {
            open.clear();
        }
        while let Some(name) = open.pop() {
            if types.contains_key(&name) {
                continue;
            }
            let fields = fields(&root, &name).with_context(|| format!("the definition of {name}"))?;
            open.extend(fields.values().filter_map(Shape::holds).map(str::to_owned));
            types.insert(name, fields);
        }
        Ok(Self { minor, kinds, types })
    }
}

/// A kind can be created when a path without a name in it takes it by POST. That leaves out lists, options and what
/// only exists below another object, such as `Scale`.
fn kinds(root: &Value) -> Result<BTreeMap<Kind, Served>> {
    let paths = root.get("paths").and_then(Value::as_object).context("no paths")?;
    let mut kinds = BTreeMap::new();
    for (path, item) in paths {
        let Some(post) = item.get("post").filter(|_| !path.contains("{name}")) else { continue };
        let Some(named) = post.get("x-kubernetes-group-version-kind") else { continue };
        let part = |key: &str| named.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let kind = Kind { group: part("group"), version: part("version"), kind: part("kind") };
        let both = [post.get("parameters"), item.get("parameters")];
        let body =
            both.into_iter().flatten().filter_map(Value::as_array).flatten().find(|p| p["in"] == "body");
        let type_name = body
            .and_then(|b| b.pointer("/schema/$ref"))
            .and_then(Value::as_str)
            .with_context(|| format!("no body in {path}"))?
            .trim_start_matches("#/definitions/")
            .to_owned();
        let served = Served { namespaced: path.contains("/{namespace}/"), type_name };
        if let Some(before) = kinds.insert(kind.clone(), served.clone())
            && before != served
        {
            bail!("{kind} is served in two ways");
        }
    }
    Ok(kinds)
}

/// The fields of a definition. An object without properties is a type without fields: what may hold anything is known
/// by name (`Shape::of`) and never looked up.
fn fields(root: &Value, name: &str) -> Result<Fields> {
    let definition = root.get("definitions").and_then(|d| d.get(name)).context("is missing")?;
    if definition["type"] != "object" {
        bail!("is no object");
    }
    let mut fields = Fields::new();
    for (field, property) in definition.get("properties").and_then(Value::as_object).into_iter().flatten() {
        fields.insert(field.clone(), Shape::of(property).with_context(|| format!("field {field}"))?);
    }
    Ok(fields)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn post(kind: &str, type_name: &str) -> Value {
        json!({"post": {
            "parameters": [{"in": "body", "schema": {"$ref": format!("#/definitions/{type_name}")}}],
            "x-kubernetes-group-version-kind": {"group": "apps", "version": "v1", "kind": kind}}})
    }

    fn document() -> String {
        json!({
            "paths": {
                "/apis/apps/v1/namespaces/{namespace}/widgets": post("Widget", "io.k8s.api.apps.v1.Widget"),
                "/apis/apps/v1/namespaces/{namespace}/widgets/{name}/scale": post("Scale", "io.k8s.api.apps.v1.Scale"),
                "/apis/apps/v1/sites": post("Site", "io.k8s.api.apps.v1.Site"),
                "/apis/apps/v1/": {"get": {}},
            },
            "definitions": {
                "io.k8s.api.apps.v1.Widget": {"type": "object", "properties": {
                    "spec": {"type": "array", "items": {"$ref": "#/definitions/io.k8s.api.apps.v1.WidgetSpec"}}}},
                "io.k8s.api.apps.v1.WidgetSpec": {"type": "object"},
                "io.k8s.api.apps.v1.Site": {"type": "object", "properties": {"name": {"type": "string"}}},
                "io.k8s.api.apps.v1.Scale": {"type": "object"},
            },
        })
        .to_string()
    }

    #[test]
    fn kinds_that_can_be_created_and_the_types_that_they_reach() {
        let read = Document::parse(30, 25, &document()).unwrap();
        let kinds: Vec<String> = read.kinds.iter().map(|(k, s)| format!("{k} {}", s.namespaced)).collect();
        assert_eq!(kinds, ["apps/v1 Site false", "apps/v1 Widget true"]);
        let types: Vec<&String> = read.types.keys().collect();
        assert_eq!(
            types,
            ["io.k8s.api.apps.v1.Site", "io.k8s.api.apps.v1.Widget", "io.k8s.api.apps.v1.WidgetSpec"]
        );
        assert!(read.types["io.k8s.api.apps.v1.WidgetSpec"].is_empty());
    }

    #[test]
    fn an_older_document_gives_kinds_alone() {
        let read = Document::parse(24, 25, &document()).unwrap();
        assert_eq!((read.kinds.len(), read.types.len()), (2, 0));
    }

    #[test]
    fn a_definition_that_is_missing_is_named() {
        let text = document().replace("\"io.k8s.api.apps.v1.Site\":", "\"gone\":");
        let error = Document::parse(30, 25, &text).unwrap_err();
        assert_eq!(format!("{error:#}"), "the definition of io.k8s.api.apps.v1.Site: is missing");
    }
}
