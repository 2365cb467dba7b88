//! The provenance of transforms and patches is exact: over the example environments and settings that turn all of them
//! on, each value of environment.yaml that they read is changed or taken away alone, and the fields that change are
//! those that name its line.
//!
//! A field that was made from several settings together names the map or list that holds them. Scalars that name a
//! setting by its own line and that no change of it moves are claims in vain: there are none.

use podwright::{
    field::{By, Data as FieldData, Field, Trace},
    package::{Endpoint, Facts, Package, Place, context, load},
    rules,
    schema::Schema,
    source::{Sources, Span, embedded},
    transform::{self, Scope},
    values::{self, Id, Origin, Route, Segment, TOP, Values},
    workspace::{self, Component, Config, Settings, Workspace, configure},
    yaml::{self, Data, Documents, Entry, Key, Node, Options, Role, Style},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

/// What is asked for beside what the examples ask for: every transform, and patches of both kinds.
const ASKED: [&str; 3] = [
    "{}",
    r#"
images:
  registry: registry.example.com/mirror
  tags: { harbor.abc.com/apache/dolphinscheduler: "9.8", docker.io/bitnami/postgresql: "7" }
  pullPolicy: Never
mesh:
  linkerd: { inject: ingress, config: { config.linkerd.io/proxy-cpu-request: 10m } }
monitoring:
  prometheus: { labels: { release: k8s }, rules: { severity: page, for: 5m, restarts: 7, memoryPercent: 60 } }
labels: { team: data, tier: backend }
annotations: { contact: nobody, linkerd.io/inject: never }
"#,
    r#"
images: { tags: { harbor.abc.com/apache/dolphinscheduler: "9.8" }, registry: { harbor.abc.com: other.example.com, docker.io: third.example.com } }
mesh: { linkerd: { inject: enabled, opaquePorts: [12345, 1000-2000, 2181] } }
monitoring: { prometheus: { interval: 30s, labels: { release: k8s }, serviceAccount: monitoring/prometheus } }
annotations: { note: patched }
components:
  dolphinscheduler:
    patches:
      - target: { kind: StatefulSet, name: "*-worker" }
        patch:
          metadata: { annotations: { patched: "yes" } }
          spec:
            podManagementPolicy: OrderedReady
            template:
              spec:
                priorityClassName: high
                terminationGracePeriodSeconds: 77
                containers:
                  - { name: dolphinscheduler-worker, env: [{ name: EXTRA, value: one }], image: "quay.io/a/worker:1" }
                  - { name: sidecar, image: "busybox:1", args: [a] }
                tolerations: [{ key: data, operator: Exists }]
      - target: { kind: Service }
        patch:
          - { op: add, path: /spec/externalName, value: none.example.com }
          - { op: add, path: /spec/ports/-, value: { name: extra, port: 99 } }
          - { op: replace, path: /spec/ports/0/name, value: renamed }
          - { op: copy, from: /metadata/labels, path: /spec/copied }
      - target: { kind: Deployment }
        patch: { spec: { strategy: null, minReadySeconds: 5 } }
"#,
];

/// One field of the rendering: its text if it is a scalar, and the lines of settings that it names.
#[derive(Debug, Clone, PartialEq)]
struct Part {
    text: String,
    names: Vec<Span>,
}

type Parts = BTreeMap<String, Part>;

/// A component with everything that its rendering needs.
struct Subject<'w> {
    package: &'w Package,
    config: &'w Config<'w>,
    component: &'w Component<'w>,
    environment: &'w str,
    layers: Vec<Origin<'w>>,
    facts: Facts,
}

impl Subject<'_> {
    /// The parts after the transforms that `asked` asks for; none if one of them is refused.
    fn parts(&self, asked: Option<&Node>) -> Option<Parts> {
        let context = context(self.config, self.environment, self.component, self.package);
        let mut roots = vec![("values", self.layers.clone())];
        roots.extend(context.roots(self.package));
        let values = values::merge(&roots);
        let nothing = node(Data::Map(Vec::new()));
        let whole = Origin { layer: 1, key: None, node: asked.unwrap_or(&nothing) };
        let settings = Settings::new(values::merge(&[("environment", vec![whole])]));
        let mut rendering = self.package.render(&values, self.config.namespace);
        assert!(rendering.findings.is_empty(), "{:?}", rendering.findings);
        let findings = transform::run(&mut Scope {
            manifests: &mut rendering.manifests,
            trace: &mut rendering.trace,
            settings: &settings,
            facts: &self.facts,
            seen: &mut transform::Seen::default(),
            component: self.component.name,
            namespace: self.config.namespace,
        });
        if !findings.is_empty() {
            assert!(asked.is_some());
            return None;
        }
        let mut walk = Walk { trace: &rendering.trace, parts: Parts::new() };
        for manifest in &rendering.manifests {
            let by = manifest.body.by;
            // An object that gets another name is still the same.
            let calls = rendering.trace.frames(by).filter(|f| f.change.is_none()).map(|f| f.at);
            let place = std::iter::once(by.at)
                .chain(calls)
                .fold(manifest.identity.kind.clone(), |n, at| format!("{n}@{}:{}", at.file.0, at.start));
            walk.field(&place, &manifest.body, by);
        }
        Some(walk.parts)
    }
}

struct Walk<'w> {
    trace: &'w Trace,
    parts: Parts,
}

impl Walk<'_> {
    fn field(&mut self, place: &str, field: &Field<'_>, key: By) {
        let mut names: Vec<Span> = Vec::new();
        for by in [field.by, key] {
            names.extend(self.trace.frames(by).filter(|f| f.change.is_some()).map(|f| f.at));
        }
        let text = match &field.data {
            FieldData::Map(_) => "map".to_owned(),
            FieldData::Seq(_) => "list".to_owned(),
            other => format!("{other:?}"),
        };
        let twice = self.parts.insert(place.to_owned(), Part { text, names });
        assert!(twice.is_none(), "{place} twice");
        for member in field.members() {
            self.field(&format!("{place}/{}", member.key), &member.value, member.by);
        }
        for (n, item) in field.items().iter().enumerate() {
            // One container more does not change the others.
            let named = ["/containers", "/env"].iter().any(|list| place.ends_with(list));
            let name = item.get("name").and_then(Field::as_str).filter(|_| named);
            let name = name.map_or_else(|| n.to_string(), str::to_owned);
            self.field(&format!("{place}[{name}]"), item, item.by);
        }
    }
}

fn node(data: Data) -> Node {
    Node { data, span: Span::default(), style: Style::Plain, suspect: false }
}

/// The merged settings as one file, each where it stands.
fn flat(values: &Values<'_>, id: Id) -> Node {
    let member = |c: Id| Entry {
        key: Key {
            text: values.key(c).into(),
            span: values.key_span(c).unwrap_or_default(),
            style: Style::Plain,
        },
        value: flat(values, c),
    };
    let data = match values.data(id) {
        values::Data::Absent => Data::Null,
        values::Data::Bool(b) => Data::Bool(b),
        values::Data::Int(i) => Data::Int(i),
        values::Data::UInt(u) => Data::UInt(u),
        values::Data::Float(f) => Data::Float(f),
        values::Data::Str(s) => Data::Str(s.into()),
        values::Data::Seq(_) => Data::Seq(values.children(id).map(|c| flat(values, c)).collect()),
        values::Data::Map(_) => Data::Map(values.children(id).map(member).collect()),
    };
    Node { data, span: values.span(id).unwrap_or_default(), style: Style::Plain, suspect: false }
}

/// A leaf of the settings: the way to it, its own places, and those that stand for it.
struct Leaf {
    way: Vec<usize>,
    route: Route,
    own: Vec<Span>,
    wide: Vec<Span>,
    /// Of what says where a patch applies: the whole patch.
    patch: Option<Span>,
}

/// The leaves that transforms and patches read.
fn leaves(settings: &Node) -> Vec<Leaf> {
    let mut found = Vec::new();
    walk(settings, &mut Vec::new(), &Route::default(), &mut Vec::new(), &mut found);
    found.retain(|l| depth(&l.route).is_some());
    found
}

/// How many steps lead to the setting that a route is part of; none if no transform reads it.
fn depth(route: &Route) -> Option<usize> {
    let keys: Vec<&str> = route
        .0
        .iter()
        .map(|s| match s {
            Segment::Key(key) => key.as_str(),
            Segment::Index(_) => "*",
        })
        .collect();
    match keys[..] {
        ["components", _, "patches", "*", ..] => Some(4),
        ["images" | "mesh" | "monitoring", _, ..] => Some(2),
        ["labels" | "annotations", ..] => Some(1),
        _ => None,
    }
}

fn walk(at: &Node, way: &mut Vec<usize>, route: &Route, above: &mut Vec<Vec<Span>>, found: &mut Vec<Leaf>) {
    let children: Vec<(Segment, Vec<Span>, &Node)> = match &at.data {
        Data::Map(entries) => entries
            .iter()
            .map(|e| (Segment::Key(e.key.text.to_string()), vec![e.key.span, e.value.span], &e.value))
            .collect(),
        Data::Seq(items) => {
            items.iter().enumerate().map(|(n, i)| (Segment::Index(n), vec![i.span], i)).collect()
        }
        _ => Vec::new(),
    };
    if children.is_empty() {
        let own = above.last().cloned().unwrap_or_default();
        let from = depth(route).unwrap_or(usize::MAX).saturating_sub(1);
        let wide = above.iter().skip(from).flatten().copied().collect();
        // The name of a container is a target too: it says which one is meant.
        let is = |segment: Option<&Segment>, key: &str| segment == Some(&Segment::Key(key.to_owned()));
        let target = is(route.0.get(4), "target") || is(route.0.last(), "name");
        let patch = above.get(3).and_then(|spans| spans.last().copied()).filter(|_| target);
        found.push(Leaf { way: way.clone(), route: route.clone(), own, wide, patch });
    }
    for (n, (segment, spans, child)) in children.into_iter().enumerate() {
        let mut route = route.clone();
        route.0.push(segment);
        way.push(n);
        above.push(spans);
        walk(child, way, &route, above, found);
        above.pop();
        way.pop();
    }
}

fn at<'n>(node: &'n mut Node, way: &[usize]) -> &'n mut Node {
    way.iter().fold(node, |node, &n| match &mut node.data {
        Data::Map(entries) => &mut entries[n].value,
        Data::Seq(items) => &mut items[n],
        _ => unreachable!(),
    })
}

/// The settings with another value for a leaf, and without it.
fn others(settings: &Node, leaf: &Leaf) -> Vec<Node> {
    let mut found = Vec::new();
    let mut tree = settings.clone();
    let kept = at(&mut tree, &leaf.way).data.clone();
    let tries = match &kept {
        Data::Bool(b) => vec![Data::Bool(!b)],
        Data::Int(i) => vec![Data::Int(i + 1)],
        Data::Str(s) => {
            let near = match s.rsplit_once('-') {
                Some((from, to)) if to.parse::<u16>().is_ok() => format!("{from}-{to}9"),
                _ => format!("{s}x"),
            };
            vec![Data::Str(near.into()), Data::Str("disabled".into())]
        }
        _ => Vec::new(),
    };
    for other in tries {
        at(&mut tree, &leaf.way).data = other;
        found.push(tree.clone());
    }
    let (last, above) = leaf.way.split_last().unwrap();
    match &mut at(&mut tree, above).data {
        Data::Map(entries) => drop(entries.remove(*last)),
        Data::Seq(items) => drop(items.remove(*last)),
        _ => unreachable!(),
    }
    found.push(tree);
    found
}

#[derive(Debug, Default)]
struct Tally {
    leaves: usize,
    refused: usize,
    parts: usize,
    own: usize,
    misses: Vec<String>,
    vain: Vec<String>,
}

/// Changes every setting alone.
fn audit(subject: &Subject<'_>, settings: &Node) -> Tally {
    let mut tally = Tally::default();
    let plain = subject.parts(None).unwrap();
    let before = subject.parts(Some(settings)).unwrap();
    // What a transform or patch made or changed, names a line.
    for (place, part) in
        before.iter().filter(|(place, part)| plain.get(*place).is_none_or(|p| p.text != part.text))
    {
        tally.parts += 1;
        if !part.names.iter().any(|at| *at != Span::default()) {
            tally.misses.push(format!("{place} is {} and names no line", part.text));
        }
    }
    for leaf in leaves(settings) {
        let mut moved = BTreeSet::new();
        let mut done = 0;
        for other in others(settings, &leaf) {
            match subject.parts(Some(&other)) {
                Some(after) => {
                    compare(&leaf, &plain, (&before, &after), &mut moved, &mut tally);
                    done += 1;
                }
                None => tally.refused += 1,
            }
        }
        tally.leaves += 1;
        if done == 0 {
            continue;
        }
        let claims = before.iter().filter(|(_, part)| {
            part.text != "map" && part.text != "list" && part.names.iter().any(|at| leaf.own.contains(at))
        });
        for (place, part) in claims {
            tally.own += 1;
            if !moved.contains(place) {
                tally.vain.push(format!("{}: {place} is {} whatever it says", leaf.route, part.text));
            }
        }
    }
    tally
}

/// Judges the change of one setting: what is not as it was, named it before or names it now.
fn compare(
    leaf: &Leaf,
    plain: &Parts,
    (before, after): (&Parts, &Parts),
    moved: &mut BTreeSet<String>,
    tally: &mut Tally,
) {
    let within =
        |at: &Span| leaf.patch.is_some_and(|p| p.file == at.file && p.start <= at.start && at.end <= p.end);
    let claims = |part: &Part| part.names.iter().any(|at| leaf.wide.contains(at) || within(at));
    let places: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    for place in places {
        let (was, is) = (before.get(place), after.get(place));
        if was.map(|p| &p.text) == is.map(|p| &p.text) {
            continue;
        }
        moved.insert(place.clone());
        // A field that a patch removes has no line; without the patch it is as the package makes it.
        let restored = was.is_none() && is.map(|p| &p.text) == plain.get(place).map(|p| &p.text);
        // Nor has a field that only the changed patch takes out.
        let taken = is.is_none() && leaf.patch.is_some() && plain.contains_key(place);
        let named = was.is_some_and(claims) || is.is_some_and(claims);
        if !named && !restored && !taken {
            let text = |part: Option<&Part>| part.map_or("not there".to_owned(), |p| p.text.clone());
            tally.misses.push(format!("{}: {place} was {} and is {}", leaf.route, text(was), text(is)));
        }
    }
}

/// The example environments' own components, each with its settings and one of [`ASKED`].
fn subjects(workspace: &Workspace, sources: &mut Sources, act: &mut dyn FnMut(&Subject<'_>, &Node, &str)) {
    let file = embedded::add_schema("environment.schema.json", sources);
    let schema = Schema::compile(file, embedded::schema("environment.schema.json")).unwrap();
    let asked: Vec<Node> = ASKED
        .iter()
        .map(|text| {
            let file = sources.add("asked.yaml", (*text).to_owned());
            let options = Options { documents: Documents::One, role: Role::Values };
            let parsed = yaml::read(file, text, &options);
            assert!(parsed.findings.is_empty(), "{:?}", parsed.findings);
            parsed.documents.into_iter().next().unwrap()
        })
        .collect();
    for environment in &workspace.environments {
        let (config, findings) = configure(workspace, environment, &schema, &rules::known());
        assert!(findings.is_empty(), "{findings:?}");
        let config = config.unwrap();
        for component in &config.components {
            let package = load(component.package.0, component.version.0, &Place::Embedded, sources).unwrap();
            let mut layers = vec![Origin { layer: 0, key: None, node: &package.defaults }];
            let documents =
                environment.layers.iter().filter_map(|&l| workspace.folders[l].document(component.name));
            layers.extend(documents.map(|d| Origin { layer: 1, key: None, node: &d.root }));
            // Beside what the package knows, an endpoint with metrics.
            let endpoint = Endpoint {
                service: Some("api".to_owned()),
                port: "api-port".to_owned(),
                path: "/metrics".to_owned(),
                scheme: None,
            };
            let facts = Facts {
                opaque_ports: vec![5432],
                unmeshed: vec!["alert".to_owned()],
                metrics: vec![endpoint],
                ..Facts::default()
            };
            let subject = Subject {
                package: &package,
                config: &config,
                component,
                environment: &environment.name,
                layers,
                facts,
            };
            let (own, root) = config.settings.values();
            let own = flat(own, root);
            for (n, asked) in asked.iter().enumerate() {
                let layer = |layer, node| Origin { layer, key: None, node };
                let both = values::merge(&[("environment", vec![layer(1, &own), layer(2, asked)])]);
                let settings = flat(&both, both.get(TOP, "environment").unwrap());
                act(&subject, &settings, &format!("{} with {n}", environment.name));
            }
        }
    }
}

#[test]
fn every_change_of_a_setting_is_named_by_what_it_changes() {
    let mut workspace = workspace::load(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
    let mut sources = std::mem::take(&mut workspace.sources);
    let (mut leaves, mut parts, mut own) = (0, 0, 0);
    subjects(&workspace, &mut sources, &mut |subject, settings, name| {
        let mut tally = audit(subject, settings);
        tally.misses.truncate(12);
        tally.vain.truncate(12);
        assert!(tally.misses.is_empty() && tally.vain.is_empty(), "{name}: {tally:#?}");
        leaves += tally.leaves;
        parts += tally.parts;
        own += tally.own;
    });
    assert!(leaves > 150 && parts > 1000 && own > 500, "{leaves} {parts} {own}");
}
