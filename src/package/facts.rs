//! What a package knows about its system beyond what it renders: `facts` of package.yaml, for the transforms that an
//! environment asks for.

use crate::{
    manifest::{ImageKeys, ImageSpot, Spot},
    yaml::{Data, Node},
};

/// Facts about a system.
#[derive(Debug, Default)]
pub struct Facts {
    /// The ports, its own and those that it calls, whose protocol no proxy can tell from the first bytes.
    pub opaque_ports: Vec<u16>,
    /// The workloads that do not work with a proxy beside them: what follows the component's name and a dash.
    pub unmeshed: Vec<String>,
    /// Where it serves metrics.
    pub metrics: Vec<Endpoint>,
    /// Where custom kinds hold images that are no containers'.
    pub images: Vec<ImageSpot>,
    /// Where custom kinds hold the templates of pods.
    pub pod_templates: Vec<Spot>,
}

/// A port of a Service that serves metrics for Prometheus.
#[derive(Debug)]
pub struct Endpoint {
    /// The Service: what follows the component's name and a dash; none for every Service with that port.
    pub service: Option<String>,
    /// The name of the Service's port.
    pub port: String,
    /// The path.
    pub path: String,
    /// The scheme, if it is not HTTP.
    pub scheme: Option<String>,
}

impl Facts {
    /// The facts of a package.yaml that its schema has approved; what is odd here reads as not there.
    pub(super) fn of(meta: &Node) -> Self {
        let Some(facts) = meta.get("facts") else { return Self::default() };
        let items = |key: &str| facts.get(key).map_or(&[][..], Node::items);
        let port = |node: &Node| match node.data {
            Data::Int(port) => u16::try_from(port).ok(),
            _ => None,
        };
        Self {
            opaque_ports: items("opaquePorts").iter().filter_map(port).collect(),
            unmeshed: items("unmeshed").iter().filter_map(|n| n.as_str().map(str::to_owned)).collect(),
            metrics: items("metrics").iter().filter_map(Endpoint::of).collect(),
            images: items("images").iter().filter_map(image).collect(),
            pod_templates: items("podTemplates").iter().filter_map(spot).collect(),
        }
    }
}

fn text(node: &Node, key: &str) -> Option<String> {
    node.get(key).and_then(Node::as_str).map(str::to_owned)
}

fn spot(node: &Node) -> Option<Spot> {
    Some(Spot::new(&text(node, "group")?, &text(node, "kind")?, &text(node, "at")?))
}

fn image(node: &Node) -> Option<ImageSpot> {
    let keys = ImageKeys {
        image: text(node, "image")?.into(),
        tag: text(node, "tag"),
        registry: text(node, "registry"),
        pull_policy: text(node, "pullPolicy").map(Into::into),
    };
    Some(ImageSpot { spot: spot(node)?, keys })
}

impl Endpoint {
    fn of(node: &Node) -> Option<Self> {
        Some(Self {
            service: text(node, "service"),
            port: text(node, "port")?,
            path: text(node, "path").unwrap_or_else(|| "/metrics".to_owned()),
            scheme: text(node, "scheme"),
        })
    }

    /// Whether a Service of a component is meant.
    pub fn means(&self, component: &str, service: &str) -> bool {
        self.service.as_deref().is_none_or(|suffix| named(component, suffix, service))
    }
}

/// Whether an object of a component is the one that a fact names: the component's name, a dash, `suffix`.
pub fn named(component: &str, suffix: &str, object: &str) -> bool {
    object.strip_prefix(component).and_then(|rest| rest.strip_prefix('-')) == Some(suffix)
}
