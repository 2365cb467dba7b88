//! A number of pods or a share of them: `2` or `25%`.

use crate::kube::{
    at::{At, Data},
    check::Check,
};

/// Checks a number of 0 or more or a percentage, when it is there.
pub(super) fn number_or_percent<'t>(check: &mut Check<'t>, at: At<'t>) {
    match at.data() {
        Data::Str(text) if share(text).is_none() => {
            check.invalid(at, "must be a whole number or a percentage such as `25%`");
        }
        Data::Str(_) => {}
        _ => {
            check.not_negative(at);
        }
    }
}

/// Checks a number of 0 or more or a percentage of at most 100, when it is there.
pub(super) fn number_or_part<'t>(check: &mut Check<'t>, at: At<'t>) {
    number_or_percent(check, at);
    if share(at.str()).is_some_and(|share| share > 100) {
        check.invalid(at, "must be at most `100%`");
    }
}

/// Whether it is 0 or `0%`, or `default` when it is absent.
pub(super) fn is_none(at: At<'_>, default: bool) -> bool {
    match at.data() {
        Data::Null => default,
        Data::Str(text) => share(text).is_some_and(|share| share == 0),
        _ => at.int() == Some(0),
    }
}

/// The number of a percentage; one that is too large is the largest.
fn share(text: &str) -> Option<u64> {
    let digits = text.strip_suffix('%')?;
    let fine = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    fine.then(|| digits.parse().unwrap_or(u64::MAX))
}
