//! Finds containers with rights over their node.

use crate::{
    diag::{Finding, Level},
    field::{Data, Field},
    rules::{
        Check, Example, Parameters, Rule, Subject,
        objects::{by_place, maps},
    },
    workspace::{Parameter, RuleLevel, RuleSetting},
};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "container-privileged",
    summary: "a container that is privileged, may gain rights, or has capabilities beyond the common ones",
    level: RuleLevel::Report(Level::Warn),
    docs: "A privileged container is root on its node, and whoever breaks into it is, too. A capability such as SYS_ADMIN comes near that. \
        `allowPrivilegeEscalation: true` lets a process gain rights that it was not started with.\n\n\
        Leave them out. Few programs need any: those that look after nodes, networks and volumes. Say so at the line. The \
        capabilities that may be added are those that the Pod Security level `baseline` lets pass.",
    parameters: &[Parameter {
        name: "capabilities",
        about: "capabilities that may be added",
        default: RuleSetting::Texts(&[
            "AUDIT_WRITE",
            "CHOWN",
            "DAC_OVERRIDE",
            "FOWNER",
            "FSETID",
            "KILL",
            "MKNOD",
            "NET_BIND_SERVICE",
            "SETFCAP",
            "SETGID",
            "SETPCAP",
            "SETUID",
            "SYS_CHROOT",
        ]),
    }],
    bad: &[
        Example::Values(
            "worker:\n  containerSecurityContext:\n    privileged: true # <-\n  logCleaner: { enabled: true }\n",
        ),
        Example::Manifests(
            "apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec:\n  containers:\n    - name: a\n      image: nginx:1.27.0\n      \
             securityContext:\n        allowPrivilegeEscalation: true # <-\n        capabilities:\n          add:\n            \
             - NET_BIND_SERVICE\n            - SYS_ADMIN # <-\n",
        ),
    ],
    good: &[
        Example::Values(
            "worker:\n  containerSecurityContext:\n    privileged: false\n    allowPrivilegeEscalation: false\n    \
             capabilities: { drop: [ALL], add: [SETUID, SETGID, CHOWN] }\n",
        ),
        Example::Manifests(
            "apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec:\n  containers:\n    - name: a\n      image: nginx:1.27.0\n      \
             securityContext:\n        privileged: true # podwright: allow container-privileged -- it formats the disks of the node\n",
        ),
    ],
    check: Check::Component(check),
};

fn check(subject: &Subject<'_, '_>, parameters: &Parameters<'_>) -> Vec<Finding> {
    let common = parameters.texts("capabilities");
    let mut found = Vec::new();
    for manifest in subject.manifests {
        for context in maps(manifest).into_iter().filter_map(|map| map.get("securityContext")) {
            for (field, says, help) in faults(context, &common) {
                let finding = subject.finding(RULE.code, field.by, field.as_str(), says).help(help);
                found.push((manifest.identity.to_string(), finding));
            }
        }
    }
    by_place(found)
}

/// What gives rights in the security context of a container: the field, what is wrong with it, and what to do.
fn faults<'m, 'a>(context: &'m Field<'a>, common: &[&str]) -> Vec<(&'m Field<'a>, String, String)> {
    let on = |key: &str| context.get(key).filter(|field| field.data == Data::Bool(true));
    if let Some(field) = on("privileged") {
        // All other rights are in this one.
        let says = "a privileged container is root on its node".to_owned();
        return vec![(field, says, "leave `privileged` out".to_owned())];
    }
    let mut faults = Vec::new();
    if let Some(field) = on("allowPrivilegeEscalation") {
        let says = "a process may gain more rights than its container was given".to_owned();
        faults.push((field, says, "set `allowPrivilegeEscalation: false`".to_owned()));
    }
    for field in context.at(&["capabilities", "add"]).map_or(&[][..], Field::items) {
        let Some(name) = field.as_str() else { continue };
        if !common.contains(&name.strip_prefix("CAP_").unwrap_or(name)) {
            let says = format!("the capability {name} gives a container rights over its node");
            faults.push((field, says, format!("do not add {name}, or name it in `capabilities`")));
        }
    }
    faults
}
