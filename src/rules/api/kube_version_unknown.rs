//! `kube-version-unknown`: the cluster's Kubernetes is older or newer than what the tool knows.

use crate::{
    diag::{Finding, Level},
    kube,
    rules::{Check, Example, Rule},
    workspace::{Config, RuleLevel},
};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "kube-version-unknown",
    summary: "a version of Kubernetes whose API the tool does not know",
    level: RuleLevel::Report(Level::Warn),
    docs: "Manifests are held against the API of the nearest version that is known instead: what only the cluster's own version has, \
           or no longer has, is judged wrongly.\n\nFor a newer cluster, update the tool.",
    parameters: &[],
    bad: &[Example::Environment("cluster: { name: office, kubernetesVersion: \"1.99\" } # <-\n")],
    good: &[Example::Environment("cluster: { name: office, kubernetesVersion: \"1.33\" }\n")],
    check: Check::Component(|subject, _| check(subject.config).into_iter().collect()),
};

/// What there is to say of an environment's version.
fn check(config: &Config<'_>) -> Option<Finding> {
    let (text, at) = config.kubernetes_version?;
    let minor = kube::minor(text)?;
    let (oldest, newest) = (kube::OLDEST, kube::newest());
    let nearest = minor.clamp(oldest, newest);
    if minor == nearest {
        return None;
    }
    let message =
        format!("the API of Kubernetes 1.{minor} is not known: manifests are judged by that of 1.{nearest}");
    let help = format!("the versions from 1.{oldest} to 1.{newest} are known");
    Some(Finding::error(RULE.code, at, message).help(help))
}
