//! What rules look for in objects again and again: workloads, their pods, containers and environment variables; what pods name and
//! what selects them; what they ask for; the servers of DolphinScheduler; what Argo CD is told; and all objects of an environment
//! by name.
//!
//! Nothing here judges.

pub(super) mod argocd;
mod autoscaler;
mod budget;
pub(super) mod demand;
mod depth;
mod ensemble;
mod inventory;
pub(super) mod labels;
mod maker;
pub(super) mod memory;
mod places;
mod reference;
pub(super) mod scheduler;
mod selector;
mod workload;

pub(super) use autoscaler::{Autoscaler, autoscalers};
pub(super) use budget::budgets;
pub(super) use depth::maps;
pub(super) use ensemble::ensembles;
pub(super) use inventory::{Inventory, Object};
pub(super) use places::by_place;
pub(super) use reference::{Reference, Referent, references};
pub(super) use selector::{Selector, has};
pub(super) use workload::{Container, Workload, workloads};
