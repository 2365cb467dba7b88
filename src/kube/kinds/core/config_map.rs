//! `ConfigMap`: keys and size.

use crate::kube::{
    at::At,
    check::Check,
    format::{base64, names},
};

/// The most bytes of all values together.
const MOST: usize = 1024 * 1024;

/// Checks a `ConfigMap`.
pub(super) fn check<'t>(check: &mut Check<'t>, object: At<'t>) {
    let (data, binary) = (object.get("data"), object.get("binaryData"));
    let mut bytes = 0;
    for (key, value) in data.members() {
        bytes += value.str().len();
        if let Some(what) = names::config_key(key) {
            check.invalid_key(value, what);
        } else if binary.get(key).depth == 0 {
            check.invalid_key(value, "may not be in `data` and in `binaryData`");
        }
    }
    for (key, value) in binary.members() {
        bytes += base64::decoded_len(value.str()).unwrap_or(0);
        if let Some(what) = names::config_key(key) {
            check.invalid_key(value, what);
        }
    }
    if bytes > MOST {
        check.too_long(data, format!("all values together have {bytes} bytes, and may have {MOST}"));
    }
}
