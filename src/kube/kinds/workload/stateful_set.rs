//! `StatefulSet`: pods with names and volumes of their own.

use super::controller::{endless, name_length, selects};
use crate::kube::{
    at::At,
    check::{Check, Fault},
    format::names,
    kinds::{pod, storage::claim},
};

/// What the controller adds to the name of the set in the label `controller-revision-hash` of its pods.
const HASH: usize = 11;

/// The first minor version that refuses names which pods cannot have as hostname.
const LABEL_SINCE: u32 = 27;
/// The first minor version that judges `serviceName`, and the claims.
const SERVICE_SINCE: u32 = 34;
const CLAIMS_SINCE: u32 = 34;

/// Checks a `StatefulSet`.
pub(super) fn check<'t>(check: &mut Check<'t>, object: At<'t>) {
    let spec = object.get("spec");
    let template = spec.get("template");
    name(check, object);
    if check.minor >= CLAIMS_SINCE {
        for claim in spec.get("volumeClaimTemplates").items() {
            claim::spec(check, claim.get("spec"));
        }
    }
    check.not_negative(spec.get("replicas"));
    check.not_negative(spec.get("minReadySeconds"));
    check.not_negative(spec.at(&["ordinals", "start"]));
    check.one_of(spec.get("podManagementPolicy"), &["OrderedReady", "Parallel"]);
    strategy(check, spec.get("updateStrategy"));
    let retention = spec.get("persistentVolumeClaimRetentionPolicy");
    check.one_of(retention.get("whenDeleted"), &["Retain", "Delete"]);
    check.one_of(retention.get("whenScaled"), &["Retain", "Delete"]);
    let service = spec.get("serviceName");
    if check.minor >= SERVICE_SINCE && !service.blank() {
        check.text(service, names::label);
    }
    selects(check, spec.get("selector"), template);
    pod::template_with_claims(check, template, spec.get("volumeClaimTemplates"));
    endless(check, template);
    if spec.get("revisionHistoryLimit").int().is_some_and(|limit| limit < 0) {
        check.warn(spec.get("revisionHistoryLimit"), "a negative limit keeps all old revisions");
    }
}

fn strategy<'t>(check: &mut Check<'t>, at: At<'t>) {
    check.one_of(at.get("type"), &["RollingUpdate", "OnDelete"]);
    let rolling = at.get("rollingUpdate");
    match at.get("type").str_or("RollingUpdate") {
        "OnDelete" if rolling.present() => {
            check.forbidden(rolling, "may not be set when `type` is `OnDelete`");
        }
        "RollingUpdate" => {
            check.not_negative(rolling.get("partition"));
        }
        _ => {}
    }
}

/// Pods have the name of the set in their hostname, and with a hash as the value of a label of 63 characters at most.
fn name(check: &mut Check<'_>, object: At<'_>) {
    let at = check.object.at(&["metadata", "name"]);
    if let Some(what) = names::label(at.str()).filter(|_| !at.blank()) {
        if check.minor >= LABEL_SINCE {
            check.fault(Fault::NameInvalid, at, what);
        } else {
            check.breaks(at, format!("the pods cannot have the name in their hostname: it {what}"));
        }
        return;
    }
    let most = names::LABEL - HASH;
    let length = name_length(object);
    if length > most {
        let what = format!(
            "a name of {length} characters is too long for the labels of the pods, which cannot be made: it may have {most}"
        );
        check.breaks(at, what);
    }
}
