//! Finds Ingresses that send to a Service, or a port of one, which is not there.

use crate::{
    diag::{Finding, Level, nearest},
    field::{Data, Field},
    rules::{
        Check, Environment, Example, Rule,
        objects::{Inventory, Object},
    },
    workspace::RuleLevel,
};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "ingress-backend-missing",
    summary: "an Ingress that sends to a Service, or a port of one, which the environment does not have",
    level: RuleLevel::Report(Level::Error),
    docs: "The Ingress is accepted, and its users get 503. An Ingress reaches Services of its own namespace only, and names a port as the \
        Service calls it, or by the number of the Service, not of the container.\n\n\
        Name a Service of the environment, and a `name` or `port` of its ports. Services that an operator makes for a custom resource of the \
        environment are not asked for.",
    parameters: &[],
    bad: &[
        Example::Manifests(
            "apiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec:\n  ports: [{ name: http, port: 80, targetPort: 8080 }]\n---\n\
             apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: web }\nspec:\n  rules:\n    - host: web.abc.com\n      http:\n        paths:\n          \
             - path: /\n            pathType: Prefix\n            backend: { service: { name: wbe, port: { name: http } } } # <-\n          \
             - path: /more\n            pathType: Prefix\n            backend: { service: { name: web, port: { number: 8080 } } } # <-\n",
        ),
        Example::Files(&[
            (
                "environments/dev/environment.yaml",
                "namespace: dev\ncomponents:\n  dolphinscheduler:\n    package: dolphinscheduler\n    version: 1.3.9\n    patches:\n      \
                 - target: { kind: Ingress }\n        patch:\n          spec:\n            defaultBackend:\n              service:\n                \
                 name: dolphinscheduler-api\n                port: { name: http } # <-\n",
            ),
            ("environments/dev/dolphinscheduler.yaml", "ingress: { enabled: true, host: ds.abc.com }\n"),
        ]),
    ],
    good: &[
        Example::Values("ingress: { enabled: true, host: ds.abc.com }\n"),
        Example::Manifests(
            "# its operator makes the Service counts-rest\napiVersion: flink.apache.org/v1beta1\nkind: FlinkDeployment\nmetadata: { name: counts }\n---\n\
             apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: counts }\nspec:\n  \
             defaultBackend: { service: { name: counts-rest, port: { number: 8081 } } }\n",
        ),
    ],
    check: Check::Environment(|environment, _| check(environment)),
};

/// The port that an annotation of a load balancer stands for.
const BY_ANNOTATION: &str = "use-annotation";

fn check(environment: &Environment<'_, '_>) -> Vec<Finding> {
    let inventory = environment.inventory();
    let mut findings = Vec::new();
    for ingress in inventory.of_kind("Ingress") {
        let spec = ingress.manifest.body.get("spec");
        let rules = spec.and_then(|spec| spec.get("rules")).map_or(&[][..], Field::items);
        let paths = rules.iter().filter_map(|rule| rule.at(&["http", "paths"])).flat_map(Field::items);
        let default = spec.and_then(|spec| spec.at(&["defaultBackend", "service"]));
        for service in default.into_iter().chain(paths.filter_map(|p| p.at(&["backend", "service"]))) {
            findings.extend(judge(inventory, *ingress, service));
        }
    }
    findings
}

/// What is wrong with where an Ingress sends to.
fn judge<'s, 'a>(
    inventory: &Inventory<'s, 'a>,
    ingress: Object<'s, 'a>,
    backend: &'s Field<'a>,
) -> Option<Finding> {
    let identity = &ingress.manifest.identity;
    let namespace = identity.namespace.as_deref();
    let field = backend.get("name")?;
    let name = field.as_str()?;
    let port = backend.get("port").and_then(|port| port.get("name").or_else(|| port.get("number")))?;
    if port.as_str() == Some(BY_ANNOTATION) {
        return None;
    }
    if let Some(service) = inventory.find("Service", namespace, name) {
        return judge_port(ingress, service, port);
    }
    if inventory.may_have("Service", namespace, name) {
        return None;
    }
    let message = format!("{identity} sends to the Service `{name}`, which this environment does not have");
    let near = nearest(name, inventory.names("Service", namespace));
    let help =
        near.map_or_else(|| "name a Service of its namespace".to_owned(), |n| format!("did you mean `{n}`?"));
    Some(ingress.subject.finding(RULE.code, field.by, Some(name), message).help(help))
}

/// What is wrong with the port of a Service that is there.
fn judge_port<'s, 'a>(
    ingress: Object<'s, 'a>,
    service: Object<'s, 'a>,
    port: &'s Field<'a>,
) -> Option<Finding> {
    let spec = service.manifest.body.get("spec")?;
    let ports = spec.get("ports").map_or(&[][..], Field::items);
    let key = if port.as_str().is_some() { "name" } else { "port" };
    let has = |one: &Field<'_>| one.get(key).is_some_and(|own| own.data == port.data);
    if spec.get("type").and_then(Field::as_str) == Some("ExternalName") || ports.iter().any(has) {
        return None;
    }
    let (who, what) = (&ingress.manifest.identity, &service.manifest.identity);
    let shown = shown(port);
    let message = format!("{who} sends to the port `{shown}` of {what}, which does not have it");
    let own = ports.iter().filter_map(|one| {
        let number = format!("`{}`", self::shown(one.get("port")?));
        Some(
            one.get("name")
                .map_or_else(|| number.clone(), |name| format!("`{}` ({number})", self::shown(name))),
        )
    });
    let help = format!("it has {}", own.collect::<Vec<_>>().join(", "));
    Some(ingress.subject.finding(RULE.code, port.by, Some(&shown), message).help(help))
}

fn shown(port: &Field<'_>) -> String {
    match &port.data {
        Data::Int(number) => number.to_string(),
        _ => port.as_str().unwrap_or_default().to_owned(),
    }
}
