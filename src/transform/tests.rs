//! What holds for every transform: asked for, it does something; a second run changes nothing; what it makes or changes names
//! the line that asked; what is not asked for changes nothing.

use super::*;
use crate::{
    field::{By, Data, Member},
    manifest::{ImageKeys, ImageSpot, Spot},
    package::Endpoint,
    source::Sources,
    values::{self, Origin},
    yaml::{self, Documents, Node, Options, Role},
};
use std::borrow::Cow;

/// Asks for all transforms; the first line of each is that of its name.
const ASKED: &str = r#"
images:
  registry: { docker.io: harbor.abc.com/hub }
  tags: { busybox: "1.36", harbor.abc.com/own/sidecar: "2" }
  pullPolicy: Always
mesh:
  linkerd: { inject: enabled, opaquePorts: [5432, 9000-9010], config: { config.linkerd.io/proxy-cpu-request: 10m } }
monitoring:
  prometheus: { interval: 30s, labels: { prometheus: k8s }, rules: { restarts: 1 }, serviceAccount: monitoring/prometheus-k8s }
labels: { team: data, app: other }
annotations: { contact: nobody, linkerd.io/inject: never }
"#;

const OBJECTS: &str = r#"
apiVersion: apps/v1
kind: Deployment
metadata: { name: web-a, annotations: null }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      initContainers: [{ name: wait, image: busybox, imagePullPolicy: Never }]
      containers: [{ name: web, image: "apache/web:1", ports: [{ name: sql, containerPort: 5432 }] }]
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: web-db }
spec:
  selector: { matchLabels: { app: db } }
  template:
    metadata:
      labels: { app: db }
      annotations: { linkerd.io/inject: ingress, config.linkerd.io/proxy-cpu-request: 50m }
    spec: { containers: [{ name: db, image: "docker.io/library/busybox:1@sha256:00" }] }
  volumeClaimTemplates: [{ metadata: { name: data }, spec: {} }]
---
apiVersion: batch/v1
kind: Job
metadata: { name: web-once }
spec: { template: { spec: { containers: [{ name: job, image: "harbor.abc.com/own/sidecar:1" }] } } }
---
apiVersion: batch/v1
kind: CronJob
metadata: { name: web-daily }
spec: { jobTemplate: { spec: { template: { spec: { containers: [{ name: job, image: busybox }] } } } } }
---
apiVersion: v1
kind: Pod
metadata: { name: web-pod }
spec: { containers: [{ name: pod, image: busybox }] }
---
apiVersion: v1
kind: Service
metadata: { name: web-a }
spec: { selector: { app: web }, ports: [{ name: sql, port: 80, targetPort: sql }, { name: http, port: 8080 }] }
---
apiVersion: example.com/v1
kind: Farm
metadata: { name: web }
spec:
  image: busybox:1
  stalls:
  - { image: { registry: docker.io, repository: library/busybox, tag: "1" }, template: { spec: {} } }
  - { image: { repository: apache/web } }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: web, labels: { team: own } }
data: { image: busybox }
"#;

/// A node as a field that no change made.
fn field(node: &Node) -> Field<'static> {
    let data = match &node.data {
        yaml::Data::Bool(b) => Data::Bool(*b),
        yaml::Data::Int(i) => Data::Int(*i),
        yaml::Data::Str(s) => Data::Str(Cow::Owned(s.to_string())),
        yaml::Data::Seq(items) => Data::Seq(items.iter().map(field).collect()),
        yaml::Data::Map(entries) => Data::Map(
            entries
                .iter()
                .map(|e| Member {
                    key: Cow::Owned(e.key.text.to_string()),
                    by: By::default(),
                    value: field(&e.value),
                })
                .collect(),
        ),
        _ => Data::Null,
    };
    Field { data, by: By::default() }
}

fn read(text: &str, documents: Documents) -> Vec<Node> {
    let mut sources = Sources::default();
    let file = sources.add("test.yaml", text.to_owned());
    let parsed = yaml::read(file, text, &Options { documents, role: Role::Values });
    assert_eq!(parsed.findings, []);
    parsed.documents
}

/// A custom kind.
const FARM: (&str, &str) = ("example.com", "Farm");

/// Its images: one is a text, others are maps.
fn image_spots() -> Vec<ImageSpot> {
    let keys = |image: &'static str, parts: bool, pull_policy: &'static str| ImageKeys {
        image: image.into(),
        tag: parts.then(|| "tag".to_owned()),
        registry: parts.then(|| "registry".to_owned()),
        pull_policy: Some(pull_policy.into()),
    };
    let spot = |at, keys| ImageSpot { spot: Spot::new(FARM.0, FARM.1, at), keys };
    vec![
        spot("spec", keys("image", false, "imagePullPolicy")),
        spot("spec.stalls[].image", keys("repository", true, "pullPolicy")),
    ]
}

/// Some objects, and what became of them.
struct World {
    manifests: Vec<Manifest<'static>>,
    trace: Trace,
    facts: Facts,
}

impl World {
    fn new() -> Self {
        let manifest = |node: &Node| {
            let body = canonical(field(node), "ds", By::default());
            Manifest { identity: Identity::of(&body).unwrap(), body }
        };
        let manifests = read(OBJECTS, Documents::Many).iter().map(manifest).collect();
        let endpoint = Endpoint {
            service: Some("a".to_owned()),
            port: "http".to_owned(),
            path: "/metrics".to_owned(),
            scheme: None,
        };
        let facts = Facts {
            opaque_ports: vec![1],
            unmeshed: vec!["none".to_owned()],
            metrics: vec![endpoint],
            images: image_spots(),
            pod_templates: vec![Spot::new(FARM.0, FARM.1, "spec.stalls[].template")],
        };
        Self { manifests, trace: Trace::default(), facts }
    }

    fn run(&mut self, asked: &'static Node, only: Option<&Transform>) {
        let keys = only.map(|t| t.name.split('.').collect::<Vec<_>>());
        let whole = Origin { layer: 1, key: None, node: asked };
        let settings = Settings::new(values::merge(&[("environment", vec![whole])]));
        let mut scope = Scope {
            manifests: &mut self.manifests,
            trace: &mut self.trace,
            settings: &settings,
            facts: &self.facts,
            seen: &mut Seen::default(),
            component: "web",
            namespace: ("ds", Span::default()),
        };
        let findings = match (only, keys) {
            (Some(transform), Some(keys)) => {
                assert!(scope.settings.get(&keys).is_some(), "{transform:?} is not asked for by this test");
                (transform.apply)(&mut scope)
            }
            _ => run(&mut scope),
        };
        assert_eq!(findings, []);
    }

    fn text(&self) -> String {
        self.manifests.iter().map(|m| format!("---\n{}", m.to_yaml())).collect()
    }

    fn object(&self, kind: &str, name: &str) -> &Field<'static> {
        let found = self.manifests.iter().find(|m| m.identity.kind == kind && m.identity.name == name);
        &found.unwrap_or_else(|| panic!("no {kind}/{name}")).body
    }
}

fn asked() -> &'static Node {
    let node = read(ASKED, Documents::One).remove(0);
    Box::leak(Box::new(node))
}

#[test]
fn each_does_something_and_nothing_twice() {
    for transform in TRANSFORMS.iter().copied() {
        let mut world = World::new();
        let before = world.text();
        world.run(asked(), Some(transform));
        let once = world.text();
        assert_ne!(before, once, "{transform:?}");
        world.run(asked(), Some(transform));
        assert_eq!(once, world.text(), "{transform:?}");
    }
}

#[test]
fn all_of_them_do_nothing_twice() {
    let mut world = World::new();
    world.run(asked(), None);
    let once = world.text();
    world.run(asked(), None);
    assert_eq!(once, world.text());
}

#[test]
fn nothing_is_done_unasked() {
    let node = read("namespace: ds", Documents::One).remove(0);
    let mut world = World::new();
    let before = world.text();
    world.run(Box::leak(Box::new(node)), None);
    assert_eq!(before, world.text());
}

/// Each field that is new or another has a frame of the transform, at a place in what was asked.
fn framed(old: Option<&Field<'_>>, new: &Field<'_>, trace: &Trace, transform: &Transform, route: &str) {
    let scalar = !matches!(new.data, Data::Map(_) | Data::Seq(_));
    if old.is_none() || (scalar && old.is_some_and(|o| o.data != new.data)) {
        let frame = trace.frames(new.by).next();
        let known = frame.is_some_and(|f| f.change == Some(transform.name) && f.at != Span::default());
        // The namespace of an object that is added is the environment's.
        assert!(known || route.ends_with("/namespace"), "{transform:?}: {route} is by {frame:?}");
    }
    for member in new.members() {
        let old = old.and_then(|o| o.get(&member.key));
        framed(old, &member.value, trace, transform, &format!("{route}/{}", member.key));
    }
    for (n, item) in new.items().iter().enumerate() {
        framed(old.and_then(|o| o.items().get(n)), item, trace, transform, &format!("{route}/{n}"));
    }
}

#[test]
fn what_is_made_or_changed_names_the_line_that_asked() {
    for transform in TRANSFORMS.iter().copied() {
        let (before, mut world) = (World::new(), World::new());
        world.run(asked(), Some(transform));
        for manifest in &world.manifests {
            let old = before.manifests.iter().find(|m| m.identity == manifest.identity).map(|m| &m.body);
            framed(old, &manifest.body, &world.trace, transform, &manifest.identity.to_string());
        }
    }
}

#[test]
fn selectors_claims_and_what_is_there_stay() {
    let mut world = World::new();
    world.run(asked(), None);
    let text = |field: &Field<'_>, keys: &[&str]| field.at(keys).and_then(Field::as_str).map(str::to_owned);
    let deployment = world.object("Deployment", "web-a");
    let selector = deployment.at(&["spec", "selector", "matchLabels"]).unwrap();
    assert_eq!(selector.members().len(), 1);
    assert_eq!(text(deployment, &["metadata", "labels", "app"]).as_deref(), Some("other"));
    let pods = deployment.at(&["spec", "template", "metadata"]).unwrap();
    assert_eq!(text(pods, &["labels", "app"]).as_deref(), Some("web"));
    assert_eq!(text(pods, &["annotations", "linkerd.io/inject"]).as_deref(), Some("enabled"));
    let database = world.object("StatefulSet", "web-db");
    let pods = database.at(&["spec", "template", "metadata", "annotations"]).unwrap();
    assert_eq!(text(pods, &["linkerd.io/inject"]).as_deref(), Some("ingress"));
    assert_eq!(text(pods, &["config.linkerd.io/proxy-cpu-request"]).as_deref(), Some("50m"));
    assert_eq!(text(pods, &["config.linkerd.io/opaque-ports"]).as_deref(), Some("5432,9000-9010"));
    let claim = &database.at(&["spec", "volumeClaimTemplates"]).unwrap().items()[0];
    assert!(claim.at(&["metadata", "labels"]).is_none());
    assert_eq!(
        text(world.object("ConfigMap", "web"), &["metadata", "labels", "team"]).as_deref(),
        Some("own")
    );
}

#[test]
fn jobs_end() {
    let ways: [(&str, &str, &[&str]); 2] = [
        ("Job", "web-once", &["spec", "template"]),
        ("CronJob", "web-daily", &["spec", "jobTemplate", "spec", "template"]),
    ];
    let native = "{ mesh: { linkerd: { inject: enabled, config: { config.linkerd.io/proxy-enable-native-sidecar: 'true' } } } }";
    let native: &'static Node = Box::leak(Box::new(read(native, Documents::One).remove(0)));
    for (settings, inject) in [(asked(), "disabled"), (native, "enabled")] {
        let mut world = World::new();
        world.run(settings, None);
        for (kind, name, way) in ways {
            let template = world.object(kind, name).at(way).unwrap();
            let annotation = template.at(&["metadata", "annotations", "linkerd.io/inject"]).unwrap();
            assert_eq!(annotation.as_str(), Some(inject), "{kind}");
        }
    }
}

#[test]
fn tags_are_by_the_repository_before_the_registry() {
    let mut world = World::new();
    world.run(asked(), None);
    let text = world.text();
    for image in ["harbor.abc.com/hub/library/busybox:1.36\n", "harbor.abc.com/own/sidecar:2\n"] {
        assert!(text.contains(&format!("image: {image}")), "{image}");
    }
    assert!(!text.contains("sha256"));
}

#[test]
fn custom_kinds_are_reached_where_the_package_says() {
    let mut world = World::new();
    world.run(asked(), None);
    let farm = world.object("Farm", "web").get("spec").unwrap();
    let text = |field: &Field<'_>, keys: &[&str]| {
        field.at(keys).and_then(Field::as_str).map_or_else(|| "none".to_owned(), str::to_owned)
    };
    let parts = |n: usize| {
        let image = farm.get("stalls").unwrap().items()[n].get("image").unwrap();
        ["registry", "repository", "tag", "pullPolicy"].map(|key| text(image, &[key]))
    };
    assert_eq!(text(farm, &["image"]), "harbor.abc.com/hub/library/busybox:1.36");
    assert_eq!(text(farm, &["imagePullPolicy"]), "Always");
    assert_eq!(parts(0), ["harbor.abc.com/hub", "library/busybox", "1.36", "Always"]);
    assert_eq!(parts(1), ["harbor.abc.com/hub", "apache/web", "none", "Always"]);
    let template = farm.get("stalls").unwrap().items()[0].get("template").unwrap();
    assert_eq!(text(template, &["metadata", "labels", "team"]), "data");
    assert_eq!(text(template, &["metadata", "annotations", "linkerd.io/inject"]), "enabled");
}

/// The codes of what is wrong with what was asked.
fn codes(asked: &str) -> Vec<String> {
    let node = read(asked, Documents::One).remove(0);
    let mut world = World::new();
    let whole = Origin { layer: 1, key: None, node: &node };
    let findings = run(&mut Scope {
        manifests: &mut Vec::new(),
        trace: &mut world.trace,
        settings: &Settings::new(values::merge(&[("environment", vec![whole])])),
        facts: &world.facts,
        seen: &mut Seen::default(),
        component: "web",
        namespace: ("ds", Span::default()),
    });
    findings.iter().map(|f| f.code.to_string()).collect()
}

#[test]
fn what_cannot_be_done_is_a_finding() {
    let tags = "{ images: { tags: { busybox: '1', docker.io/busybox: '2' } } }";
    assert_eq!(codes(tags), ["image-tag-clash"]);
    for (map, found) in [
        ("{ docker.io: quay.io/a, quay.io: harbor.abc.com }", 1),
        ("{ docker.io: quay.io/a, quay.io: docker.io/b }", 2),
        ("{ docker.io: quay.io/a, quay.io: quay.io/a }", 0),
        ("{ docker.io: quay.io/a, quay.io: quay.io }", 0),
        ("{ docker.io: docker.io/mirror }", 0),
    ] {
        let chains = codes(&format!("{{ images: {{ registry: {map} }} }}"));
        assert_eq!(chains, vec!["image-registry-chain"; found], "{map}");
    }
    let ports = "{ mesh: { linkerd: { opaquePorts: [9-8, 1-65535, 1-65536, 80] } } }";
    assert_eq!(codes(ports), ["mesh-port-range", "mesh-port-range"]);
}
