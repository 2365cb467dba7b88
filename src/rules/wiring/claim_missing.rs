//! Finds pods that mount a PersistentVolumeClaim which nobody makes.

use super::absent::{Absent, is_said_to_exist, needed};
use crate::{
    diag::{Finding, Level},
    field::Field,
    rules::{
        Check, Environment, Example, Parameters, Rule,
        objects::{Inventory, Referent},
    },
    workspace::{Parameter, RuleLevel, RuleSetting},
};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "claim-missing",
    summary: "a pod that mounts a PersistentVolumeClaim which nobody makes",
    level: RuleLevel::Report(Level::Warn),
    docs: "The pod stays pending until the claim is there. Often one switch adds the volume to the pod and another one makes the claim.\n\n\
        Add the claim, or mend its name. The claims of a StatefulSet's templates are known, those of its ordinals too, and those that \
        an operator makes for a custom resource, such as a Dataset of Fluid. Where the name comes from a value that is called `existing...`, \
        the claim is taken to be there; name others that exist in the cluster in `existing`.",
    parameters: &[Parameter {
        name: "existing",
        about: "names of claims that exist in the cluster",
        default: RuleSetting::Texts(&[]),
    }],
    bad: &[
        Example::Manifests(
            "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { name: uploads }\nspec:\n  accessModes: [ReadWriteMany]\n  \
             storageClassName: nfs\n  resources: { requests: { storage: 5Gi } }\n---\n\
             apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec:\n  containers: [{ name: web, image: web:1 }]\n  volumes:\n    \
             - name: uploads\n      persistentVolumeClaim: { claimName: upload } # <-\n",
        ),
        Example::Files(&[
            (
                "environments/dev/environment.yaml",
                "namespace: dev\ncomponents:\n  dolphinscheduler: { package: dolphinscheduler, version: 1.3.9, improvements: none }\n",
            ),
            (
                "environments/dev/dolphinscheduler.yaml",
                "# the chart mounts the claim for the inner switch, and makes it for both\n\
                 worker:\n  persistentVolumeClaim:\n    enabled: false\n    dataPersistentVolume: { enabled: true } # <-\n",
            ),
        ]),
    ],
    good: &[
        Example::Manifests(
            "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: { name: db }\nspec:\n  serviceName: \"\"\n  selector: { matchLabels: { app: db } }\n  \
             template:\n    metadata: { labels: { app: db } }\n    spec:\n      containers: [{ name: db, image: db:1 }]\n      \
             # the claim template replaces it\n      volumes: [{ name: data, persistentVolumeClaim: { claimName: data } }]\n  \
             volumeClaimTemplates:\n    - metadata: { name: data }\n      spec:\n        accessModes: [ReadWriteOnce]\n        \
             resources: { requests: { storage: 5Gi } }\n---\n\
             apiVersion: v1\nkind: Pod\nmetadata: { name: backup }\nspec:\n  containers: [{ name: backup, image: db:1 }]\n  volumes:\n    \
             - name: data\n      persistentVolumeClaim: { claimName: data-db-0 }\n",
        ),
        Example::Manifests(
            "apiVersion: data.fluid.io/v1alpha1\nkind: Dataset\nmetadata: { name: training }\nspec:\n  mounts: [{ mountPoint: s3://training }]\n---\n\
             apiVersion: v1\nkind: Pod\nmetadata: { name: train }\nspec:\n  containers: [{ name: train, image: train:1 }]\n  volumes:\n    \
             - name: data\n      persistentVolumeClaim: { claimName: training }\n",
        ),
        Example::Values("postgresql:\n  persistence: { enabled: true, existingClaim: prepared }\n"),
    ],
    check: Check::Environment(check),
};

fn check(environment: &Environment<'_, '_>, parameters: &Parameters<'_>) -> Vec<Finding> {
    let inventory = environment.inventory();
    let existing = parameters.texts("existing");
    let mut absent = Absent::new("PersistentVolumeClaim");
    for (object, reference) in needed(environment.components, Referent::Claim) {
        let name = reference.name.as_str().unwrap_or_default();
        let namespace = object.manifest.identity.namespace.as_deref();
        let known = inventory.may_have("PersistentVolumeClaim", namespace, name)
            || existing.contains(&name)
            || is_of_template(inventory, namespace, name);
        if !known && !is_said_to_exist(object.subject, reference.name.by) {
            absent.add(name, object, reference.name.by);
        }
    }
    let help = "add it, or name it in `existing` of this rule if it exists in the cluster";
    absent.findings(RULE.code, inventory, help)
}

/// Whether a claim template of a StatefulSet makes a claim: it is called by the template, the StatefulSet and a number.
fn is_of_template(inventory: &Inventory<'_, '_>, namespace: Option<&str>, name: &str) -> bool {
    let Some((stem, number)) = name.rsplit_once('-') else { return false };
    if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit()) {
        return false;
    }
    inventory.of_kind("StatefulSet").iter().any(|set| {
        let identity = &set.manifest.identity;
        let template = stem.strip_suffix(identity.name.as_str()).and_then(|stem| stem.strip_suffix('-'));
        let templates = set.manifest.body.at(&["spec", "volumeClaimTemplates"]).map_or(&[][..], Field::items);
        let named = |t: &Field<'_>| t.at(&["metadata", "name"]).and_then(Field::as_str) == template;
        template.is_some() && identity.namespace.as_deref() == namespace && templates.iter().any(named)
    })
}
