//! What gets larger where it is.

use super::{
    Impact, Kind,
    case::{Case, amount, kind},
    refused::{Growth, grows, growth},
};

/// Sizes in custom kinds: group, kind, what leads to the size, what has it.
const SIZES: &[(&str, &str, &[&str], &str)] = &[
    ("dolphindb.dolphindb.io", "DolphinDB", &["spec", "controller", "dataSize"], "data of its controllers"),
    ("dolphindb.dolphindb.io", "DolphinDB", &["spec", "controller", "logSize"], "logs of its controllers"),
    ("dolphindb.dolphindb.io", "DolphinDB", &["spec", "datanode", "dataSize"], "data of its data nodes"),
    ("dolphindb.dolphindb.io", "DolphinDB", &["spec", "datanode", "logSize"], "logs of its data nodes"),
    (
        "zookeeper.pravega.io",
        "ZookeeperCluster",
        &["spec", "persistence", "spec", "resources", "requests", "storage"],
        "data of its members",
    ),
];

/// The sizes that are others now.
pub(super) fn resize(case: &Case<'_, '_, '_>) -> Vec<Impact> {
    let Some((old, new)) = case.both() else { return Vec::new() };
    let mut found = Vec::new();
    if kind(new) == ("", "PersistentVolumeClaim")
        && let Some(Growth::Larger(was, is)) = growth(&old.body, &new.body)
    {
        match grows(case, &new.body) {
            Some(true) => found.push(format!("grows from {was} to {is}")),
            // Refused, and said there.
            Some(false) => {}
            None => found.push(format!("grows from {was} to {is}, if its StorageClass lets it")),
        }
    }
    for (_, _, keys, what) in SIZES.iter().filter(|(g, k, ..)| (*g, *k) == kind(new)) {
        if let (Some(was), Some(is)) = (amount(&old.body, keys), amount(&new.body, keys))
            && was != is
        {
            found.push(format!("asks its operator for {is} instead of {was} for the {what}"));
        }
    }
    found.into_iter().map(|text| Kind::Resize.with(text)).collect()
}
