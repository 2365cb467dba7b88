//! Finds environments of one cluster that write into one namespace.

use crate::{
    diag::{Finding, Level},
    rules::{Check, Claim, Clash, Environment, Example, Rule},
    workspace::RuleLevel,
};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "namespace-shared",
    summary: "two environments that own one namespace of one cluster",
    level: RuleLevel::Report(Level::Warn),
    docs: "Each environment renders the namespace as if it were alone there: the quota, the network policies and the names of its \
        objects. Two that share one overwrite each other's objects of equal name, and what one prunes may be the other's.\n\n\
        Give each a namespace of its own. Clusters are told apart by `cluster.name`; environments that do not name theirs are in \
        that of Argo CD, or in one each if Argo CD is not asked for.",
    parameters: &[],
    bad: &[Example::Files(&[
        (
            "environments/blue/environment.yaml",
            "namespace: shop\ncluster: { name: office }\ncomponents: { app: { package: app, version: 1.0.0 } }\n",
        ),
        (
            "environments/green/environment.yaml",
            "namespace: shop # <-\ncluster: { name: office }\ncomponents: { app: { package: app, version: 1.0.0 } }\n",
        ),
    ])],
    good: &[Example::Files(&[
        (
            "environments/blue/environment.yaml",
            "namespace: shop\ncluster: { name: office }\ncomponents: { app: { package: app, version: 1.0.0 } }\n",
        ),
        (
            "environments/green/environment.yaml",
            "namespace: shop\ncluster: { name: shanghai }\ncomponents: { app: { package: app, version: 1.0.0 } }\n",
        ),
    ])],
    check: Check::Cluster { claims: |environment, _| claims(environment), clash },
};

fn claims(environment: &Environment<'_, '_>) -> Vec<Claim> {
    let (name, at) = environment.config.namespace;
    vec![Claim { key: name.to_owned(), what: format!("the namespace {name}"), at }]
}

fn clash(clash: &Clash<'_>) -> Finding {
    let (one, other, what) = (clash.other, clash.environment, &clash.claim.what);
    Finding::error(RULE.code, clash.claim.at, format!("the environments {one} and {other} both own {what}"))
        .related(clash.first, "the first one names it here")
        .help("give each a namespace, or a cluster")
}
