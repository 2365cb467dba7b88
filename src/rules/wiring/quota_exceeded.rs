//! Finds quotas that what their environment renders does not fit into.

use super::quota::{Counted, counted, each, scaler};
use crate::{
    diag::{Finding, Level},
    field::{By, Data, Field, Member},
    manifest::canonical_quantity,
    rules::{
        Check, Environment, Example, Parameters, Rule,
        objects::{
            Inventory, Object, Workload,
            demand::{Defaults, amount, of_pod},
        },
    },
    workspace::{Parameter, RuleLevel, RuleSetting},
};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "quota-exceeded",
    summary: "a ResourceQuota that the workloads of its environment do not fit into",
    level: RuleLevel::Report(Level::Error),
    docs: "Kubernetes makes pods and claims until the quota is used up, and refuses the rest: which workloads stand incomplete then, is chance, \
        and only their events say why.\n\n\
        Raise the quota, or ask for less. What is counted is what Git knows: replicas times what a pod states, with the defaults of a \
        LimitRange and the least that an autoscaler runs; claims with those of StatefulSets. Jobs, DaemonSets, pods that operators make, sidecars \
        of a mesh and the extra pods of a rolling update come on top. Quotas with scopes are left alone.",
    parameters: &[Parameter {
        name: "atMaximum",
        about: "count what an autoscaler scales at its maximum, not at its minimum",
        default: RuleSetting::Flag(false),
    }],
    bad: &[
        Example::Files(&[
            (
                "environments/dev/environment.yaml",
                "namespace: dev\nenvironment:\n  quota:\n    requests.cpu: \"4\" # <-\n    requests.memory: 64Gi\n    pods: 5 # <-\ncomponents:\n  \
                 dolphinscheduler: { package: dolphinscheduler, version: 1.3.9 }\n",
            ),
            (
                "environments/dev/dolphinscheduler.yaml",
                "postgresql: { enabled: false }\nexternalDatabase: { host: db.abc.com }\n\
                 master: { replicas: \"1\", resources: &all { requests: { cpu: 500m, memory: 2Gi } } }\n\
                 worker: { replicas: \"3\", resources: { requests: { cpu: \"1\", memory: 2Gi } } }\n\
                 api: { resources: *all }\nalert: { resources: *all }\n",
            ),
        ]),
        Example::Manifests(
            "apiVersion: v1\nkind: ResourceQuota\nmetadata: { name: quota }\nspec:\n  hard:\n    requests.storage: 10Gi # <-\n    limits.memory: 3Gi\n---\n\
             apiVersion: apps/v1\nkind: StatefulSet\nmetadata: { name: db }\nspec:\n  replicas: 3\n  serviceName: \"\"\n  selector: { matchLabels: { app: db } }\n  \
             template:\n    metadata: { labels: { app: db } }\n    spec:\n      containers:\n        \
             - { name: db, image: db:1, resources: { limits: { memory: 1Gi } } }\n  \
             volumeClaimTemplates:\n    - metadata: { name: data }\n      spec:\n        accessModes: [ReadWriteOnce]\n        \
             resources: { requests: { storage: 5Gi } }\n",
        ),
    ],
    good: &[
        Example::Manifests(
            "apiVersion: v1\nkind: ResourceQuota\nmetadata: { name: quota }\nspec:\n  hard: { requests.cpu: \"2\", requests.memory: 3Gi, pods: 2 }\n---\n\
             apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec:\n  replicas: 2\n  selector: { matchLabels: { app: web } }\n  \
             template:\n    metadata: { labels: { app: web } }\n    spec:\n      \
             # it ends before the others start, so the larger of the two counts\n      initContainers:\n        \
             - { name: schema, image: web:1, resources: { requests: { cpu: \"1\", memory: 1Gi } } }\n      containers:\n        \
             - { name: web, image: web:1, resources: { requests: { cpu: 500m, memory: 1Gi } } }\n",
        ),
        Example::Manifests(
            "# counted by what the autoscaler runs at least\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: { name: web }\nspec:\n  \
             scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }\n  minReplicas: 2\n  maxReplicas: 20\n---\n\
             apiVersion: v1\nkind: ResourceQuota\nmetadata: { name: quota }\nspec:\n  hard: { pods: 10 }\n---\n\
             apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec:\n  selector: { matchLabels: { app: web } }\n  \
             template:\n    metadata: { labels: { app: web } }\n    spec:\n      containers: [{ name: web, image: web:1 }]\n",
        ),
    ],
    check: Check::Environment(check),
};

/// How many of those that need the most a finding names.
const MOST: usize = 3;

/// What an object needs of what a quota counts.
struct Need<'s, 'a> {
    object: Object<'s, 'a>,
    /// What tells how much it is.
    by: By,
    /// How many pods, claims or objects.
    count: u64,
    /// In billionths.
    amount: i128,
}

fn check(environment: &Environment<'_, '_>, parameters: &Parameters<'_>) -> Vec<Finding> {
    let inventory = environment.inventory();
    let maximum = parameters.flag("atMaximum");
    let mut findings = Vec::new();
    each(inventory, &mut |quota, defaults| {
        for member in quota.manifest.body.at(&["spec", "hard"]).map_or(&[][..], Field::members) {
            let Some(counted) = counted(&member.key) else { continue };
            let needs = match counted {
                Counted::Claims(class) => claims(inventory, quota, class, false),
                Counted::Storage(class) => claims(inventory, quota, class, true),
                _ => pods(inventory, quota, counted, defaults, maximum),
            };
            findings.extend(judge(quota, member, needs));
        }
    });
    findings
}

/// Compares what is needed with what a quota allows.
fn judge(quota: &Object<'_, '_>, hard: &Member<'_>, mut needs: Vec<Need<'_, '_>>) -> Option<Finding> {
    let allowed = amount(&hard.value)?;
    let sum: i128 = needs.iter().map(|need| need.amount).sum();
    if sum <= allowed {
        return None;
    }
    let key = &hard.key;
    let bytes = key.contains("memory") || key.contains("storage");
    let (needed, most) = (shown(sum, bytes), shown(allowed, bytes));
    let message =
        format!("this environment needs {needed} of `{key}`, and {} allows {most}", quota.manifest.identity);
    let mut finding = quota.subject.finding(RULE.code, hard.value.by, None, message);
    // The order of the components among those that need as much.
    needs.sort_by_key(|need| std::cmp::Reverse(need.amount));
    for need in needs.iter().take(MOST) {
        let at = need.object.subject.finding(RULE.code, need.by, None, "").at;
        let (identity, count) = (&need.object.manifest.identity, need.count);
        let text = match (need.amount == whole(count), count) {
            (true, _) => format!("{identity} needs {count}"),
            (false, 1) => format!("{identity} needs {}", shown(need.amount, bytes)),
            (false, _) => format!("{identity} needs {}, for {count}", shown(need.amount, bytes)),
        };
        finding = finding.related(at, text);
    }
    Some(finding.help("raise the quota, or ask for less"))
}

/// What the pods of a quota's namespace need.
fn pods<'s, 'a>(
    inventory: &Inventory<'s, 'a>,
    quota: &Object<'s, 'a>,
    counted: Counted<'_>,
    defaults: &Defaults<'_>,
    maximum: bool,
) -> Vec<Need<'s, 'a>> {
    let mut needs = Vec::new();
    for (object, workload) in inventory.workloads() {
        let identity = &object.manifest.identity;
        if identity.namespace != quota.manifest.identity.namespace || workload.ends() {
            continue;
        }
        let (count, by) = count(inventory, workload, maximum);
        let one = match counted {
            Counted::Amount(side, resource) => of_pod(workload, side, resource, defaults),
            _ => whole(1),
        };
        if count > 0 && one > 0 {
            needs.push(Need { object: *object, by, count, amount: i128::from(count).saturating_mul(one) });
        }
    }
    needs
}

/// How many pods a workload has, and what tells.
fn count(inventory: &Inventory<'_, '_>, workload: &Workload<'_, '_>, maximum: bool) -> (u64, By) {
    let identity = &workload.manifest.identity;
    if identity.kind == "Pod" {
        return (1, workload.manifest.body.by);
    }
    if let Some(scaler) = scaler(inventory, identity) {
        return scaler.pods(maximum);
    }
    let by = workload.replicas().map_or(workload.manifest.body.by, |field| field.by);
    (workload.count().unwrap_or(0), by)
}

/// What the claims of a quota's namespace need: their number, or their storage.
fn claims<'s, 'a>(
    inventory: &Inventory<'s, 'a>,
    quota: &Object<'s, 'a>,
    class: Option<&str>,
    storage: bool,
) -> Vec<Need<'s, 'a>> {
    let mut needs = Vec::new();
    let mut add = |object: Object<'s, 'a>, claim: &'s Field<'a>, count: u64| {
        let spec = claim.get("spec").unwrap_or(claim);
        let own = spec.get("storageClassName").and_then(Field::as_str);
        if class.is_some() && class != own {
            return;
        }
        let size = spec.at(&["resources", "requests", "storage"]);
        let one = if storage { size.and_then(amount).unwrap_or(0) } else { whole(1) };
        let by = size.map_or(claim.by, |size| size.by);
        needs.push(Need { object, by, count, amount: i128::from(count).saturating_mul(one) });
    };
    let here =
        |object: &&Object<'_, '_>| object.manifest.identity.namespace == quota.manifest.identity.namespace;
    for claim in inventory.of_kind("PersistentVolumeClaim").iter().filter(here) {
        add(*claim, &claim.manifest.body, 1);
    }
    for set in inventory.of_kind("StatefulSet").iter().filter(here) {
        let replicas = match set.manifest.body.at(&["spec", "replicas"]).map(|field| &field.data) {
            Some(Data::Int(n)) => u64::try_from(*n).unwrap_or(0),
            _ => 1,
        };
        for template in set.manifest.body.at(&["spec", "volumeClaimTemplates"]).map_or(&[][..], Field::items)
        {
            add(*set, template, replicas);
        }
    }
    needs
}

fn whole(count: u64) -> i128 {
    i128::from(count) * 1_000_000_000
}

/// An amount in billionths as a person writes it: bytes in the binary units where they are whole.
fn shown(nano: i128, bytes: bool) -> String {
    const KI: i128 = 1024 * 1_000_000_000;
    let text = if bytes && nano % KI == 0 { format!("{}Ki", nano / KI) } else { format!("{nano}n") };
    canonical_quantity(&text).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn amounts_are_shown_as_people_write_them() {
        for (nano, bytes, want) in [
            (4_500_000_000, false, "4500m"),
            (45_000_000_000, false, "45"),
            (1 << 30, true, "1073741824n"),
            (15 * (1 << 30) * 1_000_000_000, true, "15Gi"),
            (1_000_000_000_000_000, true, "1M"),
        ] {
            assert_eq!(shown(nano, bytes), want);
        }
    }
}
