//! Which image runs.

use super::{
    Impact, Kind,
    case::{Case, text},
};
use crate::{
    diff::{Change, Step},
    field::Field,
};

/// Lists whose items are containers.
const CONTAINERS: [&str; 2] = ["containers", "initContainers"];

/// The images that are others now, and the containers that came and went with theirs.
pub(super) fn image(case: &Case<'_, '_, '_>) -> Vec<Impact> {
    if case.both().is_none() {
        return Vec::new();
    }
    let found = case.changes.iter().filter_map(|change| match change.route.last_key()? {
        "image" if change.route.0.last() == Some(&Step::Key("image".to_owned())) => whole(change),
        "tag" | "repository" | "version" if !change.reordered => part(change),
        list if CONTAINERS.contains(&list) => container(change),
        _ => None,
    });
    found.map(|text| Kind::Image.with(text)).collect()
}

fn string<'m>(field: Option<&'m Field<'_>>) -> Option<&'m str> {
    field.and_then(Field::as_str)
}

fn whole(change: &Change<'_, '_>) -> Option<String> {
    let (was, is) = (string(change.old)?, string(change.new)?);
    Some(format!("runs {is} instead of {was}"))
}

/// An image whose parts are fields of their own: `image.repository` and `image.tag`, or `spec.version` of what runs.
fn part(change: &Change<'_, '_>) -> Option<String> {
    let (was, is) = (string(change.old)?, string(change.new)?);
    let image = |f: &Field<'_>| -> Option<String> {
        let name = text(f, &["repository"])?;
        Some(text(f, &["tag"]).map_or_else(|| name.to_owned(), |tag| format!("{name}:{tag}")))
    };
    let (before, after) = change.within;
    if let (Some(was), Some(is)) = (image(before), image(after)) {
        return Some(format!("runs {is} instead of {was}"));
    }
    change.route.is(&["spec", "version"]).then(|| format!("runs version {is} instead of {was}"))
}

/// A container that only one side has.
fn container(change: &Change<'_, '_>) -> Option<String> {
    // The change is of an item, or of the list as a whole.
    let of = |f: &Field<'_>| {
        text(f, &["image"]).map(|image| (text(f, &["name"]).unwrap_or_default().to_owned(), image.to_owned()))
    };
    match (change.old, change.new) {
        (None, Some(new)) => {
            let (name, image) = of(new).or_else(|| new.items().first().and_then(of))?;
            Some(format!("runs {image} too, as container `{name}`"))
        }
        (Some(old), None) => {
            let (name, image) = of(old).or_else(|| old.items().first().and_then(of))?;
            Some(format!("runs {image} no more, which was container `{name}`"))
        }
        _ => None,
    }
}
