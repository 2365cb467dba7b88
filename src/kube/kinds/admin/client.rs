//! How a server reaches a webhook: a URL or a Service, and the versions of the reviews that it sends.

use crate::kube::{
    at::At,
    check::{Check, Fault},
    format::{names, url},
};

/// Checks the client of a webhook: a URL or a Service.
pub(super) fn client<'t>(check: &mut Check<'t>, at: At<'t>) {
    let (url, service) = (at.get("url"), at.get("service"));
    match (url.present(), service.present()) {
        (true, true) => check.forbidden(url, "may not stand beside `service`"),
        (false, false) => check.required(at, "needs a `url` or a `service`"),
        (true, false) => {
            check.text(url, url::webhook);
        }
        (false, true) => self::service(check, service),
    }
}

fn service<'t>(check: &mut Check<'t>, at: At<'t>) {
    check.require(at.get("name"));
    check.require(at.get("namespace"));
    check.within(at.get("port"), 1, 65535);
    let path = at.get("path");
    let text = path.str();
    if text.is_empty() || text == "/" {
        return;
    }
    let Some(rest) = text.strip_prefix('/') else {
        check.invalid(path, "must begin with `/`");
        return;
    };
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    if !rest.split('/').all(names::is_subdomain) {
        check.invalid(path, "must have parts of lower-case letters, digits, `-` and `.` between `/`");
    }
}

/// Checks the versions of reviews that a webhook takes: one of those that a server sends must be among them.
pub(super) fn reviews<'t>(check: &mut Check<'t>, at: At<'t>, sent: &[&'static str]) {
    if !check.require(at) {
        return;
    }
    for one in at.items() {
        if let Some(what) = names::label_1035(one.str()) {
            check.invalid(one, what);
        }
    }
    check.unique(at.items(), |one| Some(one.str()), "it stands there twice");
    if !at.items().any(|one| sent.contains(&one.str())) {
        check.fault(Fault::ValueUnsupported, at, "must have `v1` or `v1beta1` among its versions");
    }
}
