//! Label selectors against the labels of pods: those of the template, and those that Kubernetes adds to each pod.

use super::Workload;
use crate::field::{Field, Member};

/// What pods are asked for by.
#[derive(Debug, Clone, Copy)]
pub(in crate::rules) struct Selector<'m, 'a> {
    labels: &'m [Member<'a>],
    expressions: &'m [Field<'a>],
}

/// Labels that Kubernetes adds to the pods of a workload, with values that Git does not know.
const ADDED: &[&str] = &[
    "apps.kubernetes.io/pod-index",
    "batch.kubernetes.io/controller-uid",
    "batch.kubernetes.io/job-completion-index",
    "batch.kubernetes.io/job-name",
    "controller-revision-hash",
    "controller-uid",
    "job-name",
    "pod-template-hash",
];

/// The label with the name of a StatefulSet's pod.
const POD_NAME: &str = "statefulset.kubernetes.io/pod-name";

/// Labels of pods that software starts by itself while it runs, as Spark, DolphinScheduler and cert-manager do; no object of Git
/// makes them.
const STARTED: &[&str] = &[
    "acme.cert-manager.io/http-domain",
    "acme.cert-manager.io/http-token",
    "acme.cert-manager.io/http01-solver",
    "dolphinscheduler-label",
    "k8s.cn/layer",
    "k8s.cn/name",
    "spark-app-name",
    "spark-app-selector",
    "spark-role",
];

impl<'m, 'a> Selector<'m, 'a> {
    /// The selector of a Service: a map of labels.
    pub(in crate::rules) fn of_labels(field: &'m Field<'a>) -> Self {
        Self { labels: field.members(), expressions: &[] }
    }

    /// One label alone.
    pub(in crate::rules) fn of_label(label: &'m Member<'a>) -> Self {
        Self { labels: std::slice::from_ref(label), expressions: &[] }
    }

    /// A selector with `matchLabels` and `matchExpressions`.
    pub(in crate::rules) fn of(field: &'m Field<'a>) -> Self {
        let labels = field.get("matchLabels").map_or(&[][..], Field::members);
        Self { labels, expressions: field.get("matchExpressions").map_or(&[][..], Field::items) }
    }

    /// The labels that must be there with their values.
    pub(in crate::rules) fn labels(&self) -> &'m [Member<'a>] {
        self.labels
    }

    /// Whether it asks for nothing: it then matches everything, or nothing, as the field around it says.
    pub(in crate::rules) fn is_empty(&self) -> bool {
        self.labels.is_empty() && self.expressions.is_empty()
    }

    /// Whether it matches the pods of a workload, or may match some of them.
    pub(in crate::rules) fn matches(&self, workload: &Workload<'_, '_>) -> bool {
        self.labels.iter().all(|label| has(workload, &label.key, label.value.as_str()))
            && self.expressions.iter().all(|one| holds(workload, one))
    }

    /// Whether it asks for pods that software starts while it runs.
    pub(in crate::rules) fn is_of_started(&self) -> bool {
        let key = |one: &'m Field<'a>| one.get("key").and_then(Field::as_str);
        let mut keys = self.labels.iter().map(|m| &*m.key).chain(self.expressions.iter().filter_map(key));
        let flink = |m: &Member<'_>| m.key == "type" && m.value.as_str() == Some("flink-native-kubernetes");
        keys.any(|key| STARTED.contains(&key)) || self.labels.iter().any(flink)
    }
}

/// Whether pods of a workload have a label with a value.
pub(in crate::rules) fn has(workload: &Workload<'_, '_>, key: &str, value: Option<&str>) -> bool {
    if let Some(own) = workload.label(key) {
        return Some(own) == value;
    }
    added(workload, key, value)
}

/// Whether Kubernetes adds labels of this key.
pub(super) fn is_added(key: &str) -> bool {
    key == POD_NAME || ADDED.contains(&key)
}

/// Whether Kubernetes may give pods of a workload this label.
fn added(workload: &Workload<'_, '_>, key: &str, value: Option<&str>) -> bool {
    let identity = &workload.manifest.identity;
    if key == POD_NAME {
        let rest = value.and_then(|value| value.strip_prefix(identity.name.as_str())?.strip_prefix('-'));
        let number = rest.is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
        return identity.kind == "StatefulSet" && number;
    }
    ADDED.contains(&key) && identity.kind != "Pod"
}

/// Whether pods of a workload are as an expression says.
fn holds(workload: &Workload<'_, '_>, one: &Field<'_>) -> bool {
    let text = |key: &str| one.get(key).and_then(Field::as_str).unwrap_or_default();
    let key = text("key");
    let own = workload.label(key);
    let values = one.get("values").map_or(&[][..], Field::items);
    let unknown = own.is_none() && ADDED.contains(&key);
    let listed = match own {
        Some(own) => values.iter().any(|value| value.as_str() == Some(own)),
        None => values.iter().any(|value| added(workload, key, value.as_str())),
    };
    match text("operator") {
        "In" => listed,
        "NotIn" => unknown || !listed,
        "Exists" => {
            own.is_some() || unknown || (key == POD_NAME && workload.manifest.identity.kind == "StatefulSet")
        }
        "DoesNotExist" => own.is_none(),
        _ => true,
    }
}
