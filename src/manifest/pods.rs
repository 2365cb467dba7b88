//! Where the kinds of Kubernetes describe the pods that they make.

use super::Identity;

/// The way to the map with the metadata and the spec of the pods that an object of a built-in kind makes; empty for a Pod.
pub fn pod_template(identity: &Identity) -> Option<&'static [&'static str]> {
    match (identity.group.as_str(), identity.kind.as_str()) {
        ("", "Pod") => Some(&[]),
        ("apps", "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet") => Some(&["spec", "template"]),
        ("", "ReplicationController") | ("batch", "Job") => Some(&["spec", "template"]),
        ("batch", "CronJob") => Some(&["spec", "jobTemplate", "spec", "template"]),
        _ => None,
    }
}
