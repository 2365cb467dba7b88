//! What rules look for in objects again and again: workloads, their pods, containers and environment variables; what pods name and
//! what selects them; what they ask for; and all objects of an environment by name.
//!
//! Nothing here judges.

pub(super) mod demand;
mod inventory;
mod maker;
mod reference;
mod selector;
mod workload;

pub(super) use inventory::{Inventory, Object};
pub(super) use reference::{Reference, Referent, references};
pub(super) use selector::{Selector, has};
pub(super) use workload::{Container, Workload, workloads};
