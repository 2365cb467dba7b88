//! Finds Secrets that are needed and that neither the environment nor, as far as is said, the cluster has.

use super::absent::{Absent, needed};
use crate::{
    diag::Finding,
    field::Field,
    rules::{
        Check, Environment, Example, Parameters, Rule,
        objects::{Inventory, Object, Referent},
    },
    workspace::{Parameter, RuleLevel, RuleSetting},
};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "secret-missing",
    summary: "a Secret that is needed and is neither in the environment nor said to exist in the cluster",
    level: RuleLevel::Allow,
    docs: "A pod that needs a Secret waits until it is there, without a word in Git that tells of it. Secrets are best made in the cluster, \
        so this rule is off until an environment lists those in `existing`; from then on a misspelt name is found.\n\n\
        Secrets that an ExternalSecret, SealedSecret, Certificate or another object of the environment makes are known, and those that \
        an operator makes for a custom resource.",
    parameters: &[Parameter {
        name: "existing",
        about: "names of Secrets that exist in the cluster",
        default: RuleSetting::Texts(&[]),
    }],
    bad: &[
        Example::Files(&[
            (
                "environments/dev/environment.yaml",
                "namespace: dev\nrules: { secret-missing: { level: error, existing: [harbor] } }\ncomponents:\n  \
                 dolphinscheduler: { package: dolphinscheduler, version: 1.3.9 }\n",
            ),
            (
                "environments/dev/dolphinscheduler.yaml",
                "image: { pullSecret: habor } # <-\npostgresql: { enabled: false }\nexternalDatabase:\n  host: db.abc.com\n  existingSecret:\n    \
                 name: database # <-\n",
            ),
        ]),
        Example::Manifests(
            "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: web }\nspec:\n  \
             defaultBackend: { resource: { kind: Bucket, name: site } }\n  \
             tls:\n    - { hosts: [web.abc.com], secretName: web-tls } # <-\n",
        ),
    ],
    good: &[
        Example::Files(&[
            (
                "environments/dev/environment.yaml",
                "namespace: dev\nrules: { secret-missing: { level: error, existing: [harbor, database] } }\ncomponents:\n  \
                 dolphinscheduler: { package: dolphinscheduler, version: 1.3.9 }\n",
            ),
            (
                "environments/dev/dolphinscheduler.yaml",
                "image: { pullSecret: harbor }\npostgresql: { enabled: false }\nexternalDatabase:\n  host: db.abc.com\n  existingSecret:\n    \
                 name: database\n",
            ),
        ]),
        Example::Manifests(
            "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: { name: web }\nspec:\n  \
             secretStoreRef: { kind: ClusterSecretStore, name: vault }\n  target: { name: web-password }\n  \
             data: [{ secretKey: password, remoteRef: { key: web } }]\n---\n\
             apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec:\n  containers:\n    - name: web\n      image: web:1\n      envFrom:\n        \
             - secretRef: { name: web-password }\n---\n\
             apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: web\n  annotations: { cert-manager.io/cluster-issuer: company }\nspec:\n  \
             defaultBackend: { resource: { kind: Bucket, name: site } }\n  tls:\n    - { hosts: [web.abc.com], secretName: web-tls }\n",
        ),
    ],
    check: Check::Environment(check),
};

fn check(environment: &Environment<'_, '_>, parameters: &Parameters<'_>) -> Vec<Finding> {
    let inventory = environment.inventory();
    let existing = parameters.texts("existing");
    let mut absent = Absent::new("Secret");
    let pods = needed(environment.components, Referent::Secret).map(|(object, one)| (object, one.name));
    for (object, field) in pods.chain(others(inventory)) {
        let name = field.as_str().unwrap_or_default();
        let namespace = object.manifest.identity.namespace.as_deref();
        if !existing.contains(&name) && !inventory.may_have("Secret", namespace, name) {
            absent.add(name, object, field.by);
        }
    }
    let help = "add what makes it, or name it in `existing` of this rule if it exists in the cluster";
    absent.findings(RULE.code, inventory, help)
}

/// The Secrets that objects without pods name: certificates of Ingresses, credentials of autoscalers.
fn others<'i, 's, 'a>(
    inventory: &'i Inventory<'s, 'a>,
) -> impl Iterator<Item = (Object<'s, 'a>, &'s Field<'a>)> + use<'i, 's, 'a> {
    let places: [(&str, &[&str], &str); 2] = [
        ("Ingress", &["spec", "tls"], "secretName"),
        ("TriggerAuthentication", &["spec", "secretTargetRef"], "name"),
    ];
    places.into_iter().flat_map(move |(kind, route, key)| {
        let objects = inventory.of_kind(kind).iter().filter(|object| !is_issued(object));
        objects.flat_map(move |object| {
            let items = object.manifest.body.at(route).map_or(&[][..], Field::items);
            items.iter().filter_map(move |item| Some((*object, item.get(key)?)))
        })
    })
}

/// Whether cert-manager makes the certificates of an Ingress.
fn is_issued(object: &Object<'_, '_>) -> bool {
    let annotations = object.manifest.body.at(&["metadata", "annotations"]).map_or(&[][..], Field::members);
    let issuer = |key: &str| key.starts_with("cert-manager.io/") || key == "kubernetes.io/tls-acme";
    annotations.iter().any(|annotation| issuer(&annotation.key))
}
