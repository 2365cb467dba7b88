//! What rules look for in objects again and again: workloads, their pods, containers and environment variables.
//!
//! Nothing here judges.

mod autoscaler;
mod budget;
mod depth;
mod ensemble;
mod places;
mod selection;
mod workload;

pub(super) use autoscaler::{Autoscaler, autoscalers};
pub(super) use budget::{Budget, budgets};
pub(super) use depth::maps;
pub(super) use ensemble::ensembles;
pub(super) use places::by_place;
pub(super) use selection::selects;
pub(super) use workload::{Container, Workload, workloads};
