//! What is for Windows only, and what Linux and Windows exclude.

use super::scope::Scope;
use crate::kube::{
    at::At,
    check::Check,
    format::{Verdict, names},
};
use std::borrow::Cow;

/// The most bytes of a credential spec.
const CREDENTIALS: usize = 64 * 1024;
/// The most bytes of the domain and of the name of a user.
const DOMAIN: usize = 255;
const USER: usize = 104;

/// Fields of security contexts that a pod for Windows has none of.
const OF_PODS: [&str; 10] = [
    "appArmorProfile",
    "seLinuxOptions",
    "seccompProfile",
    "fsGroup",
    "fsGroupChangePolicy",
    "runAsUser",
    "runAsGroup",
    "supplementalGroups",
    "supplementalGroupsPolicy",
    "seLinuxChangePolicy",
];
const OF_CONTAINERS: [&str; 10] = [
    "appArmorProfile",
    "seLinuxOptions",
    "seccompProfile",
    "capabilities",
    "readOnlyRootFilesystem",
    "privileged",
    "allowPrivilegeEscalation",
    "procMount",
    "runAsUser",
    "runAsGroup",
];

/// Checks the options of Windows in a security context.
pub(super) fn options<'t>(check: &mut Check<'t>, at: At<'t>) {
    check.text(at.get("gmsaCredentialSpecName"), names::subdomain);
    let credentials = at.get("gmsaCredentialSpec");
    if credentials.present() {
        if credentials.blank() {
            check.invalid(credentials, "must be a credential spec");
        } else if credentials.str().len() > CREDENTIALS {
            check.too_long(credentials, format!("must have at most {CREDENTIALS} bytes"));
        }
    }
    check.text(at.get("runAsUserName"), user);
}

/// The name of a user of Windows: `USER` or `DOMAIN\USER`.
fn user(text: &str) -> Verdict {
    if text.is_empty() || text.contains(|c: char| c.is_ascii_control()) {
        return Some(Cow::Borrowed("must be the name of a user, without control characters"));
    }
    let (domain, user) = match text.split_once('\\') {
        Some((domain, user)) => (Some(domain), user),
        None => (None, text),
    };
    if user.contains('\\') {
        return Some(Cow::Borrowed("must have at most one `\\`"));
    }
    if domain.is_some_and(|domain| domain.len() > DOMAIN || !(is_net_bios(domain) || is_dns(domain))) {
        return Some(Cow::Borrowed("must have the name of a domain before `\\`, as of NetBIOS or DNS"));
    }
    let plain = user.bytes().all(|b| b == b'.' || b == b' ');
    let fine = user.len() <= USER && !plain && !user.contains(|c: char| "\"/\\:;|=,+*?<>@[]".contains(c));
    (!fine).then_some(Cow::Borrowed(
        "must have a user of 1 to 104 characters, not dots and spaces alone, and none of `\"/\\:;|=,+*?<>@[]`",
    ))
}

/// A name of 1 to 15 characters that does not begin with a dot.
fn is_net_bios(text: &str) -> bool {
    (1..=15).contains(&text.chars().count())
        && !text.starts_with('.')
        && !text.contains(|c: char| "\\/:*?\"<>|".contains(c))
}

fn is_dns(text: &str) -> bool {
    text.split('.').all(|part| names::label(&part.to_ascii_lowercase()).is_none())
}

/// Containers that are processes of the host: all of them are, in the host's network.
pub(super) fn host_process<'t>(check: &mut Check<'t>, scope: &Scope<'t>) {
    const PATH: [&str; 3] = ["securityContext", "windowsOptions", "hostProcess"];
    let of_pod = scope.spec.at(&PATH);
    let (mut all, mut some) = (true, false);
    for container in scope.all_containers() {
        let own = container.at(&PATH);
        if own.present() && of_pod.present() && own.flag() != of_pod.flag() {
            check.invalid(own, "must be the same as that of the pod");
        }
        let is = if own.present() { own.flag() } else { of_pod.flag() };
        all &= is;
        some |= is;
    }
    if some && !all {
        let what = "may have `hostProcess` in all containers only, not in some";
        check.forbidden(scope.spec.get("containers"), what);
    }
    if some && !scope.host_network {
        check.required(scope.spec.get("hostNetwork"), "must be true for containers with `hostProcess`");
    }
}

/// What a pod for Linux or Windows may not have.
pub(super) fn exclusions<'t>(check: &mut Check<'t>, scope: &Scope<'t>) {
    let os = scope.spec.get("os");
    if os.absent() || !check.require_one_of(os.get("name"), &["linux", "windows"]) {
        return;
    }
    let context = scope.spec.get("securityContext");
    let contexts = scope.all_containers().map(|container| container.get("securityContext"));
    if !scope.is_windows() {
        for options in contexts.chain([context]).map(|context| context.get("windowsOptions")) {
            if options.present() {
                check.forbidden(options, "may not be set in a pod for Linux");
            }
        }
        return;
    }
    for key in OF_PODS {
        none(check, context.get(key));
    }
    if !context.get("sysctls").is_empty() {
        none(check, context.get("sysctls"));
    }
    for key in ["hostUsers", "shareProcessNamespace"] {
        none(check, scope.spec.get(key));
    }
    for one in ["hostPID", "hostIPC"].into_iter().map(|key| scope.spec.get(key)).filter(|one| one.flag()) {
        none(check, one);
    }
    for own in contexts {
        for key in OF_CONTAINERS {
            none(check, own.get(key));
        }
    }
}

fn none<'t>(check: &mut Check<'t>, at: At<'t>) {
    if at.present() {
        check.forbidden(at, "may not be set in a pod for Windows");
    }
}

#[cfg(test)]
mod tests {
    use super::user;

    #[test]
    fn users() {
        for good in
            ["ContainerAdministrator", "NT AUTHORITY\\NETWORK SERVICE", "a.b\\c", "CORP.example.com\\x"]
        {
            assert_eq!(user(good), None, "{good}");
        }
        for bad in ["", "a\\b\\c", "\\a", "a\\", "..", "a:b", ".x\\a", "a\u{7}b"] {
            assert!(user(bad).is_some(), "{bad}");
        }
        assert!(user(&"a".repeat(105)).is_some());
    }
}
