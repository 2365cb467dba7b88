//! Volumes, claims and their classes; classes of priority and of runtimes; leases.

pub(crate) mod claim;
mod class;
mod csi;
mod lease;
mod priority;
mod runtime;
pub(crate) mod source;
mod volume;

use super::Rules;
use crate::kube::format::names;

const STORAGE: &str = "storage.k8s.io";
const COORDINATION: &str = "coordination.k8s.io";

/// The kinds of this area.
pub(super) const RULES: &[Rules] = &[
    Rules { group: "", kind: "PersistentVolume", name: names::subdomain, check: volume::check },
    Rules { group: "", kind: "PersistentVolumeClaim", name: names::subdomain, check: claim::check },
    Rules { group: STORAGE, kind: "StorageClass", name: names::subdomain, check: class::storage },
    Rules { group: STORAGE, kind: "VolumeAttributesClass", name: names::subdomain, check: class::attributes },
    Rules { group: STORAGE, kind: "CSIDriver", name: names::subdomain, check: csi::driver },
    Rules { group: STORAGE, kind: "CSINode", name: names::subdomain, check: csi::node },
    Rules { group: STORAGE, kind: "CSIStorageCapacity", name: names::subdomain, check: csi::capacity },
    Rules { group: STORAGE, kind: "VolumeAttachment", name: names::subdomain, check: csi::attachment },
    Rules {
        group: "scheduling.k8s.io",
        kind: "PriorityClass",
        name: names::subdomain,
        check: priority::check,
    },
    Rules { group: "node.k8s.io", kind: "RuntimeClass", name: names::subdomain, check: runtime::check },
    Rules { group: COORDINATION, kind: "Lease", name: names::subdomain, check: lease::lease },
    Rules { group: COORDINATION, kind: "LeaseCandidate", name: names::config_key, check: lease::candidate },
];
