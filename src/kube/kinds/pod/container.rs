//! Containers: those that start the pod, those that run, and what each may hold.

use super::{
    env, mounts, ports, probe, resources,
    scope::{Scope, is_sidecar},
    security, since,
};
use crate::kube::{at::At, check::Check, format::names};
use std::collections::HashSet;

/// Checks all containers of a pod.
pub(super) fn containers<'t>(check: &mut Check<'t>, scope: &Scope<'t>) {
    let (running, starting) = (scope.spec.get("containers"), scope.spec.get("initContainers"));
    check.require(running);
    for container in running.items() {
        common(check, scope, container);
        probe::of_container(check, scope, container);
        policy(check, container);
    }
    for container in starting.items() {
        common(check, scope, container);
        init(check, scope, container);
    }
    names_once(check, scope);
    ports::check(check, scope);
    let later = scope.spec.get("ephemeralContainers");
    if !later.is_empty() {
        let what = if scope.of_pod {
            "may not be set when a pod is made; `kubectl debug` adds such containers to a running pod"
        } else {
            "may not be set in a template; `kubectl debug` adds such containers to a running pod"
        };
        check.forbidden(later, what);
    }
}

/// No two containers have the same name.
fn names_once<'t>(check: &mut Check<'t>, scope: &Scope<'t>) {
    let mut seen = HashSet::new();
    let all = scope.spec.get("containers").items().chain(scope.spec.get("initContainers").items());
    for name in all.map(|container| container.get("name")) {
        if !seen.insert(name.str()) && !name.blank() {
            check.duplicate(name, "another container has this name");
        }
    }
}

/// What all containers have.
fn common<'t>(check: &mut Check<'t>, scope: &Scope<'t>, at: At<'t>) {
    let name = at.get("name");
    if check.require(name) {
        check.text(name, names::label);
    }
    image(check, scope, at.get("image"));
    check.one_of(at.get("imagePullPolicy"), &["Always", "IfNotPresent", "Never"]);
    check.one_of(at.get("terminationMessagePolicy"), &["File", "FallbackToLogsOnError"]);
    env::env(check, at.get("env"));
    env::env_from(check, at.get("envFrom"));
    mounts::mounts(check, scope, at);
    mounts::devices(check, scope, at);
    resources::of_container(check, scope, at.get("resources"));
    if check.minor >= since::RESIZE {
        resize(check, scope, at.get("resizePolicy"));
    }
    security::of_container(check, scope, at.get("securityContext"));
}

fn image<'t>(check: &mut Check<'t>, scope: &Scope<'t>, at: At<'t>) {
    const PADDED: &str = "must have no space before and after it";
    if !check.require(at) || at.str().trim() == at.str() {
        return;
    }
    if scope.of_pod {
        check.invalid(at, PADDED);
    } else {
        check.breaks(at, format!("the pods cannot be made: it {PADDED}"));
    }
}

fn resize<'t>(check: &mut Check<'t>, scope: &Scope<'t>, at: At<'t>) {
    let never = scope.spec.get("restartPolicy").str() == "Never";
    for policy in at.items() {
        let restart = policy.get("restartPolicy");
        check.require_one_of(policy.get("resourceName"), &["cpu", "memory"]);
        let known = check.require_one_of(restart, &["NotRequired", "RestartContainer"]);
        if known && never && restart.str() != "NotRequired" {
            check.invalid(restart, "must be `NotRequired` when the `restartPolicy` of the pod is `Never`");
        }
    }
    let name = |policy: At<'t>| Some(policy.get("resourceName").str());
    check.unique(at.items(), name, "another policy is for this resource");
}

/// The restart policy of a container that runs: the pod has one for all.
fn policy<'t>(check: &mut Check<'t>, at: At<'t>) {
    let policy = at.get("restartPolicy");
    if policy.present() && check.minor < since::RESTART_RULES {
        check.forbidden(policy, "may only be set in init containers");
    }
}

/// What belongs to containers that start the pod.
fn init<'t>(check: &mut Check<'t>, scope: &Scope<'t>, at: At<'t>) {
    if (since::SIDECARS..since::RESTART_RULES).contains(&check.minor) {
        check.one_of_or_null(at.get("restartPolicy"), &["Always"]);
    }
    if is_sidecar(check.minor, at) {
        probe::of_container(check, scope, at);
        return;
    }
    for key in ["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"] {
        let one = at.get(key);
        // A server without stop signals drops them, and what holds nothing else.
        let dropped = one.len() == 1 && one.get("stopSignal").present();
        if one.present() && !dropped {
            check.forbidden(one, "may not be set in an init container without `restartPolicy: Always`");
        }
    }
}
