//! Finds ZooKeepers that do not answer what the monitor page of DolphinScheduler asks.

use crate::{
    diag::{Finding, Level},
    manifest::Manifest,
    rules::{
        Check, Environment, Example, Rule, Subject,
        objects::{
            Workload,
            labels::serves,
            scheduler::{Line, servers},
            workloads,
        },
    },
    workspace::RuleLevel,
};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "zookeeper-commands-missing",
    summary: "a ZooKeeper of DolphinScheduler 1.3 that refuses commands of the monitor page",
    level: RuleLevel::Report(Level::Warn),
    docs: "The monitor page of DolphinScheduler 1.3 asks ZooKeeper with the commands `srvr`, `ruok`, `wchs` and `cons`. One that is not in \
        the whitelist is refused, and the page shows an error in place of the state; scheduling goes on. The \
        operator of Pravega has a fixed list without `wchs`.\n\n\
        Allow all four. Where the operator of Pravega runs ZooKeeper, use another way to look at it, and allow this rule.",
    parameters: &[],
    bad: &[
        Example::Values("zookeeper:\n  fourlwCommandsWhitelist: srvr,mntr # <-\n"),
        Example::Files(&[
            (
                "environments/dev/environment.yaml",
                "namespace: dev\ncomponents:\n  dolphinscheduler: { package: dolphinscheduler, version: 1.3.9 }\n  \
                 zookeeper: { package: app, version: 1.0.0, manifests: [manifests/zookeeper.yaml] }\n",
            ),
            (
                "environments/dev/dolphinscheduler.yaml",
                "zookeeper:\n  enabled: false\nexternalZookeeper:\n  zookeeperQuorum: zk-client:2181\n",
            ),
            (
                "environments/dev/manifests/zookeeper.yaml",
                "apiVersion: zookeeper.pravega.io/v1beta1\nkind: ZookeeperCluster # <-\nmetadata: { name: zk }\nspec: { replicas: 3 }\n",
            ),
        ]),
    ],
    good: &[
        Example::Values("zookeeper:\n  fourlwCommandsWhitelist: srvr, ruok, wchs, cons, mntr\n"),
        Example::Values("zookeeper:\n  fourlwCommandsWhitelist: \"*\"\n"),
        // A ZooKeeper of somebody else.
        Example::Files(&[
            (
                "environments/dev/environment.yaml",
                "namespace: dev\ncomponents:\n  dolphinscheduler: { package: dolphinscheduler, version: 1.3.9 }\n  \
                 zookeeper: { package: app, version: 1.0.0, manifests: [manifests/zookeeper.yaml] }\n",
            ),
            (
                "environments/dev/manifests/zookeeper.yaml",
                "apiVersion: zookeeper.pravega.io/v1beta1\nkind: ZookeeperCluster\nmetadata: { name: kafka-zk }\nspec: { replicas: 3 }\n",
            ),
        ]),
    ],
    check: Check::Environment(|environment, _| check(environment)),
};

/// What the page asks.
const COMMANDS: [&str; 4] = ["srvr", "ruok", "wchs", "cons"];

fn check(environment: &Environment<'_, '_>) -> Vec<Finding> {
    let asks = environment.components.iter().flat_map(servers).filter(|s| s.line == Line::One);
    let hosts: Vec<&str> = asks.filter_map(|s| s.quorum()).flat_map(|(_, members)| members).collect();
    if hosts.is_empty() {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for subject in environment.components {
        for workload in workloads(subject).iter().filter(|w| named(environment, &hosts, w)) {
            findings.extend(refused(subject, workload));
        }
        let fixed = |m: &&Manifest<'_>| {
            m.identity.group == "zookeeper.pravega.io"
                && hosts.iter().any(|host| is_member(host, &m.identity.name))
        };
        for manifest in subject.manifests.iter().filter(fixed) {
            let Some(kind) = manifest.body.get("kind") else { continue };
            let message = format!(
                "{} refuses the command wchs of DolphinScheduler's monitor page: its operator has a fixed list",
                manifest.identity
            );
            findings.push(
                subject
                    .finding(RULE.code, kind.by, None, message)
                    .help("allow this rule, or run ZooKeeper in another way"),
            );
        }
    }
    findings
}

/// What a workload is told to refuse.
fn refused(subject: &Subject<'_, '_>, workload: &Workload<'_, '_>) -> Option<Finding> {
    let containers = workload.containers();
    let list = containers.iter().find_map(|c| c.variable(subject, "ZOO_4LW_COMMANDS_WHITELIST"))?;
    let allowed: Vec<&str> = list.as_str()?.split(',').map(str::trim).collect();
    let refused: Vec<&str> = COMMANDS.into_iter().filter(|c| !allowed.contains(c)).collect();
    if allowed.contains(&"*") || refused.is_empty() {
        return None;
    }
    let refused = refused.join(", ");
    let identity = &workload.manifest.identity;
    let message = format!("{identity} refuses commands of DolphinScheduler's monitor page: {refused}");
    let finding = subject.finding(RULE.code, list.by, list.as_str(), message);
    Some(finding.help(format!("add {refused}")))
}

/// Whether one of the hosts is a pod of a workload, or a Service that sends to it.
fn named(environment: &Environment<'_, '_>, hosts: &[&str], workload: &Workload<'_, '_>) -> bool {
    let services = environment.components.iter().flat_map(|s| s.manifests);
    let mut names: Vec<&str> = services
        .filter(|m| m.identity.kind == "Service" && serves(&m.body, workload))
        .map(|m| m.identity.name.as_str())
        .collect();
    names.push(&workload.manifest.identity.name);
    hosts.iter().any(|host| names.iter().any(|name| is_member(host, name)))
}

/// Whether a host is a Service of this name, a pod of a StatefulSet of it, or what the operator of Pravega calls its Services.
fn is_member(host: &str, name: &str) -> bool {
    let first = host.split(['.', ':']).next().unwrap_or_default();
    let Some(rest) = first.strip_prefix(name) else { return false };
    let ordinal = rest.strip_prefix('-').is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()));
    rest.is_empty() || ordinal || matches!(rest, "-client" | "-headless")
}

#[cfg(test)]
mod tests {
    use super::is_member;

    #[test]
    fn hosts_name_services_and_pods() {
        for host in ["zk:2181", "zk-0.zk-headless", "zk-client:2181", "zk-headless.ns.svc:2181"] {
            assert!(is_member(host, "zk"), "{host}");
        }
        for host in ["kafka-zk:2181", "zkx", "zk-other:2181"] {
            assert!(!is_member(host, "zk"), "{host}");
        }
    }
}
