//! `ResourceSlice`: the devices that a node or a cluster has.

use super::device::{at_most, driver, qualified};
use crate::kube::{
    at::{At, Data},
    check::Check,
    format::names,
    kinds::node_selector::node_selector,
};

/// The most devices of a slice.
const DEVICES: usize = 128;
/// The most attributes and capacities of a device.
const ATTRIBUTES: usize = 32;
/// The longest text of an attribute, in bytes.
const TEXT: usize = 64;

/// Checks a `ResourceSlice`. What servers drop unless they are told not to is not looked at: taints, counters, conditions
/// of binding and nodes of single devices.
pub(super) fn check<'t>(check: &mut Check<'t>, object: At<'t>) {
    let spec = object.get("spec");
    let (name, pool, devices) = (spec.get("driver"), spec.get("pool"), spec.get("devices"));
    if check.require(name) {
        check.text(name, driver);
    }
    self::pool(check, pool);
    nodes(check, spec);
    at_most(check, devices, DEVICES);
    check.unique(
        devices.items().map(|one| one.get("name")),
        |name| Some(name.str()),
        "another device has this name",
    );
    for one in devices.items() {
        let name = one.get("name");
        if check.require(name) {
            check.text(name, names::label);
        }
        // Before version `v1beta2` the fields of a device were in `basic`.
        device(check, if check.version == "v1beta1" { one.get("basic") } else { one });
    }
}

fn pool<'t>(check: &mut Check<'t>, at: At<'t>) {
    let (name, count) = (at.get("name"), at.get("resourceSliceCount"));
    if check.require(name)
        && (name.str().len() > names::SUBDOMAIN || !name.str().split('/').all(names::is_subdomain))
    {
        check.invalid(name, "must be DNS names between `/`, with at most 253 characters");
    }
    if count.int().unwrap_or(0) <= 0 {
        if count.absent() {
            check.required(count, "must be 1 or more");
        } else {
            check.invalid(count, "must be 1 or more");
        }
    }
    check.not_negative(at.get("generation"));
}

/// Where the devices are: on one node, on chosen ones, or on all.
fn nodes<'t>(check: &mut Check<'t>, spec: At<'t>) {
    let (name, chosen, all) = (spec.get("nodeName"), spec.get("nodeSelector"), spec.get("allNodes"));
    check.text(name, names::subdomain);
    if all.data() == Data::Bool(false) {
        check.invalid(all, "must be true, or not be there");
    }
    if chosen.present() {
        node_selector(check, chosen);
        if chosen.get("nodeSelectorTerms").len() > 1 {
            check.invalid(chosen.get("nodeSelectorTerms"), "must be one term");
        }
    }
    // v1beta1 has a name that may be empty.
    let ways: &[&'static str] = if check.minor > 34 {
        &["nodeName", "nodeSelector", "allNodes", "perDeviceNodeSelection"]
    } else {
        &["nodeName", "nodeSelector", "allNodes"]
    };
    if check.version != "v1beta1" {
        check.exactly_one(spec, ways);
    }
}

fn device<'t>(check: &mut Check<'t>, at: At<'t>) {
    let (attributes, capacity) = (at.get("attributes"), at.get("capacity"));
    if attributes.len() + capacity.len() > ATTRIBUTES {
        check
            .too_long(attributes, format!("attributes and capacities together must be at most {ATTRIBUTES}"));
    }
    for (name, value) in attributes.members().chain(capacity.members()) {
        if let Some(what) = qualified(name) {
            check.invalid_key(value, what);
        }
    }
    for (_, value) in attributes.members() {
        check.exactly_one(value, &["bool", "int", "string", "version"]);
        let (text, version) = (value.get("string"), value.get("version"));
        for one in [text, version].into_iter().filter(|one| one.str().len() > TEXT) {
            check.too_long(one, format!("must have at most {TEXT} bytes"));
        }
        if version.present() && !is_version(version.str()) {
            check.invalid(version, "must be a semantic version such as `1.2.3`");
        }
    }
}

/// Whether a text is a semantic version.
fn is_version(text: &str) -> bool {
    let (text, build) = text.split_once('+').map_or((text, None), |(text, build)| (text, Some(build)));
    let (core, before) = text.split_once('-').map_or((text, None), |(core, before)| (core, Some(before)));
    let number = |part: &str| part == "0" || (!part.is_empty() && !part.starts_with('0') && is_digits(part));
    let word = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    core.split('.').count() == 3
        && core.split('.').all(number)
        && before.is_none_or(|before| {
            before.split('.').all(|part| word(part) && (number(part) || !is_digits(part)))
        })
        && build.is_none_or(|build| build.split('.').all(word))
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::is_version;

    #[test]
    fn versions() {
        for text in ["0.0.0", "1.2.3", "1.2.3-rc.1", "1.2.3-0a+build.01"] {
            assert!(is_version(text), "{text}");
        }
        for text in ["", "1", "1.2", "01.2.3", "1.2.3-", "1.2.3-01", "1.2.3+", "v1.2.3"] {
            assert!(!is_version(text), "{text}");
        }
    }
}
