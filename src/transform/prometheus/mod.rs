//! `monitoring.prometheus`: objects of the Prometheus operator. A ServiceMonitor for every Service on which the package's
//! facts name a metrics endpoint; for packages without one, a PrometheusRule on what the cluster measures anyway: the
//! series of kube-state-metrics and cAdvisor.
//!
//! Runs before `labels` and `annotations`, so that its objects have the common ones. An object that the package makes under
//! the same name wins.

mod alerts;

use super::{Scope, Transform, edit};
use crate::{
    diag::Finding,
    field::{By, Data, Field},
    manifest::Manifest,
    package::Endpoint,
    source::Span,
    workspace::Setting,
};

pub(super) static TRANSFORM: Transform = Transform { name: NAME, apply };
const NAME: &str = "monitoring.prometheus";

const API: &str = "monitoring.coreos.com/v1";

/// The label by which a ServiceMonitor finds its Service, and no other one.
const SCRAPED: &str = "podwright.dev/scraped-service";

fn apply(scope: &mut Scope<'_, '_>) -> Vec<Finding> {
    let Some(setting) = scope.settings.get(&["monitoring", "prometheus"]) else { return Vec::new() };
    let mut scraped = 0;
    if setting.get(&["serviceMonitors"]).and_then(|s| s.flag()) != Some(false) {
        scraped = service_monitors(scope, setting);
    }
    if scraped > 0 {
        scope.seen.scraped();
    }
    if scraped > 0
        && let Some(account) = setting.get(&["serviceAccount"])
    {
        access(scope, account);
    }
    let rules = setting.get(&["rules"]);
    let wanted = match rules.map(|r| r.flag()) {
        // Asked for by name.
        Some(flag) => flag != Some(false),
        None => scope.facts.metrics.is_empty(),
    };
    if wanted {
        alerts::add(scope, setting, rules);
    }
    Vec::new()
}

/// The head of an object of ours: its name and the labels that are asked for.
fn metadata<'a>(scope: &mut Scope<'_, 'a>, setting: Setting<'_, 'a>, by: By, name: String) -> Field<'a> {
    let mut labels = vec![("app.kubernetes.io/instance", edit::text(by, scope.component))];
    for (key, label) in setting.get(&["labels"]).into_iter().flat_map(|l| l.entries().collect::<Vec<_>>()) {
        let Some(text) = label.text() else { continue };
        labels.retain(|(k, _)| *k != key);
        labels.push((key, edit::text(edit::made(scope.trace, NAME, label.span()), text)));
    }
    edit::map(by, [("name", edit::text(by, name)), ("labels", edit::map(by, labels))])
}

/// Makes the ServiceMonitors; how many Services are scraped.
fn service_monitors<'a>(scope: &mut Scope<'_, 'a>, setting: Setting<'_, 'a>) -> usize {
    let facts = scope.facts;
    let mut monitors = Vec::new();
    for manifest in scope.manifests.iter_mut() {
        let name = &manifest.identity.name;
        if !manifest.identity.group.is_empty() || manifest.identity.kind != "Service" {
            continue;
        }
        let endpoints: Vec<&Endpoint> = facts
            .metrics
            .iter()
            .filter(|e| e.means(scope.component, name) && has_port(manifest, &e.port))
            .collect();
        if endpoints.is_empty() {
            continue;
        }
        let (name, asked) = (name.clone(), asked(setting));
        if let Some(labels) =
            edit::map_at(&mut manifest.body, &["metadata", "labels"], scope.trace, NAME, asked)
        {
            edit::set(labels, SCRAPED, name.clone(), scope.trace, NAME, asked);
        }
        monitors.push((name, endpoints));
    }
    let count = monitors.len();
    for (name, endpoints) in monitors {
        let by = edit::made(scope.trace, NAME, asked(setting));
        let mut items = Vec::with_capacity(endpoints.len());
        for endpoint in endpoints {
            items.push(scrape(scope, setting, by, endpoint));
        }
        let head = metadata(scope, setting, by, name.clone());
        let label = edit::map(by, [(SCRAPED, edit::text(by, name))]);
        let spec =
            [("selector", edit::map(by, [("matchLabels", label)])), ("endpoints", edit::list(by, items))];
        let body = object(by, API, "ServiceMonitor", head, [("spec", edit::map(by, spec))]);
        scope.add(body);
    }
    count
}

/// How one endpoint is scraped.
fn scrape<'a>(scope: &mut Scope<'_, 'a>, setting: Setting<'_, 'a>, by: By, endpoint: &Endpoint) -> Field<'a> {
    let text = |value: &str| edit::text(by, value.to_owned());
    let mut members = vec![("port", text(&endpoint.port)), ("path", text(&endpoint.path))];
    if let Some(scheme) = &endpoint.scheme {
        members.push(("scheme", text(scheme)));
    }
    if let Some(interval) = setting.get(&["interval"])
        && let Some(text) = interval.text()
    {
        members.push(("interval", edit::text(edit::made(scope.trace, NAME, interval.span()), text)));
    }
    edit::map(by, members)
}

/// Lets the account that Prometheus runs as look up what it is to scrape.
fn access<'a>(scope: &mut Scope<'_, 'a>, account: Setting<'_, 'a>) {
    let Some((namespace, name)) = account.text().and_then(|t| t.split_once('/')) else { return };
    const GROUP: &str = "rbac.authorization.k8s.io";
    const RBAC: &str = "rbac.authorization.k8s.io/v1";
    let by = edit::made(scope.trace, NAME, account.span());
    let own = format!("{}-prometheus", scope.component);
    let texts = |items: &[&'static str]| edit::list(by, items.iter().map(|t| edit::text(by, *t)).collect());
    let head = |own: &str| edit::map(by, [("name", edit::text(by, own.to_owned()))]);
    let rule = |group: &'static str, resources: &[&'static str]| {
        let read = texts(&["get", "list", "watch"]);
        edit::map(by, [("apiGroups", texts(&[group])), ("resources", texts(resources)), ("verbs", read)])
    };
    let rules =
        vec![rule("", &["endpoints", "pods", "services"]), rule("discovery.k8s.io", &["endpointslices"])];
    let role = object(by, RBAC, "Role", head(&own), [("rules", edit::list(by, rules))]);
    let role_ref = [("apiGroup", GROUP), ("kind", "Role")].map(|(key, t)| (key, edit::text(by, t)));
    let role_ref = role_ref.into_iter().chain([("name", edit::text(by, own.clone()))]);
    let subject = [("kind", "ServiceAccount"), ("name", name), ("namespace", namespace)];
    let subject = edit::map(by, subject.map(|(key, t)| (key, edit::text(by, t))));
    let parts = [("roleRef", edit::map(by, role_ref)), ("subjects", edit::list(by, vec![subject]))];
    let binding = object(by, RBAC, "RoleBinding", head(&own), parts);
    scope.add(role);
    scope.add(binding);
}

/// A whole object.
fn object<'a>(
    by: By,
    version: &'static str,
    kind: &'static str,
    metadata: Field<'a>,
    rest: impl IntoIterator<Item = (&'a str, Field<'a>)>,
) -> Field<'a> {
    let head =
        [("apiVersion", edit::text(by, version)), ("kind", edit::text(by, kind)), ("metadata", metadata)];
    edit::map(by, head.into_iter().chain(rest))
}

/// Where monitoring is asked for.
fn asked(setting: Setting<'_, '_>) -> Span {
    setting.key_span()
}

fn has_port(service: &Manifest<'_>, name: &str) -> bool {
    let ports = service.body.at(&["spec", "ports"]).map_or(&[][..], Field::items);
    ports.iter().any(|p| matches!(p.get("name").map(|n| &n.data), Some(Data::Str(own)) if own == name))
}
