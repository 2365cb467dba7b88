//! Finds pods that share the network, the processes or the memory of their node.

use crate::{
    diag::{Finding, Level},
    field::Data,
    rules::{
        Check, Example, Parameters, Rule, Subject,
        objects::{by_place, maps},
    },
    workspace::{Parameter, RuleLevel, RuleSetting},
};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "host-namespace-shared",
    summary: "a pod with the network, the processes or the memory of its node",
    level: RuleLevel::Report(Level::Warn),
    docs: "With `hostNetwork` a pod listens on the node's own addresses, where network policies and the mesh do not reach and two pods \
        cannot have one port; with `hostPID` it sees the processes of the node and their secrets; with `hostIPC` their shared memory. The Pod \
        Security level `baseline` refuses all three.\n\n\
        Leave it out: a Service or an Ingress makes a port reachable. Agents that look after a node, which are DaemonSets, are not meant.",
    parameters: &[Parameter {
        name: "agents",
        about: "whether DaemonSets are meant, too",
        default: RuleSetting::Flag(false),
    }],
    bad: &[
        Example::Files(&[(
            "environments/dev/environment.yaml",
            "namespace: dev\n\
                 components:\n  dolphinscheduler:\n    package: dolphinscheduler\n    version: 1.3.9\n    patches:\n      \
                 - target: { kind: StatefulSet, name: dolphinscheduler-worker }\n        \
                 patch: { spec: { template: { spec: { hostNetwork: true } } } } # <-\n",
        )]),
        Example::Manifests(
            "apiVersion: sparkoperator.k8s.io/v1beta2\nkind: SparkApplication\nmetadata: { name: nightly }\nspec:\n  type: Scala\n  \
             sparkVersion: 3.5.3\n  mainApplicationFile: local:///opt/app.jar\n  driver:\n    hostNetwork: true # <-\n  executor: {}\n",
        ),
    ],
    good: &[Example::Manifests(
        "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: { name: agent }\nspec:\n  selector: { matchLabels: { app: agent } }\n  template:\n    \
         metadata: { labels: { app: agent } }\n    spec:\n      hostNetwork: true\n      hostPID: true\n      \
         containers: [{ name: agent, image: harbor.abc.com/agent:1.0.0 }]\n---\n\
         apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec:\n  hostNetwork: false\n  containers: [{ name: a, image: nginx:1.27.0 }]\n",
    )],
    check: Check::Component(check),
};

/// What a pod can share, and what that is.
const SHARED: [(&str, &str); 3] =
    [("hostNetwork", "network"), ("hostPID", "processes"), ("hostIPC", "shared memory")];

fn check(subject: &Subject<'_, '_>, parameters: &Parameters<'_>) -> Vec<Finding> {
    let agents = parameters.flag("agents");
    let mut found = Vec::new();
    for manifest in subject.manifests.iter().filter(|m| agents || m.identity.kind != "DaemonSet") {
        for map in maps(manifest) {
            for (key, what) in SHARED {
                let Some(field) = map.get(key).filter(|field| field.data == Data::Bool(true)) else {
                    continue;
                };
                let says = format!("`{key}` gives pods the {what} of their node");
                let finding = subject.finding(RULE.code, field.by, None, says);
                let finding = finding.help(format!("leave `{key}` out"));
                found.push((manifest.identity.to_string(), finding));
            }
        }
    }
    by_place(found)
}
