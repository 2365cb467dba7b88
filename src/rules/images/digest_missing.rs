//! Finds images that are named by a tag alone.

use super::found::{about_tag, images, is_of};
use crate::{
    diag::Finding,
    rules::{Check, Example, Parameters, Rule, Subject},
    workspace::{Parameter, RuleLevel, RuleSetting},
};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "image-digest-missing",
    summary: "a container image that is named by its tag alone",
    level: RuleLevel::Allow,
    docs: "Whoever may write to the registry can put another build behind a tag, the tag of a release too; a digest is computed \
        from the image itself and means that one for ever. A team that wants Git to say exactly what runs sets the rule.\n\n\
        Write the digest after the tag: `1.3.9@sha256:...`. The tag then tells people what it is, and runtimes go by the digest. Where \
        the package has a key for the tag alone, `images.tags` in environment.yaml takes both.",
    parameters: &[Parameter {
        name: "except",
        about: "registries, paths in them and repositories whose images may do without",
        default: RuleSetting::Texts(&[]),
    }],
    bad: &[
        Example::Values(
            "image:\n  tag: 1.3.9-mysql # <-\nzookeeper:\n  image:\n    tag: 3.6.2 # <-\npostgresql:\n  image:\n    tag: 11.11.0@sha256:0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0\n",
        ),
        Example::Manifests(
            "apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec:\n  initContainers:\n    - name: wait\n      image: busybox:1.36.1 # <-\n  containers:\n    - name: a\n      image: nginx # <-\n",
        ),
    ],
    good: &[
        Example::Manifests(
            "apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec:\n  containers:\n    - name: a\n      \
             image: nginx:1.27.0@sha256:0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0\n",
        ),
        Example::Files(&[
            (
                "environments/prod/environment.yaml",
                "namespace: prod\nrules:\n  image-digest-missing: { level: error, except: [docker.io/bitnami, apache/dolphinscheduler] }\n\
                 components:\n  dolphinscheduler: { package: dolphinscheduler, version: 1.3.9 }\n",
            ),
            ("environments/prod/dolphinscheduler.yaml", "image:\n  tag: 1.3.9\n"),
        ]),
    ],
    check: Check::Component(check),
};

fn check(subject: &Subject<'_, '_>, parameters: &Parameters<'_>) -> Vec<Finding> {
    let except = parameters.texts("except");
    let mut findings = Vec::new();
    for image in images(subject).iter().filter(|i| i.digest().is_none()) {
        if except.iter().any(|name| is_of(image, name)) {
            continue;
        }
        let message =
            format!("the image `{}` has no digest: another build may come to bear its tag", image.text);
        let tag = image.tag().unwrap_or("1.3.9");
        let finding = about_tag(subject, RULE.code, image, message);
        findings.push(finding.help(format!("write its digest after the tag: `{tag}@sha256:...`")));
    }
    findings
}
