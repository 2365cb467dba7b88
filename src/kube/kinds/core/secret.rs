//! `Secret`: keys, size, and what the types need.

use crate::kube::{
    at::{At, Data},
    check::Check,
    format::{base64, names},
};
use std::borrow::Cow;

/// The most bytes of all values together.
const MOST: usize = 1024 * 1024;

const ACCOUNT: &str = "kubernetes.io/service-account.name";

/// Checks a `Secret`.
pub(super) fn check<'t>(check: &mut Check<'t>, object: At<'t>) {
    size(check, object);
    match object.get("type").str() {
        "kubernetes.io/service-account-token" => {
            let account = object.at(&["metadata", "annotations"]).get(ACCOUNT);
            if account.blank() {
                check.required(account, "secrets of this type name a service account");
            }
        }
        "kubernetes.io/dockercfg" => docker(check, object, ".dockercfg"),
        "kubernetes.io/dockerconfigjson" => docker(check, object, ".dockerconfigjson"),
        "kubernetes.io/basic-auth"
            if entry(object, "username").is_none() && entry(object, "password").is_none() =>
        {
            check
                .required(object.get("data"), "secrets of this type have a `username`, a `password` or both");
        }
        "kubernetes.io/ssh-auth" => {
            let key = "ssh-privatekey";
            if entry(object, key).is_none_or(|at| bytes(object, at).is_empty()) {
                lacks(check, object, key);
            }
        }
        "kubernetes.io/tls" => {
            for key in ["tls.crt", "tls.key"] {
                if entry(object, key).is_none() {
                    lacks(check, object, key);
                }
            }
            certificate(check, object);
        }
        _ => {}
    }
}

/// Keys must be keys, and all values together small enough; texts stand for the values of the same keys.
fn size<'t>(check: &mut Check<'t>, object: At<'t>) {
    let (data, texts) = (object.get("data"), object.get("stringData"));
    let mut total = 0;
    for (key, value) in data.members().chain(texts.members()) {
        if let Some(what) = names::config_key(key) {
            check.invalid_key(value, what);
        }
    }
    for (_, value) in texts.members() {
        total += value.str().len();
    }
    for (_, value) in data.members().filter(|(key, _)| texts.get(key).depth > 0) {
        total += base64::decoded_len(value.str()).unwrap_or(0);
    }
    if total > MOST {
        let at = if data.is_empty() { texts } else { data };
        check.too_long(at, format!("all values together have {total} bytes, and may have {MOST}"));
    }
}

/// The value of a key: a text, or else one in base64.
fn entry<'t>(object: At<'t>, key: &'t str) -> Option<At<'t>> {
    ["stringData", "data"].iter().map(|map| object.get(map).get(key)).find(|at| at.depth == 0)
}

/// What a value stands for.
fn bytes<'t>(object: At<'t>, value: At<'t>) -> Cow<'t, [u8]> {
    let text = value.str();
    let plain = object.get("stringData").members().any(|(_, at)| at.is(value));
    if plain { Cow::Borrowed(text.as_bytes()) } else { Cow::Owned(base64::decode(text).unwrap_or_default()) }
}

fn lacks<'t>(check: &mut Check<'t>, object: At<'t>, key: &'t str) {
    check.required(object.get("data").get(key), "secrets of this type need it");
}

/// The logins of registries: a map in JSON.
fn docker<'t>(check: &mut Check<'t>, object: At<'t>, key: &'t str) {
    let Some(value) = entry(object, key) else { return lacks(check, object, key) };
    let read = serde_json::from_slice::<serde_json::Value>(&bytes(object, value));
    if !read.is_ok_and(|json| json.is_object() || json.is_null()) {
        check.invalid(value, "must be a map in JSON");
    }
}

/// The server warns of what is no certificate or no key; whether they belong together is not looked at.
fn certificate<'t>(check: &mut Check<'t>, object: At<'t>) {
    for (key, block) in [("tls.crt", "CERTIFICATE-----"), ("tls.key", "PRIVATE KEY-----")] {
        let Some(value) = entry(object, key).filter(|at| at.data() != Data::Null || at.depth == 0) else {
            continue;
        };
        let bytes = bytes(object, value);
        let text = String::from_utf8_lossy(&bytes);
        if !(text.contains("-----BEGIN ") && text.contains(block)) {
            check.warn(value, format!("it is no PEM text with a block `{}`", block.trim_end_matches('-')));
        }
    }
}
