//! What rules look for in objects again and again: workloads, their pods, containers and environment variables.
//!
//! Nothing here judges.

mod workload;

pub(super) use workload::{Container, Workload, workloads};
