//! `metadata` of every object: names, labels, annotations, owners, finalizers.

use super::{
    at::{At, Data},
    catalog,
    check::{Check, Fault},
    format::{Verdict, names},
};

use std::collections::HashSet;

/// How a name of a kind must be formed.
pub(crate) type NameJudge = fn(&str) -> Verdict;

/// The kind whose objects a server names when they have no name.
const NAMELESS: &str = "LimitRange";

/// The most bytes that all annotations of an object may have.
const ANNOTATIONS: usize = 256 * 1024;

/// Checks the metadata of an object.
pub(crate) fn metadata<'t>(check: &mut Check<'t>, at: At<'t>, namespaced: bool, judge: NameJudge) {
    let (name, generate) = (at.get("name"), at.get("generateName"));
    if !generate.blank() {
        // The server adds letters and digits: a dash at the end is fine.
        prefix(check, generate, judge);
    }
    if !name.blank() {
        named(check, name, judge);
    } else if generate.blank() && check.object.get("kind").str() != NAMELESS {
        check.required(name, "");
    }
    let namespace = at.get("namespace");
    if namespaced && !namespace.blank() {
        named(check, namespace, names::label);
    }
    details(check, at);
    if !catalog::owns(check.group) {
        pathless(check, at.get("finalizers"));
    }
}

/// Warns of finalizers of custom objects that others may have, too; those of built-in ones are refused or taken as they are.
fn pathless<'t>(check: &mut Check<'t>, finalizers: At<'t>) {
    for finalizer in finalizers.items() {
        let text = finalizer.str();
        if text.is_empty() || is_known(text) || check.has(finalizer) {
            continue;
        }
        let lack = if text.contains('.') { "has no path" } else { "has neither a domain nor a path" };
        let what =
            format!("`{text}` {lack}, as `example.com/name` has: others may have a finalizer of that name");
        check.warn(finalizer, what);
    }
}

/// Checks the metadata of an object within an object: it may lack a name.
pub(crate) fn embedded<'t>(check: &mut Check<'t>, at: At<'t>) {
    for name in [at.get("name"), at.get("generateName")] {
        if !name.blank() {
            named(check, name, names::path_segment);
        }
    }
    if !at.get("namespace").blank() {
        named(check, at.get("namespace"), names::label);
    }
    details(check, at);
}

/// Checks what metadata says beside names.
fn details<'t>(check: &mut Check<'t>, at: At<'t>) {
    labels(check, at.get("labels"));
    annotations(check, at.get("annotations"));
    owners(check, at.get("ownerReferences"));
    for finalizer in at.get("finalizers").items() {
        if finalizer.blank() {
            check.invalid(finalizer, "must be a qualified name such as `example.com/name`");
        } else if check.text(finalizer, names::qualified) && has_domains(check) && !is_known(finalizer.str())
        {
            check.invalid(finalizer, "must have a domain, such as `example.com/name`");
        }
    }
    if keeps_generation(check) {
        check.not_negative(at.get("generation"));
    }
}

/// The groups whose finalizers must have domains. Other groups, custom ones among them, take any qualified name.
const DOMAINS: [&str; 13] = [
    "",
    "apps",
    "autoscaling",
    "batch",
    "certificates.k8s.io",
    "discovery.k8s.io",
    "flowcontrol.apiserver.k8s.io",
    "networking.k8s.io",
    "rbac.authorization.k8s.io",
    "resource.k8s.io",
    "scheduling.k8s.io",
    "storage.k8s.io",
    "storagemigration.k8s.io",
];

/// Whether finalizers of the object must have domains.
fn has_domains(check: &Check<'_>) -> bool {
    DOMAINS.contains(&check.group) && check.object.get("kind").str() != "Event"
}

/// The kinds of those groups whose generation a server counts itself.
const COUNTED: [&str; 21] = [
    "CronJob",
    "DaemonSet",
    "Deployment",
    "DeviceClass",
    "DeviceTaintRule",
    "EndpointSlice",
    "FlowSchema",
    "HorizontalPodAutoscaler",
    "Ingress",
    "IngressClass",
    "Job",
    "NetworkPolicy",
    "Pod",
    "PodDisruptionBudget",
    "PodTemplate",
    "PriorityClass",
    "PriorityLevelConfiguration",
    "ReplicaSet",
    "ReplicationController",
    "ResourceSlice",
    "StatefulSet",
];

/// Whether a server takes the generation that the object states.
fn keeps_generation(check: &Check<'_>) -> bool {
    (DOMAINS.contains(&check.group) || matches!(check.group, "node.k8s.io" | "coordination.k8s.io"))
        && !COUNTED.contains(&check.object.get("kind").str())
}

/// Whether it is a finalizer with a domain, or one of Kubernetes itself.
fn is_known(finalizer: &str) -> bool {
    finalizer.contains('/') || matches!(finalizer, "kubernetes" | "orphan" | "foregroundDeletion")
}

/// Judges a name.
pub(crate) fn named<'t>(check: &mut Check<'t>, at: At<'t>, judge: NameJudge) {
    if let Some(what) = judge(at.str()) {
        check.fault(Fault::NameInvalid, at, what);
    }
}

/// Judges the beginning of a name.
fn prefix<'t>(check: &mut Check<'t>, at: At<'t>, judge: NameJudge) {
    let text = at.str();
    let masked = match text.strip_suffix('-') {
        Some(rest) if text.len() > 1 => format!("{rest}a"),
        _ => text.to_owned(),
    };
    if let Some(what) = judge(&masked) {
        check.fault(Fault::NameInvalid, at, what);
    }
}

/// Checks labels: of an object, or those that a selector asks for.
pub(crate) fn labels<'t>(check: &mut Check<'t>, at: At<'t>) {
    for (key, value) in at.members() {
        if let Some(what) = names::qualified(key) {
            check.fault(Fault::NameInvalid, value, format!("is a label key, and {what}")).on_key = true;
        }
        if let Some(what) = names::label_value(value.str()) {
            check.fault(Fault::NameInvalid, value, what);
        }
    }
}

/// Checks annotations.
pub(crate) fn annotations<'t>(check: &mut Check<'t>, at: At<'t>) {
    let mut bytes = 0;
    for (key, value) in at.members() {
        bytes += key.len() + value.str().len();
        if let Some(what) = names::qualified(&key.to_lowercase()) {
            check.fault(Fault::NameInvalid, value, format!("is an annotation key, and {what}")).on_key = true;
        }
    }
    if bytes > ANNOTATIONS {
        check
            .too_long(at, format!("all annotations together have {bytes} bytes, and may have {ANNOTATIONS}"));
    }
}

/// Checks the metadata of a template, which has labels and annotations only.
pub(crate) fn template<'t>(check: &mut Check<'t>, at: At<'t>) {
    labels(check, at.get("labels"));
    annotations(check, at.get("annotations"));
    for (key, value) in at.members() {
        let zero = match value.data() {
            Data::Null | Data::Str("") => true,
            Data::Int(0) => key == "generation",
            _ => false,
        };
        if !matches!(key, "labels" | "annotations") && !zero {
            check.forbidden(value, "may not be set in a template, which has labels and annotations only");
        }
    }
}

fn owners<'t>(check: &mut Check<'t>, at: At<'t>) {
    let mut controllers = 0;
    let mut seen = HashSet::new();
    for owner in at.items() {
        for key in ["apiVersion", "kind", "name", "uid"] {
            check.require(owner.get(key));
        }
        let names = ["apiVersion", "kind", "name", "uid"].map(|key| owner.get(key).str());
        let flags =
            ["controller", "blockOwnerDeletion"].map(|key| (owner.get(key).present(), owner.get(key).flag()));
        if !seen.insert((names, flags)) {
            check.warn(owner, "is there twice; servers drop one of them");
            continue;
        }
        if owner.get("controller").data() == Data::Bool(true) {
            controllers += 1;
            if controllers == 2 {
                check.invalid(owner.get("controller"), "may be `true` for one owner only");
            }
        }
    }
}
