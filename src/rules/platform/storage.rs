//! Where DolphinScheduler 1.3 and 2.0 keep what users upload: read from the environment of its containers.

use crate::{
    field::Field,
    rules::{
        Subject,
        objects::{Container, Workload, workloads},
    },
};

/// A container with a store.
pub(super) struct Store<'m, 'a> {
    /// What makes its pods.
    pub(super) workload: Workload<'m, 'a>,
    /// The container.
    pub(super) container: Container<'m, 'a>,
    /// The file system, such as `s3a://bucket`.
    pub(super) root: &'m Field<'a>,
}

/// The containers of a component whose store is of a type, `S3` or `HDFS`, and says its file system.
pub(super) fn stores<'m, 'a>(subject: &Subject<'m, 'a>, kind: &str) -> Vec<Store<'m, 'a>> {
    let mut found = Vec::new();
    for workload in workloads(subject) {
        for container in workload.containers() {
            let text = |name: &str| container.variable(subject, name);
            let asked = text("RESOURCE_STORAGE_TYPE").and_then(Field::as_str);
            if !asked.is_some_and(|asked| asked.eq_ignore_ascii_case(kind)) {
                continue;
            }
            found.extend(text("FS_DEFAULT_FS").map(|root| Store { workload, container, root }));
        }
    }
    found
}

/// The scheme and the authority of a URL; both may be empty.
pub(super) fn parts(url: &str) -> (&str, &str) {
    let (scheme, rest) = url.trim().split_once("://").unwrap_or(("", url));
    let authority = rest.split('/').next().unwrap_or_default();
    (scheme, authority)
}
