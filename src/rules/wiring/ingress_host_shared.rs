//! Finds a path of a host that two Ingresses of a cluster claim.

use crate::{
    diag::{Finding, Level},
    field::Field,
    rules::{Check, Claim, Clash, Environment, Example, Rule, Subject},
    workspace::RuleLevel,
};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "ingress-host-shared",
    summary: "a path of a host that two Ingresses of one cluster claim",
    level: RuleLevel::Report(Level::Error),
    docs: "The controller sends requests to one of the two: which one, depends on their age and on the controller. Copied values are how \
        this happens: the new environment takes the users of the old one.\n\n\
        Give each environment a host, or a path of its own. Several Ingresses of one host with different paths are fine, and so are two of \
        different classes, and canaries. Clusters are told apart by `cluster.name`.",
    parameters: &[],
    bad: &[
        Example::Files(&[
            (
                "environments/blue/environment.yaml",
                "namespace: blue\ncluster: { name: office }\ncomponents: { dolphinscheduler: { package: dolphinscheduler, version: 1.3.9 } }\n",
            ),
            ("environments/blue/dolphinscheduler.yaml", "ingress: { enabled: true, host: ds.abc.com }\n"),
            (
                "environments/green/environment.yaml",
                "namespace: green\ncluster: { name: office }\ncomponents: { dolphinscheduler: { package: dolphinscheduler, version: 1.3.9 } }\n",
            ),
            (
                "environments/green/dolphinscheduler.yaml",
                "ingress:\n  enabled: true\n  host: ds.abc.com # <-\n",
            ),
        ]),
        Example::Manifests(
            "apiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec:\n  ports: [{ port: 80 }]\n---\n\
             apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: web }\nspec:\n  rules:\n    - host: web.abc.com\n      http:\n        paths:\n          \
             - { path: /app, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }\n---\n\
             apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: more }\nspec:\n  rules:\n    - host: web.abc.com # <-\n      http:\n        paths:\n          \
             - { path: /app/, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }\n",
        ),
    ],
    good: &[
        Example::Files(&[
            (
                "environments/blue/environment.yaml",
                "namespace: blue\ncluster: { name: office }\ncomponents: { dolphinscheduler: { package: dolphinscheduler, version: 1.3.9 } }\n",
            ),
            ("environments/blue/dolphinscheduler.yaml", "ingress: { enabled: true, host: ds.abc.com }\n"),
            (
                "environments/green/environment.yaml",
                "namespace: green\ncluster: { name: office }\ncomponents: { dolphinscheduler: { package: dolphinscheduler, version: 1.3.9 } }\n",
            ),
            (
                "environments/green/dolphinscheduler.yaml",
                "ingress: { enabled: true, host: ds.abc.com, path: /green }\n",
            ),
        ]),
        Example::Manifests(
            "apiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec:\n  ports: [{ port: 80 }]\n---\n\
             apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: inside }\nspec:\n  ingressClassName: internal\n  rules:\n    - host: web.abc.com\n      http:\n        paths:\n          \
             - { path: /, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }\n---\n\
             apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: outside }\nspec:\n  ingressClassName: public\n  rules:\n    - host: web.abc.com\n      http:\n        paths:\n          \
             - { path: /, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }\n          \
             - { path: /api, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }\n    \
             - host: web.abc.com\n      http:\n        paths:\n          \
             - { path: /, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }\n",
        ),
    ],
    check: Check::Cluster { claims: |environment, _| claims(environment), clash },
};

fn claims(environment: &Environment<'_, '_>) -> Vec<Claim> {
    let mut claims = Vec::new();
    for subject in environment.components {
        for ingress in subject.manifests.iter().filter(|m| m.identity.kind == "Ingress") {
            if !is_canary(&ingress.body) {
                of_ingress(subject, &ingress.body, &mut claims);
            }
        }
    }
    claims
}

/// Whether it takes a part of another one's requests, as the controller of nginx knows it.
fn is_canary(body: &Field<'_>) -> bool {
    let mark = body.at(&["metadata", "annotations", "nginx.ingress.kubernetes.io/canary"]);
    mark.and_then(Field::as_str) == Some("true")
}

fn of_ingress(subject: &Subject<'_, '_>, body: &Field<'_>, claims: &mut Vec<Claim>) {
    let annotated = body.at(&["metadata", "annotations", "kubernetes.io/ingress.class"]);
    let class = body.at(&["spec", "ingressClassName"]).or(annotated).and_then(Field::as_str);
    // What one Ingress says twice is its own affair.
    let mut seen: Vec<String> = Vec::new();
    for rule in body.at(&["spec", "rules"]).map_or(&[][..], Field::items) {
        let Some((field, host)) = rule.get("host").and_then(|field| Some((field, field.as_str()?))) else {
            continue;
        };
        let at = subject.finding(RULE.code, field.by, Some(host), "").at;
        for one in rule.at(&["http", "paths"]).map_or(&[][..], Field::items) {
            let text = |key: &str| one.get(key).and_then(Field::as_str);
            let exact = text("pathType") == Some("Exact");
            let path = path(text("path").unwrap_or_default(), exact);
            let key = format!("{host} {} {exact} {path}", class.unwrap_or_default());
            if seen.contains(&key) {
                continue;
            }
            seen.push(key.clone());
            claims.push(Claim { key, what: format!("the path {path} of the host {host}"), at });
        }
    }
}

/// A path so that equal ones read the same: that of a prefix may end in a slash.
fn path(text: &str, exact: bool) -> &str {
    match text.trim_end_matches('/') {
        "" => "/",
        short if !exact => short,
        _ => text,
    }
}

fn clash(clash: &Clash<'_>) -> Finding {
    let (one, other, what) = (clash.other, clash.environment, &clash.claim.what);
    let help = "give each another host or path";
    let finding = |message: String| Finding::error(RULE.code, clash.claim.at, message).help(help);
    if one == other {
        return finding(format!("two Ingresses claim {what}"))
            .related(clash.first, "the first one claims it here");
    }
    // One line that several environments take is one finding, however many they are.
    if clash.first == clash.claim.at {
        return finding(format!("{one} and other environments of its cluster all claim {what}"));
    }
    finding(format!("the environments {one} and {other} both claim {what}"))
        .related(clash.first, "the first one claims it here")
}
