//! What transforms found in the components of an environment: a key of `images.tags` or `images.registry` that matches no
//! image is most likely misspelt, and monitors that are asked for need metrics. One component cannot say so, all of them
//! together can.

use crate::{
    diag::{Finding, Level, nearest},
    manifest::references::{short, written_out},
    source::Span,
    workspace::Settings,
};
use std::collections::BTreeSet;

/// The most images that a finding lists.
const NAMED: usize = 5;

const TAGS: &str = "tags";
const REGISTRY: &str = "registry";
/// Settings of `monitoring.prometheus` that need a Service with metrics.
const MONITORS: [&str; 2] = ["serviceMonitors", "serviceAccount"];

/// The images that transforms saw, as packages name them, and whether there is a Service to scrape.
#[derive(Debug, Default)]
pub struct Seen {
    /// Repositories, written out, without tags.
    repositories: BTreeSet<String>,
    registries: BTreeSet<String>,
    scraped: bool,
}

/// A key of `images.tags` or `images.registry`, or a setting of [`MONITORS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked<'w> {
    /// The setting below `images`, or below `monitoring.prometheus`.
    setting: &'static str,
    /// The repository or registry; the setting itself where it has no keys.
    name: &'w str,
    /// Where it stands.
    pub at: Span,
}

/// What environment.yaml asks for that may come to nothing.
pub fn asked_for<'w>(settings: &Settings<'w>) -> Vec<Asked<'w>> {
    let entries = |setting: &'static str| {
        // One registry for all has no keys.
        let map =
            settings.get(&["images", setting]).into_iter().flat_map(|s| s.entries().collect::<Vec<_>>());
        map.map(move |(name, s)| Asked { setting, name, at: s.key_span() })
    };
    let monitors = MONITORS.iter().filter_map(|&setting| {
        let asked = settings.get(&["monitoring", "prometheus", setting])?;
        let wanted = asked.flag() != Some(false);
        wanted.then(|| Asked { setting, name: setting, at: asked.key_span() })
    });
    entries(TAGS).chain(entries(REGISTRY)).chain(monitors).collect()
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

    pub(super) fn scraped(&mut self) {
        self.scraped = true;
    }

    /// Takes what others have, too.
    pub fn join(&mut self, other: &Self) {
        self.scraped |= other.scraped;
        self.repositories.extend(other.repositories.iter().cloned());
        self.registries.extend(other.registries.iter().cloned());
    }

    /// Whether a key matches an image, or a setting comes to something.
    pub fn has(&self, key: &Asked<'_>) -> bool {
        match key.setting {
            TAGS => self.repositories.contains(&*written_out(key.name)),
            REGISTRY => self.registries.contains(key.name),
            _ => self.scraped,
        }
    }

    /// What there is to say of a key that matches no image, or of a setting that comes to nothing.
    pub fn unmatched(&self, key: &Asked<'_>) -> Finding {
        let name = key.name;
        if MONITORS.contains(&key.setting) {
            let message = format!("no package here names metrics to scrape: `{name}` makes nothing");
            return warn("monitoring-unmatched", key.at, message)
                .help("remove it; what the cluster measures of every pod is watched by `rules`");
        }
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
