//! What pods ask for of CPU, memory and other resources, as Kubernetes counts it against a quota.

use super::Workload;
use crate::{
    field::{Data, Field},
    kube::format::quantity::Quantity,
};

/// One of the two amounts that a container states of a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::rules) enum Side {
    /// What it is promised.
    Requests,
    /// What it may take at most.
    Limits,
}

/// What a LimitRange gives to containers that state nothing.
#[derive(Debug, Clone, Default)]
pub(in crate::rules) struct Defaults<'m> {
    /// Resource and amount, in billionths, of `defaultRequest`, or of `default` where that is missing.
    requests: Vec<(&'m str, i128)>,
    /// The same of `default`.
    limits: Vec<(&'m str, i128)>,
}

impl<'m> Defaults<'m> {
    /// Adds those of a LimitRange.
    pub(in crate::rules) fn add(&mut self, body: &'m Field<'_>) {
        let containers = |item: &&Field<'_>| item.get("type").and_then(Field::as_str) == Some("Container");
        for item in body.at(&["spec", "limits"]).map_or(&[][..], Field::items).iter().filter(containers) {
            let amounts = |key: &str| item.get(key).map_or(&[][..], Field::members).iter();
            let read = |key: &str| -> Vec<(&'m str, i128)> {
                amounts(key).filter_map(|m| Some((&*m.key, amount(&m.value)?))).collect()
            };
            let (limits, max) = (read("default"), read("max"));
            self.requests.extend(read("defaultRequest"));
            // Kubernetes fills in the one from the other when the LimitRange is made.
            self.limits.extend(limits.iter().chain(&max));
            self.requests.extend(limits.iter().chain(&max));
            self.requests.extend(read("min"));
        }
    }

    fn of(&self, side: Side, resource: &str) -> Option<i128> {
        let list = if side == Side::Requests { &self.requests } else { &self.limits };
        list.iter().find(|(name, _)| *name == resource).map(|(_, amount)| *amount)
    }
}

/// The amount of a field in billionths.
pub(in crate::rules) fn amount(field: &Field<'_>) -> Option<i128> {
    match &field.data {
        Data::Int(number) => Some(Quantity::whole(*number).nano()),
        Data::Float(number) => Quantity::parse(&number.to_string()).map(Quantity::nano),
        Data::Str(text) => Quantity::parse(text).map(Quantity::nano),
        _ => None,
    }
}

/// What a container states of a resource, in billionths: itself, else as Kubernetes and a LimitRange fill it in.
pub(in crate::rules) fn of_container(
    container: &Field<'_>,
    side: Side,
    resource: &str,
    defaults: &Defaults<'_>,
) -> Option<i128> {
    stated(container, side, resource).or_else(|| defaults.of(side, resource))
}

/// What a container or a pod states itself. A limit without a request is the request, too.
pub(in crate::rules) fn stated(field: &Field<'_>, side: Side, resource: &str) -> Option<i128> {
    let own = |key: &str| amount(field.at(&["resources", key])?.get(resource)?);
    match side {
        Side::Requests => own("requests").or_else(|| own("limits")),
        Side::Limits => own("limits"),
    }
}

/// What one pod of a workload counts for, in billionths: its containers and sidecars together, or one of the containers that run
/// before them, if that is more.
pub(in crate::rules) fn of_pod(
    workload: &Workload<'_, '_>,
    side: Side,
    resource: &str,
    defaults: &Defaults<'_>,
) -> i128 {
    let overhead = workload.pod().and_then(|pod| amount(pod.at(&["overhead"])?.get(resource)?)).unwrap_or(0);
    if let Some(whole) = workload.pod().and_then(|pod| stated(pod, side, resource)) {
        return whole + overhead;
    }
    let (mut together, mut most) = (0, 0);
    for container in workload.containers() {
        let own = of_container(container.field, side, resource, defaults).unwrap_or(0);
        if container.init {
            most = most.max(together + own);
        } else {
            together += own;
        }
    }
    most.max(together) + overhead
}
