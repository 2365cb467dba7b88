//! ResourceQuotas: what their keys count, what LimitRanges stand beside them, and how many pods an autoscaler runs.

use crate::{
    field::{By, Data, Field},
    manifest::Identity,
    rules::objects::{
        Inventory, Object,
        demand::{Defaults, Side},
    },
};

/// What a key of a quota counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counted<'k> {
    /// What pods state of a resource.
    Amount(Side, &'k str),
    /// Pods.
    Pods,
    /// Claims; of one storage class, where it is named.
    Claims(Option<&'k str>),
    /// What claims ask for; of one storage class, where it is named.
    Storage(Option<&'k str>),
}

/// What a key counts; none for one that is about other objects.
pub(super) fn counted(key: &str) -> Option<Counted<'_>> {
    if let Some((class, what)) = key.split_once(".storageclass.storage.k8s.io/") {
        return match what {
            "requests.storage" => Some(Counted::Storage(Some(class))),
            "persistentvolumeclaims" => Some(Counted::Claims(Some(class))),
            _ => None,
        };
    }
    match key {
        "pods" | "count/pods" => Some(Counted::Pods),
        "persistentvolumeclaims" | "count/persistentvolumeclaims" => Some(Counted::Claims(None)),
        "requests.storage" => Some(Counted::Storage(None)),
        "cpu" | "memory" | "ephemeral-storage" => Some(Counted::Amount(Side::Requests, key)),
        _ => {
            let side = |prefix: &str, side| Some(Counted::Amount(side, key.strip_prefix(prefix)?));
            side("requests.", Side::Requests).or_else(|| side("limits.", Side::Limits))
        }
    }
}

/// Looks at each quota that counts all pods of its namespace, with the defaults that LimitRanges give there.
pub(super) fn each<'s, 'a>(
    inventory: &Inventory<'s, 'a>,
    act: &mut impl FnMut(&Object<'s, 'a>, &Defaults<'s>),
) {
    for quota in inventory.of_kind("ResourceQuota") {
        let spec = quota.manifest.body.get("spec");
        if spec.is_none_or(|spec| spec.get("scopes").is_some() || spec.get("scopeSelector").is_some()) {
            continue;
        }
        let mut defaults = Defaults::default();
        for range in inventory.of_kind("LimitRange") {
            if range.manifest.identity.namespace == quota.manifest.identity.namespace {
                defaults.add(&range.manifest.body);
            }
        }
        act(quota, &defaults);
    }
}

/// What scales a workload.
#[derive(Debug)]
pub(super) struct Scaler<'s, 'a> {
    least: (u64, Option<&'s Field<'a>>),
    most: (u64, Option<&'s Field<'a>>),
    body: By,
}

impl Scaler<'_, '_> {
    /// How many pods it runs at least or at most, and what tells.
    pub(super) fn pods(&self, maximum: bool) -> (u64, By) {
        let (count, field) = if maximum { self.most } else { self.least };
        (count, field.map_or(self.body, |field| field.by))
    }
}

/// The autoscaler of a workload.
pub(super) fn scaler<'s, 'a>(inventory: &Inventory<'s, 'a>, workload: &Identity) -> Option<Scaler<'s, 'a>> {
    let kinds = [
        ("HorizontalPodAutoscaler", "minReplicas", 1, "maxReplicas", 1),
        ("ScaledObject", "minReplicaCount", 0, "maxReplicaCount", 100),
    ];
    kinds.into_iter().find_map(|(kind, least, least_default, most, most_default)| {
        let found = inventory.of_kind(kind).iter().find(|scaler| scales(scaler, workload))?;
        let spec = found.manifest.body.get("spec")?;
        let number = |key: &str, default: u64| match spec.get(key) {
            Some(field) => match field.data {
                Data::Int(n) => (u64::try_from(n).unwrap_or(default), Some(field)),
                _ => (default, None),
            },
            None => (default, None),
        };
        Some(Scaler {
            least: number(least, least_default),
            most: number(most, most_default),
            body: found.manifest.body.by,
        })
    })
}

fn scales(scaler: &Object<'_, '_>, workload: &Identity) -> bool {
    let Some(target) = scaler.manifest.body.at(&["spec", "scaleTargetRef"]) else { return false };
    let text = |key: &str| target.get(key).and_then(Field::as_str);
    scaler.manifest.identity.namespace == workload.namespace
        && text("name") == Some(&workload.name)
        && text("kind").unwrap_or("Deployment") == workload.kind
}
