//! The stages of one component, each by itself: `cargo bench --bench stages`.

#![allow(missing_docs, reason = "a benchmark")]
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot be set up ends")]

use divan::{Bencher, black_box};
use podwright::{
    output,
    package::{self, Package, Place},
    rules,
    schema::Schema,
    source::{FileId, Sources, Span, embedded},
    values::{self, Layer, Origin, TOP, Values},
    workspace, yaml,
};

#[path = "support/generate.rs"]
#[allow(dead_code, clippy::disallowed_methods, reason = "it is shared, and writes files")]
mod generate;

fn main() {
    divan::main();
}

/// What the stages of the one component of a workspace need.
struct Stage<'s> {
    /// The text of the environment's own values.
    text: &'s str,
    package: &'s Package,
    roots: Vec<(&'s str, Vec<Layer<'s>>)>,
    namespace: (&'s str, Span),
}

impl<'s> Stage<'s> {
    fn merge(&self) -> Values<'s> {
        values::merge(&self.roots)
    }
}

fn package() -> Package {
    package::load("dolphinscheduler", "1.3.9", &Place::Embedded, &mut Sources::default()).unwrap()
}

fn environment_schema() -> Schema {
    Schema::compile(FileId::default(), embedded::schema("environment.schema.json")).unwrap()
}

fn with(run: impl FnOnce(&Stage<'_>)) {
    let folder = tempfile::tempdir().unwrap();
    generate::workspace(folder.path(), 1).unwrap();
    let workspace = workspace::load(folder.path()).unwrap();
    let environment = &workspace.environments[0];
    let (config, _) = workspace::configure(&workspace, environment, &environment_schema(), &rules::known());
    let config = config.unwrap();
    let (component, package) = (&config.components[0], package());
    let context = package::context(&config, &environment.name, component, &package);
    let documents = environment.layers.iter().filter_map(|&l| workspace.folders[l].document(component.name));
    let documents: Vec<_> = documents.collect();
    let nodes = std::iter::once(&package.defaults).chain(documents.iter().map(|d| &d.root));
    let layers = nodes.zip(0..).map(|(node, layer)| Origin { layer, key: None, node }).collect();
    let mut roots = vec![("values", layers)];
    roots.extend(context.roots(&package));
    run(&Stage {
        text: workspace.sources.text(documents.last().unwrap().file),
        package: &package,
        roots,
        namespace: config.namespace,
    });
}

/// The package, once a process: schema, templates, defaults.
#[divan::bench]
fn compile(bencher: Bencher<'_, '_>) {
    bencher.bench(package);
}

/// One values file of 40 lines.
#[divan::bench]
fn read(bencher: Bencher<'_, '_>) {
    with(|stage| {
        let options = yaml::Options { documents: yaml::Documents::One, role: yaml::Role::Values };
        bencher.bench(|| yaml::read(FileId::default(), black_box(stage.text), &options));
    });
}

/// The package's defaults and three layers.
#[divan::bench]
fn merge(bencher: Bencher<'_, '_>) {
    with(|stage| bencher.bench(|| stage.merge()));
}

/// The judgement of the merged values, without a violation.
#[divan::bench]
fn schema(bencher: Bencher<'_, '_>) {
    with(|stage| {
        let values = stage.merge();
        let root = values.get(TOP, "values").unwrap();
        bencher.bench(|| stage.package.schema.check(&values, root, Span::default()));
    });
}

/// Where secrets stand in the merged values.
#[divan::bench]
fn secrets(bencher: Bencher<'_, '_>) {
    with(|stage| {
        let values = stage.merge();
        let root = values.get(TOP, "values").unwrap();
        bencher.bench(|| stage.package.schema.secrets(&values, root));
    });
}

/// 15 objects with the provenance of every field.
#[divan::bench]
fn render(bencher: Bencher<'_, '_>) {
    with(|stage| {
        let values = stage.merge();
        bencher.bench(|| stage.package.render(&values, stage.namespace));
    });
}

/// 15 objects as text, with their sums.
#[divan::bench]
fn emit(bencher: Bencher<'_, '_>) {
    with(|stage| {
        let values = stage.merge();
        let rendering = stage.package.render(&values, stage.namespace);
        bencher.bench(|| {
            let files = rendering.manifests.iter().map(|m| output::File::new("", m.to_yaml()));
            files.collect::<Vec<_>>()
        });
    });
}
