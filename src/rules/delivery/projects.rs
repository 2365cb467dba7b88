//! AppProjects that stand in an environment, and what they allow.

use super::glob::fits;
use crate::{
    field::Field,
    manifest::{Identity, Manifest},
    rules::{Environment, Subject},
};

/// The group of Argo CD.
pub(super) const GROUP: &str = "argoproj.io";

/// The server of the cluster in which Argo CD runs; its name is [`IN_CLUSTER`].
const LOCAL: &str = "https://kubernetes.default.svc";
/// The name of the cluster in which Argo CD runs.
pub(super) const IN_CLUSTER: &str = "in-cluster";

/// An AppProject.
pub(super) struct Project<'e, 'm, 'a> {
    pub(super) subject: &'e Subject<'m, 'a>,
    pub(super) manifest: &'m Manifest<'a>,
}

/// Where an Application puts its objects: a cluster by its server or its name, and a namespace.
#[derive(Debug, Clone)]
pub(super) struct Destination<'m> {
    pub(super) server: Option<&'m str>,
    pub(super) name: Option<&'m str>,
    pub(super) namespace: &'m str,
}

impl<'e, 'm, 'a> Project<'e, 'm, 'a> {
    /// The AppProject of a name in an environment.
    pub(super) fn of(environment: &'e Environment<'m, 'a>, name: &str) -> Option<Self> {
        let is = |m: &&'m Manifest<'a>| {
            m.identity.group == GROUP && m.identity.kind == "AppProject" && m.identity.name == name
        };
        environment
            .components
            .iter()
            .find_map(|subject| subject.manifests.iter().find(is).map(|manifest| Self { subject, manifest }))
    }

    fn list(&self, key: &str) -> Option<&'m [Field<'a>]> {
        self.manifest.body.at(&["spec", key]).map(Field::items)
    }

    /// What it says about cluster-scoped kinds, or those of namespaces; else what says that it is a project.
    pub(super) fn said(&self, key: &str) -> &'m Field<'a> {
        let body = &self.manifest.body;
        body.at(&["spec", key]).or_else(|| body.get("kind")).unwrap_or(body)
    }

    /// Whether it allows a repository.
    pub(super) fn source(&self, url: &str) -> bool {
        let url = normal(url);
        let mut allowed = false;
        for pattern in self.list("sourceRepos").unwrap_or_default().iter().filter_map(Field::as_str) {
            match pattern.strip_prefix('!') {
                Some(denied) if fits(&normal(denied), &url, Some('/')) => return false,
                // A pattern that forbids something else allows this.
                Some(_) => allowed = true,
                None => allowed |= fits(&normal(pattern), &url, Some('/')),
            }
        }
        allowed
    }

    /// Whether it allows a destination, or may: a cluster that one of them names and the other has by its server is not known.
    pub(super) fn destination(&self, wanted: &Destination<'_>) -> bool {
        let wanted = whole(wanted.clone());
        let mut allowed = false;
        for item in self.list("destinations").unwrap_or_default() {
            let text = |key: &str| item.get(key).and_then(Field::as_str);
            let listed = whole(Destination {
                server: text("server"),
                name: text("name"),
                namespace: text("namespace").unwrap_or_default(),
            });
            let same = |pattern: Option<&str>, own: Option<&str>| match (pattern, own) {
                (Some(pattern), Some(own)) => Some(matched(pattern, own)),
                _ => None,
            };
            let (server, name) = (same(listed.server, wanted.server), same(listed.name, wanted.name));
            let cluster = server.or(name).is_none() || server == Some(true) || name == Some(true);
            let namespace = matched(listed.namespace, wanted.namespace);
            let denies = |pattern: Option<&str>| pattern.is_some_and(|p| p.starts_with('!'));
            let denied = (denies(listed.server) && server == Some(false)
                || denies(listed.name) && name == Some(false))
                && namespace
                || denies(Some(listed.namespace)) && !namespace && cluster;
            if denied {
                return false;
            }
            allowed |= cluster && namespace;
        }
        allowed
    }

    /// Whether it allows a kind; without a list of them all kinds of namespaces, and none of the cluster.
    pub(super) fn kind(&self, identity: &Identity) -> bool {
        let (white, black) = match identity.namespace {
            Some(_) => ("namespaceResourceWhitelist", "namespaceResourceBlacklist"),
            None => ("clusterResourceWhitelist", "clusterResourceBlacklist"),
        };
        let means = |item: &Field<'_>| {
            let text = |key: &str| item.get(key).and_then(Field::as_str);
            let own = text("name").is_none_or(|name| fits(name, &identity.name, None));
            own && fits(text("group").unwrap_or_default(), &identity.group, None)
                && fits(text("kind").unwrap_or_default(), &identity.kind, None)
        };
        let allowed = match self.list(white) {
            Some(list) => list.iter().any(means),
            None => identity.namespace.is_some(),
        };
        allowed && !self.list(black).unwrap_or_default().iter().any(means)
    }
}

fn matched(pattern: &str, text: &str) -> bool {
    match pattern.strip_prefix('!') {
        Some(denied) => !fits(denied, text, None),
        None => fits(pattern, text, None),
    }
}

/// A destination in Argo CD's own cluster by server and name.
fn whole(destination: Destination<'_>) -> Destination<'_> {
    match (destination.server, destination.name) {
        (Some(LOCAL), None) => Destination { name: Some(IN_CLUSTER), ..destination },
        (None, Some(IN_CLUSTER)) => Destination { server: Some(LOCAL), ..destination },
        _ => destination,
    }
}

/// A URL as Argo CD compares it.
fn normal(url: &str) -> String {
    let url = url.trim().to_lowercase();
    let url = url.trim_end_matches('/');
    url.strip_suffix(".git").unwrap_or(url).to_owned()
}
