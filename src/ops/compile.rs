//! One environment, from its layers to the files of its folder below rendered/. Pure: environments are compiled in
//! parallel, and the result depends on nothing else.

use super::project::{Planned, Project, has_errors};
use crate::{
    diag::Finding,
    field::{Trace, blame},
    manifest::{Identity, Manifest, file_name},
    output,
    package::{Context, Package, context},
    rules::{self, Subject},
    source::Span,
    values::{self, Id, Layer, Origin, TOP, Values},
    workspace::{Component, Config, Document},
};
use std::collections::BTreeMap;

/// What an environment compiles to.
#[derive(Debug)]
pub(super) struct Compiled {
    /// Its files, or none when it has a finding at error level.
    pub(super) tree: Option<output::Tree>,
    pub(super) findings: Vec<Finding>,
    /// Where sensitive values stand.
    pub(super) hidden: Vec<Span>,
}

/// A component with everything that its values are merged from.
#[derive(Debug)]
pub(super) struct Target<'p> {
    pub(super) component: &'p Component<'p>,
    pub(super) package: &'p Package,
    config: &'p Config<'p>,
    context: Context,
    layers: Vec<Layer<'p>>,
}

impl<'p> Target<'p> {
    /// The target of a component; none when its package or a file of its values is at fault.
    pub(super) fn new(project: &'p Project<'_>, at: usize, component: &'p Component<'p>) -> Option<Self> {
        let planned = &project.environments[at];
        let config = planned.config.as_ref()?;
        let package = project.package(component)?;
        let documents: Vec<(usize, &Document)> = project.workspace.environments[at]
            .layers
            .iter()
            .enumerate()
            .filter_map(|(n, &l)| project.workspace.folders[l].document(component.name).map(|d| (n, d)))
            .collect();
        if documents.iter().any(|(_, d)| d.broken) {
            return None;
        }
        let mut layers = vec![Origin { layer: 0, key: None, node: &package.defaults }];
        layers.extend(documents.into_iter().map(|(n, d)| Origin {
            layer: u16::try_from(n + 1).unwrap_or(u16::MAX),
            key: None,
            node: &d.root,
        }));
        let context = context(config, planned.name, component, package);
        Some(Self { component, package, config, context, layers })
    }

    /// The merged values with their context.
    pub(super) fn merge(&self) -> Values<'_> {
        let mut roots = Vec::with_capacity(6);
        roots.push(("values", self.layers.clone()));
        roots.extend(self.context.roots(self.package));
        values::merge(&roots)
    }

    /// The component's own values in what was merged.
    pub(super) fn root(values: &Values<'_>) -> Id {
        values.get(TOP, "values").unwrap_or(TOP)
    }
}

/// What a component came to. The values outlive the manifests that borrow from the same files.
pub(super) struct Made<'a> {
    pub(super) manifests: Vec<Manifest<'a>>,
    pub(super) trace: Trace,
    pub(super) findings: Vec<Finding>,
}

/// Checks and renders one component.
pub(super) fn make<'a>(target: &'a Target<'_>, values: &Values<'a>) -> Made<'a> {
    let root = Target::root(values);
    let mut findings = target.package.schema.check(values, root, target.component.at);
    let sound = findings.is_empty();
    let (manifests, trace) = if sound {
        let rendering = target.package.render(values, target.config.namespace);
        findings.extend(rendering.findings);
        (rendering.manifests, rendering.trace)
    } else {
        (Vec::new(), Trace::default())
    };
    let subject =
        Subject { values, root, schema: &target.package.schema, manifests: &manifests, trace: &trace };
    findings.extend(rules::run(&subject, target.config));
    Made { manifests, trace, findings }
}

/// Compiles an environment.
pub(super) fn compile(project: &Project<'_>, at: usize) -> Compiled {
    let planned: &Planned<'_> = &project.environments[at];
    let mut compiled = Compiled { tree: None, findings: Vec::new(), hidden: Vec::new() };
    let Some(config) = &planned.config else { return compiled };
    let mut whole = !planned.failed;
    let mut files = Vec::new();
    let mut seen: BTreeMap<Identity, Span> = BTreeMap::new();
    // Written here first: what is kept of thousands of files then has no room to spare.
    let mut text = String::with_capacity(4096);
    for component in &config.components {
        let Some(target) = Target::new(project, at, component) else {
            whole = false;
            continue;
        };
        let values = target.merge();
        hide(&target, &values, &mut compiled.hidden);
        let mut made = make(&target, &values);
        for manifest in &made.manifests {
            let name = manifest.body.at(&["metadata", "name"]).map_or(manifest.body.by, |n| n.by);
            let place = blame(&values, &made.trace, name, Some(&manifest.identity.name)).at;
            if let Some(first) = seen.insert(manifest.identity.clone(), place) {
                let message = format!("the environment has {} twice", manifest.identity);
                made.findings.push(
                    Finding::error("manifest-duplicate", place, message)
                        .related(first, "the first one is named here"),
                );
            }
            let path = format!("{}/{}", component.name, file_name(&manifest.identity, config.namespace.0));
            text.clear();
            manifest.write(&mut text);
            files.push(output::File::new(path, text.as_str()));
        }
        whole &= !has_errors(&made.findings);
        compiled.findings.append(&mut made.findings);
    }
    let tree = output::Tree::new(planned.name, files);
    for (first, second) in output::clashes(&tree) {
        let message =
            format!("two objects have one file on a file system that ignores case: {first} and {second}");
        compiled.findings.push(Finding::error("manifest-path-clash", config.namespace.1, message));
        whole = false;
    }
    compiled.tree = whole.then_some(tree);
    compiled
}

/// Collects where sensitive values stand, in every layer that says one.
pub(super) fn hide(target: &Target<'_>, values: &Values<'_>, hidden: &mut Vec<Span>) {
    for id in target.package.schema.secrets(values, Target::root(values)) {
        if values.written(id) {
            hidden.extend(values.chain(id).iter().filter(|o| o.layer > 0).map(|o| o.node.span));
        }
    }
}
