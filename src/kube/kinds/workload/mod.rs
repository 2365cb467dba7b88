//! What runs and scales pods: apps, batch, autoscaling, policy.

mod autoscaler;
mod budget;
mod controller;
mod cron_job;
mod daemon_set;
mod deployment;
mod failure_policy;
mod job;
mod metrics;
mod percent;
mod revision;
mod stateful_set;

use super::Rules;
use crate::kube::format::names;

/// The kinds of this area.
pub(super) const RULES: &[Rules] = &[
    Rules { group: "apps", kind: "ControllerRevision", name: names::subdomain, check: revision::check },
    Rules { group: "apps", kind: "DaemonSet", name: names::subdomain, check: daemon_set::check },
    Rules { group: "apps", kind: "Deployment", name: names::subdomain, check: deployment::deployment },
    Rules { group: "apps", kind: "ReplicaSet", name: names::subdomain, check: deployment::replica_set },
    Rules { group: "apps", kind: "StatefulSet", name: names::subdomain, check: stateful_set::check },
    Rules {
        group: "autoscaling",
        kind: "HorizontalPodAutoscaler",
        name: names::subdomain,
        check: autoscaler::check,
    },
    Rules { group: "batch", kind: "CronJob", name: names::subdomain, check: cron_job::check },
    Rules { group: "batch", kind: "Job", name: names::subdomain, check: job::check },
    Rules { group: "policy", kind: "PodDisruptionBudget", name: names::path_segment, check: budget::check },
    Rules {
        group: "",
        kind: "ReplicationController",
        name: names::subdomain,
        check: deployment::replication_controller,
    },
];
