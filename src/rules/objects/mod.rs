//! What rules look for in objects again and again: workloads, their pods, containers and environment variables; the servers of
//! DolphinScheduler; labels and selectors; what Argo CD is told.
//!
//! Nothing here judges.

pub(super) mod argocd;
mod autoscaler;
mod budget;
mod depth;
mod ensemble;
pub(super) mod labels;
pub(super) mod memory;
mod places;
pub(super) mod scheduler;
mod workload;

pub(super) use autoscaler::{Autoscaler, autoscalers};
pub(super) use budget::{Budget, budgets};
pub(super) use depth::maps;
pub(super) use ensemble::ensembles;
pub(super) use places::by_place;
pub(super) use workload::{Container, Workload, workloads};
