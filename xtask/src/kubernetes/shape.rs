//! The shape of a field, from its property in an OpenAPI v2 document, and the short names of types.

use anyhow::{Result, bail};
use serde_json::Value;
use std::fmt;

/// What a field may hold. `Display` gives the text of types.txt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shape {
    /// One of the words of the format, such as `int32`.
    Word(&'static str),
    /// A type, by the name that the document has for it.
    Type(String),
    /// A list, and what tells its items apart: nothing, `;set` or `;map=KEYS`.
    List(Box<Shape>, String),
    /// A map from strings.
    Map(Box<Shape>),
}

/// Types that are a word of the format, whatever the document says of their structure: it calls a quantity a string
/// and has nothing to say of JSON.
const WORDS: &[(&str, &str)] = &[
    ("io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON", "any"),
    ("io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray", "schema-or-list"),
    ("io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool", "schema-or-bool"),
    (
        "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrStringArray",
        "schema-or-strings",
    ),
    ("io.k8s.apimachinery.pkg.api.resource.Quantity", "quantity"),
    ("io.k8s.apimachinery.pkg.apis.meta.v1.Duration", "duration"),
    ("io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1", "any"),
    ("io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime", "microtime"),
    ("io.k8s.apimachinery.pkg.apis.meta.v1.Time", "time"),
    ("io.k8s.apimachinery.pkg.runtime.RawExtension", "any"),
    ("io.k8s.apimachinery.pkg.util.intstr.IntOrString", "intstr"),
];

impl Shape {
    /// The shape of a property, or of the items of one.
    ///
    /// # Errors
    /// A type or format that the format of types.txt has no word for.
    pub(super) fn of(property: &Value) -> Result<Self> {
        let text = |key: &str| property.get(key).and_then(Value::as_str);
        if let Some(name) = text("$ref") {
            let name = name.trim_start_matches("#/definitions/");
            let word = WORDS.iter().find(|(n, _)| *n == name);
            return Ok(word.map_or_else(|| Shape::Type(name.to_owned()), |(_, word)| Shape::Word(word)));
        }
        Ok(match (text("type"), text("format")) {
            (Some("string"), None) => Shape::Word("string"),
            (Some("string"), Some("byte")) => Shape::Word("bytes"),
            (Some("boolean"), None) => Shape::Word("bool"),
            (Some("integer"), Some("int32")) => Shape::Word("int32"),
            (Some("integer"), Some("int64")) => Shape::Word("int64"),
            (Some("number"), Some("double")) => Shape::Word("float"),
            (Some("array"), None) => Shape::List(Box::new(Self::of(&property["items"])?), keys(property)),
            (Some("object"), None) => match property.get("additionalProperties") {
                Some(values) => Shape::Map(Box::new(Self::of(values)?)),
                None => Shape::Word("any"),
            },
            (kind, format) => bail!("no shape for type {kind:?}, format {format:?}"),
        })
    }

    /// The type that it holds, at any depth.
    pub(super) fn holds(&self) -> Option<&str> {
        match self {
            Shape::Word(_) => None,
            Shape::Type(name) => Some(name),
            Shape::List(inner, _) | Shape::Map(inner) => inner.holds(),
        }
    }
}

/// What tells the items of a list apart.
fn keys(property: &Value) -> String {
    match property.get("x-kubernetes-list-type").and_then(Value::as_str) {
        Some("set") => ";set".to_owned(),
        Some("map") => {
            let keys = property.get("x-kubernetes-list-map-keys").and_then(Value::as_array);
            let names: Vec<&str> = keys.into_iter().flatten().filter_map(Value::as_str).collect();
            format!(";map={}", names.join(","))
        }
        _ => String::new(),
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Shape::Word(word) => f.write_str(word),
            Shape::Type(name) => f.write_str(short(name)),
            Shape::List(inner, keys) => write!(f, "[{inner}{keys}]"),
            Shape::Map(inner) => write!(f, "{{{inner}}}"),
        }
    }
}

/// The name of a type in types.txt: group, version and name, without the Go package before them.
pub(super) fn short(name: &str) -> &str {
    match name.rsplit_once(".pkg.apis.") {
        Some((_, short)) => short,
        None => name.strip_prefix("io.k8s.api.").unwrap_or(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn shapes() {
        let pod = "#/definitions/io.k8s.api.core.v1.Pod";
        let quantity = "#/definitions/io.k8s.apimachinery.pkg.api.resource.Quantity";
        let cases = [
            (json!({"type": "boolean"}), "bool"),
            (json!({"type": "integer", "format": "int32"}), "int32"),
            (json!({"type": "integer", "format": "int64"}), "int64"),
            (json!({"type": "number", "format": "double"}), "float"),
            (json!({"type": "string"}), "string"),
            (json!({"type": "string", "format": "byte"}), "bytes"),
            (json!({"type": "object"}), "any"),
            (json!({"$ref": pod}), "core.v1.Pod"),
            (
                json!({"type": "array", "items": {"$ref": pod}, "x-kubernetes-list-type": "atomic"}),
                "[core.v1.Pod]",
            ),
            (
                json!({"type": "array", "items": {"type": "string"}, "x-kubernetes-list-type": "set"}),
                "[string;set]",
            ),
            (
                json!({"type": "array", "items": {"$ref": pod}, "x-kubernetes-list-type": "map",
                       "x-kubernetes-list-map-keys": ["port", "protocol"]}),
                "[core.v1.Pod;map=port,protocol]",
            ),
            (json!({"type": "object", "additionalProperties": {"$ref": quantity}}), "{quantity}"),
            (
                json!({"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}}),
                "{[string]}",
            ),
        ];
        for (property, expected) in cases {
            assert_eq!(Shape::of(&property).unwrap().to_string(), expected, "{property}");
        }
    }

    #[test]
    fn an_integer_without_a_format_is_refused() {
        let error = Shape::of(&json!({"type": "integer"})).unwrap_err();
        assert!(error.to_string().contains("integer"), "{error}");
    }

    #[test]
    fn names_are_group_version_and_name() {
        for (long, expected) in [
            ("io.k8s.api.core.v1.Pod", "core.v1.Pod"),
            ("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta", "meta.v1.ObjectMeta"),
            (
                "io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIService",
                "apiregistration.v1.APIService",
            ),
        ] {
            assert_eq!(short(long), expected);
        }
    }
}
