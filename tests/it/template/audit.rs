//! Provenance is exact: for every embedded package each leaf of the values is changed alone, and every part of the
//! output that changes, appears or goes must name that leaf, in what it read or in what its conditions read.
//!
//! Items of lists are placed by the line of the template that makes them, so that one more does not change the others.
//!
//! A leaf that a part names and that changes nothing there is a claim in vain; their share is printed, not judged.

use super::{Small, cases, named, tree};
use podwright::{
    field::{By, Data as FieldData, Field, Trace},
    package::{Place, load},
    source::{Sources, embedded},
    template::Program,
    values::{self, Id, Origin, Route, TOP, Values},
    yaml::{Data, Entry, Node},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

/// One leaf or container of a rendering: its text if it is a leaf, and the values that it names.
#[derive(Debug, Clone)]
struct Part {
    text: String,
    names: Vec<Id>,
}

impl Part {
    fn claims(&self, leaf: &[bool]) -> bool {
        self.names.iter().any(|id| leaf[id.0 as usize])
    }
}

/// A rendering by the place of every part. Items of lists are placed by name or by what they hold, so that one more
/// item does not change its neighbours.
type Parts = BTreeMap<String, Part>;

struct Rendering<'v> {
    values: Values<'v>,
    parts: Parts,
    faults: Vec<String>,
}

/// What a run over one set of values found.
#[derive(Debug, Default)]
struct Tally {
    leaves: usize,
    changes: usize,
    parts: usize,
    claims: usize,
    vain: usize,
    misses: Vec<String>,
    /// Leaves that changed something.
    moved: BTreeSet<String>,
}

/// A package's program and trees, apart from the rest of the tool.
struct Subject {
    program: Program,
    defaults: Node,
    sources: Sources,
    improvements: Vec<String>,
    context: Node,
}

impl Subject {
    fn new(name: &str, version: &str) -> Self {
        let files: Vec<(String, String)> =
            embedded::package(name, version).map(|(path, text)| (path.to_owned(), text.to_owned())).collect();
        let text = |path: &str| files.iter().find(|f| f.0 == path).unwrap().1.clone();
        let meta = tree(&mut Sources::default(), "package.yaml", &text("package.yaml")).unwrap();
        let improvements = meta.get("improvements").map_or(&[][..], Node::entries);
        let improvements: Vec<String> = improvements.iter().map(|e| e.key.text.to_string()).collect();
        let values = text("values.yaml");
        let templates =
            files.into_iter().filter(|f| f.0.starts_with("templates/") || f.0.starts_with("files/"));
        let small =
            Small { files: templates.collect(), values, layer: None, improvements: improvements.join(" ") };
        Self::small(&small)
    }

    fn small(small: &Small) -> Self {
        let mut sources = Sources::default();
        let ids: Vec<_> = small.files.iter().map(|f| sources.add(f.0.clone(), f.1.clone())).collect();
        let templates: Vec<_> = small
            .files
            .iter()
            .zip(ids)
            .map(|((path, text), id)| podwright::template::File { id, path, text })
            .collect();
        let (program, findings) = Program::compile(&templates);
        assert!(findings.is_empty(), "{findings:?}");
        let defaults = tree(&mut sources, "values.yaml", &small.values).unwrap();
        let context = tree(&mut sources, "context.yaml", super::CONTEXT).unwrap();
        let names = small.improvements.split_whitespace();
        let improvements = names.map(|n| n.trim_start_matches('-').to_owned()).collect();
        Self { program, defaults, sources, improvements, context }
    }

    fn render<'a>(&'a self, whole: &'a Node, improvements: &'a Node) -> Rendering<'a> {
        let values = super::merged(whole, None, &self.context, improvements);
        let rendered = self.program.render(&values);
        let mut walk = Walk { trace: &rendered.trace, parts: Parts::new() };
        let mut seen = BTreeMap::new();
        for document in &rendered.documents {
            let place = unique(&mut seen, identity(&rendered.trace, document));
            walk.field(&place, document, document.by);
        }
        let faults = rendered.faults.iter().map(|f| f.message.clone()).collect();
        let parts = walk.parts;
        Rendering { values, parts, faults }
    }
}

/// A document is known by what made it, as an item is: one that gets another name is still the same.
fn identity(trace: &Trace, document: &Field<'_>) -> String {
    let kind = document.at(&["kind"]).and_then(Field::as_str).unwrap_or("");
    made(trace, document, kind.to_owned())
}

/// `name` with the line that made a field, and the calls of fragments that led there.
fn made(trace: &Trace, field: &Field<'_>, name: String) -> String {
    let calls = trace.frames(field.by).map(|f| f.at);
    std::iter::once(field.by.at)
        .chain(calls)
        .fold(name, |name, at| format!("{name}@{}:{}", at.file.0, at.start))
}

fn unique(seen: &mut BTreeMap<String, usize>, name: String) -> String {
    let count = seen.entry(name.clone()).or_default();
    *count += 1;
    if *count == 1 { name } else { format!("{name}~{count}") }
}

impl Rendering<'_> {
    /// Which nodes stand for a leaf: itself, what holds it, and what it was before or became.
    fn leaf(&self, route: &Route) -> Vec<bool> {
        let mut found = vec![false; self.values.len()];
        let Some(id) = self.values.find(TOP, route) else { return found };
        let mut up = id;
        while up != TOP {
            found[up.0 as usize] = true;
            up = self.values.parent(up);
        }
        let mut down = vec![id];
        while let Some(id) = down.pop() {
            found[id.0 as usize] = true;
            down.extend(self.values.children(id));
        }
        found
    }

    fn told(&self, part: &Part) -> BTreeSet<String> {
        part.names.iter().map(|&id| self.values.route(id).to_string()).collect()
    }
}

struct Walk<'w> {
    trace: &'w Trace,
    parts: Parts,
}

impl Walk<'_> {
    /// `key` is what made the key that the field stands under.
    fn field(&mut self, place: &str, field: &Field<'_>, key: By) {
        let mut names = named(self.trace, field.by);
        names.extend(named(self.trace, key));
        let text = match &field.data {
            FieldData::Map(_) => "map".to_owned(),
            FieldData::Seq(_) => "list".to_owned(),
            other => format!("{other:?}"),
        };
        self.parts.insert(place.to_owned(), Part { text, names });
        for member in field.members() {
            self.field(&format!("{place}/{}", member.key), &member.value, member.by);
        }
        let mut seen = BTreeMap::new();
        for item in field.items() {
            // An item is known by what made it, and a scalar by its text too: what another does is not its change.
            let text = match &item.data {
                FieldData::Map(_) | FieldData::Seq(_) => String::new(),
                other => format!("{other:?}"),
            };
            let name = unique(&mut seen, made(self.trace, item, text));
            self.field(&format!("{place}[{name}]"), item, item.by);
        }
    }
}

fn compare(route: &str, before: &Rendering<'_>, after: &Rendering<'_>, tally: &mut Tally) {
    let way: Route = route.parse().unwrap();
    let (was, is) = (before.leaf(&way), after.leaf(&way));
    let mut changed = 0;
    for (place, part) in &before.parts {
        let claims = part.claims(&was);
        let other = after.parts.get(place);
        let same = other.is_some_and(|o| o.text == part.text);
        tally.claims += usize::from(claims);
        tally.vain += usize::from(claims && same);
        if same {
            continue;
        }
        changed += 1;
        if !claims && !other.is_some_and(|o| o.claims(&is)) {
            tally.misses.push(format!(
                "{route}: {place} was {} and names {:?}",
                part.text,
                before.told(part)
            ));
        }
    }
    for (place, part) in after.parts.iter().filter(|(place, _)| !before.parts.contains_key(*place)) {
        changed += 1;
        if !part.claims(&is) {
            tally.misses.push(format!(
                "{route}: {place} is now {} and names {:?}",
                part.text,
                after.told(part)
            ));
        }
    }
    tally.leaves += 1;
    tally.changes += usize::from(changed > 0);
    if changed > 0 {
        tally.moved.insert(route.to_owned());
    }
    tally.parts += changed;
}

/// Whether a leaf, or what stands in its place in some set, changed something.
fn reached(moved: &BTreeSet<String>, leaf: &str) -> bool {
    moved
        .iter()
        .any(|m| m.strip_prefix(leaf).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '['])))
}

/// Other values that a leaf could have.
fn others(data: &Data) -> Vec<Data> {
    let text = |s: &str| Data::Str(s.into());
    match data {
        Data::Bool(b) => vec![Data::Bool(!b)],
        Data::Int(i) => vec![Data::Int(i + 1), Data::Null],
        Data::UInt(u) => vec![Data::UInt(u - 1)],
        Data::Float(f) => vec![Data::Float(f + 1.0)],
        Data::Str(s) => {
            let more = match s.parse::<i64>() {
                Ok(i) => (i + 1).to_string(),
                Err(_) => format!("{s}x"),
            };
            vec![Data::Str(more.into()), text(""), Data::Null]
        }
        Data::Null => vec![text("other"), text("9")],
        Data::Seq(_) => vec![Data::Seq(vec![node(text("item"))])],
        Data::Map(_) => vec![Data::Map(vec![entry("added", node(text("value")))])],
    }
}

/// Words that conditions of templates look for: tried where a route sounds like a choice.
const WORDS: [&str; 7] = ["S3", "LoadBalancer", "NodePort", "ExternalName", "Recreate", "-", "postgres"];

fn node(data: Data) -> Node {
    let span = podwright::source::Span::default();
    Node { data, span, style: podwright::yaml::Style::Plain, suspect: false }
}

fn entry(key: &str, value: Node) -> Entry {
    let span = podwright::source::Span::default();
    Entry {
        key: podwright::yaml::Key { text: key.into(), span, style: podwright::yaml::Style::Plain },
        value,
    }
}

/// The merged tree of layers as one tree of a file.
fn flat(values: &Values<'_>, id: Id) -> Node {
    node(match values.data(id) {
        values::Data::Absent => Data::Null,
        values::Data::Bool(b) => Data::Bool(b),
        values::Data::Int(i) => Data::Int(i),
        values::Data::UInt(u) => Data::UInt(u),
        values::Data::Float(f) => Data::Float(f),
        values::Data::Str(s) => Data::Str(s.into()),
        values::Data::Seq(_) => Data::Seq(values.children(id).map(|c| flat(values, c)).collect()),
        values::Data::Map(_) => {
            Data::Map(values.children(id).map(|c| entry(values.key(c), flat(values, c))).collect())
        }
    })
}

/// Walks the leaves of a tree, with the way to each as steps of indices.
fn leaves(node: &Node, way: &mut Vec<usize>, route: &str, out: &mut Vec<(Vec<usize>, String)>) {
    let inner: Vec<(String, &Node)> = match &node.data {
        Data::Map(entries) => entries
            .iter()
            .map(|e| {
                let key = e.key.text.replace('\\', "\\\\").replace('.', "\\.").replace('[', "\\[");
                (format!("{route}.{key}"), &e.value)
            })
            .collect(),
        Data::Seq(items) => items.iter().enumerate().map(|(n, i)| (format!("{route}[{n}]"), i)).collect(),
        _ => Vec::new(),
    };
    if inner.is_empty() {
        out.push((way.clone(), route.to_owned()));
    }
    for (n, (route, child)) in inner.into_iter().enumerate() {
        way.push(n);
        leaves(child, way, &route, out);
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

/// The values sets of a package: `tests/cases/audit/<package>/*.yaml`, and its defaults.
fn sets(package: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/audit").join(package);
    let mut sets: Vec<(String, String)> = fs::read_dir(folder)
        .map(|entries| {
            let read = |path: &Path| fs::read_to_string(path).unwrap();
            entries
                .map(|e| e.unwrap().path())
                .map(|p| (p.file_stem().unwrap().to_string_lossy().into_owned(), read(&p)))
                .collect()
        })
        .unwrap_or_default();
    sets.sort();
    sets.insert(0, ("defaults".to_owned(), "{}".to_owned()));
    sets
}

#[test]
fn every_change_is_named_by_what_it_changes() {
    for (name, version) in embedded::packages() {
        let mut subject = Subject::new(name, version);
        let mut total = Tally::default();
        let trees: Vec<(String, Node)> = sets(name)
            .into_iter()
            .map(|(set, text)| (set.clone(), tree(&mut subject.sources, &set, &text).unwrap()))
            .collect();
        let subject = &subject;
        let tallies: Vec<Tally> = std::thread::scope(|scope| {
            let runs: Vec<_> = trees
                .iter()
                .flat_map(|(set, layer)| [(set, layer, true), (set, layer, false)])
                .map(|(set, layer, on)| scope.spawn(move || run(subject, set, layer, on)))
                .collect();
            runs.into_iter().map(|r| r.join().unwrap()).collect()
        });
        for tally in tallies {
            total.leaves += tally.leaves;
            total.changes += tally.changes;
            total.parts += tally.parts;
            total.claims += tally.claims;
            total.vain += tally.vain;
            total.misses.extend(tally.misses);
            total.moved.extend(tally.moved);
        }
        eprintln!(
            "{name} {version}: {} changes, {} parts changed, {} misses; {:.0} % of claims in vain",
            total.leaves,
            total.parts,
            total.misses.len(),
            100.0 * total.vain as f64 / total.claims.max(1) as f64
        );
        total.misses.truncate(60);
        assert!(total.misses.is_empty(), "{:#?}", total.misses);
        // The sets together reach every branch that a value leads to.
        let mut list = Vec::new();
        leaves(&subject.defaults, &mut Vec::new(), "values", &mut list);
        let still: Vec<String> =
            list.into_iter().map(|l| l.1).filter(|l| !reached(&total.moved, l)).collect();
        assert!(still.is_empty(), "no set of values shows what these change: {still:#?}");
    }
}

/// Audits one set of values with all improvements, or none.
#[allow(clippy::print_stderr, reason = "the share of claims in vain is told, not judged")]
fn run(subject: &Subject, set: &str, layer: &Node, on: bool) -> Tally {
    let switches: Vec<Entry> = subject.improvements.iter().map(|n| entry(n, node(Data::Bool(on)))).collect();
    let tally = audit(subject, layer, &node(Data::Map(switches)));
    eprintln!(
        "{set}, improvements {on}: {} changes of a leaf, {} of them change {} parts; {} claims, {} in vain",
        tally.leaves, tally.changes, tally.parts, tally.claims, tally.vain
    );
    tally
}

fn audit(subject: &Subject, layer: &Node, improvements: &Node) -> Tally {
    let both = vec![
        Origin { layer: 0, key: None, node: &subject.defaults },
        Origin { layer: 1, key: None, node: layer },
    ];
    let values = values::merge(&[("values", both)]);
    let mut whole = flat(&values, values.get(TOP, "values").unwrap());
    let first = whole.clone();
    let before = subject.render(&first, improvements);
    assert!(before.faults.is_empty(), "{:?}", before.faults);
    let mut list = Vec::new();
    leaves(&whole, &mut Vec::new(), "values", &mut list);
    let mut tally = Tally::default();
    for (way, route) in list {
        let kept = at(&mut whole, &way).data.clone();
        let mut tries = others(&kept);
        let asked = ["type", "class", "user"].iter().any(|w| route.to_lowercase().contains(w));
        if asked && matches!(kept, Data::Str(_)) {
            tries.extend(
                WORDS.iter().filter(|w| kept != Data::Str((**w).into())).map(|w| Data::Str((*w).into())),
            );
        }
        for other in tries {
            at(&mut whole, &way).data = other;
            let after = subject.render(&whole, improvements);
            // A value that no schema would let pass may have no rendering at all.
            if after.faults.is_empty() {
                compare(&route, &before, &after, &mut tally);
            }
        }
        at(&mut whole, &way).data = kept;
    }
    tally
}

/// The same of every case that renders: they hold each directive, filter and operator.
#[test]
fn every_change_in_a_case_is_named() {
    let mut total = Tally::default();
    for (folder, small) in cases::all() {
        let made = small.make();
        if !made.findings.is_empty() || made.documents.is_empty() {
            continue;
        }
        let mut subject = Subject::small(&small);
        let layer = tree(&mut subject.sources, "layer.yaml", small.layer.as_deref().unwrap_or("{}")).unwrap();
        for on in [true, false] {
            let tally = run(&subject, &folder.file_name().unwrap().to_string_lossy(), &layer, on);
            assert!(tally.misses.is_empty(), "{}: {:#?}", folder.display(), tally.misses);
            total.leaves += tally.leaves;
            total.parts += tally.parts;
        }
    }
    eprintln!("cases: {} changes, {} parts changed", total.leaves, total.parts);
    assert!(total.parts > 500, "{total:?}");
}

/// Embedded packages are not checked at every start: here they are, as strictly as a workspace's own.
#[test]
fn embedded_packages_are_sound_as_workspace_packages() {
    for (name, version) in embedded::packages() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("packages").join(name).join(version);
        let mut sources = Sources::default();
        if let Err(findings) =
            load(name, version, &Place::Workspace(podwright::source::Files::Disk(folder)), &mut sources)
        {
            let shown: Vec<_> =
                findings.iter().map(|f| format!("{} {}", sources.show(f.at), f.message)).collect();
            panic!("{shown:#?}");
        }
    }
}
