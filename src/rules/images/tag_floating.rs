//! Finds images whose tag means another image tomorrow.

use super::found::{about_tag, floats, images};
use crate::{
    diag::{Finding, Level},
    manifest::Image,
    rules::{Check, Example, Rule, Subject},
    workspace::RuleLevel,
};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "image-tag-floating",
    summary: "a container image without a tag, or with one that is moved from build to build",
    level: RuleLevel::Report(Level::Error),
    docs: "A tag such as `latest`, `main` or `3.2-SNAPSHOT` is moved to every new build, and no tag at all means `latest`. The \
        same manifest then runs another image tomorrow, or on another node today, and Git does not say which.\n\n\
        Name the tag of one build, such as `1.3.9`, or a digest (`image@sha256:...`), which nobody can move.",
    parameters: &[],
    bad: &[
        Example::Values("image:\n  tag: latest # <-\n"),
        Example::Manifests(
            "apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec:\n  containers:\n    - name: a\n      image: harbor.abc.com/library/busybox # <-\n",
        ),
    ],
    good: &[
        Example::Values("image:\n  tag: 1.3.9\n"),
        Example::Manifests(
            "apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec:\n  containers:\n    - name: a\n      image: harbor.abc.com/library/busybox:1.36.1\n",
        ),
    ],
    check: Check::Component(|subject, _| check(subject)),
};

fn check(subject: &Subject<'_, '_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for image in images(subject).iter().filter(|i| i.digest().is_none()) {
        let message = match image.tag() {
            Some(tag) if floats(tag) => {
                format!("the image tag `{tag}` floats: the same manifest may run another image tomorrow")
            }
            Some(_) => continue,
            None if image.apart => {
                format!("the image `{}` has no tag: its operator chooses what runs", image.text)
            }
            None => format!("the image `{}` has no tag, which means `latest`", image.text),
        };
        let finding = about_tag(subject, RULE.code, image, message);
        findings.push(finding.help(help(image)));
    }
    findings
}

/// What to do about an image; where nothing asks the registry for the tag each time, that as well.
fn help(image: &Image<'_>) -> &'static str {
    // Without a policy, Kubernetes asks each time for `latest` and for no tag, and nothing else.
    if image.container && image.pull_policy.is_none() && image.tag().is_some_and(|tag| tag != "latest") {
        return "name the tag of one build, such as `1.3.9`, or a digest; where it must float, set `imagePullPolicy: Always`, \
            or each node keeps a build of its own";
    }
    "name the tag of one build, such as `1.3.9`, or a digest"
}
