//! The syntaxes of the Kubernetes API: names, quantities, times and the like. One family a file.
//!
//! A judge takes a text and gives what it must be ("must be ..."), or nothing when it is. Source of the facts: the API
//! conventions and "Object Names and IDs" of the Kubernetes documentation, checked against an API server.

pub mod base64;
pub mod duration;
pub mod names;
pub mod net;
pub mod pem;
pub mod quantity;
pub mod regex;
pub mod resources;
pub mod schedule;
pub mod time;
pub mod url;
pub mod zone;

use std::borrow::Cow;

/// What a text must be; none when it is.
pub type Verdict = Option<Cow<'static, str>>;

/// A verdict of fixed words, unless `fine`.
pub(crate) fn unless(fine: bool, what: &'static str) -> Verdict {
    (!fine).then_some(Cow::Borrowed(what))
}
