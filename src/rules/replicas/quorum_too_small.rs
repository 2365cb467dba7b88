//! Finds ensembles with fewer members than the environment demands.

use crate::{
    diag::Finding,
    rules::{Check, Example, Parameters, Rule, Subject, objects::ensembles},
    workspace::{Parameter, RuleLevel, RuleSetting},
};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "quorum-too-small",
    summary: "an ensemble of ZooKeeper, etcd, Consul or DolphinDB controllers with fewer members than the environment demands",
    level: RuleLevel::Allow,
    docs: "Members decide by more than half of the votes: one or two bear no loss at all, three bear that of one, five that of two. All \
        that asks the ensemble stands still with it. An environment that promises more says so: it sets the rule, and `least`.\n\n\
        Raise the number. Where five are demanded, one may be away for maintenance while another one fails.",
    parameters: &[Parameter {
        name: "least",
        about: "how many members an ensemble has at least",
        default: RuleSetting::Number(3),
    }],
    bad: &[
        Example::Values("zookeeper: # <-\n  persistence: { enabled: true, storageClass: local-path }\n"),
        Example::Files(&[
            (
                "environments/prod/environment.yaml",
                "namespace: prod\n\
                 rules: { quorum-too-small: { level: error, least: 5 } }\n\
                 components:\n  app: { package: app, version: 1.0.0, manifests: [manifests/zookeeper.yaml] }\n",
            ),
            (
                "environments/prod/manifests/zookeeper.yaml",
                "apiVersion: zookeeper.pravega.io/v1beta1\nkind: ZookeeperCluster\nmetadata: { name: zookeeper }\nspec:\n  replicas: 3 # <-\n",
            ),
        ]),
    ],
    good: &[
        Example::Values(
            "zookeeper:\n  replicaCount: 3\n  persistence: { enabled: true, storageClass: local-path }\n",
        ),
        Example::Values(
            "zookeeper:\n  enabled: false\nexternalZookeeper:\n  zookeeperQuorum: zk.abc.com:2181\n",
        ),
    ],
    check: Check::Component(check),
};

fn check(subject: &Subject<'_, '_>, parameters: &Parameters<'_>) -> Vec<Finding> {
    let least = u64::from(parameters.number("least"));
    let mut findings = Vec::new();
    for ensemble in ensembles(subject).iter().filter(|e| (1..least).contains(&e.members)) {
        let (who, n) = (&ensemble.manifest.identity, ensemble.members);
        let message = format!("{who} has {n} of the {least} voters that this environment demands");
        let finding = subject.finding(RULE.code, ensemble.field.by, None, message);
        findings.push(finding.help(format!("run {}", least | 1)));
    }
    findings
}
