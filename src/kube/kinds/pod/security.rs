//! Security contexts of pods and containers.

use super::{mounts::descending, scope::Scope, since, windows};
use crate::kube::{
    at::At,
    check::Check,
    format::{Verdict, unless},
};
use std::collections::HashSet;

/// The largest number of a user or group.
const MOST: i64 = i32::MAX as i64;
/// The longest name of an AppArmor profile, that of a path.
const PROFILE: usize = 4095;
/// The longest name of a sysctl.
const SYSCTL: usize = 253;

/// Checks the security context of a container.
pub(super) fn of_container<'t>(check: &mut Check<'t>, scope: &Scope<'t>, at: At<'t>) {
    users(check, at);
    let proc = at.get("procMount");
    if check.minor >= since::HOST_USERS {
        check.one_of_or_null(proc, &["Default", "Unmasked"]);
        if proc.str() == "Unmasked" && scope.host_users {
            check.invalid(proc, "needs `hostUsers: false` in the pod");
        }
    }
    let escalation = at.get("allowPrivilegeEscalation");
    if escalation.present() && !escalation.flag() {
        if at.get("privileged").flag() {
            check.invalid(escalation, "must be true when `privileged` is");
        }
        if at.at(&["capabilities", "add"]).items().any(|one| one.str() == "CAP_SYS_ADMIN") {
            check.invalid(escalation, "must be true when the capability `CAP_SYS_ADMIN` is added");
        }
    }
    seccomp(check, at.get("seccompProfile"));
    app_armor(check, at.get("appArmorProfile"));
    windows::options(check, at.get("windowsOptions"));
    not_root(check, scope, at);
}

/// Users and groups, in pods and containers.
fn users<'t>(check: &mut Check<'t>, at: At<'t>) {
    for key in ["runAsUser", "runAsGroup"] {
        check.within(at.get(key), 0, MOST);
    }
}

/// A container that must not be root and is root never starts.
fn not_root<'t>(check: &mut Check<'t>, scope: &Scope<'t>, at: At<'t>) {
    let of_pod = scope.spec.get("securityContext");
    let either = |key: &'static str| if at.get(key).present() { at.get(key) } else { of_pod.get(key) };
    let (user, not_root) = (either("runAsUser"), either("runAsNonRoot"));
    if user.int() == Some(0) && not_root.flag() && !scope.is_windows() {
        check.breaks(user, "the container never starts: `runAsNonRoot` is true, and 0 is root");
    }
}

/// Checks the security context of a pod, and what it shares with the host.
pub(super) fn of_pod<'t>(check: &mut Check<'t>, scope: &Scope<'t>) {
    let spec = scope.spec;
    let at = spec.get("securityContext");
    users(check, at);
    check.within(at.get("fsGroup"), 0, MOST);
    for group in at.get("supplementalGroups").items() {
        check.within(group, 0, MOST);
    }
    check.one_of_or_null(at.get("fsGroupChangePolicy"), &["OnRootMismatch", "Always"]);
    if check.minor >= since::GROUPS_POLICY {
        check.one_of_or_null(at.get("supplementalGroupsPolicy"), &["Merge", "Strict"]);
    }
    if check.minor == since::SELINUX_POLICY || check.minor == since::SELINUX_POLICY + 1 {
        check.one_of_or_null(at.get("seLinuxChangePolicy"), &["Recursive"]);
    }
    seccomp(check, at.get("seccompProfile"));
    app_armor(check, at.get("appArmorProfile"));
    windows::options(check, at.get("windowsOptions"));
    sysctls(check, scope, at.get("sysctls"));
    let shared = spec.get("shareProcessNamespace");
    if shared.flag() && spec.get("hostPID").flag() {
        check.invalid(shared, "must be false when `hostPID` is true");
    }
    if !scope.host_users {
        for one in ["hostNetwork", "hostPID", "hostIPC"].into_iter().map(|key| spec.get(key)) {
            if one.flag() {
                check.forbidden(one, "may not be true when `hostUsers` is false");
            }
        }
    }
}

fn sysctls<'t>(check: &mut Check<'t>, scope: &Scope<'t>, at: At<'t>) {
    let mut seen = HashSet::new();
    for name in at.items().map(|one| one.get("name")) {
        if check.require(name) && check.text(name, sysctl) && !seen.insert(name.str()) {
            check.duplicate(name, "another entry sets it");
        }
        let of_host = match space(name.str()) {
            Some("hostNetwork") => scope.host_network.then_some("hostNetwork"),
            Some(_) => scope.spec.get("hostIPC").flag().then_some("hostIPC"),
            None => None,
        };
        if let Some(key) = of_host {
            check.invalid(name, format!("may not be set when `{key}` is true"));
        }
    }
}

/// What shares the namespace of a sysctl with the host; none when it has none.
fn space(name: &str) -> Option<&'static str> {
    const SHARED: [&str; 10] = [
        "kernel.sem",
        "kernel.shmall",
        "kernel.shmmax",
        "kernel.shmmni",
        "kernel.shm_rmid_forced",
        "kernel.shm",
        "kernel.msgmax",
        "kernel.msgmnb",
        "kernel.msgmni",
        "kernel.msg",
    ];
    // Names with slashes between their parts may have dots within them.
    let slashed = name.find(['.', '/']).is_some_and(|n| name.as_bytes().get(n) == Some(&b'/'));
    let name = if slashed {
        name.chars()
            .map(|c| match c {
                '/' => '.',
                '.' => '/',
                c => c,
            })
            .collect()
    } else {
        name.to_owned()
    };
    if name.starts_with("net.") {
        Some("hostNetwork")
    } else if SHARED.contains(&name.as_str()) || name.starts_with("fs.mqueue.") {
        Some("hostIPC")
    } else {
        None
    }
}

/// The name of a sysctl.
fn sysctl(text: &str) -> Verdict {
    let edge = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let part = |part: &str| {
        let bytes = part.as_bytes();
        bytes.first().copied().is_some_and(edge)
            && bytes.last().copied().is_some_and(edge)
            && bytes.iter().all(|b| edge(*b) || matches!(b, b'-' | b'_'))
    };
    unless(
        text.len() <= SYSCTL && text.split(['.', '/']).all(part),
        "must be at most 253 lower-case letters, digits, `-` and `_` in parts between `.` or `/`",
    )
}

/// The kinds of profiles.
const PROFILES: [&str; 3] = ["Localhost", "RuntimeDefault", "Unconfined"];

fn seccomp<'t>(check: &mut Check<'t>, at: At<'t>) {
    if at.absent() {
        return;
    }
    let (kind, profile) = (at.get("type"), at.get("localhostProfile"));
    check.require_one_of(kind, &PROFILES);
    if kind.str() == "Localhost" {
        if profile.absent() {
            check.required(profile, "a profile of the host needs it");
        }
        check.text(profile, descending);
    } else if profile.present() {
        check.forbidden(profile, "may only be set when `type` is `Localhost`");
    }
}

fn app_armor<'t>(check: &mut Check<'t>, at: At<'t>) {
    if at.absent() {
        return;
    }
    let (kind, profile) = (at.get("type"), at.get("localhostProfile"));
    if !check.require_one_of(kind, &PROFILES) {
        return;
    }
    if kind.str() != "Localhost" {
        if profile.present() {
            check.forbidden(profile, "may only be set when `type` is `Localhost`");
        }
        return;
    }
    if check.require(profile) && profile.str().trim() != profile.str() {
        check.invalid(profile, "must have no space before and after it");
    }
    if profile.str().len() > PROFILE {
        check.too_long(profile, format!("must have at most {PROFILE} bytes"));
    }
}

#[cfg(test)]
mod tests {
    use super::{space, sysctl};

    #[test]
    fn sysctls() {
        for good in ["kernel.msgmax", "net.ipv4.ip_forward", "net/ipv4/conf/eno2.100/rp_filter", "a"] {
            assert_eq!(sysctl(good), None, "{good}");
        }
        for bad in ["", "A", ".a", "a..b", "a_", "_a", "net.*"] {
            assert!(sysctl(bad).is_some(), "{bad}");
        }
        assert_eq!(space("net/ipv4/a.b"), Some("hostNetwork"));
        assert_eq!(space("fs.mqueue.msg_max"), Some("hostIPC"));
        assert_eq!(space("vm.swappiness"), None);
    }
}
