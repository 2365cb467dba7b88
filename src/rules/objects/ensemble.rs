//! Ensembles: servers that agree by the votes of more than half of them, such as those of ZooKeeper and etcd.

use super::{Container, workloads};
use crate::{
    field::{Data, Field},
    manifest::Manifest,
    rules::Subject,
};

/// An ensemble.
#[derive(Debug, Clone, Copy)]
pub(in crate::rules) struct Ensemble<'m, 'a> {
    /// The object that makes it.
    pub(in crate::rules) manifest: &'m Manifest<'a>,
    /// The field with the number of its members.
    pub(in crate::rules) field: &'m Field<'a>,
    /// That number.
    pub(in crate::rules) members: u64,
}

/// The last parts of the names of images whose StatefulSets are ensembles.
const IMAGES: [&str; 4] = ["consul", "cp-zookeeper", "etcd", "zookeeper"];

/// Custom kinds that are ensembles, by group and kind, with the way to the number of members.
const KINDS: [(&str, &str, &[&str]); 3] = [
    ("dolphindb.dolphindb.io", "DolphinDB", &["spec", "controller", "replicas"]),
    ("kafka.strimzi.io", "Kafka", &["spec", "zookeeper", "replicas"]),
    ("zookeeper.pravega.io", "ZookeeperCluster", &["spec", "replicas"]),
];

/// The ensembles of a component that say how many members they have: where nothing is said, it is one, or as many as an operator
/// finds right.
pub(in crate::rules) fn ensembles<'m, 'a>(subject: &Subject<'m, 'a>) -> Vec<Ensemble<'m, 'a>> {
    let mut found = Vec::new();
    let mut add = |manifest, field: Option<&'m Field<'a>>| {
        let Some(field) = field else { return };
        if let Data::Int(n) = field.data
            && let Ok(members) = u64::try_from(n)
        {
            found.push(Ensemble { manifest, field, members });
        }
    };
    for workload in workloads(subject).iter().filter(|w| w.manifest.identity.kind == "StatefulSet") {
        let mut containers = workload.containers().into_iter().filter(|c| !c.init);
        if containers.any(|c| votes(subject, &c)) {
            add(workload.manifest, workload.replicas());
        }
    }
    for manifest in subject.manifests {
        let who = &manifest.identity;
        let Some((.., way)) = KINDS.iter().find(|(group, kind, _)| who.group == *group && who.kind == *kind)
        else {
            continue;
        };
        // Controllers of DolphinDB vote only where there are several.
        let mode = manifest.body.at(&["spec", "clusterType"]).and_then(Field::as_str);
        if who.kind != "DolphinDB" || mode == Some("multicontroller") {
            add(manifest, manifest.body.at(way));
        }
    }
    found
}

/// Whether a container is a server that votes: no observer of ZooKeeper, and no client of Consul, which runs the same image.
fn votes<'m>(subject: &Subject<'m, '_>, container: &Container<'m, '_>) -> bool {
    let image = container.field.get("image").and_then(Field::as_str).map(name).unwrap_or_default();
    let lists = ["command", "args"].into_iter().filter_map(|key| container.field.get(key));
    let words: Vec<&str> = lists.flat_map(Field::items).filter_map(Field::as_str).collect();
    match image {
        // What a script or a file says is not known, and taken for a server.
        "consul" => {
            let server = ["-server", "-dev", "-bootstrap", "-config-", " "];
            !words.contains(&"agent") || words.iter().any(|word| server.iter().any(|s| word.contains(s)))
        }
        "zookeeper" | "cp-zookeeper" => {
            let extra = container.variable(subject, "ZOO_CFG_EXTRA").and_then(Field::as_str);
            !extra.into_iter().chain(words).any(|text| text.contains("peerType=observer"))
        }
        _ => IMAGES.contains(&image),
    }
}

/// The last part of the name of an image: `zookeeper` of `docker.io/bitnami/zookeeper:3.6.2`.
fn name(image: &str) -> &str {
    let last = image.rsplit('/').next().unwrap_or_default();
    last.split([':', '@']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn images_are_known_by_the_last_part_of_their_names() {
        for image in [
            "zookeeper",
            "bitnami/zookeeper:3.6.2",
            "a.com:5000/b/zookeeper@sha256:00",
            "zookeeper:1@sha256:0",
        ] {
            assert_eq!(name(image), "zookeeper", "{image}");
        }
        assert_eq!(name("bitnami/zookeeper-exporter:1"), "zookeeper-exporter");
    }
}
