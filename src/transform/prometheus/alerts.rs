//! Alerts on what kube-state-metrics and cAdvisor measure of every workload: replicas that are missing, pods that restart,
//! memory near its limit. One PrometheusRule for a component.

use super::{API, NAME, asked, metadata, object};
use crate::{
    field::{By, Field},
    manifest::Manifest,
    transform::{Scope, edit},
    values::Data,
    workspace::Setting,
};

/// A kind of workload and its series: the replicas that should be and those that are, by the label that names it.
struct Kind {
    name: &'static str,
    label: &'static str,
    wanted: &'static str,
    ready: &'static str,
    /// What follows the workload's name in the names of its pods.
    pods: &'static str,
}

const KINDS: [Kind; 3] = [
    Kind {
        name: "Deployment",
        label: "deployment",
        wanted: "kube_deployment_spec_replicas",
        ready: "kube_deployment_status_replicas_available",
        pods: "-[a-z0-9]+-[a-z0-9]{5}",
    },
    Kind {
        name: "StatefulSet",
        label: "statefulset",
        wanted: "kube_statefulset_replicas",
        ready: "kube_statefulset_status_replicas_ready",
        pods: "-[0-9]+",
    },
    Kind {
        name: "DaemonSet",
        label: "daemonset",
        wanted: "kube_daemonset_status_desired_number_scheduled",
        ready: "kube_daemonset_status_number_ready",
        pods: "-[a-z0-9]{5}",
    },
];

/// One alert.
struct Alert<'a> {
    name: String,
    expression: Field<'a>,
    waits: bool,
    summary: &'static str,
    description: String,
}

/// Adds the PrometheusRule of a component that has workloads.
pub(super) fn add<'a>(scope: &mut Scope<'_, 'a>, setting: Setting<'_, 'a>, rules: Option<Setting<'_, 'a>>) {
    let by = edit::made(scope.trace, NAME, rules.map_or_else(|| asked(setting), |r| r.key_span()));
    let alerts = alerts(scope, rules, by);
    if alerts.is_empty() {
        return;
    }
    let mut text = |key: &str, default: &'static str| match rules.and_then(|r| r.get(&[key])) {
        Some(s) => edit::text(edit::made(scope.trace, NAME, s.span()), s.text().unwrap_or(default)),
        None => edit::text(by, default),
    };
    let (severity, wait) = (text("severity", "warning"), text("for", "15m"));
    let items = alerts.into_iter().map(|alert| {
        let mut members = vec![("alert", edit::text(by, alert.name)), ("expr", alert.expression)];
        if alert.waits {
            members.push(("for", wait.clone()));
        }
        let labels = [("component", edit::text(by, scope.component)), ("severity", severity.clone())];
        members.push(("labels", edit::map(by, labels)));
        let texts = [("summary", alert.summary.into()), ("description", alert.description)];
        members.push((
            "annotations",
            edit::map(by, texts.map(|(key, t): (_, String)| (key, edit::text(by, t)))),
        ));
        edit::map(by, members)
    });
    let items: Vec<Field<'a>> = items.collect();
    let group = edit::map(by, [("name", edit::text(by, scope.component)), ("rules", edit::list(by, items))]);
    let head = metadata(scope, setting, by, scope.component.to_owned());
    let spec = edit::map(by, [("groups", edit::list(by, vec![group]))]);
    let body = object(by, API, "PrometheusRule", head, [("spec", spec)]);
    scope.add(body);
}

/// The alerts for the workloads of a component; none if it has none.
fn alerts<'a>(scope: &mut Scope<'_, 'a>, rules: Option<Setting<'_, 'a>>, by: By) -> Vec<Alert<'a>> {
    let mut number = |key: &str, default: i64| match rules.and_then(|r| r.get(&[key])) {
        Some(s) => match s.data() {
            Data::Int(n) => (n, edit::made(scope.trace, NAME, s.span())),
            _ => (default, by),
        },
        None => (default, by),
    };
    let ((restarts, restarts_by), (percent, percent_by)) =
        (number("restarts", 3), number("memoryPercent", 90));
    let namespace = scope.namespace.0;
    let mut alerts = Vec::new();
    let mut pods = Vec::new();
    for kind in &KINDS {
        let names = names(scope.manifests, kind.name);
        if names.is_empty() {
            continue;
        }
        let Kind { label, wanted, ready, .. } = kind;
        let chosen = format!("{{namespace=\"{namespace}\", {label}=~\"{}\"}}", names.join("|"));
        pods.extend(names.iter().map(|name| format!("{name}{}", kind.pods)));
        alerts.push(Alert {
            name: format!("{}ReplicasMissing", kind.name),
            expression: edit::text(by, format!("{ready}{chosen} < {wanted}{chosen}")),
            waits: true,
            summary: "Replicas are missing.",
            description: format!(
                "{} {{{{ $labels.namespace }}}}/{{{{ $labels.{label} }}}} has {{{{ $value }}}} ready replicas, fewer than it should.",
                kind.name
            ),
        });
    }
    if pods.is_empty() {
        return alerts;
    }
    let chosen = format!("namespace=\"{namespace}\", pod=~\"{}\"", pods.join("|"));
    let restarted =
        format!("increase(kube_pod_container_status_restarts_total{{{chosen}}}[1h]) > {restarts}");
    alerts.push(Alert {
        name: "PodsRestarting".to_owned(),
        expression: edit::text(restarts_by, restarted),
        waits: false,
        summary: "Pods restart again and again.",
        description: "Container {{ $labels.container }} of {{ $labels.namespace }}/{{ $labels.pod }} restarted {{ $value | humanize }} times within an hour.".to_owned(),
    });
    // Of several series for one container, as after a restart, the larger one counts.
    let most = |series: String| format!("max by (namespace, pod, container) ({series})");
    let used = most(format!("container_memory_working_set_bytes{{{chosen}, container!=\"\"}}"));
    let limit = most(format!("kube_pod_container_resource_limits{{{chosen}, resource=\"memory\"}}"));
    alerts.push(Alert {
        name: "MemoryNearLimit".to_owned(),
        expression: edit::text(percent_by, format!("100 * {used} / {limit} > {percent}")),
        waits: true,
        summary: "A container is near its memory limit.",
        description: "Container {{ $labels.container }} of {{ $labels.namespace }}/{{ $labels.pod }} uses {{ $value | humanize }} % of its memory limit.".to_owned(),
    });
    alerts
}

/// The names of a component's workloads of a kind, as regular expressions in a PromQL string.
fn names(manifests: &[Manifest<'_>], kind: &str) -> Vec<String> {
    let mut names: Vec<String> = manifests
        .iter()
        .filter(|m| m.identity.group == "apps" && m.identity.kind == kind)
        .map(|m| m.identity.name.replace('.', "[.]"))
        .collect();
    names.sort_unstable();
    names
}
