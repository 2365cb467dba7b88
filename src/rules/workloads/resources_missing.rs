//! Finds containers that do not say how much CPU and memory they need.

use crate::{
    diag::Finding,
    field::{Data, Field},
    manifest::{Manifest, pod_template},
    rules::{
        Check, Environment, Example, Parameters, Rule, Subject,
        objects::{Container, Workload, by_place, workloads},
    },
    workspace::{Parameter, RuleLevel, RuleSetting},
};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "resources-missing",
    summary: "a container that does not say how much CPU and memory it needs, or where its memory ends",
    level: RuleLevel::Allow,
    docs: "Without requests a pod is put on any node, full or not, and is the first to go when memory runs short. Without a limit of memory, \
        a leak takes that of its neighbours before anything stops it.\n\n\
        Set the rule where that counts, in production first of all, and `resources` of what it finds. A limit of CPU is not demanded: it slows a container down even while its node is idle; add `limits.cpu` to \
        `demanded` where you want it. A limit stands for its request; so does what a LimitRange of the environment gives \
        (`environment.limits`). Init containers, and pods that operators make, are not meant.",
    parameters: &[
        Parameter {
            name: "demanded",
            about: "what each container names",
            default: RuleSetting::Texts(&["requests.cpu", "requests.memory", "limits.memory"]),
        },
        Parameter {
            name: "except",
            about: "names of workloads that are not meant",
            default: RuleSetting::Texts(&[]),
        },
    ],
    bad: &[
        Example::Values(
            "postgresql:\n  enabled: false\nexternalDatabase:\n  host: db.abc.com\n\
             zookeeper:\n  enabled: false\nexternalZookeeper:\n  zookeeperQuorum: zk.abc.com:2181\n\
             master:\n  resources: &jvm { requests: { cpu: 500m, memory: 2Gi }, limits: { memory: 8Gi } }\n\
             worker:\n  resources: *jvm\n\
             api:\n  resources: { requests: { memory: 1Gi }, limits: { memory: 2Gi } } # <-\n\
             alert: # <-\n  replicas: \"1\"\n",
        ),
        Example::Manifests(
            "apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec:\n  containers:\n    - name: a # <-\n      image: nginx:1.27.0\n",
        ),
    ],
    good: &[
        Example::Files(&[(
            "environments/dev/environment.yaml",
            "namespace: dev\n\
                 environment:\n  limits:\n    Container:\n      default: { memory: 1Gi }\n      defaultRequest: { cpu: 100m }\n\
                 components: { dolphinscheduler: { package: dolphinscheduler, version: 1.3.9 } }\n",
        )]),
        // A limit is a request, too, and what prepares the pod ends before it counts.
        Example::Manifests(
            "apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec:\n  initContainers: [{ name: wait, image: busybox:1.36.1 }]\n  containers:\n    \
             - name: a\n      image: nginx:1.27.0\n      resources: { limits: { cpu: 500m, memory: 64Mi } }\n",
        ),
    ],
    check: Check::Environment(check),
};

fn check(environment: &Environment<'_, '_>, parameters: &Parameters<'_>) -> Vec<Finding> {
    let demanded = parameters.texts("demanded");
    let except = parameters.texts("except");
    let all = environment.components.iter().flat_map(|subject| subject.manifests);
    let ranges: Vec<&Manifest<'_>> = all.filter(|m| m.identity.kind == "LimitRange").collect();
    let mut found = Vec::new();
    for subject in environment.components {
        for workload in workloads(subject) {
            let who = &workload.manifest.identity;
            if pod_template(who).is_none() || except.contains(&who.name.as_str()) {
                continue;
            }
            let here = |range: &&&Manifest<'_>| range.identity.namespace == who.namespace;
            let ranges: Vec<&Manifest<'_>> = ranges.iter().filter(here).copied().collect();
            for container in workload.containers().into_iter().filter(|c| !c.init) {
                let missing = |name: &&str| !named(&workload, &container, &ranges, name);
                let missing: Vec<&str> = demanded.iter().copied().filter(missing).collect();
                let finding = judge(subject, &container, &missing);
                found.extend(finding.map(|finding| (who.to_string(), finding)));
            }
        }
    }
    by_place(found)
}

/// Whether something such as `requests.cpu` is named for a container: by itself, its pod or a LimitRange.
fn named(
    workload: &Workload<'_, '_>,
    container: &Container<'_, '_>,
    ranges: &[&Manifest<'_>],
    name: &str,
) -> bool {
    let Some((group, key)) = name.split_once('.') else { return true };
    let in_place = |holder: &Field<'_>| {
        let has =
            |group: &str| holder.at(&["resources", group, key]).is_some_and(|field| field.data != Data::Null);
        has(group) || (group == "requests" && has("limits"))
    };
    // The API server takes what is the most for what is the default, and what is the least for what is asked for.
    let defaults: &[&str] = match group {
        "limits" => &["default", "max"],
        _ => &["default", "max", "defaultRequest", "min"],
    };
    let ranged = |range: &&Manifest<'_>| {
        let items = range.body.at(&["spec", "limits"]).map_or(&[][..], Field::items).iter();
        let mut containers =
            items.filter(|item| item.get("type").and_then(Field::as_str) == Some("Container"));
        containers.any(|item| defaults.iter().any(|default| item.at(&[default, key]).is_some()))
    };
    in_place(container.field) || workload.pod().is_some_and(in_place) || ranges.iter().any(ranged)
}

/// A finding at the innermost map that should hold the first of what is missing.
fn judge(subject: &Subject<'_, '_>, container: &Container<'_, '_>, missing: &[&str]) -> Option<Finding> {
    let (group, key) = missing.first()?.split_once('.')?;
    let resources = container.field.get("resources");
    let (within, key) = match (resources, resources.and_then(|r| r.get(group))) {
        (_, Some(map)) => (map, key),
        (Some(resources), None) => (resources, group),
        (None, None) => (container.field, "resources"),
    };
    let names = missing.join("`, `");
    let says = format!("`resources` without `{names}`: {}", consequence(missing));
    let finding = subject.missing(RULE.code, within, key, says);
    Some(finding.help("set them in `resources`, or defaults for all in `environment.limits`"))
}

fn consequence(missing: &[&str]) -> &'static str {
    match missing.iter().any(|name| name.starts_with("requests.")) {
        true => "pods go to nodes that have no room for them",
        false => "nothing stops a leak",
    }
}
