//! `images.registry`: images come from the site's own registry, for clusters that reach no other.
//!
//! One name replaces every registry; a map replaces the registries that it names. Short names are written out first:
//! `busybox` is `docker.io/library/busybox`. Two images that would become one are an error.

use super::{
    Scope, Transform, edit,
    references::{DOCKER, written_out},
};
use crate::{diag::Finding, field::Data, manifest::each_image, source::Span};
use std::{borrow::Cow, collections::BTreeMap};

pub(super) static TRANSFORM: Transform = Transform { name: NAME, apply };
const NAME: &str = "images.registry";

fn apply(scope: &mut Scope<'_, '_>) -> Vec<Finding> {
    let Some(setting) = scope.settings.get(&["images", "registry"]) else { return Vec::new() };
    // By source registry; none stands for all.
    let mut targets: Vec<(Option<&str>, &str, Span)> = Vec::new();
    match setting.text() {
        Some(target) => targets.push((None, target, setting.span())),
        None => targets.extend(
            setting.entries().filter_map(|(source, s)| s.text().map(|t| (Some(source), t, s.span()))),
        ),
    }
    // What became of what: a target has one source.
    let mut sources: BTreeMap<String, (String, Span)> = BTreeMap::new();
    let mut findings = Vec::new();
    let trace = &mut *scope.trace;
    for manifest in scope.manifests.iter_mut() {
        each_image(&mut manifest.body, &mut |field| {
            let Some(text) = field.as_str() else { return };
            let whole = written_out(text);
            let (registry, path) = whole.split_once('/').unwrap_or((DOCKER, &whole));
            let Some((_, target, asked)) = targets.iter().find(|(s, ..)| s.is_none_or(|s| s == registry))
            else {
                return;
            };
            let target = target.trim_end_matches('/');
            let at_home = whole.strip_prefix(target).is_some_and(|rest| rest.starts_with('/'));
            let new = if at_home { whole.to_string() } else { format!("{target}/{path}") };
            if let Some((first, _)) = sources.get(&new).filter(|(first, _)| *first != whole && !at_home) {
                let message = format!("two images would become `{new}`: `{first}` and `{whole}`");
                findings.push(
                    Finding::error("image-registry-clash", *asked, message)
                        .help("give one of their registries a path of its own, as in `{ quay.io: harbor.abc.com/quay }`"),
                );
                return;
            }
            sources.entry(new.clone()).or_insert((whole.to_string(), *asked));
            edit::replace(field, Data::Str(Cow::Owned(new)), trace, NAME, *asked);
        });
    }
    findings
}
