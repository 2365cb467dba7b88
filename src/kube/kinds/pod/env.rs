//! Variables of the environment: their names, and where their values come from.

use super::since;
use crate::kube::{
    at::{At, Data},
    check::Check,
    format::{Verdict, names, quantity::Quantity, unless},
};
use std::collections::HashSet;

/// Fields of a pod that variables can have.
const FIELDS: [&str; 10] = [
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
    "spec.host",
];

/// Resources of a container that variables and files can have, huge pages apart.
const RESOURCES: [&str; 6] = [
    "limits.cpu",
    "limits.memory",
    "limits.ephemeral-storage",
    "requests.cpu",
    "requests.memory",
    "requests.ephemeral-storage",
];

/// Checks variables.
pub(super) fn env<'t>(check: &mut Check<'t>, at: At<'t>) {
    let judge = name_judge(check.minor);
    let mut seen = HashSet::new();
    for variable in at.items() {
        let name = variable.get("name");
        if check.require(name) {
            check.text(name, judge);
        }
        value_from(check, variable);
        if !seen.insert(name.str()) && hides(variable) {
            let what = format!("hides the earlier `{}`, which may be lost when it is applied", name.str());
            check.warn(variable, what);
        }
    }
}

/// Whether a variable hides an earlier one of its name: its value does not go on from it.
fn hides(at: At<'_>) -> bool {
    let reference = format!("$({})", at.get("name").str());
    let value = at.get("value").str();
    at.get("valueFrom").present() || value == reference || !value.contains(&reference)
}

/// Checks the sources of all their keys.
pub(super) fn env_from<'t>(check: &mut Check<'t>, at: At<'t>) {
    let judge = name_judge(check.minor);
    for one in at.items() {
        if !one.get("prefix").blank() {
            check.text(one.get("prefix"), judge);
        }
        let sources = ["configMapRef", "secretRef"];
        check.exactly_one(one, &sources);
        for (_, source) in one.chosen(&sources) {
            let name = source.get("name");
            if check.require(name) {
                check.text(name, prefix);
            }
        }
    }
}

/// The name of an object, or the beginning of one.
fn prefix(text: &str) -> Verdict {
    match text.strip_suffix('-') {
        Some(start) if text.len() > 1 => names::subdomain(&format!("{start}a")),
        _ => names::subdomain(text),
    }
}

fn name_judge(minor: u32) -> fn(&str) -> Verdict {
    if minor >= since::RELAXED_ENV { printable } else { plain }
}

fn printable(text: &str) -> Verdict {
    unless(
        text.bytes().all(|b| (b' '..=b'~').contains(&b) && b != b'='),
        "must be of characters of ASCII that can be printed, without `=`",
    )
}

fn plain(text: &str) -> Verdict {
    let fine = text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b))
        && !text.starts_with(|c: char| c.is_ascii_digit())
        && text != "."
        && !text.starts_with("..");
    unless(fine, "must be letters, digits, `_`, `-` or `.`, and not begin with a digit or `..`")
}

fn value_from<'t>(check: &mut Check<'t>, variable: At<'t>) {
    let at = variable.get("valueFrom");
    if at.absent() {
        return;
    }
    let sources = ["fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"];
    // A server without files of variables drops such a source before it looks.
    let known = if check.minor < since::ENV_FILES { &sources[..4] } else { &sources[..] };
    check.exactly_one(at, known);
    if !variable.get("value").blank() && at.chosen(known).next().is_some() {
        check.forbidden(at, "may not stand beside `value`");
    }
    for (kind, source) in at.chosen(known) {
        match kind {
            "fieldRef" => field(check, source, &FIELDS),
            "resourceFieldRef" => resource(check, source),
            "fileKeyRef" => {}
            _ => key(check, source),
        }
    }
}

/// A key of a `ConfigMap` or Secret.
fn key<'t>(check: &mut Check<'t>, at: At<'t>) {
    let (name, key) = (at.get("name"), at.get("key"));
    if check.require(name) {
        check.text(name, names::subdomain);
    }
    if check.require(key) {
        check.text(key, names::config_key);
    }
}

/// Checks a reference to a field of the pod, one of `allowed` or a label or annotation.
pub(super) fn field<'t>(check: &mut Check<'t>, at: At<'t>, allowed: &[&'static str]) {
    let version = at.get("apiVersion");
    if version.str_or("v1") != "v1" {
        check.invalid(version, "must be `v1`");
        return;
    }
    let path = at.get("fieldPath");
    if !check.require(path) {
        return;
    }
    let subscript = path.str().strip_suffix("']").and_then(|rest| rest.split_once("['"));
    match subscript {
        Some(("metadata.annotations", key)) => {
            check.text(path, |_| named("annotation", names::qualified_any_case(key)));
        }
        Some(("metadata.labels", key)) => {
            check.text(path, |_| named("label", names::qualified(key)));
        }
        Some((map, _)) if !map.is_empty() => {
            check.invalid(
                path,
                "must be `metadata.labels['KEY']` or `metadata.annotations['KEY']` when it has a key",
            );
        }
        _ => {
            check.one_of(path, allowed);
        }
    }
}

/// The verdict on a key within a path.
fn named(what: &str, verdict: Verdict) -> Verdict {
    verdict.map(|rule| format!("the key of the {what} {rule}").into())
}

/// Checks a reference to a resource of a container.
pub(super) fn resource<'t>(check: &mut Check<'t>, at: At<'t>) {
    let (name, divisor) = (at.get("resource"), at.get("divisor"));
    let huge = ["limits.hugepages-", "requests.hugepages-"].iter().any(|start| name.str().starts_with(start));
    if check.require(name) && !huge {
        check.one_of(name, &RESOURCES);
    }
    let cpu = matches!(name.str(), "limits.cpu" | "requests.cpu");
    let known = cpu || huge || RESOURCES.contains(&name.str());
    if known && divisor.quantity().is_some_and(|size| size.sign() != 0) && !divides(divisor, cpu) {
        let what = if cpu {
            "must be `1` or `1m`"
        } else {
            "must be `1`, or 1 with a unit such as `1k`, `1M`, `1G`, `1Ki`, `1Mi` or `1Gi`"
        };
        check.invalid(divisor, what);
    }
}

/// Whether a divisor is written as one of the units: the server compares its canonical text.
fn divides(at: At<'_>, cpu: bool) -> bool {
    let text = match at.data() {
        Data::Str(text) => text.to_owned(),
        Data::Int(i) => i.to_string(),
        Data::Float(f) => f.to_string(),
        _ => return true,
    };
    let Some(size) = Quantity::parse(&text) else { return true };
    let one = Quantity::whole(1).nano();
    if size.nano() == one {
        return true;
    }
    let exponent = text.ends_with(|c: char| c.is_ascii_digit()) && text.contains(['e', 'E']);
    if exponent {
        return false;
    }
    if cpu {
        return size.nano() == one / 1000;
    }
    let base: i128 = if text.ends_with('i') { 1024 } else { 1000 };
    (1..=6).any(|power| size.nano() == base.pow(power) * one)
}

#[cfg(test)]
mod tests {
    use super::{plain, prefix, printable};

    #[test]
    fn names_of_variables() {
        assert!(["A", "a.b-c", "1", "a b", "-"].iter().all(|text| printable(text).is_none()));
        assert!(["A=b", "ä", "a\tb"].iter().all(|text| printable(text).is_some()));
        assert!(["A", "a.b-c", "_1"].iter().all(|text| plain(text).is_none()));
        assert!(["1", "a b", "..a", "."].iter().all(|text| plain(text).is_some()));
        assert!(prefix("a-").is_none() && prefix("-").is_some());
    }
}
