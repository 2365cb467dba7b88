//! Custom resource definitions: which kinds there are, in which versions, with which schemas.

use super::schema::{Reading, Schema};
use crate::yaml::{Data, Node};
use std::sync::OnceLock;

/// A custom kind.
#[derive(Debug)]
pub struct Definition {
    /// Its API group.
    pub group: String,
    /// Its name.
    pub kind: String,
    /// The plural of its name, in lower case.
    pub plural: String,
    /// Whether its objects live in namespaces.
    pub namespaced: bool,
    /// Its versions, in the order of the definition.
    pub versions: Vec<Version>,
}

/// A version of a custom kind.
#[derive(Debug)]
pub struct Version {
    /// `v1alpha1`.
    pub name: String,
    /// Whether the server serves it.
    pub served: bool,
    /// What the server says to who uses it, when it is deprecated; empty for words of its own.
    pub deprecated: Option<String>,
    /// The status is a subresource: a server drops the one of an object that it is sent.
    pub(super) status: bool,
    /// The path of the number of replicas, if it can be scaled.
    pub(super) scaled: Option<String>,
    /// The text of its schema; none keeps everything.
    text: Option<Node>,
    /// The types that the schema may name.
    types: Option<Node>,
    /// The schema is a JSON Schema.
    json: bool,
    compiled: OnceLock<Schema>,
}

impl Version {
    /// Whether its schema is a JSON Schema.
    pub(super) fn is_json(&self) -> bool {
        self.json
    }

    /// Its schema, compiled when it is first asked for.
    pub(super) fn schema(&self) -> &Schema {
        self.compiled.get_or_init(|| match &self.text {
            Some(text) => {
                let json = self.json.then_some(text);
                Schema::compile(text, Reading { types: self.types.as_ref(), json, referred: None })
            }
            None => Schema { preserves: true, ..Schema::default() },
        })
    }
}

impl Definition {
    /// Reads a document of the tool's own, whose schemas may name types: those of `x-podwright-types`, or of Kubernetes.
    pub(super) fn own(document: &Node) -> Option<Self> {
        let mut definition = Self::read(document)?;
        let types = document.get("x-podwright-types").unwrap_or(document);
        definition.versions.iter_mut().for_each(|v| v.types = Some(types.clone()));
        Some(definition)
    }

    /// Reads a JSON Schema of one version of a kind. It says itself of which, by `x-kubernetes-group-version-kind`, or the
    /// path of its file does: `.../KIND-GROUP-VERSION.json`, where the group is the first part of its name, or
    /// `.../GROUP/KIND_VERSION.json`; letters are small there, and so they are in the definition.
    pub fn of_json_schema(document: &Node, path: &str) -> Option<Self> {
        if !document.get("properties").is_some_and(|p| matches!(p.data, Data::Map(_))) {
            return None;
        }
        let said = document.get("x-kubernetes-group-version-kind").and_then(|list| {
            let one = list.items().first()?;
            let text = |key: &str| one.get(key).and_then(Node::as_str).map(str::to_owned);
            Some((text("group").unwrap_or_default(), text("kind")?, text("version")?))
        });
        let (group, kind, version) = said.or_else(|| named(path))?;
        let version = Version {
            name: version,
            served: true,
            deprecated: None,
            status: false,
            scaled: None,
            text: Some(document.clone()),
            types: None,
            json: true,
            compiled: OnceLock::new(),
        };
        Some(Self { plural: String::new(), namespaced: true, versions: vec![version], group, kind })
    }

    /// Reads a document; none if it is no custom resource definition.
    pub fn read(document: &Node) -> Option<Self> {
        let text = |node: Option<&Node>| node.and_then(Node::as_str).map(str::to_owned);
        if document.get("kind").and_then(Node::as_str) != Some("CustomResourceDefinition") {
            return None;
        }
        let spec = document.get("spec")?;
        let names = spec.get("names")?;
        let versions = spec.get("versions").map_or(&[][..], Node::items).iter().filter_map(|version| {
            let deprecated = version.get("deprecated").is_some_and(|d| d.data == Data::Bool(true));
            let subresource = |key: &str| version.get("subresources").and_then(|s| s.get(key));
            Some(Version {
                name: text(version.get("name"))?,
                served: version.get("served").is_none_or(|s| s.data != Data::Bool(false)),
                deprecated: deprecated.then(|| text(version.get("deprecationWarning")).unwrap_or_default()),
                status: subresource("status").is_some(),
                scaled: text(subresource("scale").and_then(|s| s.get("specReplicasPath"))),
                text: version.get("schema").and_then(|s| s.get("openAPIV3Schema")).cloned(),
                types: None,
                json: false,
                compiled: OnceLock::new(),
            })
        });
        Some(Self {
            group: text(spec.get("group"))?,
            kind: text(names.get("kind"))?,
            plural: text(names.get("plural"))?,
            namespaced: text(spec.get("scope")).as_deref() != Some("Cluster"),
            versions: versions.collect(),
        })
    }
}

/// Group, kind and version in the path of a JSON Schema.
fn named(path: &str) -> Option<(String, String, String)> {
    let stem = path.strip_suffix(".json")?;
    let (folder, name) = stem.rsplit_once('/').unwrap_or(("", stem));
    let mut parts = name.rsplitn(3, '-');
    let (group, kind, version) = match (parts.next(), parts.next(), parts.next()) {
        (Some(version), Some(group), Some(kind)) => (group, kind, version),
        _ => {
            let (kind, version) = name.rsplit_once('_')?;
            (folder.rsplit('/').next()?, kind, version)
        }
    };
    Some((group.to_lowercase(), kind.to_lowercase(), version.to_lowercase()))
}
