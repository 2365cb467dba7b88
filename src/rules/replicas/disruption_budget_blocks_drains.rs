//! Finds PodDisruptionBudgets that let no pod go.

use crate::{
    diag::{Finding, Level},
    field::{Data, Field},
    rules::{
        Check, Environment, Example, Rule,
        objects::{Autoscaler, Workload, autoscalers, budgets, by_place},
    },
    workspace::RuleLevel,
};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "disruption-budget-blocks-drains",
    summary: "a PodDisruptionBudget that lets no pod go",
    level: RuleLevel::Report(Level::Warn),
    docs: "A drain asks for each pod to be evicted, and asks again until the budget allows it. A budget of which all pods must be there \
        never does: nodes cannot be repaired or upgraded until somebody deletes the pods by hand. A share of `minAvailable` is rounded \
        up: 67% of three pods are three.\n\n\
        Let one go: `maxUnavailable: 1`, which is right for any number of pods. A single pod that must not be taken away by chance has \
        that budget, too, or none: what it needs is a second one. A workload that an autoscaler scales is judged by its least number.",
    parameters: &[],
    bad: &[
        Example::Values("worker:\n  replicas: \"3\"\n  pdb:\n    create: true\n    minAvailable: 67% # <-\n"),
        Example::Values("api:\n  pdb:\n    create: true\n    maxUnavailable: 0 # <-\n"),
        Example::Manifests(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec:\n  selector: { matchLabels: { app: web } }\n  template:\n    \
             metadata: { labels: { app: web } }\n    spec:\n      containers: [{ name: web, image: nginx:1.27.0 }]\n---\n\
             apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: { name: web }\nspec:\n  \
             scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }\n  minReplicas: 2\n  maxReplicas: 5\n---\n\
             apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: { name: web }\nspec:\n  minAvailable: 2 # <-\n  \
             selector: { matchLabels: { app: web } }\n",
        ),
    ],
    good: &[
        Example::Values(
            "worker:\n  replicas: \"3\"\n  pdb:\n    create: true\n    minAvailable: 66%\n\
             api:\n  replicas: \"1\"\n  pdb:\n    create: true\n    maxUnavailable: 1\n",
        ),
        // How many pods an operator makes is not known, and a share of what may be away is rounded up.
        Example::Manifests(
            "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: { name: operated }\nspec:\n  minAvailable: 2\n  \
             selector: { matchLabels: { app: operated } }\n---\n\
             apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec:\n  selector: { matchLabels: { app: web } }\n  template:\n    \
             metadata: { labels: { app: web } }\n    spec:\n      containers: [{ name: web, image: nginx:1.27.0 }]\n---\n\
             apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: { name: web }\nspec:\n  maxUnavailable: 10%\n  \
             selector: { matchLabels: { app: web } }\n",
        ),
    ],
    check: Check::Environment(|environment, _| check(environment)),
};

fn check(environment: &Environment<'_, '_>) -> Vec<Finding> {
    let scalers = autoscalers(environment);
    let mut found = Vec::new();
    for budget in budgets(environment) {
        let spec = |key: &str| budget.manifest.body.at(&["spec", key]);
        let blocks = match (spec("maxUnavailable"), spec("minAvailable")) {
            (Some(most), _) => matches!(amount(most), Some((0, _)))
                .then(|| (most, "no pod may go, and drains of their nodes never end".to_owned())),
            (None, Some(least)) => {
                let count = pods(&budget.workloads, &scalers);
                let demanded = amount(least).and_then(|amount| kept(amount, count));
                demanded.map(|says| (least, format!("{says} must stay, and drains of their nodes never end")))
            }
            (None, None) => None,
        };
        let Some((field, message)) = blocks else { continue };
        let finding = budget.subject.finding(RULE.code, field.by, None, message);
        found.push((budget.manifest.identity.to_string(), finding.help("let one go: `maxUnavailable: 1`")));
    }
    by_place(found)
}

/// A number, or a share in percent (true).
fn amount(field: &Field<'_>) -> Option<(u64, bool)> {
    match &field.data {
        Data::Int(n) => Some((u64::try_from(*n).ok()?, false)),
        Data::Str(text) => Some((text.strip_suffix('%')?.parse().ok()?, true)),
        _ => None,
    }
}

/// How many pods there are at the least: none where that cannot be known, or where there are no pods.
fn pods(workloads: &[Workload<'_, '_>], scalers: &[Autoscaler<'_, '_>]) -> Option<u64> {
    let count = |workload: &Workload<'_, '_>| {
        let scaler = scalers.iter().find(|scaler| scaler.scales(&workload.manifest.identity));
        // Where an autoscaler goes down to none, there is nothing to drain until there is one.
        scaler.map_or_else(|| workload.count(), |scaler| Some(scaler.least().max(1)))
    };
    let all: Option<Vec<u64>> = workloads.iter().map(count).collect();
    all.map(|counts| counts.iter().sum()).filter(|&sum| sum > 0)
}

/// What a budget keeps of so many pods, in words, if that is all of them.
fn kept((number, share): (u64, bool), pods: Option<u64>) -> Option<String> {
    match (share, pods) {
        (true, _) if number >= 100 => Some("all pods".to_owned()),
        (true, Some(pods)) => {
            let least = (number * pods).div_ceil(100);
            (least >= pods).then(|| format!("{number}% of {pods} pods, which is all of them,"))
        }
        (false, Some(pods)) => (number >= pods).then(|| format!("{number} of {pods} pods")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::kept;

    #[test]
    fn shares_are_rounded_up() {
        for (amount, pods, all) in [
            ((1, false), Some(1), true),
            ((1, false), Some(2), false),
            ((3, false), Some(2), true),
            ((3, false), None, false),
            ((50, true), Some(1), true),
            ((50, true), Some(2), false),
            ((66, true), Some(3), false),
            ((67, true), Some(3), true),
            ((99, true), None, false),
            ((100, true), None, true),
            ((0, true), Some(1), false),
            ((0, false), Some(1), false),
        ] {
            assert_eq!(kept(amount, pods).is_some(), all, "{amount:?} of {pods:?}");
        }
    }
}
