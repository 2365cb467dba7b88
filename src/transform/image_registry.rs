//! `images.registry`: images come from the site's own registry, for clusters that reach no other.
//!
//! One name replaces every registry; a map replaces the registries that it names. Short names are written out first:
//! `busybox` is `docker.io/library/busybox`. Two images that would become one are an error, and so is a map that would
//! change again what it has changed.

use super::{Scope, Transform, edit};
use crate::{
    diag::Finding,
    field::{Data, Field, Trace},
    manifest::{
        ImageKeys, each_image,
        references::{DOCKER, home, written_out},
    },
    source::Span,
    workspace::Setting,
};
use std::{borrow::Cow, collections::BTreeMap};

pub(super) static TRANSFORM: Transform = Transform { name: NAME, apply };
const NAME: &str = "images.registry";

/// What one registry is replaced by.
struct Target<'a> {
    /// The registry; none stands for all.
    source: Option<&'a str>,
    target: &'a str,
    asked: Span,
    /// Where the registry is named.
    named: Span,
}

fn apply(scope: &mut Scope<'_, '_>) -> Vec<Finding> {
    let Some(setting) = scope.settings.get(&["images", "registry"]) else { return Vec::new() };
    let targets = targets(setting);
    let mut findings = chains(&targets);
    if !findings.is_empty() {
        return findings;
    }
    // What became of what: a target has one source.
    let mut sources: BTreeMap<String, String> = BTreeMap::new();
    let (trace, seen) = (&mut *scope.trace, &mut *scope.seen);
    for manifest in scope.manifests.iter_mut() {
        each_image(manifest, &scope.facts.images, &mut |holder, keys| {
            let Some(name) = keys.name(holder) else { return };
            let whole = written_out(&name).into_owned();
            let (registry, path) = whole.split_once('/').unwrap_or((DOCKER, &whole));
            seen.registry(registry);
            let Some(to) = targets.iter().find(|t| t.source.is_none_or(|s| s == registry)) else { return };
            let at_home = home(&whole, to.target);
            let registry = if at_home { registry } else { to.target };
            let new = format!("{registry}/{path}");
            if let Some(first) = sources.get(&new).filter(|first| **first != whole && !at_home) {
                let message = format!("two images would become `{new}`: `{first}` and `{whole}`");
                findings.push(
                    Finding::error("image-registry-clash", to.asked, message)
                        .help("give one of their registries a path of its own, as in `{ quay.io: harbor.abc.com/quay }`"),
                );
                return;
            }
            sources.entry(new.clone()).or_insert_with(|| whole.clone());
            if new != *name {
                pull_from(holder, keys, (registry, path), trace, to.asked);
            }
        });
    }
    findings
}

fn targets<'a>(setting: Setting<'_, 'a>) -> Vec<Target<'a>> {
    let one = |source, s: Setting<'_, 'a>| {
        let target = s.text()?.trim_end_matches('/');
        Some(Target { source, target, asked: s.span(), named: s.key_span() })
    };
    match setting.text() {
        Some(_) => one(None, setting).into_iter().collect(),
        None => setting.entries().filter_map(|(source, s)| one(Some(source), s)).collect(),
    }
}

/// Targets that another entry would replace in turn: a second run would move their images on.
fn chains(targets: &[Target<'_>]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for to in targets {
        let host = to.target.split('/').next().unwrap_or(to.target);
        let again = |t: &&Target<'_>| t.source == Some(host) && !home(&format!("{}/", to.target), t.target);
        if let (Some(source), Some(next)) = (to.source, targets.iter().find(again)) {
            let message = format!(
                "`{source}` is replaced by `{}`, and `{host}` by `{}`: one would follow the other",
                to.target, next.target
            );
            findings.push(
                Finding::error("image-registry-chain", to.asked, message)
                    .related(next.named, format!("`{host}` is replaced here"))
                    .help("name the registry that images are pulled from in the end"),
            );
        }
    }
    findings
}

/// Writes where an image is pulled from into the fields that hold it.
fn pull_from<'a>(
    holder: &mut Field<'a>,
    keys: &ImageKeys,
    (registry, path): (&str, &str),
    trace: &mut Trace,
    asked: Span,
) {
    let Some(field) = holder.get_mut(&keys.image) else { return };
    let Some(key) = &keys.registry else {
        let whole = Data::Str(Cow::Owned(format!("{registry}/{path}")));
        return edit::replace(field, whole, trace, NAME, asked);
    };
    edit::replace(field, Data::Str(Cow::Owned(path.to_owned())), trace, NAME, asked);
    edit::set(holder, key.clone(), registry.to_owned(), trace, NAME, asked);
}
