//! `ControllerRevision`: a state that a controller keeps.

use crate::kube::{
    at::{At, Data},
    check::Check,
};

/// The first minor version that wants `data` to be a map.
const MAPS_SINCE: u32 = 34;

/// Checks a `ControllerRevision`.
pub(super) fn check<'t>(check: &mut Check<'t>, object: At<'t>) {
    let data = object.get("data");
    if data.absent() {
        check.required(data, "");
    } else if data.data() != Data::Map && check.minor >= MAPS_SINCE {
        check.invalid(data, "must be a map");
    }
    check.not_negative(object.get("revision"));
}
