//! Finds containers that a quota refuses because they do not state what it counts.

use super::quota::{Counted, counted, each};
use crate::{
    diag::{Finding, Level},
    field::Field,
    manifest::pod_template,
    rules::{
        Check, Environment, Example, Rule,
        objects::{
            Object, Workload,
            demand::{Defaults, Side, of_container, stated},
        },
    },
    source::Span,
    workspace::RuleLevel,
};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "quota-without-requests",
    summary: "a container that does not state what a ResourceQuota of its namespace counts",
    level: RuleLevel::Report(Level::Error),
    docs: "Where a quota counts CPU or memory, Kubernetes refuses every pod with a container that does not state its own, init containers too. \
        The workload stands at 0, and only its events say why.\n\n\
        State the amounts, or let a LimitRange give them to all containers that state none: `environment.limits` makes one.",
    parameters: &[],
    bad: &[
        Example::Files(&[
            (
                "environments/dev/environment.yaml",
                "namespace: dev\nenvironment:\n  quota: { requests.memory: 64Gi }\ncomponents:\n  \
                 dolphinscheduler: { package: dolphinscheduler, version: 1.3.9 } # <-\n",
            ),
            (
                "environments/dev/dolphinscheduler.yaml",
                "# PostgreSQL and ZooKeeper state theirs; the masters state none, and neither do the API and the alert server\n\
                 worker:\n  resources:\n    requests: { cpu: 500m } # <-\n",
            ),
        ]),
        Example::Manifests(
            "apiVersion: v1\nkind: ResourceQuota\nmetadata: { name: quota }\nspec: { hard: { limits.cpu: \"2\" } }\n---\n\
             apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec:\n  containers:\n    - name: web\n      image: web:1\n      \
             resources:\n        requests: { cpu: 100m } # <-\n",
        ),
    ],
    good: &[
        Example::Files(&[(
            "environments/dev/environment.yaml",
            "namespace: dev\nenvironment:\n  quota: { requests.memory: 64Gi }\n  limits: { Container: { defaultRequest: { memory: 1Gi } } }\ncomponents:\n  \
                 dolphinscheduler: { package: dolphinscheduler, version: 1.3.9 }\n",
        )]),
        Example::Manifests(
            "apiVersion: v1\nkind: ResourceQuota\nmetadata: { name: quota }\nspec: { hard: { requests.cpu: \"2\", requests.ephemeral-storage: 5Gi } }\n---\n\
             # a limit is the request, too\n\
             apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec:\n  containers:\n    - name: web\n      image: web:1\n      \
             resources: { limits: { cpu: 100m } }\n",
        ),
    ],
    check: Check::Environment(|environment, _| check(environment)),
};

/// A workload whose pods are refused.
struct Refused<'s, 'a> {
    object: Object<'s, 'a>,
    /// The field within which something is missing, and its key.
    within: (&'s Field<'a>, &'static str),
    keys: Vec<String>,
}

fn check(environment: &Environment<'_, '_>) -> Vec<Finding> {
    let inventory = environment.inventory();
    let mut findings = Vec::new();
    each(inventory, &mut |quota, defaults| {
        let hard = quota.manifest.body.at(&["spec", "hard"]).map_or(&[][..], Field::members);
        let demanded: Vec<(&str, Side, &'static str)> =
            hard.iter().filter_map(|member| demanded(&member.key)).collect();
        if demanded.is_empty() {
            return;
        }
        // Workloads that one line would mend are one finding.
        let mut places: Vec<(Span, Vec<Refused<'_, '_>>)> = Vec::new();
        for (object, workload) in inventory.workloads() {
            let identity = &object.manifest.identity;
            if identity.namespace != quota.manifest.identity.namespace || pod_template(identity).is_none() {
                continue;
            }
            let Some(refused) = refused(*object, workload, &demanded, defaults) else { continue };
            let (within, key) = refused.within;
            let at = object.subject.missing(RULE.code, within, key, "").at;
            match places.iter_mut().find(|(place, all)| {
                *place == at && all.first().is_some_and(|first| first.keys == refused.keys)
            }) {
                Some((_, all)) => all.push(refused),
                None => places.push((at, vec![refused])),
            }
        }
        findings.extend(places.iter().filter_map(|(_, all)| tell(quota, all)));
    });
    findings
}

/// The side and resource that each container has to state for a key of a quota.
fn demanded(key: &str) -> Option<(&str, Side, &'static str)> {
    match counted(key)? {
        Counted::Amount(side, "cpu") => Some((key, side, "cpu")),
        Counted::Amount(side, "memory") => Some((key, side, "memory")),
        _ => None,
    }
}

/// What the first container of a workload lacks that lacks something.
fn refused<'s, 'a>(
    object: Object<'s, 'a>,
    workload: &Workload<'s, 'a>,
    demanded: &[(&str, Side, &'static str)],
    defaults: &Defaults<'_>,
) -> Option<Refused<'s, 'a>> {
    let pod = workload.pod()?;
    let open = |&(_, side, resource): &&(&str, Side, &'static str)| stated(pod, *side, resource).is_none();
    let demanded: Vec<_> = demanded.iter().filter(open).collect();
    workload.containers().into_iter().find_map(|container| {
        let lacks = |&&&(_, side, resource): &&&(&str, Side, &'static str)| {
            of_container(container.field, side, resource, defaults).is_none()
        };
        let lacking: Vec<_> = demanded.iter().filter(lacks).collect();
        let &&&(_, side, resource) = lacking.first()?;
        let keys = lacking.iter().map(|(key, ..)| format!("`{key}`")).collect();
        Some(Refused { object, within: within(container.field, side, resource), keys })
    })
}

/// The innermost field above an amount that is there, and the key that it lacks.
fn within<'s, 'a>(
    container: &'s Field<'a>,
    side: Side,
    resource: &'static str,
) -> (&'s Field<'a>, &'static str) {
    let side = if side == Side::Requests { "requests" } else { "limits" };
    let Some(resources) = container.get("resources") else { return (container, "resources") };
    match resources.get(side) {
        Some(amounts) => (amounts, resource),
        None => (resources, side),
    }
}

fn tell(quota: &Object<'_, '_>, refused: &[Refused<'_, '_>]) -> Option<Finding> {
    let (first, more) = refused.split_first()?;
    let (identity, keys) = (&first.object.manifest.identity, first.keys.join(" and "));
    let (who, whom) = match more.len() {
        0 if identity.kind == "Pod" => (format!("{identity} states"), "it"),
        0 => (format!("{identity} states"), "its pods"),
        n => (format!("{identity} and {n} more state"), "their pods"),
    };
    let quota_name = &quota.manifest.identity;
    let message = format!("{who} no {keys}, so {quota_name} refuses {whom}");
    let hard = quota.manifest.body.at(&["spec", "hard"])?;
    let asked = quota.subject.finding(RULE.code, hard.by, None, "").at;
    let (within, key) = first.within;
    Some(
        first
            .object
            .subject
            .missing(RULE.code, within, key, message)
            .related(asked, "the quota that counts it")
            .help("state it for each container, or let a LimitRange give a default"),
    )
}
