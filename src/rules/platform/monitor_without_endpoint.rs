//! Finds monitors of Prometheus that have nothing to scrape.

use crate::{
    diag::{Finding, Level},
    field::{Data, Field},
    manifest::{Identity, Manifest},
    rules::{
        Check, Environment, Example, Rule, Subject,
        objects::{
            Selector, Workload,
            labels::{label, selects, serves},
            scheduler::{Line, Server, servers},
            workloads,
        },
    },
    workspace::RuleLevel,
};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "monitor-without-endpoint",
    summary: "a ServiceMonitor or PodMonitor that finds nothing to scrape",
    level: RuleLevel::Report(Level::Warn),
    docs: "Prometheus takes a monitor without a word, finds no target, and no alert ever fires. A ServiceMonitor selects by the labels of \
        Services (not of pods) and names a port of the Service; a PodMonitor selects by the labels of pods and names a port of a \
        container. DolphinScheduler 1.3 serves no metrics at all, whatever is selected: without a Java agent that does, only its \
        containers can be watched, from outside.\n\n\
        Select labels that a Service or a pod of the environment has, and a port by the name it has there.",
    parameters: &[],
    bad: &[
        Example::Manifests(
            "apiVersion: v1\nkind: Service\nmetadata: { name: web, labels: { app: web } }\nspec:\n  selector: { app: web }\n  \
             ports: [{ name: http, port: 80 }]\n---\n\
             apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nmetadata: { name: by-label }\nspec:\n  \
             selector:\n    matchLabels:\n      app: wbe # <-\n  endpoints: [{ port: http }]\n---\n\
             apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nmetadata: { name: by-port }\nspec:\n  \
             selector: { matchLabels: { app: web } }\n  endpoints:\n    - port: metrics # <-\n",
        ),
        Example::Files(&[
            (
                "environments/dev/environment.yaml",
                "namespace: dev\ncomponents:\n  dolphinscheduler: { package: dolphinscheduler, version: 1.3.9 }\n  \
                 monitors: { package: app, version: 1.0.0, manifests: [manifests/api.yaml] }\n",
            ),
            (
                "environments/dev/manifests/api.yaml",
                "apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nmetadata: { name: api }\nspec:\n  selector:\n    \
                 matchLabels:\n      app.kubernetes.io/name: dolphinscheduler-api\n  endpoints:\n    - port: api-port # <-\n",
            ),
        ]),
    ],
    good: &[
        Example::Manifests(
            "apiVersion: v1\nkind: Pod\nmetadata: { name: web, labels: { app: web } }\nspec:\n  \
             containers: [{ name: web, image: \"a:1\", ports: [{ name: metrics, containerPort: 9090 }] }]\n---\n\
             apiVersion: v1\nkind: Service\nmetadata: { name: web, labels: { app: web } }\nspec:\n  selector: { app: web }\n  \
             ports: [{ name: http, port: 80 }]\n---\n\
             apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nmetadata: { name: web }\nspec:\n  \
             selector: { matchExpressions: [{ key: app, operator: In, values: [web] }] }\n  \
             endpoints: [{ port: http }, { targetPort: metrics }]\n---\n\
             apiVersion: monitoring.coreos.com/v1\nkind: PodMonitor\nmetadata: { name: web }\nspec:\n  \
             selector: { matchLabels: { app: web } }\n  podMetricsEndpoints: [{ port: metrics }]\n",
        ),
        // Services of other namespaces, and those that operators make, are not in Git.
        Example::Manifests(
            "apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nmetadata: { name: elsewhere }\nspec:\n  \
             namespaceSelector: { matchNames: [kube-system] }\n  selector: { matchLabels: { app: dns } }\n  endpoints: [{ port: metrics }]\n---\n\
             apiVersion: zookeeper.pravega.io/v1beta1\nkind: ZookeeperCluster\nmetadata: { name: zk }\nspec: { replicas: 3 }\n---\n\
             apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nmetadata: { name: zk }\nspec:\n  \
             selector: { matchLabels: { app: zk } }\n  endpoints: [{ port: tcp-metrics }]\n",
        ),
    ],
    check: Check::Environment(|environment, _| check(environment)),
};

/// The groups of custom kinds that make neither Services nor pods.
const QUIET: [&str; 8] = [
    "bitnami.com",
    "cert-manager.io",
    "external-secrets.io",
    "keda.sh",
    "monitoring.coreos.com",
    "policy.linkerd.io",
    "scheduling.volcano.sh",
    "traefik.io",
];

/// What a monitor may find.
enum Target<'e, 'm, 'a> {
    Service(&'m Field<'a>, &'e [Workload<'m, 'a>]),
    Pods(&'e Workload<'m, 'a>),
}

fn check(environment: &Environment<'_, '_>) -> Vec<Finding> {
    let all = || environment.components.iter().flat_map(|s| s.manifests.iter().map(move |m| (s, m)));
    let mut monitors = all().filter(|(_, m)| m.identity.group == "monitoring.coreos.com").peekable();
    if monitors.peek().is_none() {
        return Vec::new();
    }
    // What operators make stands in no manifest.
    let custom = |i: &Identity| {
        i.group.contains('.') && !i.group.ends_with(".k8s.io") && !QUIET.contains(&i.group.as_str())
    };
    let made = all().any(|(_, m)| custom(&m.identity));
    let pods: Vec<Workload<'_, '_>> = environment.components.iter().flat_map(workloads).collect();
    let silent: Vec<*const Field<'_>> = environment
        .components
        .iter()
        .flat_map(servers)
        .filter(is_silent)
        .map(|s| std::ptr::from_ref(s.workload.template))
        .collect();
    let mut findings = Vec::new();
    for (subject, monitor) in monitors {
        if let Some(targets) = targets(environment, monitor, &pods) {
            findings.extend(judge(subject, monitor, &targets, (&silent, made)));
        }
    }
    findings
}

/// Whether a server of DolphinScheduler serves no metrics: 1.3 does with a Java agent only.
fn is_silent(server: &Server<'_, '_, '_>) -> bool {
    let options = server.variable("DOLPHINSCHEDULER_OPTS").and_then(Field::as_str);
    server.line == Line::One && !options.is_some_and(|o| o.contains("-javaagent"))
}

/// What a monitor finds in the environment; none for what is no monitor, or looks at namespaces that are not here.
fn targets<'e, 'm, 'a>(
    environment: &'e Environment<'m, 'a>,
    monitor: &Manifest<'_>,
    pods: &'e [Workload<'m, 'a>],
) -> Option<Vec<Target<'e, 'm, 'a>>> {
    let service = match &*monitor.identity.kind {
        "ServiceMonitor" => true,
        "PodMonitor" => false,
        _ => return None,
    };
    let names = monitor.body.at(&["spec", "namespaceSelector", "matchNames"]).map(Field::items);
    let any = monitor.body.at(&["spec", "namespaceSelector", "any"]).map(|f| &f.data);
    let own = monitor.identity.namespace.as_deref()?;
    let seen: Vec<&str> = names.map_or(vec![own], |n| n.iter().filter_map(Field::as_str).collect());
    if any == Some(&Data::Bool(true)) || seen.iter().any(|&n| n != environment.config.namespace.0 && n != own)
    {
        return None;
    }
    let here = |i: &Identity| i.namespace.as_deref().is_some_and(|n| seen.contains(&n));
    let selector = monitor.body.at(&["spec", "selector"])?;
    if !service {
        let selector = Selector::of(selector);
        let fits = |p: &&Workload<'_, '_>| here(&p.manifest.identity) && selector.matches(p);
        return Some(pods.iter().filter(fits).map(Target::Pods).collect());
    }
    let services = environment.components.iter().flat_map(|s| s.manifests).filter(|m| {
        m.identity.kind == "Service" && here(&m.identity) && selects(selector, &|key| label(&m.body, key))
    });
    Some(services.map(|m| Target::Service(&m.body, pods)).collect())
}

fn judge(
    subject: &Subject<'_, '_>,
    monitor: &Manifest<'_>,
    targets: &[Target<'_, '_, '_>],
    (silent, made): (&[*const Field<'_>], bool),
) -> Vec<Finding> {
    let identity = &monitor.identity;
    let service = identity.kind == "ServiceMonitor";
    let what = if service { "Service" } else { "pod" };
    if targets.is_empty() {
        let Some(selector) = monitor.body.at(&["spec", "selector"]).filter(|_| !made) else {
            return Vec::new();
        };
        let labels = selector.get("matchLabels").map_or(&[][..], Field::members);
        let at = labels.first().map_or(selector, |m| &m.value);
        let message = format!("{identity} selects no {what} of this environment: Prometheus scrapes nothing");
        let finding = subject.finding(RULE.code, at.by, at.as_str(), message);
        return vec![finding.help(format!("select labels that a {what} has"))];
    }
    let list = if service { "endpoints" } else { "podMetricsEndpoints" };
    let endpoints = monitor.body.at(&["spec", list]).map_or(&[][..], Field::items);
    let mut findings = Vec::new();
    for endpoint in endpoints {
        let port = ["port", "targetPort"].into_iter().find_map(|key| Some((key, endpoint.get(key)?)));
        let Some((key, port, name)) = port.and_then(|(key, f)| Some((key, f, f.as_str()?))) else { continue };
        let (message, help) = if !targets.iter().any(|t| t.has(key, name)) {
            let names: Vec<&str> = targets.iter().flat_map(|t| t.ports(key)).collect();
            let help = match names.is_empty() {
                true => format!("give the port of the {what} a name"),
                false => format!("the names are {}", names.join(", ")),
            };
            (format!("{identity} scrapes the port `{name}`, which no {what} that it selects has"), help)
        } else if targets.iter().all(|t| t.is_silent(silent)) {
            let help = "watch its containers instead, or add an agent to DOLPHINSCHEDULER_OPTS";
            (format!("{identity} scrapes DolphinScheduler 1.3, which serves no metrics"), help.to_owned())
        } else {
            continue;
        };
        findings.push(subject.finding(RULE.code, port.by, Some(name), message).help(help));
    }
    findings
}

impl<'m> Target<'_, 'm, '_> {
    /// The names of its ports that an endpoint's `port` or `targetPort` may mean.
    fn ports(&self, key: &str) -> Vec<&'m str> {
        match self {
            Self::Service(service, _) if key == "port" => names(service.at(&["spec", "ports"])),
            Self::Service(service, pods) => {
                pods.iter().filter(|p| serves(service, p)).flat_map(pod_ports).collect()
            }
            Self::Pods(pods) => pod_ports(pods),
        }
    }

    fn has(&self, key: &str, name: &str) -> bool {
        // Pods that are not in Git may have any port.
        let unknown = match self {
            Self::Service(service, pods) if key == "targetPort" => !pods.iter().any(|p| serves(service, p)),
            _ => false,
        };
        unknown || self.ports(key).contains(&name)
    }

    /// Whether all its pods are among those.
    fn is_silent(&self, silent: &[*const Field<'_>]) -> bool {
        let is = |pods: &Workload<'_, '_>| silent.iter().any(|s| std::ptr::addr_eq(*s, pods.template));
        match self {
            Self::Service(service, pods) => {
                let mut own = pods.iter().filter(|p| serves(service, p)).peekable();
                own.peek().is_some() && own.all(is)
            }
            Self::Pods(pods) => is(pods),
        }
    }
}

/// The names of the ports of the containers of pods.
fn pod_ports<'m>(pods: &Workload<'m, '_>) -> Vec<&'m str> {
    pods.containers().iter().flat_map(|c| names(c.field.get("ports"))).collect()
}

fn names<'m>(ports: Option<&'m Field<'_>>) -> Vec<&'m str> {
    let ports = ports.map_or(&[][..], Field::items);
    ports.iter().filter_map(|p| p.get("name").and_then(Field::as_str)).collect()
}
