//! Finds volumes that are folders of the node.

use crate::{
    diag::{Finding, Level},
    rules::{
        Check, Example, Parameters, Rule, Subject,
        objects::{by_place, maps},
    },
    workspace::{Parameter, RuleLevel, RuleSetting},
};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "host-path-mounted",
    summary: "a volume that is a file or folder of the node",
    level: RuleLevel::Report(Level::Warn),
    docs: "What a pod writes to its node stays on that node: on the next one, it finds another folder, and nobody limits or clears it. What \
        it reads is not its own: the sockets, keys and logs of the node give rights over all that runs there, and the Pod Security \
        level `baseline` refuses it.\n\n\
        Take a PersistentVolumeClaim for data that must stay, an emptyDir for data that need not, and a ConfigMap or Secret for settings. \
        Agents that look after a node, which are DaemonSets, are not meant.",
    parameters: &[
        Parameter {
            name: "except",
            about: "paths that may be mounted, with all below them",
            default: RuleSetting::Texts(&["/etc/localtime"]),
        },
        Parameter {
            name: "agents",
            about: "whether DaemonSets are meant, too",
            default: RuleSetting::Flag(false),
        },
    ],
    bad: &[
        Example::Manifests(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec:\n  selector: { matchLabels: { app: web } }\n  template:\n    \
             metadata: { labels: { app: web } }\n    spec:\n      containers: [{ name: web, image: nginx:1.27.0 }]\n      volumes:\n        \
             - name: data\n          hostPath: { path: /data/web } # <-\n",
        ),
        Example::Manifests(
            "apiVersion: dolphindb.dolphindb.io/v1\nkind: DolphinDB\nmetadata: { name: ticks }\nspec:\n  mode: standalone\n  datanode:\n    \
             replicas: 1\n    volumes:\n      - name: ticks\n        hostPath:\n          path: /data/ticks # <-\n---\n\
             apiVersion: v1\nkind: PersistentVolume\nmetadata: { name: ticks }\nspec:\n  accessModes: [ReadWriteOnce]\n  capacity: { storage: 1Gi }\n  \
             hostPath: { path: /data/ticks } # <-\n",
        ),
    ],
    good: &[
        Example::Manifests(
            "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: { name: agent }\nspec:\n  selector: { matchLabels: { app: agent } }\n  template:\n    \
             metadata: { labels: { app: agent } }\n    spec:\n      containers: [{ name: agent, image: harbor.abc.com/agent:1.0.0 }]\n      \
             volumes: [{ name: logs, hostPath: { path: /var/log } }]\n",
        ),
        Example::Files(&[
            (
                "environments/dev/environment.yaml",
                "namespace: dev\n\
                 rules: { host-path-mounted: { level: error, except: [/etc/localtime, /opt/soft] } }\n\
                 components:\n  app: { package: app, version: 1.0.0, manifests: [manifests/pod.yaml] }\n",
            ),
            (
                "environments/dev/manifests/pod.yaml",
                "apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec:\n  containers: [{ name: a, image: nginx:1.27.0 }]\n  volumes:\n    \
                 - { name: time, hostPath: { path: /etc/localtime } }\n    - { name: spark, hostPath: { path: /opt/soft/spark2 } }\n",
            ),
        ]),
    ],
    check: Check::Component(check),
};

fn check(subject: &Subject<'_, '_>, parameters: &Parameters<'_>) -> Vec<Finding> {
    let (except, agents) = (parameters.texts("except"), parameters.flag("agents"));
    let mut found = Vec::new();
    for manifest in subject.manifests.iter().filter(|m| agents || m.identity.kind != "DaemonSet") {
        for path in maps(manifest).into_iter().filter_map(|map| map.at(&["hostPath", "path"])) {
            let Some(text) = path.as_str() else { continue };
            if except.iter().any(|allowed| below(text, allowed)) {
                continue;
            }
            let says = format!(
                "`{text}` comes from the node: other nodes have another one, and all that runs there shares it"
            );
            let finding = subject.finding(RULE.code, path.by, Some(text), says);
            let finding =
                finding.help("take a PersistentVolumeClaim or an emptyDir, or name the path in `except`");
            found.push((manifest.identity.to_string(), finding));
        }
    }
    by_place(found)
}

/// Whether a path is another one or stands below it.
fn below(path: &str, top: &str) -> bool {
    let rest = path.strip_prefix(top.trim_end_matches('/'));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/')) && !path.contains("..")
}

#[cfg(test)]
mod tests {
    use super::below;

    #[test]
    fn a_path_stands_below_whole_names_only() {
        for (path, top, want) in [
            ("/opt/soft", "/opt/soft", true),
            ("/opt/soft/spark", "/opt/soft/", true),
            ("/opt/software", "/opt/soft", false),
            ("/opt/soft/../../etc", "/opt/soft", false),
            ("/opt", "/opt/soft", false),
            ("/opt", "/", true),
        ] {
            assert_eq!(below(path, top), want, "{path} below {top}");
        }
    }
}
