//! Which fields of which kinds cannot be changed, as a table. Source: the documentation of the Kubernetes API, held against a
//! server of 1.34 field by field; what depends on more than the field is in `refused`.

/// The fields of a kind that cannot be changed.
pub(super) struct Fixed {
    /// The API group.
    pub(super) group: &'static str,
    /// The kind.
    pub(super) kind: &'static str,
    /// Which fields.
    pub(super) fields: Fields,
    /// What to do instead.
    pub(super) instead: &'static str,
}

/// Fields by the keys that lead to them from the top.
pub(super) enum Fields {
    /// These.
    These(&'static [&'static [&'static str]]),
    /// All of `spec` but these.
    SpecBut(&'static [&'static str]),
}

use Fields::{SpecBut, These};

const SELECTOR: Fields = These(&[&["spec", "selector"]]);
const KEEP_SELECTOR: &str = "keep the selector, or delete the object first, with its pods";
const ANEW: &str = "delete the object first, or give the new one another name";
const ANOTHER: &str = "give the new one another name, and move what uses it";

/// The kinds with such fields.
pub(super) const FIXED: &[Fixed] = &[
    Fixed { group: "apps", kind: "Deployment", fields: SELECTOR, instead: KEEP_SELECTOR },
    Fixed { group: "apps", kind: "DaemonSet", fields: SELECTOR, instead: KEEP_SELECTOR },
    Fixed { group: "apps", kind: "ReplicaSet", fields: SELECTOR, instead: KEEP_SELECTOR },
    Fixed {
        group: "apps",
        kind: "StatefulSet",
        fields: SpecBut(&[
            "replicas",
            "ordinals",
            "template",
            "updateStrategy",
            "revisionHistoryLimit",
            "persistentVolumeClaimRetentionPolicy",
            "minReadySeconds",
        ]),
        instead: "delete it with --cascade=orphan first: its pods and their data stay",
    },
    Fixed { group: "apps", kind: "ControllerRevision", fields: These(&[&["data"]]), instead: ANEW },
    Fixed {
        group: "batch",
        kind: "Job",
        fields: These(&[
            &["spec", "completionMode"],
            &["spec", "podFailurePolicy"],
            &["spec", "backoffLimitPerIndex"],
            &["spec", "successPolicy"],
            &["spec", "managedBy"],
        ]),
        instead: JOB,
    },
    Fixed {
        group: "storage.k8s.io",
        kind: "StorageClass",
        fields: These(&[&["parameters"], &["provisioner"], &["reclaimPolicy"], &["volumeBindingMode"]]),
        instead: "delete the class first (volumes that it made stay), or give the new one another name",
    },
    Fixed {
        group: "storage.k8s.io",
        kind: "CSIDriver",
        fields: These(&[&["spec", "attachRequired"], &["spec", "volumeLifecycleModes"]]),
        instead: ANEW,
    },
    Fixed { group: "storage.k8s.io", kind: "VolumeAttachment", fields: SpecBut(&[]), instead: ANEW },
    Fixed {
        group: "storage.k8s.io",
        kind: "VolumeAttributesClass",
        fields: These(&[&["driverName"], &["parameters"]]),
        instead: ANOTHER,
    },
    Fixed {
        group: "rbac.authorization.k8s.io",
        kind: "RoleBinding",
        fields: These(&[&["roleRef"]]),
        instead: "delete the binding first, or give the new one another name",
    },
    Fixed {
        group: "rbac.authorization.k8s.io",
        kind: "ClusterRoleBinding",
        fields: These(&[&["roleRef"]]),
        instead: "delete the binding first, or give the new one another name",
    },
    Fixed {
        group: "scheduling.k8s.io",
        kind: "PriorityClass",
        fields: These(&[&["value"], &["preemptionPolicy"]]),
        instead: ANOTHER,
    },
    Fixed {
        group: "networking.k8s.io",
        kind: "IngressClass",
        fields: These(&[&["spec", "controller"]]),
        instead: ANOTHER,
    },
    Fixed { group: "node.k8s.io", kind: "RuntimeClass", fields: These(&[&["handler"]]), instead: ANOTHER },
    Fixed {
        group: "discovery.k8s.io",
        kind: "EndpointSlice",
        fields: These(&[&["addressType"]]),
        instead: ANEW,
    },
    Fixed { group: "", kind: "ResourceQuota", fields: These(&[&["spec", "scopes"]]), instead: ANEW },
    Fixed {
        group: "apiextensions.k8s.io",
        kind: "CustomResourceDefinition",
        fields: These(&[
            &["spec", "scope"],
            &["spec", "group"],
            &["spec", "names", "plural"],
            &["spec", "names", "kind"],
        ]),
        instead: "make a new kind beside it, and move the objects",
    },
    Fixed {
        group: "flink.apache.org",
        kind: "FlinkSessionJob",
        fields: These(&[&["spec", "deploymentName"]]),
        instead: "give the job for the other deployment another name",
    },
];

/// What to do instead of changing a StatefulSet whose pods have what no volume keeps, and are replaced by those of the new one.
pub(super) const ORPHAN_LOSES: &str = "copy what its pods keep on no lasting volume, then delete it with --cascade=orphan: \
     its pods stay until the new one replaces them, and that data goes with them";

/// What to do instead of changing a Job.
pub(super) const JOB: &str = "delete it first, give it a name that changes with it, or make it a hook";
