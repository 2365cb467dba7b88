//! Finds Services that send to a port by a name which the pods do not have.

use super::service_without_pods::selector;
use crate::{
    diag::{Finding, Level, nearest},
    field::Field,
    rules::{
        Check, Environment, Example, Rule,
        objects::{Object, Workload},
    },
    workspace::RuleLevel,
};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "service-port-missing",
    summary: "a Service that sends to a named port which none of its pods has",
    level: RuleLevel::Report(Level::Error),
    docs: "A `targetPort` that is a name is looked up among the ports of the containers. Where no container has it, the Service has no \
        endpoints for that port: connections are refused, though the pods run and the selector is right.\n\n\
        Name the port at a container, or give `targetPort` its number.",
    parameters: &[],
    bad: &[Example::Manifests(
        "apiVersion: v1\nkind: Pod\nmetadata: { name: a, labels: { app: a } }\nspec:\n  containers:\n    - name: a\n      image: a:1\n      \
         ports: [{ name: http, containerPort: 8080 }]\n---\n\
         apiVersion: v1\nkind: Service\nmetadata: { name: a }\nspec:\n  selector: { app: a }\n  ports:\n    - port: 80\n      targetPort: htpp # <-\n",
    )],
    good: &[
        Example::Manifests(
            "apiVersion: v1\nkind: Pod\nmetadata: { name: a, labels: { app: a } }\nspec:\n  containers:\n    - name: a\n      image: a:1\n      \
             ports: [{ name: http, containerPort: 8080 }]\n---\n\
             apiVersion: v1\nkind: Service\nmetadata: { name: a }\nspec:\n  selector: { app: a }\n  ports:\n    \
             - { name: http, port: 80, targetPort: http }\n    \
             # a number need not be declared\n    - { name: more, port: 81, targetPort: 9000 }\n    \
             # of the proxy that Linkerd adds\n    - { name: mesh, port: 4191, targetPort: linkerd-admin }\n",
        ),
        Example::Values("api:\n  service: { type: NodePort, nodePort: \"30345\" }\n"),
    ],
    check: Check::Environment(|environment, _| check(environment)),
};

/// Ports of the containers that service meshes add to pods.
const ADDED: &[&str] = &["http-envoy-prom", "linkerd-admin", "linkerd-proxy"];

fn check(environment: &Environment<'_, '_>) -> Vec<Finding> {
    let inventory = environment.inventory();
    let mut findings = Vec::new();
    for service in inventory.of_kind("Service") {
        let named = ports(service).filter(|port| !ADDED.contains(&port.as_str().unwrap_or_default()));
        let named: Vec<&Field<'_>> = named.collect();
        let Some((_, selector)) = selector(service).filter(|_| !named.is_empty()) else { continue };
        let namespace = service.manifest.identity.namespace.as_deref();
        let pods = inventory.selected(namespace, &selector);
        let names: Vec<&str> = pods.iter().flat_map(|(_, workload)| port_names(workload)).collect();
        // Without pods, or with pods that are not described whole, nothing is known of their ports.
        if pods.is_empty() || pods.iter().any(|(_, workload)| workload.containers().is_empty()) {
            continue;
        }
        for port in named.into_iter().filter(|port| !names.contains(&port.as_str().unwrap_or_default())) {
            let name = port.as_str().unwrap_or_default();
            let identity = &service.manifest.identity;
            let message = format!("{identity} sends to the port `{name}`, which none of its pods has");
            let help = match (nearest(name, names.iter().copied()), names.as_slice()) {
                (Some(near), _) => format!("did you mean `{near}`?"),
                (None, []) => "name a port of a container so, or give the port's number".to_owned(),
                (None, names) => format!("its pods have the ports `{}`", names.join("`, `")),
            };
            findings.push(service.subject.finding(RULE.code, port.by, Some(name), message).help(help));
        }
    }
    findings
}

/// The ports of pods that a Service sends to by name.
fn ports<'s, 'a>(service: &Object<'s, 'a>) -> impl Iterator<Item = &'s Field<'a>> + use<'s, 'a> {
    let ports = service.manifest.body.at(&["spec", "ports"]).map_or(&[][..], Field::items);
    let targets = ports.iter().filter_map(|port| port.get("targetPort"));
    targets.filter(|target| target.as_str().is_some_and(|name| name.bytes().any(|b| b.is_ascii_alphabetic())))
}

fn port_names<'s>(workload: &Workload<'s, '_>) -> Vec<&'s str> {
    let ports = |c: &'s Field<'_>| c.get("ports").map_or(&[][..], Field::items);
    let containers = workload.containers().into_iter().filter(|container| !container.init);
    let all = containers.flat_map(|container| ports(container.field));
    all.filter_map(|port| port.get("name")?.as_str()).collect()
}
