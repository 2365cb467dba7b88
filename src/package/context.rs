//! What a template sees beside the values: release, package, environment, cluster and improvements, as trees whose
//! nodes stand at the lines that decide them, so that provenance reaches there too.

use super::Package;
use crate::{
    source::{FileId, Span},
    values::Origin,
    workspace::{Component, Config, Improvements},
    yaml::{Data, Entry, Key, Node, Style},
};

/// The trees of one component's context. The values borrow them.
#[derive(Debug)]
pub struct Context {
    roots: Vec<(&'static str, Node)>,
}

impl Context {
    /// The roots for a merge, `values` left out: each is one layer above the package's defaults.
    pub fn roots<'c>(
        &'c self,
        package: &'c Package,
    ) -> impl Iterator<Item = (&'static str, Vec<Origin<'c>>)> {
        let one = |node: &'c Node| vec![Origin { layer: 1, key: None, node }];
        let own = ("package", vec![Origin { layer: 0, key: None, node: &package.own }]);
        self.roots.iter().map(move |(name, node)| (*name, one(node))).chain([own])
    }
}

/// The context of a component in an environment.
pub fn context(
    config: &Config<'_>,
    environment: &str,
    component: &Component<'_>,
    package: &Package,
) -> Context {
    let (namespace, namespace_at) = config.namespace;
    let optional = |value: Option<(&str, Span)>| match value {
        Some((value, at)) => text(value, at),
        None => null(component.at),
    };
    let all = |at: Option<Span>| (true, at.unwrap_or(component.at));
    let improvements = package.improvements.iter().map(|improvement| {
        let (on, at) = match &component.improvements {
            Improvements::All(at) => all(*at),
            Improvements::None(at) => (false, *at),
            Improvements::Some(names, at) => match names.iter().find(|(n, _)| *n == improvement.name) {
                Some((_, at)) => (true, *at),
                None => (false, *at),
            },
        };
        (improvement.name.as_str(), scalar(Data::Bool(on), at))
    });
    Context {
        roots: vec![
            (
                "release",
                map(
                    component.at,
                    [
                        ("name", text(component.name, component.at)),
                        ("namespace", text(namespace, namespace_at)),
                        // What the chart's labels call the tool that installs: releases can be adopted.
                        ("service", text("Helm", component.at)),
                    ],
                ),
            ),
            ("environment", map(namespace_at, [("name", text(environment, namespace_at))])),
            (
                "cluster",
                map(
                    component.at,
                    [
                        ("name", optional(config.cluster)),
                        ("kubernetesVersion", optional(config.kubernetes_version)),
                    ],
                ),
            ),
            ("improvements", map(component.at, improvements)),
        ],
    }
}

/// The root `package`, which is the same for every component.
pub(super) fn own(meta: &Node, file: FileId, name: &str, version: &str) -> Node {
    let whole = Span::whole(file);
    let at = |key: &str| meta.get(key).map_or(whole, |n| n.span);
    let app = meta.get("appVersion").and_then(Node::as_str).unwrap_or("");
    map(
        whole,
        [
            ("name", text(name, at("name"))),
            ("version", text(version, at("version"))),
            ("appVersion", text(app, at("appVersion"))),
        ],
    )
}

fn scalar(data: Data, span: Span) -> Node {
    Node { data, span, style: Style::Plain, suspect: false }
}

fn text(value: &str, span: Span) -> Node {
    scalar(Data::Str(value.into()), span)
}

fn null(span: Span) -> Node {
    scalar(Data::Null, span)
}

fn map<'k>(span: Span, entries: impl IntoIterator<Item = (&'k str, Node)>) -> Node {
    let entry = |(key, value): (&str, Node)| Entry {
        key: Key { text: key.into(), span: value.span, style: Style::Plain },
        value,
    };
    scalar(Data::Map(entries.into_iter().map(entry).collect()), span)
}
