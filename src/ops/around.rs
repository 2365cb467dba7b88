//! What an environment has around its components: its own objects, and those of Argo CD.

use super::{
    compile::{Made, Target, make},
    project::{Planned, Project, has_errors},
};
use crate::{
    argocd::{self, Part, ROOT_FOLDER},
    diag::Finding,
    field::Trace,
    manifest::{Manifest, file_name},
    output::{File, Tree},
    own,
    package::Facts,
    rules::{self, Subject},
    source::Span,
    transform::{self, Seen},
    values::Values,
    workspace::Config,
};
use std::collections::BTreeMap;

/// Where an environment asks for objects of its own, if it does.
pub(super) fn asked(config: &Config<'_>) -> Option<Span> {
    let setting = config.settings.get(&[own::COMPONENT])?;
    setting.entries().next().map(|_| setting.key_span())
}

/// The environment's own objects, transformed and judged as those of a component are.
pub(super) fn objects<'a>(project: &Project<'_>, config: &'a Config<'a>) -> Made<'a> {
    let own::Own { mut manifests, mut trace, mut findings } = own::make(&config.settings, config.namespace);
    let mut seen = Seen::default();
    findings.extend(transform::run(&mut transform::Scope {
        manifests: &mut manifests,
        trace: &mut trace,
        settings: &config.settings,
        component: own::COMPONENT,
        namespace: config.namespace,
        facts: &Facts::default(),
        seen: &mut seen,
    }));
    let seen = (!has_errors(&findings)).then_some(seen);
    let mut made = Made { manifests, trace, findings, seen };
    if project.judged {
        let ruled = rules::run(&subject(project, config, &made));
        made.findings.extend(ruled);
    }
    made
}

/// How the objects of Argo CD are called where components have names.
pub(super) const ARGOCD: &str = "argocd";

/// The objects of Argo CD, seen as a component.
pub(super) fn argocd_subject<'s, 'a: 's>(
    project: &'s Project<'_>,
    config: &'s Config<'a>,
    made: &'s argocd::Made<'a>,
) -> Subject<'s, 'a> {
    Subject { component: ARGOCD, ..seen(project, config, &made.manifests, &made.trace) }
}

/// What Argo CD must know of a component.
pub(super) fn part<'s>(subject: &Subject<'s, '_>) -> Part<'s> {
    Part::new(subject.component, subject.asked, subject.component == own::COMPONENT, subject.manifests)
}

/// What rules see of objects that environment.yaml alone makes.
pub(super) fn subject<'s, 'a>(
    project: &'s Project<'_>,
    config: &'s Config<'a>,
    made: &'s Made<'a>,
) -> Subject<'s, 'a>
where
    'a: 's,
{
    seen(project, config, &made.manifests, &made.trace)
}

fn seen<'s, 'a: 's>(
    project: &'s Project<'_>,
    config: &'s Config<'a>,
    manifests: &'s [Manifest<'a>],
    trace: &'s Trace,
) -> Subject<'s, 'a> {
    let (values, root) = config.settings.values();
    Subject {
        component: own::COMPONENT,
        asked: asked(config).unwrap_or(config.namespace.1),
        app_version: "",
        embedded: false,
        config,
        values,
        root,
        schema: &project.schema,
        manifests,
        trace,
        plain: &[],
        images: &[],
        pods: &[],
        api: project.api(config),
    }
}

/// The folder of what Argo CD reads about an environment, if it is asked for, and what an API server would say of it and of
/// the root Application.
pub(super) fn tree(
    project: &Project<'_>,
    environment: &str,
    config: &Config<'_>,
    parts: &[Part<'_>],
) -> Option<(Tree, Vec<Finding>)> {
    let wish = argocd::Wish::of(config)?;
    let made = argocd::make(environment, config, parts)?;
    let mut findings = judge(project, config, &made);
    findings.extend(argocd::root(config).iter().flat_map(|root| judge(project, config, root)));
    Some((Tree::new(wish.folder(environment), files(&made, wish.namespace)), findings))
}

/// What an API server would say of objects of Argo CD.
fn judge(project: &Project<'_>, config: &Config<'_>, made: &argocd::Made<'_>) -> Vec<Finding> {
    match project.judged {
        true => rules::run_api(&seen(project, config, &made.manifests, &made.trace)),
        false => Vec::new(),
    }
}

fn files(made: &argocd::Made<'_>, namespace: &str) -> Vec<File> {
    made.manifests.iter().map(|m| File::new(file_name(&m.identity, namespace), m.to_yaml())).collect()
}

/// The objects of Argo CD for one environment, or the root Application of its instance, to explain them.
pub(super) fn argocd<'a>(
    project: &Project<'_>,
    at: usize,
    config: &'a Config<'a>,
    root: bool,
) -> Option<Made<'a>> {
    let made = if root {
        argocd::root(config)
    } else {
        let own = objects(project, config);
        let mut parts = Vec::new();
        if let Some(place) = asked(config) {
            parts.push(Part::new(own::COMPONENT, place, true, &own.manifests));
        }
        for component in &config.components {
            if let Some(target) = Target::new(project, at, component).filter(|t| !t.broken) {
                let values: Values<'_> = target.merge();
                parts.push(Part::new(component.name, component.at, false, &make(&target, &values).manifests));
            }
        }
        argocd::make(project.environments[at].name, config, &parts)
    };
    made.map(|made| Made { manifests: made.manifests, trace: made.trace, ..Made::default() })
}

/// The root Applications, one for each instance; the environments agree on them.
pub(super) fn roots(environments: &[Planned<'_>]) -> Vec<Tree> {
    let mut trees: BTreeMap<&str, Tree> = BTreeMap::new();
    for config in environments.iter().filter_map(|e| e.config.as_ref()) {
        let Some(wish) = argocd::Wish::of(config) else { continue };
        if !trees.contains_key(wish.instance)
            && let Some(made) = argocd::root(config)
        {
            let tree = Tree::new(wish.folder(ROOT_FOLDER), files(&made, wish.namespace));
            trees.insert(wish.instance, tree);
        }
    }
    trees.into_values().collect()
}

/// An environment of the instance whose root Application stands in `folder`: each asks for the same.
pub(super) fn root_of(project: &Project<'_>, folder: &str) -> Option<usize> {
    project.environments.iter().position(|e| {
        let wish = e.config.as_ref().and_then(argocd::Wish::of);
        wish.is_some_and(|wish| wish.folder(ROOT_FOLDER) == folder)
    })
}
