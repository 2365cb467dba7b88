//! Rules about the service mesh.

mod job_never_ends;
mod linkerd_annotation_misplaced;
mod port_not_opaque;
mod proxies;

use super::Family;

/// The family.
pub(super) const FAMILY: Family = Family {
    title: "Service mesh",
    rules: &[&linkerd_annotation_misplaced::RULE, &job_never_ends::RULE, &port_not_opaque::RULE],
};
