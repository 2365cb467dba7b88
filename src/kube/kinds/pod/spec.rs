//! The fields of a pod, one after the other.

use super::{
    affinity, container, network, resources, scope::Scope, security, since, spread, volume, windows,
};
use crate::kube::{
    at::At,
    check::Check,
    format::names,
    kinds::{node_selector::warn_of_label_key, tolerations::tolerations},
    metadata,
};

/// The largest number of 32 bits.
const MOST: i64 = i32::MAX as i64;

/// Checks the spec of a pod.
pub(super) fn check<'t>(check: &mut Check<'t>, scope: &Scope<'t>) {
    let spec = scope.spec;
    volume::volumes(check, scope);
    container::containers(check, scope);
    if check.minor >= since::CLAIMS {
        claims(check, scope);
    }
    resources::of_pod(check, scope);
    running(check, scope);
    placing(check, scope);
    security::of_pod(check, scope);
    network::check(check, scope);
    windows::host_process(check, scope);
    windows::exclusions(check, scope);
    for (key, value) in spec.get("nodeSelector").members() {
        warn_of_label_key(check, value, key);
    }
    pull_secrets(check, spec.get("imagePullSecrets"));
}

/// How the pod runs and ends.
fn running<'t>(check: &mut Check<'t>, scope: &Scope<'t>) {
    let spec = scope.spec;
    check.one_of(spec.get("restartPolicy"), &["Always", "OnFailure", "Never"]);
    check.within(spec.get("activeDeadlineSeconds"), 1, MOST);
    let grace = spec.get("terminationGracePeriodSeconds");
    if grace.int().is_some_and(|seconds| seconds < 0) {
        check.breaks(grace, "a negative time counts as 1 second");
    }
    let account = spec.get("serviceAccountName");
    let account = if account.blank() { spec.get("serviceAccount") } else { account };
    if !account.blank() {
        check.text(account, names::subdomain);
    }
    for gate in spec.get("readinessGates").items() {
        let kind = gate.get("conditionType");
        if check.require(kind) {
            check.text(kind, names::qualified);
        }
    }
}

/// Which node the pod runs on, and when.
fn placing<'t>(check: &mut Check<'t>, scope: &Scope<'t>) {
    let spec = scope.spec;
    metadata::labels(check, spec.get("nodeSelector"));
    for key in ["nodeName", "priorityClassName"] {
        if !spec.get(key).blank() {
            check.text(spec.get(key), names::subdomain);
        }
    }
    check.text(spec.get("runtimeClassName"), names::subdomain);
    check.one_of_or_null(spec.get("preemptionPolicy"), &["PreemptLowerPriority", "Never"]);
    tolerations(check, spec.get("tolerations"));
    affinity::check(check, scope);
    spread::check(check, scope);
    let gates = spec.get("schedulingGates");
    for gate in gates.items() {
        let name = gate.get("name");
        if check.require(name) {
            check.text(name, names::qualified);
        }
    }
    check.unique(gates.items(), |gate| Some(gate.get("name").str()), "another gate has this name");
    let node = spec.get("nodeName");
    if scope.of_pod && !node.blank() && !gates.is_empty() {
        check.forbidden(node, "may not be set as long as there are `schedulingGates`");
    }
}

/// The claims of devices that containers name.
fn claims<'t>(check: &mut Check<'t>, scope: &Scope<'t>) {
    let claims = scope.spec.get("resourceClaims");
    for claim in claims.items() {
        let name = claim.get("name");
        if check.require(name) {
            check.text(name, names::label);
        }
        let sources = ["resourceClaimName", "resourceClaimTemplateName"];
        check.exactly_one(claim, &sources);
        for (_, source) in claim.chosen(&sources) {
            check.text(source, names::subdomain);
        }
    }
    let named = claims.items().map(|claim| claim.get("name")).filter(|name| !name.blank());
    check.unique(named, |name| Some(name.str()), "another claim has this name");
}

fn pull_secrets<'t>(check: &mut Check<'t>, at: At<'t>) {
    let mut seen = Vec::new();
    for name in at.items().map(|one| one.get("name")) {
        if name.blank() {
            check.warn(name, "a secret without a name is of no use");
        }
        if seen.contains(&name.str()) {
            check.warn(name, format!("the secret `{}` is named twice", name.str()));
        }
        seen.push(name.str());
    }
}
