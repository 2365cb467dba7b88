//! `mesh.linkerd`: annotations by which Linkerd adds its proxy to pods, on the templates of pods and never on the workload's
//! own metadata, where Linkerd does not look. What the values annotate wins.
//!
//! Pods that are meant to end do not while a proxy runs beside them, so they go without one unless `config` asks for
//! proxies that are native sidecars. Services name the opaque ports that they expose, so that clients know them too.
//!
//! Runs before `annotations`, which is asked for less precisely.

use super::{
    Scope, Transform, edit,
    pods::{Pods, each_pods, spec},
};
use crate::{
    diag::Finding,
    field::{Data, Field, Trace},
    manifest::Manifest,
    package::{Facts, named},
    source::Span,
    values,
    workspace::Setting,
};
use std::collections::BTreeMap;

pub(super) static TRANSFORM: Transform = Transform { name: NAME, apply };
const NAME: &str = "mesh.linkerd";

const INJECT: &str = "linkerd.io/inject";
const OPAQUE: &str = "config.linkerd.io/opaque-ports";

/// Linkerd 2.20 and later, 2.19, and before.
const NATIVE_SIDECAR: [&str; 3] = [
    "config.linkerd.io/proxy-enable-native-sidecar",
    "config.beta.linkerd.io/proxy-enable-native-sidecar",
    "config.alpha.linkerd.io/proxy-enable-native-sidecar",
];

/// What is asked for.
struct Mesh<'a> {
    /// The annotation that decides, and where it is asked for.
    inject: Option<(&'a str, Span)>,
    /// Annotations of the proxy.
    config: Vec<(&'a str, &'a str, Span)>,
    /// Ranges of ports, and who asked for them.
    opaque: Vec<(u16, u16)>,
    opaque_asked: Span,
    /// Where the mesh is asked for at all.
    asked: Span,
}

fn apply(scope: &mut Scope<'_, '_>) -> Vec<Finding> {
    let Some(setting) = scope.settings.get(&["mesh", "linkerd"]) else { return Vec::new() };
    let mut findings = Vec::new();
    let mesh = Mesh::read(setting, scope.facts, &mut findings);
    let ports = named_ports(scope.manifests);
    let trace = &mut *scope.trace;
    for manifest in scope.manifests.iter_mut() {
        let own = &manifest.identity.name;
        let unmeshed = scope.facts.unmeshed.iter().any(|suffix| named(scope.component, suffix, own));
        let service = manifest.identity.group.is_empty() && manifest.identity.kind == "Service";
        if service && !mesh.off() {
            mesh.service(&mut manifest.body, &ports, trace);
        }
        each_pods(manifest, &scope.facts.pod_templates, &mut |mut pods| {
            mesh.annotate(&mut pods, unmeshed, trace);
        });
    }
    findings
}

impl<'a> Mesh<'a> {
    fn read(setting: Setting<'_, 'a>, facts: &Facts, findings: &mut Vec<Finding>) -> Self {
        let asked = setting.key_span();
        let text = |s: Setting<'_, 'a>| s.text().map(|t| (t, s.span()));
        let config = setting.get(&["config"]).into_iter().flat_map(|c| c.entries().collect::<Vec<_>>());
        let (mut opaque, opaque_asked): (Vec<(u16, u16)>, Span) = match setting.get(&["opaquePorts"]) {
            Some(list) => (asked_ports(list, findings), list.key_span()),
            None => (facts.opaque_ports.iter().map(|&p| (p, p)).collect(), asked),
        };
        opaque.sort_unstable();
        opaque.dedup();
        Self {
            inject: setting.get(&["inject"]).and_then(text),
            config: config.filter_map(|(key, s)| s.text().map(|t| (key, t, s.span()))).collect(),
            opaque,
            opaque_asked,
            asked,
        }
    }

    /// Nothing is meshed.
    fn off(&self) -> bool {
        self.inject.is_some_and(|(inject, _)| inject == "disabled")
    }

    /// Where proxies are asked for that end with their pods.
    fn native(&self) -> bool {
        self.config.iter().any(|(key, text, _)| NATIVE_SIDECAR.contains(key) && *text == "true")
    }

    fn annotate(&self, pods: &mut Pods<'_, 'a>, unmeshed: bool, trace: &mut Trace) {
        let without = unmeshed || (pods.finish && !self.native());
        // What the others get is not asked about these: the namespace may be the one that injects.
        let inject = if without { Some(("disabled", self.asked)) } else { self.inject };
        let mut annotate = |key: &'a str, text: String, asked: Span, because: Option<Span>| {
            let map = edit::map_at(pods.template, &["metadata", "annotations"], trace, NAME, asked)?;
            edit::add_because(map, key, text, trace, NAME, (asked, because));
            map.get(key).and_then(Field::as_str).map(|text| text == "disabled")
        };
        if let Some((inject, asked)) = inject
            && annotate(INJECT, inject.to_owned(), asked, None) == Some(true)
        {
            return;
        }
        // Pods that get no proxy have none of these.
        let because = self.inject.map(|(_, asked)| asked);
        for (key, text, asked) in &self.config {
            annotate(key, (*text).to_owned(), *asked, because);
        }
        if !self.opaque.is_empty() {
            let list: Vec<String> = self.opaque.iter().map(written).collect();
            annotate(OPAQUE, list.join(","), self.opaque_asked, because);
        }
    }

    fn service(&self, body: &mut Field<'a>, named: &BTreeMap<String, u16>, trace: &mut Trace) {
        if body.at(&["spec", "type"]).and_then(Field::as_str) == Some("ExternalName") {
            return;
        }
        let opaque = |port: u16| self.opaque.iter().any(|&(from, to)| from <= port && port <= to);
        let mut ports: Vec<u16> = Vec::new();
        for port in body.at(&["spec", "ports"]).map_or(&[][..], Field::items) {
            let Some(own) = port.get("port").and_then(number) else { continue };
            let target = match port.get("targetPort") {
                Some(field) => number(field).or_else(|| named.get(field.as_str()?).copied()),
                None => None,
            };
            let udp = port.get("protocol").and_then(Field::as_str).is_some_and(|p| p != "TCP");
            if !udp && (opaque(own) || target.is_some_and(opaque)) {
                ports.push(own);
            }
        }
        ports.sort_unstable();
        ports.dedup();
        if ports.is_empty() {
            return;
        }
        let asked = self.opaque_asked;
        if let Some(map) = edit::map_at(body, &["metadata", "annotations"], trace, NAME, asked) {
            let list: Vec<String> = ports.iter().map(u16::to_string).collect();
            let because = self.inject.map(|(_, asked)| asked);
            edit::add_because(map, OPAQUE, list.join(","), trace, NAME, (asked, because));
        }
    }
}

/// The ports of a list; what is no range of ports is a finding.
fn asked_ports(list: Setting<'_, '_>, findings: &mut Vec<Finding>) -> Vec<(u16, u16)> {
    let mut ports = Vec::new();
    for (_, item) in list.entries() {
        match range(item.data()) {
            Some((from, to)) if from <= to => ports.push((from, to)),
            _ => findings.push(
                Finding::error("mesh-port-range", item.span(), "this is no range of ports")
                    .help("write the smaller port first, and none above 65535, as in `9000-9010`"),
            ),
        }
    }
    ports
}

/// A port, or ports from one to another as `a-b`.
fn range(data: values::Data<'_>) -> Option<(u16, u16)> {
    match data {
        values::Data::Int(port) => u16::try_from(port).ok().map(|p| (p, p)),
        values::Data::Str(text) => {
            let (from, to) = text.split_once('-')?;
            Some((from.parse().ok()?, to.parse().ok()?))
        }
        _ => None,
    }
}

fn written(&(from, to): &(u16, u16)) -> String {
    if from == to { from.to_string() } else { format!("{from}-{to}") }
}

fn number(field: &Field<'_>) -> Option<u16> {
    match field.data {
        Data::Int(port) => u16::try_from(port).ok(),
        Data::UInt(port) => u16::try_from(port).ok(),
        _ => None,
    }
}

/// The ports of containers by name.
fn named_ports(manifests: &[Manifest<'_>]) -> BTreeMap<String, u16> {
    let mut named = BTreeMap::new();
    for spec in manifests.iter().filter_map(spec) {
        for port in spec
            .get("containers")
            .map_or(&[][..], Field::items)
            .iter()
            .flat_map(|c| c.get("ports").map_or(&[][..], Field::items))
        {
            if let (Some(name), Some(number)) =
                (port.get("name").and_then(Field::as_str), port.get("containerPort").and_then(number))
            {
                named.insert(name.to_owned(), number);
            }
        }
    }
    named
}
