//! Which image runs.

use super::{Impact, Kind};
use crate::{diff::Change, field::Field, manifest::Manifest};

/// The images that are others now.
pub(super) fn image(
    old: Option<&Manifest<'_>>,
    new: Option<&Manifest<'_>>,
    changes: &[Change<'_, '_>],
) -> Vec<Impact> {
    if old.is_none() || new.is_none() {
        return Vec::new();
    }
    let of = |field: Option<&Field<'_>>| field.and_then(Field::as_str).map(str::to_owned);
    let images = changes.iter().filter(|c| c.route.last_key() == Some("image"));
    images
        .filter_map(|c| Some((of(c.old)?, of(c.new)?)))
        .map(|(was, is)| Impact { kind: Kind::Image, text: format!("runs {is} instead of {was}") })
        .collect()
}
