//! The name of an object's file: kind, group and name, safe for every file system.

use super::Identity;
use sha2::{Digest, Sha256};

/// The longest file name that is written as it is; some file systems allow 255 bytes, tools that add endings less.
const LONGEST: usize = 200;

/// The API groups that every Kubernetes server has: their kinds need no group in a file name.
const BUILT_IN: [&str; 23] = [
    "",
    "admissionregistration.k8s.io",
    "apiextensions.k8s.io",
    "apiregistration.k8s.io",
    "apps",
    "authentication.k8s.io",
    "authorization.k8s.io",
    "autoscaling",
    "batch",
    "certificates.k8s.io",
    "coordination.k8s.io",
    "discovery.k8s.io",
    "events.k8s.io",
    "extensions",
    "flowcontrol.apiserver.k8s.io",
    "networking.k8s.io",
    "node.k8s.io",
    "policy",
    "rbac.authorization.k8s.io",
    "resource.k8s.io",
    "scheduling.k8s.io",
    "storage.k8s.io",
    "storagemigration.k8s.io",
];

/// `<kind>[.<group>]-<name>[.<namespace>].yaml`; the namespace when it is not the environment's.
pub fn file_name(identity: &Identity, namespace: &str) -> String {
    let mut stem = identity.kind.to_lowercase();
    if !BUILT_IN.contains(&&*identity.group) {
        stem.push('.');
        stem.push_str(&identity.group);
    }
    stem.push('-');
    stem.push_str(&identity.name);
    if let Some(own) = identity.namespace.as_deref().filter(|n| *n != namespace) {
        stem.push('.');
        stem.push_str(own);
    }
    let refused = |c: char| c.is_control() || r#"<>:"/\|?*"#.contains(c);
    let mut safe: String = stem.chars().map(|c| if refused(c) { '_' } else { c }).collect();
    if safe.len() + ".yaml".len() > LONGEST {
        let sum: String =
            Sha256::digest(stem.as_bytes()).iter().take(6).map(|b| format!("{b:02x}")).collect();
        let mut cut = LONGEST - ".yaml".len() - 1 - sum.len();
        while !safe.is_char_boundary(cut) {
            cut -= 1;
        }
        safe.truncate(cut);
        safe = format!("{safe}-{sum}");
    }
    safe.push_str(".yaml");
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(group: &str, kind: &str, namespace: Option<&str>, name: &str) -> String {
        let identity = Identity {
            group: group.into(),
            kind: kind.into(),
            namespace: namespace.map(Into::into),
            name: name.into(),
        };
        file_name(&identity, "ds")
    }

    #[test]
    fn names_tell_kind_group_name_and_a_foreign_namespace() {
        assert_eq!(name("apps", "StatefulSet", Some("ds"), "x-worker"), "statefulset-x-worker.yaml");
        assert_eq!(
            name("monitoring.coreos.com", "ServiceMonitor", Some("mon"), "x"),
            "servicemonitor.monitoring.coreos.com-x.mon.yaml"
        );
        assert_eq!(
            name("rbac.authorization.k8s.io", "ClusterRole", None, "system:x"),
            "clusterrole-system_x.yaml"
        );
        let long = name("", "ConfigMap", None, &"a".repeat(253));
        assert_eq!(long.len(), 200);
        assert_ne!(long, name("", "ConfigMap", None, &format!("{}b", "a".repeat(252))));
    }
}
