//! Finds images that come from elsewhere than the registries of the environment.

use super::found::{about_registry, images, is_of};
use crate::{
    diag::{Finding, Level},
    manifest::references::written_out,
    rules::{Check, Example, Parameters, Rule, Subject},
    workspace::{Parameter, RuleLevel, RuleSetting},
};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "image-registry-foreign",
    summary: "a container image from another registry than those that the environment names",
    level: RuleLevel::Report(Level::Error),
    docs: "A cluster that reaches only the company's registry never starts the image; one that reaches more runs what nobody has \
        looked at, from a server that may be gone or ask for money tomorrow. The rule finds nothing until `registries` names some. \
        A name without a registry is written out as runtimes do: `busybox` is docker.io/library/busybox.\n\n\
        Mirror the image and let `images.registry` in environment.yaml name the registry for all of them, or name the registry here.",
    parameters: &[Parameter {
        name: "registries",
        about: "where images may come from: registries, paths in them, repositories",
        default: RuleSetting::Texts(&[]),
    }],
    bad: &[
        Example::Files(&[
            (
                "environments/prod/environment.yaml",
                "namespace: prod\nrules: { image-registry-foreign: { registries: [harbor.abc.com] } }\n\
                 components:\n  dolphinscheduler: { package: dolphinscheduler, version: 1.3.9 }\n",
            ),
            (
                "environments/prod/dolphinscheduler.yaml",
                "image:\n  repository: apache/dolphinscheduler # <-\npostgresql:\n  image:\n    registry: quay.io # <-\n    repository: mirror/postgresql\n\
                 zookeeper:\n  image: { registry: harbor.abc.com }\n",
            ),
        ]),
        Example::Files(&[
            (
                "environments/prod/environment.yaml",
                "namespace: prod\nrules: { image-registry-foreign: { registries: [harbor.abc.com/library] } }\n\
                 components:\n  app: { package: app, version: 1.0.0, manifests: [objects.yaml] }\n",
            ),
            (
                "environments/prod/objects.yaml",
                "apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec:\n  initContainers:\n    - name: wait\n      image: busybox:1.36.1 # <-\n  \
                 containers:\n    - name: a\n      image: harbor.abc.com/sandbox/a:1 # <-\n",
            ),
        ]),
    ],
    good: &[
        Example::Files(&[(
            "environments/prod/environment.yaml",
            "namespace: prod\nrules: { image-registry-foreign: { registries: [harbor.abc.com] } }\nimages: { registry: harbor.abc.com/dockerhub }\n\
                 components:\n  dolphinscheduler: { package: dolphinscheduler, version: 1.3.9 }\n",
        )]),
        Example::Files(&[
            (
                "environments/prod/environment.yaml",
                "namespace: prod\nrules: { image-registry-foreign: { registries: [docker.io/library, harbor.abc.com:5000] } }\n\
                 components:\n  app: { package: app, version: 1.0.0, manifests: [objects.yaml] }\n",
            ),
            (
                "environments/prod/objects.yaml",
                "apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec:\n  initContainers:\n    - name: wait\n      image: busybox:1.36.1\n  \
                 containers:\n    - name: a\n      image: harbor.abc.com:5000/a:1\n",
            ),
        ]),
        Example::Values("image:\n  repository: apache/dolphinscheduler\n"),
    ],
    check: Check::Component(check),
};

fn check(subject: &Subject<'_, '_>, parameters: &Parameters<'_>) -> Vec<Finding> {
    let registries = parameters.texts("registries");
    if registries.is_empty() {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for image in images(subject).iter().filter(|image| !registries.iter().any(|name| is_of(image, name))) {
        let whole = written_out(&image.text);
        let registry = whole.split('/').next().unwrap_or_default();
        let message = format!(
            "the image `{}` comes from {registry}, not from a registry of this environment",
            image.text
        );
        let help = format!(
            "mirror it, and name the mirror in `images.registry`; images may come from {}",
            registries.join(", ")
        );
        findings.push(about_registry(subject, RULE.code, image, message).help(help));
    }
    findings
}
