//! Finds pull policies that do not go with how the image is named.

use super::found::{floats, images};
use crate::{
    diag::{Finding, Level},
    field::By,
    manifest::Image,
    rules::{Check, Example, Rule, Subject},
    workspace::RuleLevel,
};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "image-pull-policy-contradicts",
    summary: "a pull policy that keeps an old build of a floating tag, or asks for what a digest fixes",
    level: RuleLevel::Report(Level::Warn),
    docs: "With `IfNotPresent` or `Never`, a node runs whatever build of a floating tag it has, so that the pods of one workload run \
        different ones; and `IfNotPresent` is the default for every tag but `latest`. With a digest, `Always` can bring nothing new: it \
        only keeps pods from starting while the registry is away. A floating tag without a pull policy is told by \
        `image-tag-floating` alone.\n\n\
        Name the tag of one build; where a tag must float, set `Always`. With a digest, set `IfNotPresent`. `Always` with a tag that \
        stands still is fine: it checks who may pull the image. So is `images.pullPolicy: Always`, which is asked for all images alike.",
    parameters: &[],
    bad: &[
        Example::Values("image:\n  tag: latest\n  pullPolicy: IfNotPresent # <-\n"),
        Example::Manifests(
            "apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec:\n  initContainers:\n    - name: wait\n      image: busybox\n      imagePullPolicy: Never # <-\n  \
             containers:\n    - name: a\n      image: harbor.abc.com/data/a:main\n      imagePullPolicy: IfNotPresent # <-\n    - name: b\n      \
             image: harbor.abc.com/data/b@sha256:0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0\n      imagePullPolicy: Always # <-\n",
        ),
    ],
    good: &[
        Example::Values("image:\n  tag: latest\n  pullPolicy: Always\n"),
        Example::Manifests(
            "apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec:\n  containers:\n    - name: latest\n      image: nginx\n    \
             - name: fixed\n      image: nginx:1.27.0\n      imagePullPolicy: Always\n    - name: loaded\n      image: nginx:1.27.0\n      imagePullPolicy: Never\n    \
             - name: exact\n      image: nginx:latest@sha256:0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0\n",
        ),
        Example::Files(&[
            (
                "environments/prod/environment.yaml",
                "namespace: prod\nimages: { pullPolicy: Always }\n\
                 components:\n  app: { package: app, version: 1.0.0, manifests: [objects.yaml] }\n",
            ),
            (
                "environments/prod/objects.yaml",
                "apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec:\n  containers:\n    - name: a\n      \
                 image: nginx@sha256:0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0\n",
            ),
        ]),
    ],
    check: Check::Component(|subject, _| check(subject)),
};

/// The transform that gives all images one policy.
const FOR_ALL: &str = "images.pullPolicy";

fn check(subject: &Subject<'_, '_>) -> Vec<Finding> {
    images(subject).iter().filter_map(|image| judge(subject, image)).collect()
}

fn judge(subject: &Subject<'_, '_>, image: &Image<'_>) -> Option<Finding> {
    let policy = image.pull_policy.filter(|field| field.as_str().is_some_and(|text| !text.is_empty()));
    if image.digest().is_some() {
        let always = policy.filter(|p| p.as_str() == Some("Always") && !for_all(subject, p.by))?;
        let message =
            format!("the pull policy `Always` asks the registry for `{}`, which a digest fixes", image.text);
        let finding = subject.finding(RULE.code, always.by, Some("Always"), message);
        return Some(finding.help("set `IfNotPresent`"));
    }
    let build = match image.tag() {
        Some(tag) if floats(tag) => format!("the floating tag `{tag}`"),
        // An operator that chooses the tag chooses one build.
        None if !image.apart => format!("`{}`, which has no tag", image.text),
        _ => return None,
    };
    let finding = match policy.and_then(|field| Some((field, field.as_str()?))) {
        Some((field, name @ ("IfNotPresent" | "Never"))) => {
            let message = format!("the pull policy `{name}` leaves each node with its own build of {build}");
            subject.finding(RULE.code, field.by, Some(name), message)
        }
        _ => return None,
    };
    Some(finding.help("name the tag of one build, or set `Always`"))
}

/// Whether a policy is the one that environment.yaml gives to all images.
fn for_all(subject: &Subject<'_, '_>, by: By) -> bool {
    subject.trace.frames(by).any(|frame| frame.change == Some(FOR_ALL))
}
