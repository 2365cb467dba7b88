//! Finds servers of DolphinScheduler that meet in one ZooKeeper and cannot call each other.

use crate::{
    diag::{Finding, Level},
    field::Field,
    rules::{
        Check, Claim, Clash, Environment, Example, Rule,
        objects::scheduler::{Role, Server, servers},
    },
    workspace::RuleLevel,
};
use std::collections::BTreeSet;

pub(in crate::rules) static RULE: Rule = Rule {
    code: "dolphinscheduler-servers-apart",
    summary: "masters and workers of several namespaces under one root of one ZooKeeper",
    level: RuleLevel::Report(Level::Error),
    docs: "Masters and workers find each other in ZooKeeper, where each is named by its pod and its headless Service, without a \
        namespace. A master calls a worker of another namespace by a name that means nothing in its own, so tasks fail; and two \
        installations under one root take each other's workers for their own.\n\n\
        Give each installation a root of its own (`zookeeperRoot`), and keep masters and workers of one in one namespace.",
    parameters: &[],
    bad: &[
        Example::Files(&[
            (
                "environments/blue/environment.yaml",
                "namespace: blue\ncluster: { name: office }\n\
                 components: { dolphinscheduler: { package: dolphinscheduler, version: 1.3.9 } }\n",
            ),
            (
                "environments/blue/dolphinscheduler.yaml",
                "zookeeper:\n  enabled: false\nexternalZookeeper:\n  zookeeperQuorum: zk-client.zookeeper.svc:2181\n",
            ),
            (
                "environments/green/environment.yaml",
                "namespace: green\ncluster: { name: office }\n\
                 components: { dolphinscheduler: { package: dolphinscheduler, version: 1.3.9 } }\n",
            ),
            (
                "environments/green/dolphinscheduler.yaml",
                "zookeeper:\n  enabled: false\nexternalZookeeper:\n  \
                 zookeeperQuorum: zk-client.zookeeper.svc.cluster.local:2181 # <-\n",
            ),
        ]),
        Example::Manifests(
            "apiVersion: v1\nkind: Pod\nmetadata: { name: master, namespace: masters }\nspec:\n  containers:\n    - name: master\n      \
             image: apache/dolphinscheduler:1.3.9\n      args: [master-server]\n      env:\n        \
             - { name: ZOOKEEPER_QUORUM, value: \"zk.zookeeper.svc:2181\" }\n---\n\
             apiVersion: v1\nkind: Pod\nmetadata: { name: worker, namespace: workers }\nspec:\n  containers:\n    - name: worker\n      \
             image: apache/dolphinscheduler:1.3.9\n      args: [worker-server]\n      env:\n        \
             - { name: ZOOKEEPER_QUORUM, value: \"zk.zookeeper.svc:2181\" } # <-\n",
        ),
    ],
    good: &[
        // Internal ZooKeepers of one name are different ones; so are roots.
        Example::Files(&[
            (
                "environments/blue/environment.yaml",
                "namespace: blue\ncluster: { name: office }\n\
                 components: { dolphinscheduler: { package: dolphinscheduler, version: 1.3.9 } }\n",
            ),
            (
                "environments/green/environment.yaml",
                "namespace: green\ncluster: { name: office }\n\
                 components: { dolphinscheduler: { package: dolphinscheduler, version: 1.3.9 } }\n",
            ),
        ]),
        Example::Files(&[
            (
                "environments/blue/environment.yaml",
                "namespace: blue\ncluster: { name: office }\n\
                 components: { dolphinscheduler: { package: dolphinscheduler, version: 1.3.9 } }\n",
            ),
            (
                "environments/blue/dolphinscheduler.yaml",
                "zookeeper:\n  enabled: false\nexternalZookeeper:\n  zookeeperQuorum: zk.zookeeper.svc:2181\n",
            ),
            (
                "environments/green/environment.yaml",
                "namespace: green\ncluster: { name: office }\n\
                 components: { dolphinscheduler: { package: dolphinscheduler, version: 1.3.9 } }\n",
            ),
            (
                "environments/green/dolphinscheduler.yaml",
                "zookeeper:\n  enabled: false\nexternalZookeeper:\n  zookeeperQuorum: zk.zookeeper.svc:2181\n  \
                 zookeeperRoot: /green\n",
            ),
        ]),
    ],
    check: Check::Cluster { claims: |environment, _| claims(environment), clash },
};

/// Of each namespace with masters or workers, the root that they meet under.
fn claims(environment: &Environment<'_, '_>) -> Vec<Claim> {
    let mut seen: BTreeSet<(String, String)> = BTreeSet::new();
    let mut claims = Vec::new();
    for server in environment.components.iter().flat_map(servers) {
        if !matches!(server.role, Role::Master | Role::Worker) {
            continue;
        }
        let namespace = server.workload.manifest.identity.namespace.clone().unwrap_or_default();
        let Some((field, what)) = meeting(&server, &namespace) else { continue };
        if seen.insert((what.clone(), namespace)) {
            let at = server.subject.finding(RULE.code, field.by, field.as_str(), "").at;
            claims.push(Claim { key: what.clone(), what, at });
        }
    }
    claims
}

/// Where a server meets the others: the root and the members of its ZooKeeper.
fn meeting<'m, 'a>(server: &Server<'_, 'm, 'a>, namespace: &str) -> Option<(&'m Field<'a>, String)> {
    let (field, members) = server.quorum()?;
    let mut members: Vec<String> = members.into_iter().map(|m| qualified(m, namespace)).collect();
    members.sort_unstable();
    members.dedup();
    let root = server.variable("ZOOKEEPER_ROOT").or_else(|| server.variable("REGISTRY_ZOOKEEPER_NAMESPACE"));
    let root = root.and_then(Field::as_str).filter(|root| !root.is_empty()).unwrap_or("/dolphinscheduler");
    let first = members.first()?;
    let more = match members.len() {
        1 => String::new(),
        n => format!(" and {} more", n - 1),
    };
    Some((field, format!("the root {root} of the ZooKeeper {first}{more}")))
}

/// A member by a name that means the same in every namespace of a cluster.
fn qualified(member: &str, namespace: &str) -> String {
    let (host, port) = member.split_once(':').unwrap_or((member, "2181"));
    let host = host.trim_end_matches('.');
    let host = host.strip_suffix(".cluster.local").unwrap_or(host);
    let host = host.strip_suffix(".svc").unwrap_or(host);
    let ordinal = |label: &str| {
        label.rsplit_once('-').is_some_and(|(_, n)| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
    };
    // `zk-0.zk-headless` is a pod of this namespace; `zk.zookeeper` a Service of another one.
    let own = match host.split_once('.') {
        None => host != "localhost",
        Some((pod, rest)) => !rest.contains('.') && ordinal(pod),
    };
    if own { format!("{host}.{namespace}:{port}") } else { format!("{host}:{port}") }
}

fn clash(clash: &Clash<'_>) -> Finding {
    let what = &clash.claim.what;
    let message = if clash.environment == clash.other {
        format!("servers of DolphinScheduler in several namespaces meet under {what}")
    } else {
        let (one, other) = (clash.other, clash.environment);
        format!("the environments {one} and {other} run DolphinScheduler under {what}")
    };
    Finding::error(RULE.code, clash.claim.at, message)
        .related(clash.first, "the first one meets there too")
        .help("give each installation a `zookeeperRoot` of its own, in one namespace")
}

#[cfg(test)]
mod tests {
    use super::qualified;

    #[test]
    fn names_of_one_member_are_one() {
        for (member, want) in [
            ("zookeeper:2181", "zookeeper.dev:2181"),
            ("zk-0.zk-headless", "zk-0.zk-headless.dev:2181"),
            ("zk.zookeeper.svc.cluster.local:2181", "zk.zookeeper:2181"),
            ("zk.zookeeper:2181", "zk.zookeeper:2181"),
            ("zk-0.zk-headless.zookeeper.svc:2181", "zk-0.zk-headless.zookeeper:2181"),
            ("10.0.0.1:2181", "10.0.0.1:2181"),
            ("zk1.abc.com:2181", "zk1.abc.com:2181"),
        ] {
            assert_eq!(qualified(member, "dev"), want, "{member}");
        }
    }
}
