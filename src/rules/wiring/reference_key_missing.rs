//! Finds keys of ConfigMaps and Secrets that pods read and that are not there.

use crate::{
    diag::{Finding, Level, nearest},
    field::Field,
    rules::{
        Check, Environment, Example, Rule,
        objects::{Inventory, Object, Reference, Referent, references},
    },
    workspace::RuleLevel,
};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "reference-key-missing",
    summary: "a key that a pod reads from a ConfigMap or Secret which does not have it",
    level: RuleLevel::Report(Level::Error),
    docs: "The ConfigMap or Secret is in the environment, and the key that a variable or volume names is not in it. The container does not \
        start: it waits with `CreateContainerConfigError`, or for its volume.\n\n\
        Add the key, mend its name, or say `optional: true` where the pod can do without. What an ExternalSecret or SealedSecret will hold \
        is looked at as well. An empty object, and one that a controller fills, is not judged.",
    parameters: &[],
    bad: &[
        Example::Manifests(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings }\ndata: { mode: fast }\n---\n\
             apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec:\n  containers:\n    - name: web\n      image: web:1\n      env:\n        \
             - name: MODE\n          valueFrom:\n            configMapKeyRef:\n              name: settings\n              key: mod # <-\n  \
             volumes:\n    - name: files\n      configMap:\n        name: settings\n        items:\n          - { key: web.conf, path: web.conf } # <-\n",
        ),
        Example::Manifests(
            "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: { name: database }\nspec:\n  \
             secretStoreRef: { kind: ClusterSecretStore, name: vault }\n  data: [{ secretKey: password, remoteRef: { key: database } }]\n---\n\
             apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec:\n  containers:\n    - name: web\n      image: web:1\n      env:\n        \
             - name: PASSWORD\n          valueFrom:\n            secretKeyRef:\n              name: database\n              key: passwd # <-\n",
        ),
    ],
    good: &[
        Example::Manifests(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings }\ndata: { mode: fast }\nbinaryData: { logo.png: aGk= }\n---\n\
             apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec:\n  containers:\n    - name: web\n      image: web:1\n      env:\n        \
             - { name: MODE, valueFrom: { configMapKeyRef: { name: settings, key: mode } } }\n        \
             - { name: MORE, valueFrom: { configMapKeyRef: { name: settings, key: more, optional: true } } }\n  \
             volumes:\n    - name: files\n      configMap: { name: settings, items: [{ key: logo.png, path: logo.png }] }\n",
        ),
        Example::Manifests(
            "# Kubernetes fills it\napiVersion: v1\nkind: Secret\nmetadata:\n  name: token\n  annotations: { kubernetes.io/service-account.name: default }\n\
             type: kubernetes.io/service-account-token\n---\n\
             apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec:\n  containers:\n    - name: web\n      image: web:1\n      env:\n        \
             - { name: TOKEN, valueFrom: { secretKeyRef: { name: token, key: token } } }\n",
        ),
        Example::Values("externalDatabase: { host: db.abc.com }\npostgresql: { enabled: false }\n"),
    ],
    check: Check::Environment(|environment, _| check(environment)),
};

fn check(environment: &Environment<'_, '_>) -> Vec<Finding> {
    let inventory = environment.inventory();
    let mut findings = Vec::new();
    for subject in environment.components {
        for manifest in subject.manifests {
            for reference in references(subject, manifest) {
                let object = Object { subject, manifest };
                if !reference.keys.is_empty() && !reference.optional {
                    judge(inventory, object, &reference, &mut findings);
                }
            }
        }
    }
    findings
}

fn judge<'s, 'a>(
    inventory: &Inventory<'s, 'a>,
    object: Object<'s, 'a>,
    reference: &Reference<'s, 'a>,
    findings: &mut Vec<Finding>,
) {
    let kind = match reference.to {
        Referent::ConfigMap => "ConfigMap",
        Referent::Secret => "Secret",
        Referent::Claim | Referent::Account => return,
    };
    let name = reference.name.as_str().unwrap_or_default();
    let namespace = object.manifest.identity.namespace.as_deref();
    let Some(known) = keys(inventory, kind, namespace, name) else { return };
    for field in &reference.keys {
        let Some(key) = field.as_str().filter(|key| !known.contains(key)) else { continue };
        let message =
            format!("{kind}/{name} has no key `{key}`, which the pods of {} read", object.manifest.identity);
        let help = match nearest(key, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("it has the keys {}", listed(&known)),
        };
        let mut finding = object.subject.finding(RULE.code, field.by, Some(key), message).help(help);
        if let Some(source) = inventory.find(kind, namespace, name)
            && source.subject.is_plain(source.manifest.body.by)
        {
            finding = finding.related(source.manifest.body.by.at, "it stands here");
        }
        findings.push(finding);
    }
}

/// The first keys of an object, as help names them.
fn listed(keys: &[&str]) -> String {
    const MOST: usize = 8;
    let first: Vec<String> = keys.iter().take(MOST).map(|key| format!("`{key}`")).collect();
    let more = keys.len().saturating_sub(MOST);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{rest}", first.join(", "))
}

/// The keys that an object has; none where they are not known.
fn keys<'s>(
    inventory: &Inventory<'s, '_>,
    kind: &str,
    namespace: Option<&str>,
    name: &str,
) -> Option<Vec<&'s str>> {
    let product = inventory.product(kind, namespace, name);
    let Some(object) = inventory.find(kind, namespace, name) else { return product?.keys.clone() };
    if product.is_some() || is_filled(&object) {
        return None;
    }
    let body = &object.manifest.body;
    let parts = ["data", "binaryData", "stringData"].into_iter().filter_map(|part| body.get(part));
    let keys: Vec<&str> = parts.flat_map(Field::members).map(|member| &*member.key).collect();
    (!keys.is_empty()).then_some(keys)
}

/// Whether a controller adds keys to an object, as its type or an annotation or label says.
fn is_filled(object: &Object<'_, '_>) -> bool {
    const WORDS: &[&str] = &["inject", "replicat", "reflect", "generat", "vault", "trust"];
    let body = &object.manifest.body;
    let marks = ["annotations", "labels"].into_iter().filter_map(|key| body.at(&["metadata", key]));
    let mut keys = marks.flat_map(Field::members).map(|member| &*member.key);
    body.get("type").and_then(Field::as_str) == Some("kubernetes.io/service-account-token")
        || keys.any(|key| WORDS.iter().any(|word| key.contains(word)))
}
