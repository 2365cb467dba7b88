//! Finds StatefulSets whose governing Service is not there.

use super::absent::Absent;
use crate::{
    diag::{Finding, Level},
    rules::{Check, Environment, Example, Rule},
    workspace::RuleLevel,
};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "governing-service-missing",
    summary: "a StatefulSet whose `serviceName` is the name of no Service",
    level: RuleLevel::Report(Level::Warn),
    docs: "The pods of a StatefulSet get their names in DNS from the Service that `serviceName` names. Without it the pods run, and nobody \
        finds them by name: members of a ZooKeeper or database do not find each other, and DolphinScheduler's masters and workers register \
        under names that lead nowhere. The field can never be changed.\n\n\
        Add the Service, with `clusterIP: None`, or name the one that is there. Where nobody asks for the pods by name, leave the name empty.",
    parameters: &[],
    bad: &[Example::Manifests(
        "apiVersion: v1\nkind: Service\nmetadata: { name: db-headless }\nspec:\n  clusterIP: None\n  selector: { app: db }\n  ports: [{ port: 5432 }]\n---\n\
         apiVersion: apps/v1\nkind: StatefulSet\nmetadata: { name: db }\nspec:\n  serviceName: db-headles # <-\n  selector: { matchLabels: { app: db } }\n  \
         template:\n    metadata: { labels: { app: db } }\n    spec:\n      containers: [{ name: db, image: db:1 }]\n",
    )],
    good: &[
        Example::Manifests(
            "apiVersion: v1\nkind: Service\nmetadata: { name: db-headless }\nspec:\n  clusterIP: None\n  selector: { app: db }\n  ports: [{ port: 5432 }]\n---\n\
             apiVersion: apps/v1\nkind: StatefulSet\nmetadata: { name: db }\nspec:\n  serviceName: db-headless\n  selector: { matchLabels: { app: db } }\n  \
             template:\n    metadata: { labels: { app: db } }\n    spec:\n      containers: [{ name: db, image: db:1 }]\n",
        ),
        Example::Values("worker: { replicas: \"5\" }\n"),
    ],
    check: Check::Environment(|environment, _| check(environment)),
};

fn check(environment: &Environment<'_, '_>) -> Vec<Finding> {
    let inventory = environment.inventory();
    let mut absent = Absent::new("Service");
    for set in inventory.of_kind("StatefulSet") {
        let namespace = set.manifest.identity.namespace.as_deref();
        let Some(field) = set.manifest.body.at(&["spec", "serviceName"]) else { continue };
        let name = field.as_str().unwrap_or_default();
        if !name.is_empty() && !inventory.may_have("Service", namespace, name) {
            absent.add(name, *set, field.by);
        }
    }
    absent.findings(RULE.code, inventory, "add a Service of this name with `clusterIP: None`")
}
