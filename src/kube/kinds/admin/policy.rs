//! Policies of admission, `ValidatingAdmissionPolicy` and `MutatingAdmissionPolicy`, and their bindings.

use super::{
    cel::{OF_POLICIES, cel, is_identifier},
    matching::{match_conditions, match_resources},
};
use crate::kube::{at::At, check::Check, format::names, kinds::selector::selector};

/// The most annotations of an audit.
const ANNOTATIONS: usize = 20;
/// The longest expression of an annotation, in bytes.
const ANNOTATION: usize = 5 * 1024;

/// Checks a `ValidatingAdmissionPolicy`.
pub(super) fn validating<'t>(check: &mut Check<'t>, object: At<'t>) {
    let spec = object.get("spec");
    policy(check, spec, false);
    let (validations, annotations) = (spec.get("validations"), spec.get("auditAnnotations"));
    if validations.is_empty() && annotations.is_empty() {
        check.required(validations, "or `auditAnnotations`");
    }
    validations.items().for_each(|one| validation(check, one));
    if annotations.len() > ANNOTATIONS {
        check.too_long(annotations, format!("must have at most {ANNOTATIONS} items"));
    }
    let name = object.at(&["metadata", "name"]).str();
    for one in annotations.items() {
        annotation(check, one, name);
    }
    check.unique(
        annotations.items().map(|one| one.get("key")),
        |key| Some(key.str()),
        "another annotation has this key",
    );
}

/// Checks a `MutatingAdmissionPolicy`.
pub(super) fn mutating<'t>(check: &mut Check<'t>, object: At<'t>) {
    let spec = object.get("spec");
    policy(check, spec, true);
    let mutations = spec.get("mutations");
    check.require(mutations);
    for one in mutations.items() {
        let kind = one.get("patchType");
        if !check.require_one_of(kind, &["ApplyConfiguration", "JSONPatch"]) {
            continue;
        }
        let (wanted, other) = match kind.str() {
            "JSONPatch" => ("jsonPatch", "applyConfiguration"),
            _ => ("applyConfiguration", "jsonPatch"),
        };
        let expression = one.at(&[wanted, "expression"]);
        if one.get(wanted).absent() {
            check.required(one.get(wanted), "`patchType` asks for it");
        } else if expression.str().trim().is_empty() {
            check.required(expression, "");
        } else {
            cel(check, expression, expression.str(), OF_POLICIES);
        }
        if one.get(other).present() {
            check.forbidden(one.get(other), format!("may not stand beside `patchType: {}`", kind.str()));
        }
    }
    check.require_one_of(spec.get("reinvocationPolicy"), &["IfNeeded", "Never"]);
}

/// What both kinds of policies have.
fn policy<'t>(check: &mut Check<'t>, spec: At<'t>, mutating: bool) {
    check.one_of_or_null(spec.get("failurePolicy"), &["Fail", "Ignore"]);
    if spec.get("paramKind").present() {
        param_kind(check, spec.get("paramKind"));
    }
    let constraints = spec.get("matchConstraints");
    if constraints.absent() {
        check.required(constraints, "");
    } else {
        check.require(constraints.get("resourceRules"));
        match_resources(check, constraints, mutating);
    }
    match_conditions(check, spec.get("matchConditions"), OF_POLICIES);
    for one in spec.get("variables").items() {
        let (name, expression) = (one.get("name"), one.get("expression"));
        if name.str().trim().is_empty() {
            check.required(name, "");
        } else if !is_identifier(name.str()) {
            check.invalid(
                name,
                "must be letters, digits or `_`, not begin with a digit, and be no word of the language",
            );
        }
        if expression.str().trim().is_empty() {
            check.required(expression, "");
        } else {
            cel(check, expression, expression.str(), OF_POLICIES);
        }
    }
}

fn param_kind<'t>(check: &mut Check<'t>, at: At<'t>) {
    let (version, kind) = (at.get("apiVersion"), at.get("kind"));
    if check.require(version) {
        let text = version.str();
        let (group, name) = text.split_once('/').unwrap_or(("", text));
        let grouped = if group.is_empty() { true } else { names::is_subdomain(group) };
        if !grouped || names::label_1035(name).is_some() {
            check.invalid(
                version,
                "must be a version, or a group, `/` and a version, such as `example.com/v1`",
            );
        }
    }
    if check.require(kind) && names::label_1035(&kind.str().to_lowercase()).is_some() {
        check.invalid(kind, "must be at most 63 letters, digits or `-`, and begin with a letter");
    }
}

fn validation<'t>(check: &mut Check<'t>, at: At<'t>) {
    let (expression, message, computed) =
        (at.get("expression"), at.get("message"), at.get("messageExpression"));
    if expression.str().trim().is_empty() {
        check.required(expression, "");
    } else {
        cel(check, expression, expression.str(), OF_POLICIES);
    }
    if !computed.blank() {
        if computed.str().trim().is_empty() {
            check.invalid(computed, "must not be blank");
        } else {
            cel(check, computed, computed.str(), OF_POLICIES);
        }
    }
    if !message.blank() && message.str().trim().is_empty() {
        check.invalid(message, "must not be blank");
    } else if message.str().trim().contains(['\n', '\r']) {
        check.invalid(message, "must be one line");
    }
    check.one_of_or_null(at.get("reason"), &["Forbidden", "Invalid", "RequestEntityTooLarge"]);
}

fn annotation<'t>(check: &mut Check<'t>, at: At<'t>, policy: &str) {
    let (key, value) = (at.get("key"), at.get("valueExpression"));
    if policy.is_empty() || names::qualified(&format!("{policy}/{}", key.str())).is_some() {
        check.invalid(key, "must be 1 to 63 letters, digits, `-`, `_` or `.`, in a policy that has a name");
    }
    let text = value.str().trim();
    if text.is_empty() {
        check.required(value, "");
    } else if text.len() > ANNOTATION {
        check.too_long(value, format!("must have at most {ANNOTATION} bytes"));
    } else {
        cel(check, value, text, OF_POLICIES);
    }
}

/// Checks a `ValidatingAdmissionPolicyBinding`.
pub(super) fn validating_binding<'t>(check: &mut Check<'t>, object: At<'t>) {
    let spec = object.get("spec");
    binding(check, spec, false);
    let actions = spec.get("validationActions");
    check.require(actions);
    for one in actions.items() {
        check.require_one_of(one, &["Audit", "Deny", "Warn"]);
    }
    check.unique(actions.items(), |one| Some(one.str()), "it stands there twice");
    let has = |name: &str| actions.items().any(|one| one.str() == name);
    if has("Deny") && has("Warn") {
        check.invalid(actions, "must not have both `Deny` and `Warn`");
    }
}

/// Checks a `MutatingAdmissionPolicyBinding`.
pub(super) fn mutating_binding<'t>(check: &mut Check<'t>, object: At<'t>) {
    binding(check, object.get("spec"), true);
}

fn binding<'t>(check: &mut Check<'t>, spec: At<'t>, mutating: bool) {
    let name = spec.get("policyName");
    if check.require(name) {
        check.text(name, names::subdomain);
    }
    let parameters = spec.get("paramRef");
    if parameters.present() {
        let (name, chosen) = (parameters.get("name"), parameters.get("selector"));
        if !name.blank() {
            check.text(name, names::path_segment);
            if chosen.present() {
                check.forbidden(chosen, "may not stand beside `name`");
            }
        } else if chosen.absent() {
            check.required(name, "or `selector`");
        }
        selector(check, chosen);
        check.require_one_of(parameters.get("parameterNotFoundAction"), &["Allow", "Deny"]);
    }
    if spec.get("matchResources").present() {
        match_resources(check, spec.get("matchResources"), mutating);
    }
}
