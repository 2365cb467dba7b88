//! Finds releases of kube-prometheus that were never tested with the cluster's Kubernetes.

use crate::{
    diag::{Finding, Level},
    kube,
    rules::{Check, Environment, Example, Parameters, Rule, objects::labels::label},
    workspace::{Parameter, RuleLevel, RuleSetting},
};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "kube-prometheus-unfit",
    summary: "a release of kube-prometheus for another Kubernetes than the cluster's",
    level: RuleLevel::Report(Level::Warn),
    docs: "Each release of kube-prometheus is tested with two or a few versions of Kubernetes, and asks for APIs and metrics that others \
        do not have: budgets and autoscalers of versions that are gone, rules on metrics that have other names. \
        The release is told by the version of its operator, on objects that are labelled \
        `app.kubernetes.io/part-of: kube-prometheus`.\n\n\
        Take the release for `cluster.kubernetesVersion`. Where kube-prometheus does not stand in this environment, say its release.",
    parameters: &[Parameter {
        name: "release",
        about: "the release that the cluster runs, such as 0.11, where no object tells it",
        default: RuleSetting::Text(""),
    }],
    bad: &[
        Example::Environment(
            "cluster: { name: office, kubernetesVersion: \"1.33\" } # <-\n\
             rules: { kube-prometheus-unfit: { level: warn, release: \"0.11\" } }\n",
        ),
        Example::Files(&[
            (
                "environments/monitoring/environment.yaml",
                "namespace: monitoring\ncluster: { name: office, kubernetesVersion: \"1.33\" }\n\
                 components: { app: { package: app, version: 1.0.0, manifests: [manifests/operator.yaml] } }\n",
            ),
            (
                "environments/monitoring/manifests/operator.yaml",
                "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: prometheus-operator\n  labels:\n    \
                 app.kubernetes.io/name: prometheus-operator\n    app.kubernetes.io/part-of: kube-prometheus\n    \
                 app.kubernetes.io/version: 0.57.0 # <-\n",
            ),
        ]),
    ],
    good: &[
        Example::Environment(
            "cluster: { name: office, kubernetesVersion: \"1.33\" }\n\
             rules: { kube-prometheus-unfit: { level: warn, release: \"0.16\" } }\n",
        ),
        Example::Files(&[
            (
                "environments/monitoring/environment.yaml",
                "namespace: monitoring\ncluster: { name: office, kubernetesVersion: \"1.33\" }\n\
                 components: { app: { package: app, version: 1.0.0, manifests: [manifests/operator.yaml] } }\n",
            ),
            (
                "environments/monitoring/manifests/operator.yaml",
                "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: prometheus-operator\n  labels:\n    \
                 app.kubernetes.io/name: prometheus-operator\n    app.kubernetes.io/part-of: kube-prometheus\n    \
                 app.kubernetes.io/version: 0.89.0\n",
            ),
        ]),
    ],
    check: Check::Environment(check),
};

/// A release: its minor version, that of the operator that its manifests run (0 where no label tells it), and the oldest and
/// newest minor version of Kubernetes that its README calls tested. Source: manifests and README of prometheus-operator/kube-prometheus
/// at v0.3.0 to v0.18.0.
const RELEASES: [(u32, u32, u32, u32); 16] = [
    (3, 0, 14, 17),
    (4, 0, 16, 17),
    (5, 0, 18, 18),
    (6, 0, 18, 19),
    (7, 0, 19, 20),
    (8, 47, 20, 21),
    (9, 49, 21, 22),
    (10, 53, 22, 23),
    (11, 57, 23, 24),
    (12, 62, 24, 25),
    (13, 67, 26, 28),
    (14, 76, 26, 31),
    (15, 83, 31, 33),
    (16, 85, 31, 34),
    (17, 89, 33, 35),
    (18, 92, 33, 36),
];

fn check(environment: &Environment<'_, '_>, parameters: &Parameters<'_>) -> Vec<Finding> {
    let Some((text, at)) = environment.config.kubernetes_version else { return Vec::new() };
    let Some(version) = kube::minor(text) else { return Vec::new() };
    let mut told = false;
    for subject in environment.components {
        for body in subject.manifests.iter().map(|m| &m.body) {
            let is = |key: &str, value: &str| label(body, key) == Some(value);
            let operator = is("app.kubernetes.io/part-of", "kube-prometheus")
                && is("app.kubernetes.io/name", "prometheus-operator");
            let field = body.at(&["metadata", "labels"]).and_then(|l| l.get("app.kubernetes.io/version"));
            let Some((field, minor)) = field.and_then(|f| Some((f, minor(f.as_str()?)?))) else { continue };
            let Some(message) = operator
                .then(|| RELEASES.iter().find(|r| r.1 == minor))
                .flatten()
                .inspect(|_| told = true)
                .and_then(|release| unfit(release, version))
            else {
                continue;
            };
            return vec![
                subject
                    .finding(RULE.code, field.by, field.as_str(), message)
                    .help(help(version))
                    .related(at, HERE),
            ];
        }
    }
    let asked = minor(parameters.text("release")).filter(|_| !told);
    let release = asked.and_then(|minor| RELEASES.iter().find(|r| r.0 == minor));
    let message = release.and_then(|release| unfit(release, version));
    message.map(|m| Finding::error(RULE.code, at, m).help(help(version))).into_iter().collect()
}

/// How a finding calls the line of the version.
const HERE: &str = "the cluster's Kubernetes";

/// The minor version of a text such as `0.11`, `v0.57.0` or `release-0.11`.
fn minor(text: &str) -> Option<u32> {
    let text = text.strip_prefix("release-").unwrap_or(text);
    text.strip_prefix('v').unwrap_or(text).strip_prefix("0.")?.split('.').next()?.parse().ok()
}

/// What is wrong with a release on a version of Kubernetes.
fn unfit(&(release, _, oldest, newest): &(u32, u32, u32, u32), version: u32) -> Option<String> {
    if (oldest..=newest).contains(&version) {
        return None;
    }
    let range = if oldest == newest { format!("1.{oldest}") } else { format!("1.{oldest} to 1.{newest}") };
    Some(format!("kube-prometheus 0.{release} is for Kubernetes {range}, and the cluster runs 1.{version}"))
}

/// The newest release for a version of Kubernetes.
fn help(version: u32) -> String {
    let fit = RELEASES.iter().rfind(|(.., oldest, newest)| (*oldest..=*newest).contains(&version));
    match fit {
        Some((release, ..)) => format!("take release 0.{release}"),
        None => "no release up to 0.18 is tested with that version".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::minor;

    #[test]
    fn releases_are_written_in_several_ways() {
        for (text, want) in
            [("0.11", Some(11)), ("v0.57.0", Some(57)), ("release-0.8", Some(8)), ("1.2", None), ("", None)]
        {
            assert_eq!(minor(text), want, "{text}");
        }
    }
}
