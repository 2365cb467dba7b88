//! `Ingress` and `IngressClass`: hosts, paths, backends, TLS and parameters.

use crate::kube::{
    at::At,
    check::Check,
    format::{names, net},
    kinds::reference::reference,
};

/// The annotation that named the class before there was a field for it.
const CLASS: &str = "kubernetes.io/ingress.class";
/// The longest name of a controller, in characters.
const CONTROLLER: usize = 250;

/// Checks an `Ingress`.
pub(super) fn check<'t>(check: &mut Check<'t>, object: At<'t>) {
    let (spec, annotation) = (object.get("spec"), object.at(&["metadata", "annotations", CLASS]));
    let (rules, backend, class) =
        (spec.get("rules"), spec.get("defaultBackend"), spec.get("ingressClassName"));
    if rules.is_empty() && backend.absent() {
        check.required(rules, "an Ingress needs `rules`, a `defaultBackend`, or both");
    }
    if backend.present() {
        self::backend(check, backend);
    }
    for rule in rules.items() {
        host(check, rule.get("host"));
        let http = rule.get("http");
        if http.present() && check.require(http.get("paths")) {
            http.get("paths").items().for_each(|one| path(check, one));
        }
    }
    for tls in spec.get("tls").items() {
        for one in tls.get("hosts").items() {
            domain(check, one);
        }
        let secret = tls.get("secretName");
        if !secret.blank() {
            check.text(secret, names::subdomain);
        }
    }
    check.text(class, names::subdomain);
    if annotation.depth == 0 {
        if class.absent() {
            check.warn(annotation, "the annotation is deprecated; use `spec.ingressClassName`");
        } else if class.str() != annotation.str() {
            check.invalid(annotation, "must be the same as `spec.ingressClassName`");
        }
    }
}

fn host<'t>(check: &mut Check<'t>, at: At<'t>) {
    if at.blank() {
        return;
    }
    if net::address(at.str()).is_some() {
        check.invalid(at, "must be a DNS name, not an IP address");
    } else {
        domain(check, at);
    }
}

/// A DNS name that may begin with `*.`.
fn domain<'t>(check: &mut Check<'t>, at: At<'t>) {
    let judge = if at.str().contains('*') { names::wildcard_subdomain } else { names::subdomain };
    if let Some(what) = judge(at.str()) {
        check.invalid(at, what);
    }
}

fn path<'t>(check: &mut Check<'t>, at: At<'t>) {
    let (kind, path) = (at.get("pathType"), at.get("path"));
    if kind.absent() {
        check.required(kind, "must be `Prefix`, `Exact` or `ImplementationSpecific`");
        return;
    }
    if check.one_of_or_null(kind, &["Prefix", "Exact", "ImplementationSpecific"]) {
        let strict = kind.str() != "ImplementationSpecific";
        let text = path.str();
        if !text.starts_with('/') && (strict || !text.is_empty()) {
            if path.absent() {
                check.required(path, "must begin with `/`");
            } else {
                check.invalid(path, "must begin with `/`");
            }
        } else if strict {
            for part in ["//", "/./", "/../", "%2f", "%2F"] {
                if text.contains(part) {
                    check.invalid(path, format!("must not contain `{part}`"));
                }
            }
            if text.ends_with("/..") || text.ends_with("/.") {
                check.invalid(path, "must not end with `/.` or `/..`");
            }
        }
    }
    backend(check, at.get("backend"));
}

fn backend<'t>(check: &mut Check<'t>, at: At<'t>) {
    let (service, resource) = (at.get("service"), at.get("resource"));
    match (service.present(), resource.present()) {
        (true, true) => check.forbidden(resource, "may not stand beside `service`"),
        (false, false) => check.required(at, "needs a `service` or a `resource`"),
        (false, true) => reference(check, resource),
        (true, false) => {
            let name = service.get("name");
            if check.require(name) {
                // Services may begin with a digit since 1.36.
                check.text(name, if check.minor >= 36 { names::label } else { names::label_1035 });
            }
            port(check, service.get("port"));
        }
    }
}

fn port<'t>(check: &mut Check<'t>, at: At<'t>) {
    let (name, number) = (at.get("name"), at.get("number"));
    let numbered = number.int().unwrap_or(0) != 0;
    match (!name.blank(), numbered) {
        (true, true) => check.forbidden(number, "may not stand beside `name`"),
        (false, false) => check.required(at, "needs a `name` or a `number`"),
        (true, false) => {
            check.text(name, names::port_name);
        }
        (false, true) => {
            check.within(number, 1, 65535);
        }
    }
}

/// Checks an `IngressClass`.
pub(super) fn class<'t>(check: &mut Check<'t>, object: At<'t>) {
    let controller = object.at(&["spec", "controller"]);
    if check.require(controller) {
        if controller.str().len() > CONTROLLER {
            check.too_long(controller, format!("must have at most {CONTROLLER} characters"));
        }
        check.text(controller, names::domain_path);
    }
    let parameters = object.at(&["spec", "parameters"]);
    if parameters.absent() {
        return;
    }
    reference(check, parameters);
    let (scope, namespace) = (parameters.get("scope"), parameters.get("namespace"));
    if !check.one_of_or_null(scope, &["Cluster", "Namespace"]) {
        return;
    }
    if scope.str() == "Namespace" {
        if namespace.absent() {
            check.required(namespace, "`scope` is `Namespace`");
        } else {
            check.text(namespace, names::label);
        }
    } else if namespace.present() {
        check.forbidden(namespace, "may only be set when `scope` is `Namespace`");
    }
}
