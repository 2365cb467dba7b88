//! What stops when an object goes away.

use super::{
    Impact, Kind,
    case::{Case, kind, text},
    delivery::{self, Prune},
    expose::hosts,
    left::cascades,
    scale::replicas,
    stale::readers,
    words::{code, list, pods},
};
use crate::manifest::Manifest;

/// The object that goes away, with what goes with it.
pub(super) fn remove(case: &Case<'_, '_, '_>) -> Vec<Impact> {
    let Some(gone) = case.gone() else { return Vec::new() };
    // A hook that nothing runs anymore does no harm.
    if delivery::is_hook(gone) {
        return Vec::new();
    }
    let goes = match case.new {
        Some(new) if new.identity.name == gone.identity.name => {
            let of = gone.identity.namespace.as_deref().unwrap_or_default();
            format!("moves: the one in namespace `{of}` goes away")
        }
        Some(_) => format!("has another name: {} goes away", gone.identity),
        None => "goes away".to_owned(),
    };
    let text = match delivery::prune(gone) {
        Prune::No => {
            "is not part of the environment anymore and stays in the cluster (`Prune=false`)".to_owned()
        }
        Prune::Confirm => format!("once somebody confirms it, {goes}{}", what(case, gone)),
        _ => format!("{goes}{}", what(case, gone)),
    };
    vec![Kind::Remove.with(text)]
}

/// What stops with an object, to follow what became of it.
fn what(case: &Case<'_, '_, '_>, gone: &Manifest<'_>) -> String {
    let body = &gone.body;
    let name = &gone.identity.name;
    match kind(gone) {
        ("apps", "Deployment" | "StatefulSet" | "ReplicaSet") | ("", "ReplicationController") => {
            match replicas(case.around.0, gone) {
                Some(0) => ": it had no pods".to_owned(),
                Some(n) => format!(" with its {}", pods(n)),
                None => " with its pods".to_owned(),
            }
        }
        ("apps", "DaemonSet") => " with its pods on every node".to_owned(),
        ("batch", "CronJob") => match text(body, &["spec", "schedule"]) {
            Some(schedule) => format!(": it runs no more at `{schedule}`"),
            None => ": it runs no more".to_owned(),
        },
        ("", "Service") => {
            let namespace = gone.identity.namespace.as_deref().map_or(String::new(), |ns| format!(".{ns}"));
            format!(": `{name}{namespace}` leads nowhere")
        }
        ("networking.k8s.io" | "extensions", "Ingress") => match hosts(body).as_slice() {
            [] => ": what it led to cannot be reached from outside through it".to_owned(),
            hosts => format!(": {} cannot be reached from outside through it", code(hosts)),
        },
        ("autoscaling", "HorizontalPodAutoscaler") | ("keda.sh", "ScaledObject") => {
            ": the number of pods stays what it is".to_owned()
        }
        ("argoproj.io", "Application") if cascades(gone) => {
            ", and Argo CD deletes all that it runs (its finalizer asks for that)".to_owned()
        }
        ("argoproj.io", "Application") => ": what it runs stays".to_owned(),
        ("policy", "PodDisruptionBudget") => ": a drain may take all its pods at once".to_owned(),
        ("", "ServiceAccount") => ": pods that run as it cannot be made anew".to_owned(),
        ("rbac.authorization.k8s.io", "RoleBinding" | "ClusterRoleBinding") => {
            ": those it names may do less".to_owned()
        }
        ("", "ConfigMap" | "Secret") => match readers(case, gone).as_slice() {
            [] => String::new(),
            readers => format!(": {} cannot start without it", list(readers)),
        },
        _ => String::new(),
    }
}
