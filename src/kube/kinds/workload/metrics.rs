//! The metrics of an autoscaler of version 2: a union, each member with a target.

use super::autoscaler::reference;
use crate::kube::{
    at::At,
    check::Check,
    format::{names, resources},
};

/// The members of the union: the type, and the field that holds it.
const SOURCES: [(&str, &str); 5] = [
    ("Object", "object"),
    ("External", "external"),
    ("Pods", "pods"),
    ("Resource", "resource"),
    ("ContainerResource", "containerResource"),
];

/// Checks the metrics.
pub(super) fn metrics<'t>(check: &mut Check<'t>, at: At<'t>) {
    for metric in at.items() {
        let fine = check.require_one_of(metric.get("type"), &SOURCES.map(|(name, _)| name));
        let wanted = SOURCES.iter().find(|(name, _)| *name == metric.get("type").str());
        let Some((name, key)) = wanted.filter(|_| fine) else { continue };
        if metric.get(key).absent() {
            check.required(metric.get(key), format!("the type `{name}` needs it"));
        }
        for (_, other) in metric.chosen(&SOURCES.map(|(_, key)| key)).filter(|(other, _)| other != key) {
            check.forbidden(other, format!("may not be set when `type` is `{name}`"));
        }
        if metric.get(key).present() {
            source(check, key, metric.get(key));
        }
    }
}

fn source<'t>(check: &mut Check<'t>, kind: &str, at: At<'t>) {
    let goal = at.get("target");
    target(check, goal);
    if matches!(kind, "object" | "external" | "pods") {
        let name = at.at(&["metric", "name"]);
        if check.require(name) {
            check.text(name, names::path_segment);
        }
    } else {
        let name = at.get("name");
        if check.require(name) && kind == "containerResource" {
            check.text(name, resources::of_container);
        }
    }
    match kind {
        "object" => {
            reference(check, at.get("describedObject"), false);
            either(check, goal, &["value", "averageValue"], false);
        }
        "external" => either(check, goal, &["value", "averageValue"], true),
        "pods" => either(check, goal, &["averageValue"], false),
        _ => {
            if kind == "containerResource" && check.require(at.get("container")) {
                check.text(at.get("container"), names::label);
            }
            either(check, goal, &["averageUtilization", "averageValue"], true);
        }
    }
}

/// One of some fields must be there; `only`: not both.
fn either<'t>(check: &mut Check<'t>, at: At<'t>, names: &[&'static str], only: bool) {
    let mut chosen = at.chosen(names);
    match (chosen.next(), chosen.next()) {
        (None, _) => match names {
            [name] => check.required(at.get(name), ""),
            _ => {
                check.exactly_one(at, names);
            }
        },
        (Some((first, _)), Some((_, second))) if only => {
            check.forbidden(second, format!("may not stand beside `{first}`"));
        }
        _ => {}
    }
}

fn target<'t>(check: &mut Check<'t>, at: At<'t>) {
    check.require_one_of(at.get("type"), &["Utilization", "Value", "AverageValue"]);
    for key in ["value", "averageValue"] {
        let amount = at.get(key);
        if amount.quantity().is_some_and(|amount| amount.sign() <= 0) {
            check.invalid(amount, "must be more than 0");
        }
    }
    check.within(at.get("averageUtilization"), 1, i64::MAX);
}
