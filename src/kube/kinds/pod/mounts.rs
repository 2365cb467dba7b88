//! Mounts of volumes in containers, and volumes as devices.

use super::{
    scope::{Backing, Scope},
    since,
};
use crate::kube::{
    at::At,
    check::{Check, Fault},
    format::Verdict,
};
use std::{borrow::Cow, collections::HashSet};

/// Checks the mounts of a container.
pub(super) fn mounts<'t>(check: &mut Check<'t>, scope: &Scope<'t>, container: At<'t>) {
    let mut paths = HashSet::new();
    let privileged = container.at(&["securityContext", "privileged"]).flag();
    for at in container.get("volumeMounts").items() {
        let (name, path) = (at.get("name"), at.get("mountPath"));
        if scope.images.contains(&name.str()) {
            continue;
        }
        if check.require(name) && !scope.volumes.contains_key(name.str()) {
            unknown(check, scope, name);
        }
        if check.require(path) && !paths.insert(path.str()) {
            check.duplicate(path, "another mount of the container has this path");
        }
        for device in container.get("volumeDevices").items() {
            if !name.blank() && device.get("name").str() == name.str() {
                check.invalid(name, "must be mounted or be a device, not both");
            }
            if !path.blank() && device.get("devicePath").str() == path.str() {
                check.invalid(path, "must be another path than that of a device");
            }
        }
        sub_path(check, at);
        let propagation = at.get("mountPropagation");
        check.one_of_or_null(propagation, &["None", "HostToContainer", "Bidirectional"]);
        if propagation.str() == "Bidirectional" && !privileged {
            check.forbidden(propagation, "may be `Bidirectional` in privileged containers only");
        }
        if check.minor >= since::RECURSIVE_READ_ONLY {
            recursive(check, at);
        }
    }
}

fn unknown<'t>(check: &mut Check<'t>, scope: &Scope<'t>, name: At<'t>) {
    let help = crate::diag::nearest(name.str(), scope.volumes.keys().copied())
        .map(|near| format!("did you mean `{near}`?"));
    let what = "must be the name of a volume of the pod";
    check.fault(Fault::ValueInvalid, name, what).help = help;
}

fn sub_path<'t>(check: &mut Check<'t>, at: At<'t>) {
    let (path, expression) = (at.get("subPath"), at.get("subPathExpr"));
    for one in [path, expression].into_iter().filter(|one| !one.blank()) {
        check.text(one, descending);
    }
    if !path.blank() && !expression.blank() {
        check.forbidden(expression, "may not stand beside `subPath`");
    }
}

fn recursive<'t>(check: &mut Check<'t>, at: At<'t>) {
    let recursive = at.get("recursiveReadOnly");
    check.one_of_or_null(recursive, &["Disabled", "IfPossible", "Enabled"]);
    if !matches!(recursive.str(), "IfPossible" | "Enabled") {
        return;
    }
    if !at.get("readOnly").flag() {
        check.forbidden(recursive, "may only be set when `readOnly` is true");
    }
    if !matches!(at.get("mountPropagation").str_or("None"), "None") {
        check.forbidden(recursive, "may only be set when `mountPropagation` is `None`");
    }
}

/// Checks the devices of a container.
pub(super) fn devices<'t>(check: &mut Check<'t>, scope: &Scope<'t>, container: At<'t>) {
    let devices = container.get("volumeDevices");
    let (mut names, mut paths) = (HashSet::new(), HashSet::new());
    for at in devices.items() {
        let (name, path) = (at.get("name"), at.get("devicePath"));
        if check.require(name) {
            match scope.volumes.get(name.str()) {
                Some(Backing::Claim) => {}
                Some(_) => check.invalid(name, "must be a volume of a claim"),
                None => unknown(check, scope, name),
            }
            if !names.insert(name.str()) {
                check.duplicate(name, "another device of the container is of this volume");
            }
        }
        if check.require(path) {
            if !paths.insert(path.str()) {
                check.duplicate(path, "another device of the container has this path");
            }
            check.text(path, no_backsteps);
        }
    }
    if !scope.host_users && check.minor >= since::DEVICES_OF_HOST_USERS && !devices.is_empty() {
        check.forbidden(devices, "may not be set when `hostUsers` is false");
    }
}

/// A path without `..` in it.
pub(super) fn no_backsteps(text: &str) -> Verdict {
    text.split('/').any(|part| part == "..").then_some(Cow::Borrowed("must not contain `..`"))
}

/// A relative path that stays below where it begins.
pub(super) fn descending(text: &str) -> Verdict {
    if text.starts_with('/') {
        return Some(Cow::Borrowed("must be a relative path"));
    }
    no_backsteps(text)
}

/// A relative path of a file in a volume: names that begin with `..` are for the kubelet.
pub(super) fn local(text: &str) -> Verdict {
    descending(text).or_else(|| text.starts_with("..").then_some(Cow::Borrowed("must not begin with `..`")))
}
