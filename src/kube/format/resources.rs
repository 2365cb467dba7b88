//! Names of resources such as `cpu`, `requests.memory` and `nvidia.com/gpu`.

use super::{Verdict, names, unless};

/// What containers may ask for, extended resources and huge pages apart.
const OF_CONTAINERS: [&str; 3] = ["cpu", "memory", "ephemeral-storage"];

/// What quotas count, in whole numbers.
const COUNTED: [&str; 9] = [
    "pods",
    "services",
    "replicationcontrollers",
    "resourcequotas",
    "secrets",
    "configmaps",
    "persistentvolumeclaims",
    "services.nodeports",
    "services.loadbalancers",
];

/// What quotas measure.
const MEASURED: [&str; 10] = [
    "cpu",
    "memory",
    "ephemeral-storage",
    "requests.cpu",
    "requests.memory",
    "requests.storage",
    "requests.ephemeral-storage",
    "limits.cpu",
    "limits.memory",
    "limits.ephemeral-storage",
];

const HUGE: &str = "hugepages-";
const HUGE_REQUESTS: &str = "requests.hugepages-";
const REQUESTS: &str = "requests.";
const OWN: &str = "kubernetes.io/";

fn is_huge(name: &str) -> bool {
    name.starts_with(HUGE) || name.starts_with(HUGE_REQUESTS)
}

/// Whether it is one of Kubernetes' own resources: their names have no domain, or that of Kubernetes.
pub fn is_native(name: &str) -> bool {
    !name.contains('/') || name.contains(OWN)
}

/// Whether it is a resource of an extension: `nvidia.com/gpu`.
pub fn is_extended(name: &str) -> bool {
    !is_native(name)
        && !name.starts_with(REQUESTS)
        && names::qualified(&format!("{REQUESTS}{name}")).is_none()
}

/// Whether more of a resource may be promised than there is.
pub fn is_overcommitted(name: &str) -> bool {
    is_native(name) && !name.starts_with(HUGE)
}

/// Whether there are only whole numbers of it.
pub fn is_whole(name: &str) -> bool {
    COUNTED.contains(&name) || is_extended(name)
}

/// Any resource.
pub fn any(name: &str) -> Verdict {
    if let Some(wrong) = names::qualified(name) {
        return Some(wrong);
    }
    let fine = name.contains('/')
        || name == "storage"
        || COUNTED.contains(&name)
        || MEASURED.contains(&name)
        || is_huge(name);
    unless(fine, "must be a resource of Kubernetes, or have a domain such as `example.com/name`")
}

/// A resource that containers may ask for.
pub fn of_container(name: &str) -> Verdict {
    if let Some(wrong) = any(name) {
        return Some(wrong);
    }
    let fine = if name.contains('/') {
        is_native(name) || is_extended(name)
    } else {
        OF_CONTAINERS.contains(&name) || name.starts_with(HUGE)
    };
    unless(
        fine,
        "must be `cpu`, `memory`, `ephemeral-storage`, huge pages or a resource such as `example.com/name`",
    )
}

/// A resource that quotas limit.
pub fn of_quota(name: &str) -> Verdict {
    if let Some(wrong) = any(name) {
        return Some(wrong);
    }
    unless(name != "storage", "must be a resource that quotas count, such as `requests.storage`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resources() {
        type Judge = fn(&str) -> Verdict;
        let cases: &[(Judge, &[&str], &[&str])] = &[
            (
                any,
                &["cpu", "storage", "pods", "hugepages-2Mi", "a.b/c", "a/b"],
                &["", "gpu", "CPU", "a/b/c", "-a"],
            ),
            (
                of_container,
                &["cpu", "hugepages-2Mi", "nvidia.com/gpu", "kubernetes.io/a"],
                &["pods", "storage", "requests.a/b"],
            ),
            (
                of_quota,
                &["pods", "requests.storage", "requests.hugepages-2Mi", "count/jobs.batch"],
                &["storage", "gpu"],
            ),
        ];
        for (judge, good, bad) in cases {
            for text in *good {
                assert_eq!(judge(text), None, "{text}");
            }
            for text in *bad {
                assert!(judge(text).is_some(), "{text}");
            }
        }
        assert!(is_whole("pods") && is_whole("nvidia.com/gpu") && !is_whole("cpu"));
        assert!(is_overcommitted("cpu") && !is_overcommitted("hugepages-2Mi") && !is_overcommitted("a.b/c"));
    }
}
