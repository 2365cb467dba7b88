//! Finds autoscalers that scale nothing.

use crate::{
    diag::{Finding, Level, nearest},
    field::Field,
    rules::{
        Check, Environment, Example, Rule,
        objects::{Inventory, Object},
    },
    workspace::RuleLevel,
};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "autoscaler-target-missing",
    summary: "an autoscaler whose target the environment does not have",
    level: RuleLevel::Report(Level::Error),
    docs: "A HorizontalPodAutoscaler or ScaledObject names the workload that it scales by kind and name. Where there is none, it scales nothing, \
        and the workload that was meant keeps its number of pods. A ScaledObject without a `kind` means a Deployment: for a StatefulSet it \
        has to be said.",
    parameters: &[],
    bad: &[Example::Manifests(
        "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: { name: worker }\nspec:\n  serviceName: \"\"\n  selector: { matchLabels: { app: worker } }\n  \
             template:\n    metadata: { labels: { app: worker } }\n    spec:\n      containers: [{ name: worker, image: worker:1 }]\n---\n\
             apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata: { name: worker }\nspec:\n  scaleTargetRef:\n    name: worker # <-\n  triggers: []\n---\n\
             apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: { name: workers }\nspec:\n  \
             scaleTargetRef: { apiVersion: apps/v1, kind: StatefulSet, name: workers } # <-\n  maxReplicas: 3\n",
    )],
    good: &[
        Example::Values(
            "worker:\n  autoscaling: { enabled: true }\n  resources: { requests: { cpu: 500m } }\n",
        ),
        Example::Values("worker:\n  keda: { enabled: true }\n"),
        Example::Manifests(
            "# its operator makes the Deployment counts-taskmanager\napiVersion: flink.apache.org/v1beta1\nkind: FlinkDeployment\nmetadata: { name: counts }\n---\n\
             apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: { name: counts }\nspec:\n  \
             scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: counts-taskmanager }\n  maxReplicas: 3\n",
        ),
    ],
    check: Check::Environment(|environment, _| check(environment)),
};

fn check(environment: &Environment<'_, '_>) -> Vec<Finding> {
    let inventory = environment.inventory();
    let kinds = ["HorizontalPodAutoscaler", "ScaledObject"];
    let all = kinds.iter().flat_map(|kind| inventory.of_kind(kind));
    all.filter_map(|scaler| judge(inventory, *scaler)).collect()
}

fn judge(inventory: &Inventory<'_, '_>, scaler: Object<'_, '_>) -> Option<Finding> {
    let identity = &scaler.manifest.identity;
    let namespace = identity.namespace.as_deref();
    let target = scaler.manifest.body.at(&["spec", "scaleTargetRef"])?;
    let field = target.get("name")?;
    let name = field.as_str()?;
    let said = target.get("kind");
    let kind = said.and_then(Field::as_str).unwrap_or("Deployment");
    if inventory.may_have(kind, namespace, name) {
        return None;
    }
    let message = format!("{identity} scales the {kind} `{name}`, which this environment does not have");
    let others = ["Deployment", "StatefulSet", "ReplicaSet"];
    let other = others.iter().find(|other| inventory.find(other, namespace, name).is_some());
    let Some(other) = other else {
        let near = nearest(name, inventory.names(kind, namespace));
        let help = near.map_or_else(
            || "name a workload of its namespace".to_owned(),
            |n| format!("did you mean `{n}`?"),
        );
        return Some(scaler.subject.finding(RULE.code, field.by, Some(name), message).help(help));
    };
    let finding = match said {
        Some(said) => scaler.subject.finding(RULE.code, said.by, Some(kind), message),
        None => scaler.subject.finding(RULE.code, field.by, Some(name), message),
    };
    Some(finding.help(format!("there is a {other} of this name: say `kind: {other}`")))
}
