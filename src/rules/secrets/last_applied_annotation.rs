//! Finds objects that were exported from a cluster with what kubectl had applied in an annotation.

use crate::{
    diag::{Finding, Level},
    field::blame,
    manifest::LAST_APPLIED,
    rules::{Check, Example, Rule, Subject},
    workspace::RuleLevel,
};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "last-applied-annotation",
    summary: "an object with the annotation in which kubectl keeps what it applied",
    level: RuleLevel::Report(Level::Error),
    docs: "`kubectl.kubernetes.io/last-applied-configuration` holds a copy of the whole object, for `kubectl apply` alone. It comes \
        into a file with `kubectl get -o yaml`. In Git it is out of date from the first change on, kubectl takes fields away by it, \
        and that of a Secret holds all that the Secret holds.\n\n\
        Remove the annotation. If it is a Secret's, change what the Secret holds: it has been seen.",
    parameters: &[],
    bad: &[Example::Manifests(
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: '{}' # <-\n",
    )],
    good: &[Example::Manifests("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n")],
    check: Check::Component(|subject, _| check(subject)),
};

fn check(subject: &Subject<'_, '_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for manifest in subject.manifests {
        let Some(held) = manifest.body.at(&["metadata", "annotations", LAST_APPLIED]) else { continue };
        let at = blame(subject.values, subject.trace, held.by, held.as_str()).at;
        let message = format!("{} carries what kubectl applied once, as an annotation", manifest.identity);
        let help = format!("remove the annotation `{LAST_APPLIED}`");
        findings.push(Finding::error(RULE.code, at, message).help(help).masked(true));
    }
    findings
}
