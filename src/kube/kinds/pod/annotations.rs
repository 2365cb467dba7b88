//! Annotations of pods that a server reads: what came before fields of today.

use super::{mounts::descending, scope::Scope};
use crate::kube::{
    at::At,
    check::Check,
    format::{Verdict, unless},
};
use std::borrow::Cow;

const MIRROR: &str = "kubernetes.io/config.mirror";
const COST: &str = "controller.kubernetes.io/pod-deletion-cost";
const TOLERATIONS: &str = "scheduler.alpha.kubernetes.io/tolerations";
const SECCOMP_POD: &str = "seccomp.security.alpha.kubernetes.io/pod";
const SECCOMP: &str = "container.seccomp.security.alpha.kubernetes.io/";
const APP_ARMOR: &str = "container.apparmor.security.beta.kubernetes.io/";

/// Annotations that no server reads any more, and what replaced them.
const GONE: [(&str, &str); 3] = [
    ("scheduler.alpha.kubernetes.io/critical-pod", "priorityClassName"),
    ("security.alpha.kubernetes.io/sysctls", "securityContext.sysctls"),
    ("security.alpha.kubernetes.io/unsafe-sysctls", "securityContext.sysctls"),
];

/// Checks the annotations of a pod, and that they agree with its fields.
pub(super) fn check<'t>(check: &mut Check<'t>, scope: &Scope<'t>) {
    let at = scope.meta.get("annotations");
    for (key, value) in at.members() {
        one(check, scope, key, value);
    }
    let profile = scope.spec.at(&["securityContext", "seccompProfile"]);
    let pod = at.get(SECCOMP_POD);
    if pod.depth == 0 {
        seccomp_matches(check, profile, pod);
    }
    for container in scope.all_containers() {
        let (name, context) = (container.get("name").str(), container.get("securityContext"));
        if let Some((_, value)) = at.members().find(|(key, _)| key.strip_prefix(SECCOMP) == Some(name)) {
            seccomp_matches(check, context.get("seccompProfile"), value);
        }
        if let Some((_, value)) = at.members().find(|(key, _)| key.strip_prefix(APP_ARMOR) == Some(name)) {
            app_armor_matches(check, scope, context.get("appArmorProfile"), value);
        }
    }
}

fn one<'t>(check: &mut Check<'t>, scope: &Scope<'t>, key: &str, value: At<'t>) {
    if let Some((_, field)) = GONE.iter().find(|(gone, _)| *gone == key) {
        check.warn(value, format!("the annotation has no effect; use `{field}`"));
    }
    match key {
        MIRROR if scope.spec.get("nodeName").blank() => {
            check.invalid(value, "may only be set when `spec.nodeName` is");
        }
        COST => judge(check, value, cost),
        TOLERATIONS => judge(check, value, json_list),
        SECCOMP_POD => judge(check, value, seccomp),
        _ if key.starts_with(SECCOMP) => judge(check, value, seccomp),
        _ => {}
    }
    if let Some(container) = key.strip_prefix(APP_ARMOR) {
        if !scope.all_containers().any(|one| one.get("name").str() == container) {
            check.invalid_key(
                value,
                format!("must end with the name of a container; there is no `{container}`"),
            );
        }
        judge(check, value, app_armor);
    }
}

/// A value of null is an empty text here, not absent.
fn judge<'t>(check: &mut Check<'t>, at: At<'t>, syntax: fn(&str) -> Verdict) {
    if let Some(what) = syntax(at.str()) {
        check.invalid(at, what);
    }
}

/// A number of 32 bits without sign or zeros before it.
fn cost(text: &str) -> Verdict {
    let plain = text == "0" || text.starts_with(|c: char| c == '-' || ('1'..='9').contains(&c));
    unless(plain && text.parse::<i32>().is_ok(), "must be a whole number of 32 bits, such as `-100` or `5`")
}

fn json_list(text: &str) -> Verdict {
    let list = serde_json::from_str::<serde_json::Value>(text);
    let fine = text.is_empty() || matches!(list, Ok(serde_json::Value::Array(_) | serde_json::Value::Null));
    unless(fine, "must be a list of tolerations in JSON")
}

fn seccomp(text: &str) -> Verdict {
    if matches!(text, "runtime/default" | "docker/default" | "unconfined") {
        return None;
    }
    match text.strip_prefix("localhost/") {
        Some(path) => descending(path),
        None => Some(Cow::Borrowed("must be `runtime/default`, `unconfined` or `localhost/` with a path")),
    }
}

fn app_armor(text: &str) -> Verdict {
    let fine = matches!(text, "" | "runtime/default" | "unconfined") || text.starts_with("localhost/");
    unless(fine, "must be `runtime/default`, `unconfined` or `localhost/` with the name of a profile")
}

/// Whether an annotation says the same as a profile; `default` is how it may write the default of the runtime.
fn matches(profile: At<'_>, text: &str, default: &[&str]) -> bool {
    match profile.get("type").str() {
        "Unconfined" => text == "unconfined",
        "RuntimeDefault" => default.contains(&text),
        "Localhost" => text.strip_prefix("localhost/") == Some(profile.get("localhostProfile").str()),
        _ => true,
    }
}

fn seccomp_matches<'t>(check: &mut Check<'t>, profile: At<'t>, at: At<'t>) {
    if profile.absent() {
        check.warn(at, "the annotation has no effect since Kubernetes 1.27; use `seccompProfile`");
    } else if !matches(profile, at.str(), &["runtime/default", "docker/default"]) {
        check.invalid(at, "must say the same as `seccompProfile`");
    }
}

fn app_armor_matches<'t>(check: &mut Check<'t>, scope: &Scope<'t>, own: At<'t>, at: At<'t>) {
    let of_pod = scope.spec.at(&["securityContext", "appArmorProfile"]);
    let default = ["runtime/default"];
    let fits = |profile: At<'_>| profile.present() && matches(profile, at.str(), &default);
    if own.absent() && !fits(of_pod) {
        if check.minor >= 30 && !scope.is_windows() {
            check.warn(at, "the annotation is deprecated since Kubernetes 1.30; use `appArmorProfile`");
        }
        // The server takes a good annotation of a pod for the profile of the container.
        let taken = scope.of_pod && app_armor(at.str()).is_none() && !matches!(at.str(), "" | "localhost/");
        if taken {
            return;
        }
    }
    let profile = if own.present() { own } else { of_pod };
    if profile.present() && !scope.is_windows() && !fits(profile) {
        check.invalid(at, "must say the same as `appArmorProfile`");
    }
}

#[cfg(test)]
mod tests {
    use super::{app_armor, cost, seccomp};

    #[test]
    fn values() {
        assert!(["0", "-5", "10"].iter().all(|text| cost(text).is_none()));
        assert!(["", "+1", "01", "2147483648", "a", "1.5"].iter().all(|text| cost(text).is_some()));
        assert!(["unconfined", "localhost/a/b", "docker/default"].iter().all(|text| seccomp(text).is_none()));
        assert!(["", "localhost//a", "localhost/../a", "x"].iter().all(|text| seccomp(text).is_some()));
        assert!(app_armor("").is_none() && app_armor("x").is_some());
    }
}
