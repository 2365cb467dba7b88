//! Devices that pods ask for: `DeviceClass`, `ResourceClaim` and `ResourceClaimTemplate`.

use super::cel::{OF_DEVICES, cel};
use crate::kube::{
    at::{At, Data},
    check::{Check, Fault},
    format::names,
    metadata,
};
use std::{borrow::Cow, collections::HashMap};

/// The most requests, constraints, configurations or selectors.
const MOST: usize = 32;
/// The most alternatives of a request.
const ALTERNATIVES: usize = 8;
/// The longest expression or parameters, in bytes.
const BYTES: usize = 10 * 1024;
/// The longest name of an attribute, in characters.
const ATTRIBUTE: usize = 32;

/// Checks a `DeviceClass`.
pub(super) fn class<'t>(check: &mut Check<'t>, object: At<'t>) {
    let spec = object.get("spec");
    selectors(check, spec.get("selectors"));
    let config = spec.get("config");
    at_most(check, config, MOST);
    config.items().for_each(|one| opaque(check, one));
}

/// Checks a `ResourceClaim`.
pub(super) fn claim<'t>(check: &mut Check<'t>, object: At<'t>) {
    devices(check, object.at(&["spec", "devices"]));
}

/// Checks a `ResourceClaimTemplate`.
pub(super) fn template<'t>(check: &mut Check<'t>, object: At<'t>) {
    metadata::template(check, object.at(&["spec", "metadata"]));
    devices(check, object.at(&["spec", "spec", "devices"]));
}

/// A list may not be too long.
pub(super) fn at_most<'t>(check: &mut Check<'t>, list: At<'t>, most: usize) {
    if list.len() > most {
        check.too_long(list, format!("must have at most {most} items"));
    }
}

fn devices<'t>(check: &mut Check<'t>, at: At<'t>) {
    let (requests, constraints, configs) = (at.get("requests"), at.get("constraints"), at.get("config"));
    for list in [requests, constraints, configs] {
        at_most(check, list, MOST);
    }
    let mut known: HashMap<&str, Vec<&str>> = HashMap::new();
    for one in requests.items() {
        let alternatives = one.get("firstAvailable").items().map(|sub| sub.get("name").str()).collect();
        known.insert(one.get("name").str(), alternatives);
        request(check, one);
    }
    unique_names(check, requests, "another request has this name");
    for one in constraints.items() {
        references(check, one.get("requests"), &known);
        let attribute = one.get("matchAttribute");
        // Servers drop `distinctAttribute` unless they are told not to.
        if attribute.present() {
            check.text(attribute, |text| {
                qualified(text).or_else(|| (!text.contains('/')).then(|| "must have a domain and `/`".into()))
            });
        } else if check.minor <= 34 || one.get("distinctAttribute").absent() {
            check.required(attribute, "");
        }
    }
    for one in configs.items() {
        references(check, one.get("requests"), &known);
        opaque(check, one);
    }
}

fn unique_names<'t>(check: &mut Check<'t>, list: At<'t>, what: &'static str) {
    check.unique(list.items().map(|one| one.get("name")), |name| Some(name.str()), what);
}

fn request<'t>(check: &mut Check<'t>, at: At<'t>) {
    named(check, at.get("name"));
    // Before version `v1beta2` a request had its fields itself.
    if check.version == "v1beta1" {
        return;
    }
    let (exactly, alternatives) = (at.get("exactly"), at.get("firstAvailable"));
    match (exactly.present(), alternatives.is_empty()) {
        (true, false) => check.forbidden(alternatives, "may not stand beside `exactly`"),
        (false, true) => check.required(exactly, "or `firstAvailable`"),
        _ => {}
    }
    if exactly.present() {
        asked(check, exactly);
    }
    at_most(check, alternatives, ALTERNATIVES);
    for one in alternatives.items() {
        named(check, one.get("name"));
        asked(check, one);
    }
    unique_names(check, alternatives, "another alternative has this name");
}

fn named<'t>(check: &mut Check<'t>, at: At<'t>) {
    if check.require(at) {
        check.text(at, names::label);
    }
}

fn asked<'t>(check: &mut Check<'t>, at: At<'t>) {
    let class = at.get("deviceClassName");
    if check.require(class) {
        check.text(class, names::subdomain);
    }
    selectors(check, at.get("selectors"));
    let (mode, count) = (at.get("allocationMode"), at.get("count"));
    if check.one_of(mode, &["All", "ExactCount"]) {
        if mode.str() == "All" {
            if count.int().unwrap_or(0) != 0 {
                check.forbidden(count, "may not stand beside `allocationMode: All`");
            }
        } else {
            // 0 is the default.
            check.not_negative(count);
        }
    }
    at.get("tolerations").items().for_each(|one| toleration(check, one));
}

fn toleration<'t>(check: &mut Check<'t>, at: At<'t>) {
    let (key, operator, value) = (at.get("key"), at.get("operator"), at.get("value"));
    if !key.blank()
        && let Some(what) = names::qualified(key.str())
    {
        check.fault(Fault::NameInvalid, key, format!("is a label key, and {what}"));
    }
    // `Equal` is the default.
    if check.one_of(operator, &["Equal", "Exists"]) {
        if operator.str() != "Exists" {
            check.text(value, names::label_value);
        } else if !value.blank() {
            check.forbidden(value, "may not stand beside the operator `Exists`");
        }
    }
    check.one_of(at.get("effect"), &["NoExecute", "NoSchedule"]);
}

fn selectors<'t>(check: &mut Check<'t>, at: At<'t>) {
    at_most(check, at, MOST);
    for one in at.items() {
        let expression = one.at(&["cel", "expression"]);
        if one.get("cel").absent() {
            check.required(one.get("cel"), "");
        } else if expression.str().len() > BYTES {
            check.too_long(expression, format!("must have at most {BYTES} bytes"));
        } else if check.require(expression) {
            cel(check, expression, expression.str(), OF_DEVICES);
        }
    }
}

fn references<'t>(check: &mut Check<'t>, at: At<'t>, known: &HashMap<&str, Vec<&str>>) {
    at_most(check, at, MOST);
    check.unique(at.items(), |one| Some(one.str()), "it stands there twice");
    for one in at.items() {
        let fine = match one.str().split_once('/') {
            Some((request, sub)) => known.get(request).is_some_and(|subs| subs.contains(&sub)),
            None => known.contains_key(one.str()),
        };
        if !fine {
            check.invalid(
                one,
                "must be the name of a request, or of a request, `/` and one of its alternatives",
            );
        }
    }
}

fn opaque<'t>(check: &mut Check<'t>, at: At<'t>) {
    let opaque = at.get("opaque");
    if opaque.absent() {
        check.required(opaque, "");
        return;
    }
    let (driver, parameters) = (opaque.get("driver"), opaque.get("parameters"));
    if check.require(driver) {
        check.text(driver, self::driver);
    }
    if parameters.absent() {
        check.required(parameters, "");
    } else if parameters.data() != Data::Map {
        check.invalid(parameters, "must be a map");
    }
}

/// The name of a driver of devices.
pub(super) fn driver(text: &str) -> Option<Cow<'static, str>> {
    names::driver(text)
}

/// The name of an attribute or capacity: an identifier, with a driver and `/` before it if wanted.
pub(super) fn qualified(text: &str) -> Option<Cow<'static, str>> {
    let (domain, name) = match text.split_once('/') {
        Some((domain, name)) => (Some(domain), name),
        None => (None, text),
    };
    // A server does not look at names with several `/`.
    let fine = name.contains('/')
        || (domain.is_none_or(|domain| driver(domain).is_none())
            && name.len() <= ATTRIBUTE
            && names::identifier(name).is_none());
    (!fine).then_some(
        "must be an identifier of at most 32 characters, with a DNS name and `/` before it if wanted".into(),
    )
}
