//! `StorageClass` and `VolumeAttributesClass`: provisioners, parameters, topologies.

use crate::kube::{
    at::At,
    check::{Check, Fault},
    format::names,
    kinds::node_selector,
};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// The most parameters.
const PARAMETERS: usize = 512;
/// The most bytes of all parameters together.
const BYTES: usize = 256 * 1024;

/// Checks a `StorageClass`.
pub(super) fn storage<'t>(check: &mut Check<'t>, object: At<'t>) {
    provisioner(check, object.get("provisioner"));
    parameters(check, object.get("parameters"));
    check.one_of(object.get("reclaimPolicy"), &["Delete", "Retain"]);
    check.one_of_or_null(object.get("volumeBindingMode"), &["Immediate", "WaitForFirstConsumer"]);
    topologies(check, object.get("allowedTopologies"));
}

/// Checks a `VolumeAttributesClass`.
pub(super) fn attributes<'t>(check: &mut Check<'t>, object: At<'t>) {
    provisioner(check, object.get("driverName"));
    check.require(object.get("parameters"));
    parameters(check, object.get("parameters"));
}

fn provisioner<'t>(check: &mut Check<'t>, at: At<'t>) {
    if check.require(at) {
        check.text(at, names::qualified_any_case);
    }
}

fn parameters<'t>(check: &mut Check<'t>, at: At<'t>) {
    if at.len() > PARAMETERS {
        check.too_long(at, format!("must have at most {PARAMETERS} parameters"));
        return;
    }
    let mut bytes = 0;
    for (key, value) in at.members() {
        bytes += key.len() + value.str().len();
        if key.is_empty() {
            check.invalid_key(value, "must not be empty");
        }
    }
    if bytes > BYTES {
        check.too_long(at, format!("all parameters together have {bytes} bytes, and may have {BYTES}"));
    }
}

fn topologies<'t>(check: &mut Check<'t>, at: At<'t>) {
    // A server compares with as many empty terms as there are terms: an empty term is a duplicate.
    let mut seen = HashSet::from([BTreeMap::new()]);
    for term in at.items() {
        let expressions = term.get("matchLabelExpressions");
        let mut keys = BTreeMap::new();
        for one in expressions.items() {
            let (key, values) = (one.get("key"), one.get("values"));
            check.require(values);
            check.unique(values.items(), |value| Some(value.str()), "it stands there twice");
            if let Some(what) = names::qualified(key.str()) {
                check.fault(Fault::NameInvalid, key, format!("is a label key, and {what}"));
            }
            node_selector::warn_of_label(check, key);
            let set: BTreeSet<&str> = values.items().map(At::str).collect();
            if keys.insert(key.str(), set).is_some() {
                check.duplicate(key, "another expression of the term has this key");
            }
        }
        if !seen.insert(keys) {
            check.duplicate(term, "another term says the same, or it says nothing");
        }
    }
}
