//! One environment, from its layers to the files of its folder below rendered/. Pure: environments are compiled in
//! parallel, and the result depends on nothing else.

use super::{
    Progress, around, clashes, plain,
    project::{Planned, Project, has_errors},
    secrets::{hide, hide_wrong},
    shelf::Shelf,
    unmatched,
};
use crate::{
    argocd,
    diag::{Finding, Level},
    field::Trace,
    kube::Api,
    manifest::Manifest,
    output, own,
    package::{Context, Package, context},
    rules::{self, Subject},
    source::Span,
    transform::{self, Seen},
    values::{self, Id, Layer, Origin, TOP, Values},
    workspace::{Component, Config, Document},
    yaml::Node,
};
use rayon::prelude::*;
use std::collections::BTreeSet;

/// What an environment compiles to.
#[derive(Debug, Default)]
pub(super) struct Compiled {
    /// The folders of its files, or none when it has a finding at error level.
    pub(super) trees: Option<Vec<output::Tree>>,
    /// All of its components could be rendered, whatever rules say of them.
    pub(super) rendered: bool,
    /// What it claims for itself alone on its cluster, with the rule that judges it and its level.
    pub(super) claims: Vec<(&'static rules::Rule, Level, rules::Claim)>,
    /// The suppressions that took a finding away.
    pub(super) used: BTreeSet<usize>,
    pub(super) findings: Vec<Finding>,
    /// Where sensitive values stand.
    pub(super) hidden: Vec<Span>,
    /// The images that it has; none when not all of its objects could be made.
    pub(super) seen: Option<Seen>,
}

/// A component with everything that its values are merged from.
#[derive(Debug)]
pub(super) struct Target<'p> {
    pub(super) component: &'p Component<'p>,
    pub(super) package: &'p Package,
    pub(super) config: &'p Config<'p>,
    api: Api<'p>,
    context: Context,
    layers: Vec<Layer<'p>>,
    /// The documents of its plain manifests.
    pub(super) plain: &'p [Node],
    /// A file of its values could not be read: what was, is only looked through for secrets.
    pub(super) broken: bool,
    /// A scalar of its values may not be what was meant: the values are checked, not rendered.
    doubtful: bool,
    /// Not all of its plain manifests could be read: what is not there may be in the others.
    partial: bool,
    /// Whether rules are asked.
    judged: bool,
}

impl<'p> Target<'p> {
    /// The target of a component; none when its package is at fault.
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
        let broken = documents.iter().any(|(_, d)| d.broken);
        let doubtful = documents.iter().any(|(_, d)| d.doubtful);
        let mut layers = vec![Origin { layer: 0, key: None, node: &package.defaults }];
        layers.extend(documents.into_iter().map(|(n, d)| Origin {
            layer: u16::try_from(n + 1).unwrap_or(u16::MAX),
            key: None,
            node: &d.root,
        }));
        let context = context(config, planned.name, component, package);
        let key = (at, component.name.to_owned());
        let partial = project.unread.contains(&key);
        let plain = project.plain.get(&key).map_or(&[][..], Vec::as_slice);
        let api = project.api(config);
        let judged = project.judged;
        Some(Self {
            component,
            package,
            config,
            api,
            context,
            layers,
            plain,
            broken,
            doubtful,
            partial,
            judged,
        })
    }

    /// The merged values with their context.
    pub(super) fn merge(&self) -> Values<'_> {
        let mut roots = Vec::with_capacity(6);
        roots.push(("values", self.layers.clone()));
        roots.extend(self.context.roots(self.package));
        values::merge(&roots)
    }

    /// What rules see of it.
    pub(super) fn subject<'s, 'a>(&'s self, values: &'s Values<'a>, made: &'s Made<'a>) -> Subject<'s, 'a> {
        Subject {
            component: self.component.name,
            asked: self.component.at,
            app_version: &self.package.app_version,
            embedded: self.package.embedded,
            config: self.config,
            values,
            root: Self::root(values),
            schema: &self.package.schema,
            manifests: &made.manifests,
            trace: &made.trace,
            api: self.api,
            plain: self.plain,
            images: &self.package.facts.images,
            pods: &self.package.facts.pod_templates,
        }
    }

    /// The component's own values in what was merged.
    pub(super) fn root(values: &Values<'_>) -> Id {
        values.get(TOP, "values").unwrap_or(TOP)
    }
}

/// What a component came to. The values outlive the manifests that borrow from the same files.
#[derive(Default)]
pub(super) struct Made<'a> {
    pub(super) manifests: Vec<Manifest<'a>>,
    pub(super) trace: Trace,
    pub(super) findings: Vec<Finding>,
    /// The images that it has; none when not all of its objects could be made.
    pub(super) seen: Option<Seen>,
}

/// Checks and renders one component.
pub(super) fn make<'a>(target: &'a Target<'_>, values: &Values<'a>) -> Made<'a> {
    let root = Target::root(values);
    let mut findings = target.package.schema.check(values, root, target.component.at);
    let mut seen = Seen::default();
    let (manifests, trace) = if findings.is_empty() && !target.doubtful {
        let mut rendering = target.package.render(values, target.config.namespace);
        findings.extend(rendering.findings);
        findings.extend(plain::objects(target.plain, target.config.namespace, &mut rendering.manifests));
        findings.extend(transform::run(&mut transform::Scope {
            manifests: &mut rendering.manifests,
            trace: &mut rendering.trace,
            settings: &target.config.settings,
            facts: &target.package.facts,
            seen: &mut seen,
            component: target.component.name,
            namespace: target.config.namespace,
        }));
        if target.partial {
            findings.retain(|f| f.code != "patch-unmatched");
        }
        (rendering.manifests, rendering.trace)
    } else {
        (Vec::new(), Trace::default())
    };
    let seen = (!target.doubtful && !target.partial && !has_errors(&findings)).then_some(seen);
    let made = Made { manifests, trace, findings: Vec::new(), seen };
    let mut ruled = if target.judged { rules::run(&target.subject(values, &made)) } else { Vec::new() };
    // What is not what the schema asks for need not be judged as if it were.
    let within = |inner: Span, outer: Span| {
        inner.file == outer.file && outer.start <= inner.start && inner.end <= outer.end
    };
    ruled.retain(|rule| !findings.iter().any(|f| within(rule.at, f.at)));
    findings.append(&mut ruled);
    Made { findings, ..made }
}

/// Compiles the chosen environments in parallel, each counted in `progress`; the results are in their order.
pub(super) fn compile_chosen(project: &Project<'_>, progress: &Progress) -> Vec<Compiled> {
    progress.begin(project.chosen.len());
    let one = |&at: &usize| {
        let compiled = compile(project, at);
        progress.step();
        compiled
    };
    let mut compiled: Vec<Compiled> = project.chosen.par_iter().map(one).collect();
    unmatched::tell(project, &mut compiled);
    clashes::tell(project, &mut compiled);
    compiled
}

/// Compiles an environment.
fn compile(project: &Project<'_>, at: usize) -> Compiled {
    let planned: &Planned<'_> = &project.environments[at];
    let mut compiled = Compiled::default();
    let Some(config) = &planned.config else { return compiled };
    let targets = targets(project, at, config);
    let values: Vec<Values<'_>> = targets.iter().map(Target::merge).collect();
    let (mut parts, complete) = pieces(project, config, &targets, &values, &mut compiled.hidden);
    judge_together(project, (planned.name, config), &mut parts, complete, &mut compiled);
    assemble(project, planned, config, &mut parts, complete, &mut compiled);
    compiled
}

/// Looks at all components of an environment at once: its own objects first, then what could be rendered. Gives what `act` does;
/// nothing for an environment whose environment.yaml is at fault.
pub(super) fn look<R>(
    project: &Project<'_>,
    at: usize,
    hidden: &mut Vec<Span>,
    act: impl FnOnce(&[Subject<'_, '_>]) -> R,
) -> Option<R> {
    let config = project.environments[at].config.as_ref()?;
    let targets = targets(project, at, config);
    let values: Vec<Values<'_>> = targets.iter().map(Target::merge).collect();
    let (parts, _) = pieces(project, config, &targets, &values, hidden);
    let subjects = subjects(project, config, &parts);
    Some(act(&subjects))
}

fn targets<'p>(project: &'p Project<'_>, at: usize, config: &'p Config<'p>) -> Vec<Target<'p>> {
    config.components.iter().filter_map(|component| Target::new(project, at, component)).collect()
}

/// Makes the components of an environment, its own objects first. Gives whether all of them could be looked at.
fn pieces<'p, 'a>(
    project: &'p Project<'_>,
    config: &'a Config<'a>,
    targets: &'p [Target<'p>],
    values: &'p [Values<'a>],
    hidden: &mut Vec<Span>,
) -> (Vec<Piece<'p, 'a>>, bool)
where
    'p: 'a,
    'a: 'p,
{
    let mut parts: Vec<Piece<'_, '_>> = Vec::with_capacity(targets.len() + 1);
    if let Some(asked) = around::asked(config) {
        let made = around::objects(project, config);
        let values = config.settings.values().0;
        parts.push(Piece { target: None, values, made, name: own::COMPONENT, asked });
    }
    let mut complete = targets.len() == config.components.len();
    for (target, values) in targets.iter().zip(values) {
        hide(target, values, hidden);
        if target.broken {
            complete = false;
            continue;
        }
        let made = make(target, values);
        if made.manifests.is_empty() {
            hide_wrong(target, values, &made.findings, hidden);
        }
        let (name, asked) = (target.component.name, target.component.at);
        parts.push(Piece { target: Some(target), values, made, name, asked });
    }
    (parts, complete)
}

/// What rules see of the components.
fn subjects<'s, 'p: 's, 'a: 's>(
    project: &'s Project<'_>,
    config: &'s Config<'a>,
    parts: &'s [Piece<'p, 'a>],
) -> Vec<Subject<'s, 'a>> {
    let one = |piece: &'s Piece<'p, 'a>| match piece.target {
        Some(target) => target.subject(piece.values, &piece.made),
        None => around::subject(project, config, &piece.made),
    };
    parts.iter().map(one).collect()
}

/// A component on its way; the environment's own objects are one without a target.
struct Piece<'p, 'a> {
    target: Option<&'p Target<'p>>,
    values: &'p Values<'a>,
    made: Made<'a>,
    name: &'p str,
    asked: Span,
}

/// Runs the rules that look at several components, and takes away what is suppressed.
fn judge_together<'p, 'a>(
    project: &Project<'_>,
    (name, config): (&str, &'p Config<'p>),
    parts: &mut [Piece<'p, 'a>],
    complete: bool,
    compiled: &mut Compiled,
) {
    if !project.judged {
        return;
    }
    let subjects = subjects(project, config, parts);
    let environment = rules::Environment::new(name, config, &subjects);
    compiled.claims = rules::claims(&environment);
    // What could not be rendered cannot be looked for.
    compiled.rendered = complete && parts.iter().all(|piece| piece.made.seen.is_some());
    if compiled.rendered {
        compiled.findings.extend(rules::run_environment(&environment));
    }
    drop(subjects);
    project.suppressions.apply(&mut compiled.findings, &mut compiled.used);
    for piece in parts {
        project.suppressions.apply(&mut piece.made.findings, &mut compiled.used);
    }
}

/// Puts the files of an environment together, unless something is wrong with it.
fn assemble(
    project: &Project<'_>,
    planned: &Planned<'_>,
    config: &Config<'_>,
    pieces: &mut [Piece<'_, '_>],
    complete: bool,
    compiled: &mut Compiled,
) {
    let mut whole = !planned.failed && complete && !has_errors(&compiled.findings);
    let mut seen = complete.then(Seen::default);
    let mut shelf = Shelf::new(config.namespace.0, project.texts);
    let mut parts = Vec::new();
    let wanted = argocd::Wish::of(config).is_some();
    for piece in pieces {
        let duplicates = shelf.put(piece.name, &piece.made, piece.values);
        piece.made.findings.extend(duplicates);
        if wanted {
            parts.push(argocd::Part::new(
                piece.name,
                piece.asked,
                piece.target.is_none(),
                &piece.made.manifests,
            ));
        }
        whole &= !has_errors(&piece.made.findings);
        seen = join(seen, piece.made.seen.take());
        compiled.findings.append(&mut piece.made.findings);
    }
    compiled.seen = seen;
    let tree = output::Tree::new(planned.name, shelf.into_files());
    // Two of one path are one object twice, which is told already.
    for (first, second) in output::clashes(&tree).into_iter().filter(|(first, second)| first != second) {
        let message =
            format!("two objects have one file on a file system that ignores case: {first} and {second}");
        compiled.findings.push(Finding::error("manifest-path-clash", config.namespace.1, message));
        whole = false;
    }
    if !whole {
        return;
    }
    let mut trees = vec![tree];
    if let Some((tree, mut findings)) = around::tree(project, planned.name, config, &parts) {
        project.suppressions.apply(&mut findings, &mut compiled.used);
        whole &= !has_errors(&findings);
        compiled.findings.append(&mut findings);
        trees.push(tree);
    }
    compiled.trees = whole.then_some(trees);
}

/// What two components have; none once one of them cannot tell.
fn join(all: Option<Seen>, one: Option<Seen>) -> Option<Seen> {
    let (mut all, one) = (all?, one?);
    all.join(&one);
    Some(all)
}
