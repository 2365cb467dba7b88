//! Finds objects that two environments of a cluster render.

use crate::{
    diag::{Finding, Level},
    rules::{Check, Claim, Clash, Environment, Example, Rule},
    workspace::RuleLevel,
};
use std::collections::BTreeSet;

pub(in crate::rules) static RULE: Rule = Rule {
    code: "object-shared",
    summary: "an object that two environments of one cluster render",
    level: RuleLevel::Report(Level::Error),
    docs: "The cluster has one object of a kind and name, in a namespace or, for kinds such as ClusterRole and StorageClass, in all. Two \
        environments that render it overwrite each other at every sync, and what one prunes is gone for both.\n\n\
        Put the environment into the names of objects that live in no namespace, or move what is meant to be shared into one environment of \
        its own. Clusters are told apart by `cluster.name`.",
    parameters: &[],
    bad: &[
        Example::Files(&[
            (
                "environments/environment.yaml",
                "cluster: { name: office }\ncomponents: { app: { package: app, version: 1.0.0, manifests: [storage/class.yaml] } }\n",
            ),
            (
                "environments/storage/class.yaml",
                "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: { name: fast } # <-\nprovisioner: rancher.io/local-path\n",
            ),
            ("environments/blue/environment.yaml", "namespace: blue\n"),
            ("environments/green/environment.yaml", "namespace: green\n"),
        ]),
        Example::Files(&[
            (
                "environments/environment.yaml",
                "namespace: shop\ncluster: { name: office }\nrules: { namespace-shared: allow }\n",
            ),
            (
                "environments/blue/environment.yaml",
                "components: { dolphinscheduler: { package: dolphinscheduler, version: 1.3.9 } }\n",
            ),
            (
                "environments/green/environment.yaml",
                "components: { dolphinscheduler: { package: dolphinscheduler, version: 1.3.9 } } # <-\n",
            ),
        ]),
    ],
    good: &[Example::Files(&[
        ("environments/environment.yaml", "cluster: { name: office }\n"),
        (
            "environments/blue/environment.yaml",
            "namespace: blue\ncomponents: { app: { package: app, version: 1.0.0, manifests: [manifests/all.yaml] } }\n",
        ),
        (
            "environments/blue/manifests/all.yaml",
            "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: { name: blue-fast }\nprovisioner: rancher.io/local-path\n---\n\
             apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings }\n",
        ),
        (
            "environments/green/environment.yaml",
            "namespace: green\ncomponents: { app: { package: app, version: 1.0.0, manifests: [manifests/all.yaml] } }\n",
        ),
        (
            "environments/green/manifests/all.yaml",
            "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: { name: green-fast }\nprovisioner: rancher.io/local-path\n---\n\
             apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings }\n",
        ),
    ])],
    check: Check::Cluster { claims: |environment, _| claims(environment), clash },
};

fn claims(environment: &Environment<'_, '_>) -> Vec<Claim> {
    let (mut claims, mut seen) = (Vec::new(), BTreeSet::new());
    for subject in environment.components {
        for manifest in subject.manifests {
            let identity = &manifest.identity;
            // Two in one environment are a fault of their own, and who shares a namespace is told by another rule.
            if !seen.insert(identity) || identity.kind == "Namespace" {
                continue;
            }
            let by = manifest.body.at(&["metadata", "name"]).map_or(manifest.body.by, |name| name.by);
            let at = subject.finding(RULE.code, by, Some(&identity.name), "").at;
            let place = identity.namespace.as_deref().unwrap_or_default();
            let key = format!("{place}/{}/{}/{}", identity.group, identity.kind, identity.name);
            // One line may name all objects of a component, and then two such lines are one finding.
            let what = match subject.is_plain(by) || identity.namespace.is_none() {
                true => identity.to_string(),
                false => format!("objects of `{}` in the namespace {place}", subject.component),
            };
            claims.push(Claim { key, what, at });
        }
    }
    claims
}

fn clash(clash: &Clash<'_>) -> Finding {
    let (first, what) = (clash.other, &clash.claim.what);
    // Without the second name: where several environments take one line, that is one finding.
    let message = format!("the environment {first} of the same cluster renders {what}, too");
    Finding::error(RULE.code, clash.claim.at, message)
        .related(clash.first, "the first one names it here")
        .help("give each a name, a namespace or a cluster of its own, or let one environment have it")
}
