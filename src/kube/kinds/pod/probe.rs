//! What is done to running containers: probes, hooks, and the actions of both.

use super::{scope::Scope, since};
use crate::kube::{
    at::{At, Data},
    check::{Check, Fault},
    format::{Verdict, names, unless},
};

/// Checks the probes and hooks of a container.
pub(super) fn of_container<'t>(check: &mut Check<'t>, scope: &Scope<'t>, at: At<'t>) {
    for key in ["livenessProbe", "readinessProbe", "startupProbe"] {
        let one = at.get(key);
        if one.present() {
            probe(check, at, one, key == "readinessProbe");
        }
    }
    for key in ["postStart", "preStop"] {
        let hook = at.at(&["lifecycle", key]);
        if hook.present() {
            self::hook(check, scope, hook);
        }
    }
}

fn probe<'t>(check: &mut Check<'t>, container: At<'t>, at: At<'t>, readiness: bool) {
    if let Some((kind, action)) = check.exactly_one(at, &["exec", "httpGet", "tcpSocket", "grpc"]) {
        self::action(check, kind, action);
        named_port(check, container, action.get("port"));
    }
    for key in ["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "failureThreshold"] {
        check.not_negative(at.get(key));
    }
    let (threshold, grace) = (at.get("successThreshold"), at.get("terminationGracePeriodSeconds"));
    if readiness {
        check.not_negative(threshold);
        if grace.present() {
            check.forbidden(grace, "may not be set in a readiness probe");
        }
    } else if threshold.int().is_some_and(|n| !(0..=1).contains(&n)) {
        check.invalid(threshold, "must be 1 in a probe that is not for readiness");
    }
    if grace.int().is_some_and(|n| n < 1) {
        check.invalid(grace, "must be 1 or more");
    }
}

/// A probe of a port by name needs a port of this name.
fn named_port<'t>(check: &mut Check<'t>, container: At<'t>, at: At<'t>) {
    let name = at.str();
    let known = container.get("ports").items().any(|port| port.get("name").str() == name);
    if !name.is_empty() && !known && names::port_name(name).is_none() {
        check.breaks(at, format!("the probe always fails: the container has no port with the name `{name}`"));
    }
}

fn hook<'t>(check: &mut Check<'t>, scope: &Scope<'t>, at: At<'t>) {
    let slept = at.get("sleep").present();
    if check.minor < since::SLEEP && slept {
        // The server drops it, and with it a hook that has nothing else.
        check.at_most_one(at, &["exec", "httpGet", "tcpSocket"]);
        return;
    }
    match check.exactly_one(at, &["exec", "httpGet", "tcpSocket", "sleep"]) {
        Some(("sleep", action)) => sleep(check, scope, action.get("seconds")),
        Some((kind, action)) => self::action(check, kind, action),
        None => {}
    }
}

fn sleep<'t>(check: &mut Check<'t>, scope: &Scope<'t>, at: At<'t>) {
    let seconds = at.int().unwrap_or(0);
    let least = i64::from(check.minor < since::SLEEP_NONE);
    let most = scope.grace;
    if seconds < least || seconds > most {
        check.invalid(at, format!("must be from {least} to {most}, the `terminationGracePeriodSeconds`"));
    }
}

fn action<'t>(check: &mut Check<'t>, kind: &str, at: At<'t>) {
    match kind {
        "exec" => {
            check.require(at.get("command"));
        }
        "httpGet" => {
            port(check, at.get("port"));
            check.one_of(at.get("scheme"), &["HTTP", "HTTPS"]);
            for name in at.get("httpHeaders").items().map(|header| header.get("name")) {
                if check.require(name) {
                    check.text(name, header);
                }
            }
        }
        _ => port(check, at.get("port")),
    }
}

/// A port by number or name.
fn port<'t>(check: &mut Check<'t>, at: At<'t>) {
    match at.data() {
        Data::Str(text) => {
            if let Some(what) = names::port_name(text) {
                let quoted = text.parse::<u16>().is_ok().then(|| "write it without quotes".to_owned());
                check.fault(Fault::ValueInvalid, at, what).help = quoted;
            }
        }
        Data::Null => check.required(at, "must be from 1 to 65535, or the name of a port"),
        _ => {
            check.within(at, 1, 65535);
        }
    }
}

fn header(text: &str) -> Verdict {
    unless(text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'), "must be letters, digits and `-`")
}
