//! Workloads: objects that make pods, and what is in these.

use crate::{
    field::{Data, Field, Member},
    manifest::{Manifest, pod_template},
    rules::Subject,
};

/// An object that makes pods.
#[derive(Debug, Clone, Copy)]
pub(in crate::rules) struct Workload<'m, 'a> {
    /// The object.
    pub(in crate::rules) manifest: &'m Manifest<'a>,
    /// The map with the metadata and spec of its pods; of a Pod, the object.
    pub(in crate::rules) template: &'m Field<'a>,
}

/// A container of the pods of a workload.
#[derive(Debug, Clone, Copy)]
pub(in crate::rules) struct Container<'m, 'a> {
    /// The container.
    pub(in crate::rules) field: &'m Field<'a>,
    /// It runs before the others and ends. A sidecar, which stands among the init containers and goes on, is none.
    pub(in crate::rules) init: bool,
}

/// The workloads of a component: of the kinds of Kubernetes, and of custom kinds whose templates the package knows.
pub(in crate::rules) fn workloads<'m, 'a>(subject: &Subject<'m, 'a>) -> Vec<Workload<'m, 'a>> {
    let mut found = Vec::new();
    for manifest in subject.manifests {
        if let Some(route) = pod_template(&manifest.identity) {
            found.extend(manifest.body.at(route).map(|template| Workload { manifest, template }));
            continue;
        }
        for known in subject.pods.iter().filter(|known| known.means(&manifest.identity)) {
            known.each(&manifest.body, &mut |template| found.push(Workload { manifest, template }));
        }
    }
    found
}

impl<'m, 'a> Workload<'m, 'a> {
    /// The spec of its pods.
    pub(in crate::rules) fn pod(&self) -> Option<&'m Field<'a>> {
        self.template.get("spec")
    }

    /// The field with the number of its pods, where it has one.
    pub(in crate::rules) fn replicas(&self) -> Option<&'m Field<'a>> {
        self.manifest.body.at(&["spec", "replicas"])
    }

    /// How many pods it makes: one where nothing is said; none for kinds that do not count them.
    pub(in crate::rules) fn count(&self) -> Option<u64> {
        let counted = ["Deployment", "StatefulSet", "ReplicaSet", "ReplicationController"];
        match self.replicas().map(|field| &field.data) {
            Some(Data::Int(n)) => u64::try_from(*n).ok(),
            Some(_) => None,
            None => counted.contains(&self.manifest.identity.kind.as_str()).then_some(1),
        }
    }

    /// Whether its pods are meant to end.
    pub(in crate::rules) fn ends(&self) -> bool {
        let policy = self.pod().and_then(|pod| pod.get("restartPolicy")).and_then(Field::as_str);
        self.manifest.identity.group == "batch" || matches!(policy, Some("Never" | "OnFailure"))
    }

    /// The containers of its pods, init containers first.
    pub(in crate::rules) fn containers(&self) -> Vec<Container<'m, 'a>> {
        let list = |key: &str| self.pod().and_then(|pod| pod.get(key)).map_or(&[][..], Field::items);
        let sidecar = |c: &Field<'_>| c.get("restartPolicy").and_then(Field::as_str) == Some("Always");
        let before = list("initContainers").iter().map(|field| Container { field, init: !sidecar(field) });
        before.chain(list("containers").iter().map(|field| Container { field, init: false })).collect()
    }

    /// The labels of its pods that Git knows.
    pub(in crate::rules) fn labels(&self) -> &'m [Member<'a>] {
        self.template.at(&["metadata", "labels"]).map_or(&[], Field::members)
    }

    /// The value of a label of its pods.
    pub(in crate::rules) fn label(&self, key: &str) -> Option<&'m str> {
        self.template.at(&["metadata", "labels"])?.get(key)?.as_str()
    }
}

impl<'m, 'a> Container<'m, 'a> {
    /// Its name.
    pub(in crate::rules) fn name(&self) -> &'m str {
        self.field.get("name").and_then(Field::as_str).unwrap_or_default()
    }

    /// What it is given as an environment variable: its own, else the one of a ConfigMap of the component that it takes
    /// variables from, the last that has it.
    pub(in crate::rules) fn variable(&self, subject: &Subject<'m, 'a>, name: &str) -> Option<&'m Field<'a>> {
        let items = |key: &str| self.field.get(key).map_or(&[][..], Field::items);
        let text = |field: &'m Field<'a>, key: &str| field.get(key).and_then(Field::as_str);
        if let Some(own) = items("env").iter().rfind(|v| text(v, "name") == Some(name)) {
            return own.get("value");
        }
        items("envFrom").iter().rev().find_map(|source| {
            let map = text(source.get("configMapRef")?, "name")?;
            let key = name.strip_prefix(text(source, "prefix").unwrap_or_default())?;
            let here = |m: &&Manifest<'_>| m.identity.kind == "ConfigMap" && m.identity.name == map;
            subject.manifests.iter().find(here)?.body.get("data")?.get(key)
        })
    }
}
