//! The servers of DolphinScheduler, told by what their containers run: the package of the tool, and anybody's manifests.

use super::{Container, Workload, workloads};
use crate::{field::Field, rules::Subject};

/// What a server does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::rules) enum Role {
    /// Takes workflows apart and sends tasks to workers.
    Master,
    /// Runs tasks.
    Worker,
    /// The user interface and its API.
    Api,
    /// Sends alerts.
    Alert,
}

/// Which line of versions a server is of: they differ in what they read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::rules) enum Line {
    /// 1.3: one image for all servers, ZooKeeper by name.
    One,
    /// 2.0: one image for all servers, a registry.
    Two,
    /// 3.0 and later: an image for each server.
    Three,
}

/// A container that is a server.
#[derive(Debug, Clone, Copy)]
pub(in crate::rules) struct Server<'s, 'm, 'a> {
    /// Its component.
    pub(in crate::rules) subject: &'s Subject<'m, 'a>,
    /// What makes its pods.
    pub(in crate::rules) workload: Workload<'m, 'a>,
    /// The container.
    pub(in crate::rules) container: Container<'m, 'a>,
    /// What it does.
    pub(in crate::rules) role: Role,
    /// Its versions.
    pub(in crate::rules) line: Line,
}

/// The words by which the image of 1.3 and 2.0 is told what to run, and the ends of the images' names since 3.0.
const ROLES: [(&str, &str, Role); 4] = [
    ("master-server", "dolphinscheduler-master", Role::Master),
    ("worker-server", "dolphinscheduler-worker", Role::Worker),
    ("api-server", "dolphinscheduler-api", Role::Api),
    ("alert-server", "dolphinscheduler-alert-server", Role::Alert),
];

/// The servers of a component.
pub(in crate::rules) fn servers<'s, 'm, 'a>(subject: &'s Subject<'m, 'a>) -> Vec<Server<'s, 'm, 'a>> {
    let mut found = Vec::new();
    for workload in workloads(subject) {
        for container in workload.containers().into_iter().filter(|c| !c.init) {
            if let Some((role, line)) = known(subject, container) {
                found.push(Server { subject, workload, container, role, line });
            }
        }
    }
    found
}

fn known(subject: &Subject<'_, '_>, container: Container<'_, '_>) -> Option<(Role, Line)> {
    let image = container.field.get("image").and_then(Field::as_str).unwrap_or_default();
    let last = image.rsplit('/').next().unwrap_or_default();
    let name = last.split([':', '@']).next().unwrap_or_default();
    if let Some((.., role)) = ROLES.iter().find(|(_, own, _)| name == *own) {
        return Some((*role, Line::Three));
    }
    let words = ["command", "args"].into_iter().filter_map(|key| container.field.get(key));
    let told = |word: &str| words.clone().flat_map(Field::items).any(|w| w.as_str() == Some(word));
    let (.., role) = ROLES.iter().find(|(word, ..)| told(word))?;
    let has = |name: &str| container.variable(subject, name).is_some();
    let own = ["ZOOKEEPER_QUORUM", "REGISTRY_SERVERS", "DATABASE_TYPE"].into_iter().any(has);
    let line = if has("REGISTRY_SERVERS") || has("REGISTRY_PLUGIN_NAME") { Line::Two } else { Line::One };
    (own || image.contains("dolphinscheduler")).then_some((*role, line))
}

impl<'m, 'a> Server<'_, 'm, 'a> {
    /// A variable of its environment.
    pub(in crate::rules) fn variable(&self, name: &str) -> Option<&'m Field<'a>> {
        self.container.variable(self.subject, name)
    }

    /// The members of its ZooKeeper, with what says so; none where it has another registry.
    pub(in crate::rules) fn quorum(&self) -> Option<(&'m Field<'a>, Vec<&'m str>)> {
        let field = self
            .variable("ZOOKEEPER_QUORUM")
            .or_else(|| self.variable("REGISTRY_ZOOKEEPER_CONNECT_STRING"))?;
        let members = field.as_str()?.split(',').map(str::trim).filter(|m| !m.is_empty()).collect();
        Some((field, members))
    }
}
