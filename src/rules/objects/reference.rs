//! What pods name: ConfigMaps, Secrets, claims and service accounts. Those of Kubernetes' own workloads, and those of custom
//! kinds that describe pods in fields of the same names.

use crate::{
    field::{Data, Field},
    manifest::{Identity, Manifest, Spot, pod_template},
    rules::Subject,
};
use std::sync::LazyLock;

/// What is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::rules) enum Referent {
    /// A ConfigMap.
    ConfigMap,
    /// A Secret.
    Secret,
    /// A PersistentVolumeClaim.
    Claim,
    /// A ServiceAccount.
    Account,
}

/// A name in the spec of pods.
#[derive(Debug, Clone)]
pub(in crate::rules) struct Reference<'m, 'a> {
    /// What is named.
    pub(in crate::rules) to: Referent,
    /// The field with the name, a text that is not empty.
    pub(in crate::rules) name: &'m Field<'a>,
    /// The fields with the keys of it that are read; none where all are.
    pub(in crate::rules) keys: Vec<&'m Field<'a>>,
    /// The pod starts without it, too.
    pub(in crate::rules) optional: bool,
}

/// Where custom kinds describe pods, or a part of one, in fields that a pod has, too: group, kind and route.
const CUSTOM: &[(&str, &str, &[&str])] = &[
    ("argoproj.io", "Rollout", &["spec.template.spec"]),
    ("batch.volcano.sh", "Job", &["spec.tasks[].template.spec"]),
    (
        "flink.apache.org",
        "FlinkDeployment",
        &["spec.podTemplate.spec", "spec.jobManager.podTemplate.spec", "spec.taskManager.podTemplate.spec"],
    ),
    ("keda.sh", "ScaledJob", &["spec.jobTargetRef.template.spec"]),
    ("minio.min.io", "Tenant", &["spec"]),
    ("sparkoperator.k8s.io", "SparkApplication", &["spec", "spec.driver", "spec.executor"]),
    (
        "sparkoperator.k8s.io",
        "ScheduledSparkApplication",
        &["spec.template", "spec.template.driver", "spec.template.executor"],
    ),
    ("zookeeper.pravega.io", "ZookeeperCluster", &["spec", "spec.pod"]),
];

static SPOTS: LazyLock<Vec<Spot>> = LazyLock::new(|| {
    let spots = |(group, kind, routes): &(&str, &str, &[&str])| {
        routes.iter().map(|route| Spot::new(group, kind, route)).collect::<Vec<_>>()
    };
    CUSTOM.iter().flat_map(spots).collect()
});

/// All that the pods of an object name; of an object that makes none, nothing.
pub(in crate::rules) fn references<'m, 'a>(
    subject: &Subject<'m, 'a>,
    manifest: &'m Manifest<'a>,
) -> Vec<Reference<'m, 'a>> {
    let mut found = Vec::new();
    let identity = &manifest.identity;
    if let Some(route) = pod_template(identity) {
        let templates = manifest.body.at(&["spec", "volumeClaimTemplates"]).map_or(&[][..], Field::items);
        let claimed: Vec<&str> =
            templates.iter().filter_map(|t| t.at(&["metadata", "name"])?.as_str()).collect();
        if let Some(pod) = manifest.body.at(route).and_then(|template| template.get("spec")) {
            read(pod, &claimed, &mut found);
        }
        return found;
    }
    if !is_custom(identity) {
        return found;
    }
    for spot in SPOTS.iter().filter(|spot| spot.means(identity)) {
        spot.each(&manifest.body, &mut |pod| read(pod, &[], &mut found));
    }
    for spot in subject.pods.iter().filter(|spot| spot.means(identity)) {
        spot.each(&manifest.body, &mut |template| {
            if let Some(pod) = template.get("spec") {
                read(pod, &[], &mut found);
            }
        });
    }
    found
}

/// Whether a kind is none of Kubernetes' own: those of its own groups have no domain, or one below `k8s.io`.
pub(in crate::rules) fn is_custom(identity: &Identity) -> bool {
    let group = identity.group.as_str();
    group.contains('.') && (!group.ends_with(".k8s.io") || group == "sparkoperator.k8s.io")
}

/// Reads the spec of a pod. A volume of the name of a claim template, which `claimed` holds, is replaced by that.
fn read<'m, 'a>(pod: &'m Field<'a>, claimed: &[&str], out: &mut Vec<Reference<'m, 'a>>) {
    for member in pod.members() {
        let value = &member.value;
        match &*member.key {
            "containers" | "initContainers" | "sidecars" => {
                value.items().iter().for_each(|c| variables(c, out));
            }
            "volumes" => value.items().iter().for_each(|v| volume(v, claimed, out)),
            "serviceAccountName" | "serviceAccount" => add(Referent::Account, Some(value), out),
            "imagePullSecrets" => value.items().iter().for_each(|one| {
                let name = one.get("name").unwrap_or(one);
                add(Referent::Secret, Some(name), out);
            }),
            "sparkConfigMap" | "hadoopConfigMap" => add(Referent::ConfigMap, Some(value), out),
            "configMaps" => value.items().iter().for_each(|m| add(Referent::ConfigMap, m.get("name"), out)),
            "secrets" => value.items().iter().for_each(|m| add(Referent::Secret, m.get("name"), out)),
            _ => {}
        }
    }
    variables(pod, out);
}

/// What the environment variables of a container come from.
fn variables<'m, 'a>(container: &'m Field<'a>, out: &mut Vec<Reference<'m, 'a>>) {
    let items = |key: &str| container.get(key).map_or(&[][..], Field::items);
    for variable in items("env") {
        let Some(from) = variable.get("valueFrom") else { continue };
        part(Referent::ConfigMap, from.get("configMapKeyRef"), "name", out);
        part(Referent::Secret, from.get("secretKeyRef"), "name", out);
    }
    for source in items("envFrom") {
        part(Referent::ConfigMap, source.get("configMapRef"), "name", out);
        part(Referent::Secret, source.get("secretRef"), "name", out);
    }
}

fn volume<'m, 'a>(volume: &'m Field<'a>, claimed: &[&str], out: &mut Vec<Reference<'m, 'a>>) {
    if volume.get("name").and_then(Field::as_str).is_some_and(|name| claimed.contains(&name)) {
        return;
    }
    part(Referent::ConfigMap, volume.get("configMap"), "name", out);
    part(Referent::Secret, volume.get("secret"), "secretName", out);
    for source in volume.at(&["projected", "sources"]).map_or(&[][..], Field::items) {
        part(Referent::ConfigMap, source.get("configMap"), "name", out);
        part(Referent::Secret, source.get("secret"), "name", out);
    }
    add(Referent::Claim, volume.at(&["persistentVolumeClaim", "claimName"]), out);
    add(Referent::Secret, volume.at(&["csi", "nodePublishSecretRef", "name"]), out);
}

/// A reference with its keys: `key` of a variable, `items` of a volume.
fn part<'m, 'a>(to: Referent, source: Option<&'m Field<'a>>, name: &str, out: &mut Vec<Reference<'m, 'a>>) {
    let Some(source) = source else { return };
    let before = out.len();
    add(to, source.get(name), out);
    let Some(added) = out.get_mut(before) else { return };
    let items = source.get("items").map_or(&[][..], Field::items);
    added.keys = source.get("key").into_iter().chain(items.iter().filter_map(|i| i.get("key"))).collect();
    added.optional = source.get("optional").is_some_and(|field| field.data == Data::Bool(true));
}

/// Names that are made in the cluster, such as `{{workflow.name}}` and `$(NAME)`, are not known.
fn add<'m, 'a>(to: Referent, name: Option<&'m Field<'a>>, out: &mut Vec<Reference<'m, 'a>>) {
    let Some(name) = name else { return };
    let known = name.as_str().is_some_and(|text| !text.is_empty() && !text.contains(['{', '$']));
    if known {
        out.push(Reference { to, name, keys: Vec::new(), optional: false });
    }
}
