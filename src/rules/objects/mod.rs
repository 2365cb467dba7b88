//! What rules look for in objects again and again: workloads, their pods, containers and environment variables; the servers of
//! DolphinScheduler; labels and selectors; what Argo CD is told.
//!
//! Nothing here judges.

pub(super) mod argocd;
pub(super) mod labels;
pub(super) mod memory;
pub(super) mod scheduler;
mod workload;

pub(super) use workload::{Container, Workload, workloads};
