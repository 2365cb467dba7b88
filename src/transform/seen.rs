//! Which images the components of an environment have: a key of `images.tags` or `images.registry` that matches none of
//! them is most likely misspelt. One component cannot say so, all of them together can.

use super::references::{short, written_out};
use crate::{
    diag::{Finding, Level, nearest},
    source::Span,
    workspace::Settings,
};
use std::collections::BTreeSet;

/// The most images that a finding lists.
const NAMED: usize = 5;

const TAGS: &str = "tags";
const REGISTRY: &str = "registry";

/// The images that transforms saw, as packages name them.
#[derive(Debug, Default)]
pub struct Seen {
    /// Repositories, written out, without tags.
    repositories: BTreeSet<String>,
    registries: BTreeSet<String>,
}

/// A key of `images.tags` or `images.registry`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImageKey<'w> {
    /// The setting below `images`.
    setting: &'static str,
    /// The repository or registry.
    name: &'w str,
    /// Where it stands.
    pub at: Span,
}

/// The keys that environment.yaml has about images.
pub fn image_keys<'w>(settings: &Settings<'w>) -> Vec<ImageKey<'w>> {
    let entries = |setting: &'static str| {
        // One registry for all has no keys.
        let map =
            settings.get(&["images", setting]).into_iter().flat_map(|s| s.entries().collect::<Vec<_>>());
        map.map(move |(name, s)| ImageKey { setting, name, at: s.key_span() })
    };
    entries(TAGS).chain(entries(REGISTRY)).collect()
}

impl Seen {
    pub(super) fn repository(&mut self, whole: String) {
        self.repositories.insert(whole);
    }

    pub(super) fn registry(&mut self, registry: &str) {
        if !self.registries.contains(registry) {
            self.registries.insert(registry.to_owned());
        }
    }

    /// Takes what others have, too.
    pub fn join(&mut self, other: &Self) {
        self.repositories.extend(other.repositories.iter().cloned());
        self.registries.extend(other.registries.iter().cloned());
    }

    /// Whether a key matches an image.
    pub fn has(&self, key: &ImageKey<'_>) -> bool {
        match key.setting {
            TAGS => self.repositories.contains(&*written_out(key.name)),
            _ => self.registries.contains(key.name),
        }
    }

    /// What there is to say of a key that matches no image.
    pub fn unmatched(&self, key: &ImageKey<'_>) -> Finding {
        let name = key.name;
        if key.setting == TAGS {
            let have: Vec<&str> = self.repositories.iter().map(|whole| short(whole)).collect();
            let last = |name: &str| name.rsplit('/').next().map(str::to_owned);
            let near = nearest(short(name), have.iter().copied());
            let near = near.or_else(|| have.iter().copied().find(|h| last(h) == last(name)));
            let message = format!("no image is of the repository `{name}`: its tag changes nothing");
            return warn("image-tag-unmatched", key.at, message).help(told(
                near,
                &have,
                "the repositories are",
            ));
        }
        let have: Vec<&str> = self.registries.iter().map(String::as_str).collect();
        let near = nearest(name, have.iter().copied());
        let message = format!("no image comes from the registry `{name}`: its replacement changes nothing");
        warn("image-registry-unmatched", key.at, message).help(told(near, &have, "images come from"))
    }
}

fn warn(code: &'static str, at: Span, message: String) -> Finding {
    Finding { level: Level::Warn, ..Finding::error(code, at, message) }
}

fn told(near: Option<&str>, have: &[&str], lead: &str) -> String {
    match (near, have) {
        (Some(near), _) => format!("did you mean `{near}`?"),
        (None, []) => "remove it: there are no images".to_owned(),
        (None, have) => {
            let more = if have.len() > NAMED { ", ..." } else { "" };
            let first = have.get(..NAMED).unwrap_or(have).join(", ");
            format!("{lead}: {first}{more}")
        }
    }
}
