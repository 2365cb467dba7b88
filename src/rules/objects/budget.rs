//! PodDisruptionBudgets, and the pods that they are for.

use super::{Selector, Workload};
use crate::{
    field::{By, Field},
    manifest::Manifest,
    rules::{Environment, Subject},
};

/// A PodDisruptionBudget.
#[derive(Debug, Clone)]
pub(in crate::rules) struct Budget<'m, 'a> {
    /// The component that it belongs to.
    pub(in crate::rules) subject: &'m Subject<'m, 'a>,
    /// The object.
    pub(in crate::rules) manifest: &'m Manifest<'a>,
    /// Where its selector begins.
    pub(in crate::rules) selector: By,
    /// The workloads of the environment whose pods it selects.
    pub(in crate::rules) workloads: Vec<Workload<'m, 'a>>,
}

/// The PodDisruptionBudgets of an environment. One without a selector is for no pods, and none here.
pub(in crate::rules) fn budgets<'m, 'a>(environment: &Environment<'m, 'a>) -> Vec<Budget<'m, 'a>> {
    let inventory = environment.inventory();
    let mut found = Vec::new();
    for subject in environment.components {
        let budget =
            |m: &&Manifest<'_>| m.identity.group == "policy" && m.identity.kind == "PodDisruptionBudget";
        for manifest in subject.manifests.iter().filter(budget) {
            let spec = manifest.body.get("spec").map_or(&[][..], Field::members);
            let Some(selector) = spec.iter().find(|member| member.key == "selector") else { continue };
            let meant = inventory
                .selected(manifest.identity.namespace.as_deref(), &Selector::of(&selector.value))
                .into_iter()
                .map(|(_, workload)| workload);
            found.push(Budget { subject, manifest, selector: selector.by, workloads: meant.collect() });
        }
    }
    found
}
