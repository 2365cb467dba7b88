//! `images.tags`: another tag for an image, by its repository as the package writes it.
//!
//! Runs before `images.registry`, so that a repository keeps its name here wherever it is mirrored. Short names are written
//! out on both sides. A digest goes with the tag that it belonged to; a new one may follow the new tag.

use super::{Scope, Transform, edit};
use crate::{
    diag::Finding,
    field::Data,
    manifest::{
        each_image,
        references::{repository, written_out},
    },
    source::Span,
};
use std::{borrow::Cow, collections::BTreeMap};

pub(super) static TRANSFORM: Transform = Transform { name: NAME, apply };
const NAME: &str = "images.tags";

fn apply(scope: &mut Scope<'_, '_>) -> Vec<Finding> {
    let Some(setting) = scope.settings.get(&["images", "tags"]) else { return Vec::new() };
    let mut findings = Vec::new();
    let mut tags: BTreeMap<Cow<'_, str>, (&str, Span, Span)> = BTreeMap::new();
    for (name, tag) in setting.entries() {
        let Some(text) = tag.text() else { continue };
        let first = tags.insert(written_out(name), (text, tag.span(), tag.key_span()));
        if let Some((_, _, first)) = first {
            let message = format!("`{name}` has a tag twice: short names are written out");
            findings.push(
                Finding::error("image-tag-clash", tag.key_span(), message)
                    .related(first, "the same image is named here"),
            );
        }
    }
    let (trace, seen) = (&mut *scope.trace, &mut *scope.seen);
    for manifest in scope.manifests.iter_mut() {
        each_image(manifest, &scope.facts.images, &mut |holder, keys| {
            let Some(name) = keys.name(holder) else { return };
            let whole = written_out(repository(&name)).into_owned();
            let asked = tags.get(&*whole).copied();
            seen.repository(whole);
            let (Some((tag, asked, _)), Some(field)) = (asked, holder.get_mut(&keys.image)) else { return };
            let own = field.as_str().map_or("", repository).to_owned();
            let new = if keys.tag.is_some() { own } else { format!("{own}:{tag}") };
            edit::replace(field, Data::Str(Cow::Owned(new)), trace, NAME, asked);
            if let Some(key) = &keys.tag {
                edit::set(holder, key.clone(), tag, trace, NAME, asked);
            }
        });
    }
    findings
}
