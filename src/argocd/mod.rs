//! Argo CD: an AppProject for each environment, an Application for each component, and a root Application that syncs
//! those of an instance, as `argocd:` of environment.yaml asks.
//!
//! Where Argo CD reads from follows from `argocd.repoURL`, `argocd.targetRevision` and the rendered path, and from nothing
//! else: what a clone's own configuration says never gets here.

mod application;
mod names;
mod part;
mod project;
mod window;

pub use application::root;
pub use names::{Name, names};
pub use part::Part;
pub use window::patterns;

use crate::{
    diag::{Finding, Level},
    field::{By, Field, Maker, Trace},
    manifest::{Identity, Manifest, canonical},
    source::Span,
    workspace::{Config, Setting, Target, same_address},
};

/// The folder of the root Application, below `argocd/<instance>`. No environment can be called so.
pub const ROOT_FOLDER: &str = "_root";

/// The key of environment.yaml that asks for all this.
const KEY: &str = "argocd";

const VERSION: &str = "argoproj.io/v1alpha1";

/// The environment whose objects of Argo CD stand in a folder below rendered/, if it is such a folder.
pub fn environment(folder: &str) -> Option<&str> {
    folder.strip_prefix("argocd/")?.split_once('/').map(|(_, environment)| environment)
}

/// What became of it for one environment.
#[derive(Debug, Default)]
pub struct Made<'a> {
    /// The objects.
    pub manifests: Vec<Manifest<'a>>,
    /// Who asked for their fields.
    pub trace: Trace,
}

/// What an environment asks of Argo CD.
#[derive(Debug, Clone)]
pub struct Wish<'s, 'w> {
    setting: Setting<'s, 'w>,
    /// Where the manifests are published, if they are: Argo CD reads them there.
    target: Option<Target>,
    /// Which Argo CD runs the environment.
    pub instance: &'w str,
    /// The namespace in which that runs.
    pub namespace: &'w str,
}

impl<'s, 'w> Wish<'s, 'w> {
    /// What an environment asks of Argo CD, if it does. Of one that is kept from being published by `publish: null` Argo CD
    /// is told nothing: it would read what nobody publishes.
    pub fn of(config: &'s Config<'w>) -> Option<Self> {
        let setting = config.settings.get(&[KEY]).filter(|_| !config.settings.refuses("publish"))?;
        let text = |key: &str| setting.get(&[key]).and_then(|s| s.text());
        Some(Self {
            instance: text("instance").unwrap_or("main"),
            namespace: text("namespace").unwrap_or("argocd"),
            setting,
            target: None,
        })
    }

    /// The same, knowing where the manifests of an environment are published.
    fn published(self, target: Option<Target>) -> Self {
        Self { target, ..self }
    }

    /// The branch that Argo CD reads: the one that is published to, else the one that is asked for.
    fn revision(&self, maker: &mut Maker<'_>) -> Field<'w> {
        match &self.target {
            Some(target) => Field::text(target.branch.clone(), maker.by(target.at)),
            None => self.text(&["targetRevision"], "HEAD", maker),
        }
    }

    /// Where it is asked for.
    pub fn at(&self) -> Span {
        self.setting.key_span()
    }

    /// The folder of an environment's objects, below rendered/.
    pub fn folder(&self, environment: &str) -> String {
        format!("argocd/{}/{environment}", self.instance)
    }

    /// A setting's text as a field; another for want of it, made by the whole wish.
    fn text(&self, keys: &[&str], default: &'w str, maker: &mut Maker<'_>) -> Field<'w> {
        match self.setting.get(keys) {
            Some(own) => Field::text(own.text().unwrap_or(default), maker.by(own.span())),
            None => Field::text(default, maker.by(self.at())),
        }
    }
}

/// Makes the objects of one environment; `parts` are its components as they are rendered, its own objects first.
pub fn make<'a>(environment: &str, config: &Config<'a>, parts: &[Part<'a>]) -> Option<Made<'a>> {
    let wish = Wish::of(config)?.published(Target::of(&config.settings, environment));
    let mut made = Made::default();
    let mut maker = Maker::new(&mut made.trace, KEY);
    let mut bodies = Vec::with_capacity(parts.len() + 1);
    let cluster = Cluster::of(config);
    if wish.setting.get(&["project"]).is_none() {
        bodies.push(project::project(&wish, environment, (&cluster, config.namespace.0), parts, &mut maker));
    }
    // A component that renders nothing has no folder to sync.
    for part in parts.iter().filter(|part| !part.is_empty()) {
        bodies.push(application::application(&wish, environment, part, (&cluster, config), &mut maker));
    }
    let by = maker.by(wish.at());
    made.manifests = bodies.into_iter().filter_map(|body| manifest(body, wish.namespace, by)).collect();
    Some(made)
}

/// What is wrong with what an environment asks of Argo CD, beyond what its schema can tell.
pub fn faults(config: &Config<'_>, environment: &str) -> Vec<Finding> {
    let mut findings = contradictions(config, environment);
    findings.extend(Wish::of(config).iter().flat_map(|wish| window::faults(wish, environment, config)));
    findings
}

/// What `publish:` and `argocd:` say against each other: Argo CD is to read what is published.
fn contradictions(config: &Config<'_>, environment: &str) -> Vec<Finding> {
    const CODE: &str = "argocd-publish-differs";
    let mut findings = Vec::new();
    let Some((wish, target)) = Wish::of(config).zip(Target::of(&config.settings, environment)) else {
        return findings;
    };
    if let Some(own) = wish.setting.get(&["targetRevision"])
        && let Some(revision) = own.text().filter(|revision| *revision != target.branch)
    {
        let branch = &target.branch;
        let message =
            format!("Argo CD is to sync `{revision}`, and the environment is published to `{branch}`");
        let finding =
            Finding::error(CODE, own.span(), message).related(target.at, "it is published as this says");
        findings.push(finding.help("leave out `argocd.targetRevision`: it follows from `publish.branch`"));
    }
    if let Some(own) = wish.setting.get(&["repoURL"])
        && let Some(url) = own.text().filter(|url| target.is_address() && !same_address(url, &target.remote))
    {
        let message =
            format!("Argo CD is to read {url}, and the environment is published to another repository");
        let finding =
            Finding::error(CODE, own.span(), message).related(target.at, "it is published as this says");
        findings.push(
            finding
                .help("write in `argocd.repoURL` the repository of `publish.remote`, as Argo CD reaches it"),
        );
    }
    findings.extend(rootless(&wish, config, &target));
    findings
}

/// A root Application that is asked for where no branch holds what it would read.
fn rootless(wish: &Wish<'_, '_>, config: &Config<'_>, target: &Target) -> Option<Finding> {
    let root = wish.setting.get(&["root"])?;
    if Target::shared(&config.settings).is_some() || root.get(&["targetRevision"]).is_some() {
        return None;
    }
    let message = "no root Application is published: no branch holds what it would read";
    let mut finding = Finding::error("argocd-root-unpublished", root.key_span(), message)
        .related(target.at, "each environment has a branch of its own")
        .help(
            "name one branch for all; or leave out `argocd.root`, and apply the folders \
             argocd/<instance>/<environment> of the branches once",
        );
    finding.level = Level::Warn;
    Some(finding)
}

fn manifest<'a>(body: Field<'a>, namespace: &'a str, by: By) -> Option<Manifest<'a>> {
    let body = canonical(body, namespace, by);
    let identity = Identity::of(&body).ok()?;
    Some(Manifest { identity, body })
}

/// How Argo CD names the cluster of an environment, and where that is written: by its URL, else by its name. An
/// environment that names no cluster is in Argo CD's own.
#[derive(Debug)]
struct Cluster<'w> {
    key: &'static str,
    text: &'w str,
    at: Option<Span>,
}

impl<'w> Cluster<'w> {
    fn of(config: &Config<'w>) -> Self {
        let server = config.settings.get(&["cluster", "server"]);
        match (server.and_then(|s| s.text().map(|t| (t, s.span()))), config.cluster) {
            (Some((text, at)), _) => Self { key: "server", text, at: Some(at) },
            (None, Some((text, at))) => Self { key: "name", text, at: Some(at) },
            (None, None) => Self { key: "name", text: "in-cluster", at: None },
        }
    }

    fn field<'a>(&self, wish: &Wish<'_, 'a>, maker: &mut Maker<'_>) -> (&'static str, Field<'a>)
    where
        'w: 'a,
    {
        (self.key, Field::text(self.text, maker.by(self.at.unwrap_or(wish.at()))))
    }
}
