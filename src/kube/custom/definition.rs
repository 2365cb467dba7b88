//! Custom resource definitions: which kinds there are, in which versions, with which schemas.

use super::schema::Schema;
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
    compiled: OnceLock<Schema>,
}

impl Version {
    /// Its schema, compiled when it is first asked for.
    pub(super) fn schema(&self) -> &Schema {
        self.compiled.get_or_init(|| match &self.text {
            Some(text) => Schema::compile(text, self.types.as_ref()),
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
