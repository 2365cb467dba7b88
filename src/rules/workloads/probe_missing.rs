//! Finds containers that get requests and cannot say whether they are ready.

use crate::{
    diag::{Finding, Level},
    field::{Data, Field},
    manifest::{Manifest, pod_template},
    rules::{
        Check, Environment, Example, Parameters, Rule,
        objects::{Container, Workload, by_place, workloads},
    },
    workspace::{Parameter, RuleLevel, RuleSetting},
};
use std::collections::HashMap;

pub(in crate::rules) static RULE: Rule = Rule {
    code: "probe-missing",
    summary: "a container behind a Service without a probe",
    level: RuleLevel::Report(Level::Warn),
    docs: "Without a readiness probe a container counts as ready as soon as its process has started: the Service sends it requests that it \
        cannot answer yet, and a rolling update takes away the old pods before the new ones work.\n\n\
        Add a `readinessProbe` that asks what clients ask; a `startupProbe` does as well. A liveness probe is not demanded: one that \
        looks at the wrong thing restarts what is only busy. Add `livenessProbe` to `demanded` where you want it. Jobs, pods that \
        operators make, and containers that no Service of the environment sends requests to are not meant.",
    parameters: &[Parameter {
        name: "demanded",
        about: "the probes that each container behind a Service has",
        default: RuleSetting::Texts(&["readinessProbe"]),
    }],
    bad: &[
        Example::Values("api:\n  readinessProbe:\n    enabled: false # <-\n"),
        Example::Manifests(
            "apiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec:\n  selector: { app: web }\n  ports: [{ port: 80, targetPort: http }]\n---\n\
             apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec:\n  selector: { matchLabels: { app: web } }\n  template:\n    \
             metadata: { labels: { app: web } }\n    spec:\n      containers:\n        - name: metrics\n          image: harbor.abc.com/exporter:1.0.0\n          \
             ports: [{ containerPort: 9100 }]\n        - name: web # <-\n          image: nginx:1.27.0\n          \
             ports: [{ name: http, containerPort: 8080 }]\n          livenessProbe: { httpGet: { path: /, port: http } }\n",
        ),
    ],
    good: &[
        Example::Values(
            "api:\n  livenessProbe:\n    enabled: false\nalert:\n  readinessProbe:\n    enabled: false\n",
        ),
        // It begins with a probe of its own; no Service; pods that are found before they are ready, as members of an ensemble are.
        Example::Manifests(
            "apiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec:\n  selector: { app: web }\n  ports: [{ port: 80 }]\n---\n\
             apiVersion: v1\nkind: Pod\nmetadata: { name: a, labels: { app: web } }\nspec:\n  containers:\n    - name: a\n      image: nginx:1.27.0\n      \
             startupProbe: { tcpSocket: { port: 80 } }\n---\n\
             apiVersion: v1\nkind: Pod\nmetadata: { name: b, labels: { app: agent } }\nspec:\n  containers:\n    \
             - { name: b, image: nginx:1.27.0, ports: [{ containerPort: 80 }] }\n---\n\
             apiVersion: v1\nkind: Service\nmetadata: { name: peers }\nspec:\n  clusterIP: None\n  publishNotReadyAddresses: true\n  \
             selector: { app: agent }\n  ports: [{ port: 80 }]\n",
        ),
    ],
    check: Check::Environment(check),
};

fn check(environment: &Environment<'_, '_>, parameters: &Parameters<'_>) -> Vec<Finding> {
    let demanded = parameters.texts("demanded");
    let all = environment.components.iter().flat_map(|subject| subject.manifests);
    let services = all.filter(|m| m.identity.kind == "Service");
    // By the first label that they select: a pod has that label, or is not meant.
    let mut selecting: HashMap<(&str, &str), Vec<(usize, &Manifest<'_>)>> = HashMap::new();
    for (n, service) in services.enumerate() {
        let first = service.body.at(&["spec", "selector"]).and_then(|selector| selector.members().first());
        if let Some((first, value)) = first.and_then(|label| Some((label, label.value.as_str()?))) {
            selecting.entry((&first.key, value)).or_default().push((n, service));
        }
    }
    let mut found = Vec::new();
    for subject in environment.components {
        let meant = |w: &Workload<'_, '_>| !w.ends() && pod_template(&w.manifest.identity).is_some();
        for workload in workloads(subject).into_iter().filter(meant) {
            let all: Vec<_> = workload.containers().into_iter().filter(|c| !c.init).collect();
            let labels = workload.labels().iter();
            let chosen = labels.filter_map(|label| selecting.get(&(&*label.key, label.value.as_str()?)));
            let mut services: Vec<_> = chosen.flatten().copied().collect();
            services.sort_by_key(|(n, _)| *n);
            for container in &all {
                let sends = |(_, service): &&(usize, &Manifest<'_>)| {
                    sends(service, &workload, container, all.len() == 1)
                };
                let Some((_, service)) = services.iter().find(sends) else { continue };
                for probe in demanded.iter().filter(|probe| !probed(container.field, probe)) {
                    let says = format!("no `{probe}`: {}", consequence(probe, service));
                    let finding = subject.missing(RULE.code, container.field, probe, says);
                    let finding = finding.help(format!("add a `{probe}` that asks what clients ask"));
                    found.push((workload.manifest.identity.to_string(), finding));
                }
            }
        }
    }
    by_place(found)
}

fn probed(container: &Field<'_>, probe: &str) -> bool {
    // Until the probe of its start has succeeded, a container is not ready.
    let stands = |key: &str| container.get(key).is_some_and(|field| field.data != Data::Null);
    stands(probe) || (probe == "readinessProbe" && stands("startupProbe"))
}

fn consequence(probe: &str, service: &Manifest<'_>) -> String {
    match probe {
        "livenessProbe" => "a server that hangs is never restarted".to_owned(),
        _ => format!("{} sends requests to pods that cannot answer yet", service.identity),
    }
}

/// Whether a Service sends requests to a container of a workload: the only one, or the one with a port that it means.
fn sends(
    service: &Manifest<'_>,
    workload: &Workload<'_, '_>,
    container: &Container<'_, '_>,
    only: bool,
) -> bool {
    let spec = |key: &str| service.body.at(&["spec", key]);
    let selector = spec("selector").map_or(&[][..], Field::members);
    let chosen = !selector.is_empty() && selector.iter().all(|m| workload.label(&m.key) == m.value.as_str());
    let early = spec("publishNotReadyAddresses").is_some_and(|field| field.data == Data::Bool(true));
    if !chosen || early || service.identity.namespace != workload.manifest.identity.namespace {
        return false;
    }
    let mut ports = spec("ports").map_or(&[][..], Field::items).iter();
    let own = container.field.get("ports").map_or(&[][..], Field::items);
    only || ports.any(|port| {
        let target = port.get("targetPort").or_else(|| port.get("port")).map(|field| &field.data);
        let same = |key: &str| own.iter().any(|port| port.get(key).map(|field| &field.data) == target);
        target.is_some() && (same("containerPort") || same("name"))
    })
}
