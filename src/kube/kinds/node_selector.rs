//! Selectors of nodes: by labels and by the name of the node.

use super::selector;
use crate::kube::{at::At, check::Check, format::names};

/// Labels of nodes that are deprecated, and what to use.
const OLD_LABELS: [(&str, &str); 8] = [
    ("beta.kubernetes.io/arch", "kubernetes.io/arch"),
    ("beta.kubernetes.io/os", "kubernetes.io/os"),
    ("failure-domain.beta.kubernetes.io/region", "topology.kubernetes.io/region"),
    ("failure-domain.beta.kubernetes.io/zone", "topology.kubernetes.io/zone"),
    ("beta.kubernetes.io/instance-type", "node.kubernetes.io/instance-type"),
    ("app.kubernetes.io/created-by", ""),
    ("scheduler.alpha.kubernetes.io/preferAvoidPods", ""),
    ("node-role.kubernetes.io/master", "node-role.kubernetes.io/control-plane"),
];

/// Checks a selector of nodes: one of its terms must match.
pub(crate) fn node_selector<'t>(check: &mut Check<'t>, at: At<'t>) {
    let terms = at.get("nodeSelectorTerms");
    if check.require(terms) {
        terms.items().for_each(|one| term(check, one));
    }
}

/// Checks a term.
pub(crate) fn term<'t>(check: &mut Check<'t>, at: At<'t>) {
    at.get("matchExpressions").items().for_each(|one| {
        expression(check, one);
        one.get("values").items().for_each(|value| {
            if let Some(what) = names::label_value(value.str()) {
                check.invalid(value, what);
            }
        });
    });
    at.get("matchFields").items().for_each(|one| field(check, one));
}

/// Checks a term that is preferred only: values that no label can have match no node, and are allowed.
pub(crate) fn preference<'t>(check: &mut Check<'t>, at: At<'t>) {
    at.get("matchExpressions").items().for_each(|one| {
        expression(check, one);
        one.get("values").items().for_each(|value| {
            if let Some(what) = names::label_value(value.str()) {
                check.warn(value, format!("no label can have this value: it {what}"));
            }
        });
    });
    at.get("matchFields").items().for_each(|one| field(check, one));
}

fn expression<'t>(check: &mut Check<'t>, at: At<'t>) {
    let (operator, values) = (at.get("operator"), at.get("values"));
    if !selector::membership(check, operator, values) {
        match operator.str() {
            "Gt" | "Lt" if values.is_empty() => {
                check.required(values, "the operators `Gt` and `Lt` need one value");
            }
            "Gt" | "Lt" if values.len() > 1 => check.invalid(values, "must be one value for `Gt` and `Lt`"),
            "Gt" | "Lt" => {}
            _ => {
                check.require_one_of(operator, &["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"]);
            }
        }
    }
    selector::label_key(check, at.get("key"));
    warn_of_label(check, at.get("key"));
}

/// Warns of a label of nodes that is deprecated.
pub(crate) fn warn_of_label<'t>(check: &mut Check<'t>, at: At<'t>) {
    warn_of_label_key(check, at, at.str());
}

/// Warns of a label of nodes that is deprecated, and is the key of `at`.
pub(crate) fn warn_of_label_key<'t>(check: &mut Check<'t>, at: At<'t>, key: &str) {
    if let Some((old, new)) = OLD_LABELS.iter().find(|(old, _)| *old == key) {
        let instead = if new.is_empty() { String::new() } else { format!("; use `{new}`") };
        check.warn(at, format!("the node label `{old}` is deprecated{instead}"));
    }
}

fn field<'t>(check: &mut Check<'t>, at: At<'t>) {
    let (operator, values) = (at.get("operator"), at.get("values"));
    if check.require_one_of(operator, &["In", "NotIn"]) && values.len() != 1 {
        check.required(values, "a field is compared with one value");
    }
    if check.require_one_of(at.get("key"), &["metadata.name"]) {
        for value in values.items() {
            if let Some(what) = names::subdomain(value.str()) {
                check.invalid(value, what);
            }
        }
    }
}
