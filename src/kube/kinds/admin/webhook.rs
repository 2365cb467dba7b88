//! `MutatingWebhookConfiguration` and `ValidatingWebhookConfiguration`: rules, clients and policies of webhooks.

use super::{
    cel::OF_CONDITIONS,
    client,
    matching::{match_conditions, rule},
};
use crate::kube::{at::At, check::Check, format::names, kinds::selector::selector};

/// The versions of reviews that a server sends.
const REVIEWS: [&str; 2] = ["v1", "v1beta1"];

/// Checks a configuration of webhooks.
pub(super) fn check<'t>(check: &mut Check<'t>, object: At<'t>) {
    let hooks = object.get("webhooks");
    for one in hooks.items() {
        hook(check, one);
    }
    let named = hooks.items().map(|hook| hook.get("name")).filter(|name| !name.blank());
    check.unique(named, |name| Some(name.str()), "another webhook has this name");
}

fn hook<'t>(check: &mut Check<'t>, at: At<'t>) {
    let name = at.get("name");
    if check.require(name) {
        check.text(name, names::domain_of_three);
    }
    at.get("rules").items().for_each(|one| rule(check, one));
    check.one_of_or_null(at.get("failurePolicy"), &["Fail", "Ignore"]);
    check.one_of_or_null(at.get("matchPolicy"), &["Equivalent", "Exact"]);
    check.one_of_or_null(at.get("reinvocationPolicy"), &["IfNeeded", "Never"]);
    check.require_one_of(at.get("sideEffects"), &["None", "NoneOnDryRun"]);
    check.within(at.get("timeoutSeconds"), 1, 30);
    selector(check, at.get("namespaceSelector"));
    selector(check, at.get("objectSelector"));
    client::client(check, at.get("clientConfig"));
    client::reviews(check, at.get("admissionReviewVersions"), &REVIEWS);
    match_conditions(check, at.get("matchConditions"), OF_CONDITIONS);
}
