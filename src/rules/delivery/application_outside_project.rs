//! Finds Applications that their AppProject does not allow.

use super::projects::{Destination, GROUP, IN_CLUSTER, Project};
use crate::{
    diag::{Finding, Level},
    field::Field,
    manifest::Manifest,
    rules::{Check, Environment, Example, Rule, Subject},
    source::Span,
    workspace::{RuleLevel, Setting},
};
use std::collections::BTreeMap;

pub(in crate::rules) static RULE: Rule = Rule {
    code: "application-outside-project",
    summary: "an Application whose AppProject does not allow its repository, its destination or the kinds of its objects",
    level: RuleLevel::Report(Level::Error),
    docs: "Argo CD refuses to sync an Application that its AppProject does not allow, and says so in the Application only. Without a list a \
        project allows no kind of the cluster at all, such as Namespace, ClusterRole or CustomResourceDefinition. \
        Only projects that stand in the same environment are looked at; one that the tool makes (without `argocd.project`) \
        allows what is rendered.\n\n\
        Add the repository to `sourceRepos`, the place to `destinations`, or the kind to `clusterResourceWhitelist` of the project.",
    parameters: &[],
    bad: &[
        Example::Manifests(
            "apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata: { name: data }\nspec:\n  \
             sourceRepos: [\"https://git.abc.com/data/*\"]\n  \
             destinations: [{ server: \"https://kubernetes.default.svc\", namespace: data-* }]\n---\n\
             apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: { name: dev }\nspec:\n  project: data\n  \
             source:\n    repoURL: https://git.abc.com/web/site.git # <-\n    path: manifests\n  destination:\n    name: in-cluster\n    \
             namespace: web # <-\n",
        ),
        Example::Files(&[
            (
                "environments/dev/environment.yaml",
                "namespace: dev\nargocd: { repoURL: \"https://git.abc.com/environments.git\", project: data }\n\
                 components: { app: { package: app, version: 1.0.0, manifests: [manifests/objects.yaml] } }\n",
            ),
            (
                "environments/dev/manifests/objects.yaml",
                "apiVersion: argoproj.io/v1alpha1\nkind: AppProject # <-\nmetadata: { name: data }\nspec:\n  sourceRepos: [\"*\"]\n  \
                 destinations: [{ name: in-cluster, namespace: dev }]\n---\n\
                 apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: { name: high }\nvalue: 1000\n",
            ),
        ]),
    ],
    good: &[
        Example::Manifests(
            "apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata: { name: data }\nspec:\n  \
             sourceRepos: [\"https://git.abc.com/data/**\", \"!https://git.abc.com/data/old\"]\n  \
             destinations: [{ server: \"*\", namespace: \"*\" }]\n  clusterResourceWhitelist: [{ group: \"*\", kind: \"*\" }]\n---\n\
             apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: { name: dev }\nspec:\n  project: data\n  \
             source: { repoURL: \"https://git.abc.com/data/a/b.git\", path: manifests }\n  destination: { name: office, namespace: web }\n---\n\
             apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: { name: other }\nspec:\n  project: elsewhere\n  \
             source: { repoURL: \"https://git.abc.com/web/site.git\", path: manifests }\n  destination: { name: office, namespace: web }\n",
        ),
        Example::Files(&[
            (
                "environments/dev/environment.yaml",
                "namespace: dev\nargocd: { repoURL: \"https://git.abc.com/environments.git\" }\n\
                 components: { app: { package: app, version: 1.0.0, manifests: [manifests/objects.yaml] } }\n",
            ),
            (
                "environments/dev/manifests/objects.yaml",
                "apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: { name: high }\nvalue: 1000\n",
            ),
        ]),
    ],
    check: Check::Environment(|environment, _| check(environment)),
};

/// An Application: that of a manifest, or one that environment.yaml asks for.
struct Application<'e, 'm, 'a> {
    name: String,
    project: &'m str,
    /// Its repositories, with where they are written.
    sources: Vec<(&'m str, Span)>,
    /// Where its objects go, and where that is written.
    destination: (Destination<'m>, Span),
    /// The component that it syncs, where that is known.
    component: Option<&'e Subject<'m, 'a>>,
}

fn check(environment: &Environment<'_, '_>) -> Vec<Finding> {
    let mut all: Vec<Application<'_, '_, '_>> = Vec::new();
    for subject in environment.components {
        let apps = subject
            .manifests
            .iter()
            .filter(|m| m.identity.group == GROUP && m.identity.kind == "Application");
        all.extend(apps.filter_map(|manifest| written(environment, subject, manifest)));
        all.extend(asked(environment, subject));
    }
    let mut findings = Vec::new();
    for application in &all {
        if let Some(project) = Project::of(environment, application.project) {
            findings.extend(judge(application, &project));
        }
    }
    findings
}

fn judge(application: &Application<'_, '_, '_>, project: &Project<'_, '_, '_>) -> Vec<Finding> {
    let (name, its) = (&application.name, application.project);
    let mut findings = Vec::new();
    let here = project.said("kind").by.at;
    for (url, at) in application.sources.iter().filter(|(url, _)| !project.source(url)) {
        let message = format!("the AppProject {its} does not allow {name} the repository {url}");
        let finding = Finding::error(RULE.code, *at, message).related(here, "the project");
        findings.push(finding.help("add it to `sourceRepos` of the project"));
    }
    let (destination, at) = &application.destination;
    if !project.destination(destination) {
        let cluster = destination.server.or(destination.name).unwrap_or_default();
        let namespace = destination.namespace;
        let message =
            format!("the AppProject {its} does not allow {name} the namespace {namespace} of {cluster}");
        let finding = Finding::error(RULE.code, *at, message).related(here, "the project");
        findings.push(finding.help("add it to `destinations` of the project"));
    }
    let mut refused: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for identity in application.component.iter().flat_map(|c| c.manifests).map(|m| &m.identity) {
        if !project.kind(identity) {
            let list = if identity.namespace.is_some() {
                "namespaceResourceWhitelist"
            } else {
                "clusterResourceWhitelist"
            };
            refused.entry(list).or_default().push(&identity.kind);
        }
    }
    for (list, mut kinds) in refused {
        kinds.sort_unstable();
        kinds.dedup();
        let said = project.said(list);
        let kinds = kinds.join(", ");
        let message = format!("the AppProject {its} does not allow {name} to make {kinds}");
        findings.push(
            project
                .subject
                .finding(RULE.code, said.by, None, message)
                .help(format!("add {kinds} to `{list}`, with the group")),
        );
    }
    findings
}

/// An Application in a manifest.
fn written<'e, 'm, 'a>(
    environment: &'e Environment<'m, 'a>,
    subject: &'e Subject<'m, 'a>,
    manifest: &'m Manifest<'a>,
) -> Option<Application<'e, 'm, 'a>> {
    let spec = manifest.body.get("spec")?;
    let text = |field: &'m Field<'a>, key: &str| field.get(key).and_then(Field::as_str);
    let place = |field: &Field<'_>| subject.finding(RULE.code, field.by, field.as_str(), "").at;
    let one = spec.get("source").or_else(|| spec.at(&["sourceHydrator", "drySource"]));
    let several = spec.get("sources").map_or(&[][..], Field::items);
    let all: Vec<&'m Field<'a>> = one.into_iter().chain(several).collect();
    let sources =
        all.iter().filter_map(|s| s.get("repoURL")).filter_map(|url| Some((url.as_str()?, place(url))));
    let destination = spec.get("destination")?;
    let at = destination.get("namespace").unwrap_or(destination);
    let synced = |s: &&Subject<'_, '_>| {
        let path = format!("rendered/{}/{}", environment.name, s.component);
        all.iter().filter_map(|source| text(source, "path")).any(|p| p.trim_matches('/') == path)
    };
    Some(Application {
        name: manifest.identity.to_string(),
        project: text(spec, "project").filter(|p| !p.is_empty()).unwrap_or("default"),
        sources: sources.collect(),
        destination: (
            Destination {
                server: text(destination, "server"),
                name: text(destination, "name"),
                namespace: text(destination, "namespace").unwrap_or_default(),
            },
            place(at),
        ),
        component: environment.components.iter().find(synced),
    })
}

/// The Application of a component that environment.yaml asks for, where it has a project that is there already.
fn asked<'e, 'm, 'a>(
    environment: &'e Environment<'m, 'a>,
    subject: &'e Subject<'m, 'a>,
) -> Option<Application<'e, 'm, 'a>> {
    let config = environment.config;
    let text =
        |keys: &[&str]| config.settings.get(keys).and_then(|s: Setting<'_, 'm>| Some((s.text()?, s.span())));
    let (project, _) = text(&["argocd", "project"]).filter(|_| !subject.manifests.is_empty())?;
    let source = text(&["argocd", "repoURL"])?;
    let server = text(&["cluster", "server"]);
    let (name, at) = match (server, config.cluster) {
        (Some((_, at)), _) => (None, at),
        (None, Some((name, at))) => (Some(name), at),
        (None, None) => (Some(IN_CLUSTER), config.namespace.1),
    };
    let destination =
        Destination { server: server.map(|(text, _)| text), name, namespace: config.namespace.0 };
    Some(Application {
        name: format!("the Application of {}", subject.component),
        project,
        sources: vec![source],
        destination: (destination, at),
        component: Some(subject),
    })
}
