//! Finds containers that run as root.

use crate::{
    diag::{Finding, Level},
    field::{Data, Field},
    rules::{
        Check, Example, Parameters, Rule, Subject,
        objects::{Container, Workload, by_place, workloads},
    },
    workspace::{Parameter, RuleLevel, RuleSetting},
};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "runs-as-root",
    summary: "a container that is told to run as root",
    level: RuleLevel::Report(Level::Warn),
    docs: "Root in a container is root on the node as soon as something lets it out: a mounted folder, a fault of the kernel, a capability. \
        Files that it writes to a volume belong to root, too, and the next version that does not run as root cannot change them.\n\n\
        Choose a user that the image knows (`runAsUser: 1001`), and `fsGroup` for its volumes. Containers that say nothing run as \
        the image wants, which Git does not tell: `strict` finds them, too, and wants `runAsNonRoot: true` or a user of each.",
    parameters: &[Parameter {
        name: "strict",
        about: "whether containers must say that they do not run as root; init containers are meant then, too",
        default: RuleSetting::Flag(false),
    }],
    bad: &[
        Example::Values("api:\n  containerSecurityContext:\n    runAsUser: 0 # <-\n"),
        Example::Files(&[
            (
                "environments/prod/environment.yaml",
                "namespace: prod\n\
                 rules: { runs-as-root: { level: error, strict: true } }\n\
                 components:\n  app: { package: app, version: 1.0.0, manifests: [manifests/pod.yaml] }\n",
            ),
            (
                "environments/prod/manifests/pod.yaml",
                "apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec:\n  securityContext: { fsGroup: 1001 }\n  containers:\n    \
                 - name: a # <-\n      image: nginx:1.27.0\n    - name: b\n      image: nginx:1.27.0\n      \
                 securityContext: { runAsUser: 1001 }\n",
            ),
        ]),
    ],
    good: &[
        Example::Values(
            "api:\n  podSecurityContext:\n    runAsUser: 0\n  containerSecurityContext:\n    runAsUser: 1001\n",
        ),
        // Before the others start, root hands the volume over to them.
        Example::Manifests(
            "apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec:\n  initContainers:\n    - name: owner\n      image: busybox:1.36.1\n      \
             command: [chown, \"1001\", /data]\n      securityContext: { runAsUser: 0 }\n  containers:\n    - name: a\n      image: nginx:1.27.0\n",
        ),
    ],
    check: Check::Component(check),
};

fn check(subject: &Subject<'_, '_>, parameters: &Parameters<'_>) -> Vec<Finding> {
    let strict = parameters.flag("strict");
    let mut found = Vec::new();
    for workload in workloads(subject) {
        for container in workload.containers().into_iter().filter(|c| strict || !c.init) {
            let finding = judge(subject, &workload, &container, strict);
            found.extend(finding.map(|finding| (workload.manifest.identity.to_string(), finding)));
        }
    }
    by_place(found)
}

fn judge(
    subject: &Subject<'_, '_>,
    workload: &Workload<'_, '_>,
    container: &Container<'_, '_>,
    strict: bool,
) -> Option<Finding> {
    let own = |key: &str| container.field.at(&["securityContext", key]);
    let pods = |key: &str| workload.pod().and_then(|pod| pod.at(&["securityContext", key]));
    // What the container says counts, and else what the pod says.
    let said = |key: &str| own(key).or_else(|| pods(key));
    let never = said("runAsNonRoot").is_some_and(|field| field.data == Data::Bool(true));
    match said("runAsUser") {
        Some(Field { data: Data::Int(0), by }) => {
            let says = match never {
                true => "told to run as root, user 0, while `runAsNonRoot` forbids it: it never starts",
                false => "told to run as root, user 0",
            };
            let finding = subject.finding(RULE.code, *by, None, says);
            Some(finding.help("choose a user that the image knows, such as `runAsUser: 1001`"))
        }
        Some(_) => None,
        None if strict && !never => {
            let says = "nothing keeps it from running as root";
            let finding = subject.missing(RULE.code, container.field, "securityContext", says);
            Some(finding.help("set `runAsNonRoot: true`, or `runAsUser` to a user that the image knows"))
        }
        None => None,
    }
}
