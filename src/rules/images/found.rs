//! The images of a component, and the line that a person can edit for each part of one.

use crate::{
    diag::Finding,
    field::{By, blame},
    manifest::{self, Image, references},
    rules::Subject,
};

/// The transform that gives images other tags.
pub(super) const TAGS: &str = "images.tags";

/// The transform that gives images another registry.
pub(super) const REGISTRY: &str = "images.registry";

/// How patches are called where a field says what changed it.
const PATCHES: &str = "patches";

/// Tags that by custom are moved to every new build.
const FLOATING: [&str; 13] = [
    "canary", "current", "dev", "develop", "edge", "head", "latest", "main", "master", "nightly", "snapshot",
    "stable", "trunk",
];

/// All images of a component: those of init containers and of custom kinds too.
pub(super) fn images<'m>(subject: &Subject<'m, '_>) -> Vec<Image<'m>> {
    let mut found = Vec::new();
    subject.manifests.iter().for_each(|m| manifest::images(m, subject.images, &mut found));
    found
}

/// A finding about the tag or digest of an image.
pub(super) fn about_tag(
    subject: &Subject<'_, '_>,
    code: &'static str,
    image: &Image<'_>,
    message: String,
) -> Finding {
    let part = image.tag().unwrap_or(&image.text);
    finding(subject, code, (image, image.by), (part, TAGS), message)
}

/// A finding about the registry of an image.
pub(super) fn about_registry(
    subject: &Subject<'_, '_>,
    code: &'static str,
    image: &Image<'_>,
    message: String,
) -> Finding {
    let whole = references::written_out(&image.text);
    let named = whole.split_once('/').map(|(first, _)| first).filter(|first| image.text.starts_with(first));
    let part = named.unwrap_or_else(|| references::repository(&image.text));
    finding(subject, code, (image, image.from), (part, REGISTRY), message)
}

/// A finding about a part of an image, at the transform that asked for that part, else at the value that holds it. What
/// environment.yaml asks for is nobody else's, unless a patch came after it; what only the package says stands where an
/// environment would say it.
fn finding(
    subject: &Subject<'_, '_>,
    code: &'static str,
    (image, by): (&Image<'_>, By),
    (part, transform): (&str, &str),
    message: String,
) -> Finding {
    let blame = blame(subject.values, subject.trace, by, Some(part));
    let changes = subject.trace.frames(by).take_while(|f| f.change != Some(PATCHES));
    let asked = changes.filter(|f| f.change == Some(transform)).map(|f| f.at).next();
    if let Some(default) = blame.value.filter(|&id| asked.is_none() && !subject.values.written(id)) {
        return subject.unset(code, default, message);
    }
    let finding = Finding::error(code, asked.unwrap_or(blame.at), message);
    if asked.is_some() || blame.at != blame.template {
        return finding.related(blame.template, format!("the template makes `{}` here", image.text));
    }
    finding
}

/// Whether a tag is moved to every new build.
pub(super) fn floats(tag: &str) -> bool {
    let tag = tag.to_lowercase();
    FLOATING
        .iter()
        .any(|f| tag == *f || tag.strip_suffix(f).is_some_and(|rest| rest.ends_with(['-', '.', '_'])))
}

/// Whether an image is one of those that a name means: a registry, a path in one, or a repository. Short names of images are
/// written out on both sides.
pub(super) fn is_of(image: &Image<'_>, name: &str) -> bool {
    let whole = references::written_out(references::repository(&image.text));
    let name = name.trim_end_matches('/');
    whole == name || references::home(&whole, name) || whole == references::written_out(name)
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
