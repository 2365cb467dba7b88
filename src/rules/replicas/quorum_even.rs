//! Finds ensembles that have an even number of members.

use crate::{
    diag::{Finding, Level},
    rules::{Check, Example, Rule, Subject, objects::ensembles},
    workspace::RuleLevel,
};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "quorum-even",
    summary: "an ensemble of ZooKeeper, etcd, Consul or DolphinDB controllers with an even number of members",
    level: RuleLevel::Report(Level::Warn),
    docs: "Members decide by more than half of the votes. Of four, three must be there, as of four only one may be lost: no more than \
        of three, and there is one more that can fail. With two, the loss of either stops both.\n\n\
        Run one, three or five. Ensembles are StatefulSets with an image of that name, and the kinds ZookeeperCluster, Kafka and \
        DolphinDB (with several controllers).",
    parameters: &[],
    bad: &[
        Example::Values(
            "zookeeper:\n  replicaCount: 2 # <-\n  persistence: { enabled: true, storageClass: local-path }\n",
        ),
        Example::Manifests(
            "apiVersion: zookeeper.pravega.io/v1beta1\nkind: ZookeeperCluster\nmetadata: { name: zookeeper }\nspec:\n  replicas: 4 # <-\n---\n\
             apiVersion: dolphindb.dolphindb.io/v1\nkind: DolphinDB\nmetadata: { name: ticks }\nspec:\n  mode: cluster\n  \
             clusterType: multicontroller\n  controller:\n    replicas: 2 # <-\n  datanode: { replicas: 4 }\n",
        ),
    ],
    good: &[
        Example::Values(
            "zookeeper:\n  replicaCount: 3\n  persistence: { enabled: true, storageClass: local-path }\n",
        ),
        // One that is switched off, one that does not vote, and a client of an ensemble.
        Example::Manifests(
            "apiVersion: zookeeper.pravega.io/v1beta1\nkind: ZookeeperCluster\nmetadata: { name: zookeeper }\nspec:\n  replicas: 0\n---\n\
             apiVersion: dolphindb.dolphindb.io/v1\nkind: DolphinDB\nmetadata: { name: ticks }\nspec:\n  mode: cluster\n  \
             clusterType: singlecontroller\n  controller: { replicas: 1 }\n  datanode: { replicas: 4 }\n---\n\
             apiVersion: apps/v1\nkind: StatefulSet\nmetadata: { name: exporter }\nspec:\n  replicas: 2\n  serviceName: exporter\n  \
             selector: { matchLabels: { app: exporter } }\n  template:\n    metadata: { labels: { app: exporter } }\n    spec:\n      \
             containers: [{ name: exporter, image: harbor.abc.com/zookeeper-exporter:1.0.0 }]\n",
        ),
        // Observers, and agents that are clients.
        Example::Manifests(
            "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: { name: observers }\nspec:\n  replicas: 2\n  serviceName: observers\n  \
             selector: { matchLabels: { app: observers } }\n  template:\n    metadata: { labels: { app: observers } }\n    spec:\n      \
             containers: [{ name: zookeeper, image: zookeeper:3.9.2, env: [{ name: ZOO_CFG_EXTRA, value: peerType=observer }] }]\n---\n\
             apiVersion: apps/v1\nkind: StatefulSet\nmetadata: { name: web }\nspec:\n  replicas: 2\n  serviceName: web\n  \
             selector: { matchLabels: { app: web } }\n  template:\n    metadata: { labels: { app: web } }\n    spec:\n      containers:\n        \
             - { name: web, image: web:1.0.0 }\n        - { name: consul, image: hashicorp/consul:1.18.0, args: [agent, -retry-join=consul] }\n",
        ),
    ],
    check: Check::Component(|subject, _| check(subject)),
};

fn check(subject: &Subject<'_, '_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for ensemble in ensembles(subject) {
        let (who, n) = (&ensemble.manifest.identity, ensemble.members);
        if n == 0 || n % 2 == 1 {
            continue;
        }
        let message =
            format!("{who} has {n} voters, an even number: they bear no more losses than {}", n - 1);
        findings.push(subject.finding(RULE.code, ensemble.field.by, None, message).help(format!(
            "run {} or {}",
            n - 1,
            n + 1
        )));
    }
    findings
}
