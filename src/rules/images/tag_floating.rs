//! Finds images whose tag means another image tomorrow.

use crate::{
    diag::{Finding, Level},
    field::blame,
    manifest::images,
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

/// The transform that gives images other tags.
const TAGS: &str = "images.tags";

/// Tags that by custom are moved to every new build.
const FLOATING: [&str; 13] = [
    "canary", "current", "dev", "develop", "edge", "head", "latest", "main", "master", "nightly", "snapshot",
    "stable", "trunk",
];

fn check(subject: &Subject<'_, '_>) -> Vec<Finding> {
    let mut found = Vec::new();
    subject.manifests.iter().for_each(|m| images(m, subject.images, &mut found));
    let mut findings = Vec::new();
    for image in found.into_iter().filter(|i| i.digest().is_none()) {
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
        let blame = blame(subject.values, subject.trace, image.by, Some(image.tag().unwrap_or(&image.text)));
        // A tag that environment.yaml asks for is nobody else's.
        let asked = subject.trace.frames(image.by).find(|f| f.change == Some(TAGS)).map(|f| f.at);
        let mut finding = Finding::error(RULE.code, asked.unwrap_or(blame.at), message)
            .help("name the tag of one build, such as `1.3.9`, or a digest");
        if asked.is_some() || blame.at != blame.template {
            finding = finding.related(blame.template, format!("the template makes `{}` here", image.text));
        }
        findings.push(finding);
    }
    findings
}

fn floats(tag: &str) -> bool {
    let tag = tag.to_lowercase();
    FLOATING
        .iter()
        .any(|f| tag == *f || tag.strip_suffix(f).is_some_and(|rest| rest.ends_with(['-', '.', '_'])))
}

#[cfg(test)]
mod tests {
    use super::floats;

    #[test]
    fn tags_of_one_build_stand_still() {
        for tag in ["latest", "Latest", "1.3-latest", "3.2.0-SNAPSHOT", "main"] {
            assert!(floats(tag), "{tag}");
        }
        for tag in ["1.3.9", "1.3.9-mysql-oracle-datax", "mainline-4", "v2", "domain"] {
            assert!(!floats(tag), "{tag}");
        }
    }
}
