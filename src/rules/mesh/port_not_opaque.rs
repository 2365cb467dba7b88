//! Finds ports of meshed pods whose protocol Linkerd looks for in vain.

use super::proxies::{DEFAULT_OPAQUE, Meshed, OPAQUE, Said, meshed};
use crate::{
    diag::{Finding, Level},
    field::{Data, Field},
    manifest::Manifest,
    rules::{
        Check, Environment, Example, Parameters, Rule,
        objects::{
            labels::{annotation, serves},
            scheduler::{Server, servers},
        },
    },
    source::Span,
    workspace::{Parameter, RuleLevel, RuleSetting},
};
use std::collections::{BTreeMap, BTreeSet};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "mesh-port-not-opaque",
    summary: "a port of meshed pods that is not HTTP, and that Linkerd is not told about",
    level: RuleLevel::Report(Level::Warn),
    docs: "Linkerd reads the first bytes of a connection to find its protocol. Where the server speaks first, or nobody speaks for a while, \
        it waits ten seconds before it lets anything through: with databases, with ZooKeeper, and between masters and workers of \
        DolphinScheduler. `config.linkerd.io/opaque-ports` names the ports where it does not look; on pods, on Services that \
        have an address of their own, or on the namespace for both. The annotation replaces Linkerd's own list (25, 587, 3306, 4444, \
        5432, 6379, 9300, 11211), so those that count have to be in it again.\n\n\
        Name all of them, or ask for `mesh.linkerd` in environment.yaml, which does.",
    parameters: &[Parameter {
        name: "ports",
        about: "ports that are opaque wherever a container has them, beside those of DolphinScheduler",
        default: RuleSetting::Texts(&["2181", "3306", "4444", "5432", "6379", "9300", "11211"]),
    }],
    bad: &[
        Example::Values("worker:\n  annotations:\n    linkerd.io/inject: enabled # <-\n"),
        Example::Manifests(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: mysql\n  labels: { app: mysql }\n  annotations:\n    linkerd.io/inject: enabled\n    \
             config.linkerd.io/opaque-ports: \"33060\" # <-\nspec:\n  \
             containers: [{ name: mysql, image: \"mysql:8.0.36\", ports: [{ containerPort: 3306 }, { containerPort: 33060 }] }]\n---\n\
             apiVersion: v1\nkind: Pod\nmetadata:\n  name: zookeeper\n  labels: { app: zookeeper }\n  annotations:\n    \
             linkerd.io/inject: enabled\n    config.linkerd.io/opaque-ports: 2181,2888,3888\nspec:\n  \
             containers: [{ name: zookeeper, image: \"zookeeper:3.8.4\", ports: [{ name: client, containerPort: 2181 }] }]\n---\n\
             apiVersion: v1\nkind: Service\nmetadata: { name: zookeeper }\nspec:\n  selector: { app: zookeeper }\n  ports:\n    \
             - { name: client, port: 2181, targetPort: client } # <-\n",
        ),
    ],
    good: &[
        Example::Environment("mesh: { linkerd: { inject: enabled } }\n"),
        Example::Manifests(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: mysql\n  labels: { app: mysql }\n  annotations: { linkerd.io/inject: enabled }\nspec:\n  \
             containers: [{ name: mysql, image: \"mysql:8.0.36\", ports: [{ containerPort: 3306 }] }]\n---\n\
             apiVersion: v1\nkind: Service\nmetadata: { name: mysql }\nspec:\n  selector: { app: mysql }\n  ports: [{ port: 3306 }]\n",
        ),
        Example::Values(
            "worker:\n  annotations:\n    linkerd.io/inject: enabled\n    \
             config.linkerd.io/opaque-ports: 1234,5432,5678,50051\n    config.linkerd.io/skip-outbound-ports: \"2181\"\n",
        ),
    ],
    check: Check::Environment(check),
};

/// The ports between servers of DolphinScheduler: of masters, of workers and their loggers, of alerts.
const SCHEDULER: [u16; 4] = [1234, 5678, 50051, 50052];

/// Ports from one to another.
type Ranges = Vec<(u16, u16)>;

/// What is wrong at one place.
struct Wrong {
    finding: Finding,
    ports: BTreeSet<u16>,
    /// What the annotation would have to be.
    whole: BTreeSet<(u16, u16)>,
}

fn check(environment: &Environment<'_, '_>, parameters: &Parameters<'_>) -> Vec<Finding> {
    let known: Vec<u16> = parameters.texts("ports").iter().filter_map(|p| p.parse().ok()).collect();
    let all: Vec<Server<'_, '_, '_>> = environment.components.iter().flat_map(servers).collect();
    let mut wrong: BTreeMap<Span, Wrong> = BTreeMap::new();
    for meshed in meshed(environment) {
        let server = all.iter().find(|s| std::ptr::eq(s.workload.template, meshed.workload.template));
        let serves = served(&meshed, &known, server.is_some());
        let mut ports: BTreeSet<u16> = serves.values().copied().collect();
        ports.extend(server.map(called).unwrap_or_default());
        let said = meshed.said(OPAQUE);
        let opaque = ranges(said.map_or(DEFAULT_OPAQUE, |s| s.text()), &serves);
        let skipped =
            SKIPPED.iter().filter_map(|key| meshed.said(key)).flat_map(|s| ranges(s.text(), &serves));
        let left: Ranges = opaque.iter().copied().chain(skipped).collect();
        let missing: BTreeSet<u16> = ports.into_iter().filter(|&p| !within(&left, p)).collect();
        if !missing.is_empty() {
            let said = said.unwrap_or(meshed.inject);
            add(&mut wrong, &said, (missing.clone(), &opaque));
        }
        for (subject, service) in services(environment, &meshed) {
            let own = annotation(&service.body, OPAQUE).map(|field| Said { subject, field });
            let said = own.or_else(|| {
                meshed.said(OPAQUE).filter(|_| annotation(meshed.workload.template, OPAQUE).is_none())
            });
            let opaque = ranges(said.map_or(DEFAULT_OPAQUE, |s| s.text()), &serves);
            for port in service.body.at(&["spec", "ports"]).map_or(&[][..], Field::items) {
                let Some((number, target)) = numbers(port, &serves) else { continue };
                let told = within(&opaque, number) || missing.contains(&target);
                if serves.values().any(|p| *p == target) && !told {
                    add(
                        &mut wrong,
                        &own.unwrap_or(Said { subject, field: port }),
                        ([number].into(), &opaque),
                    );
                }
            }
        }
    }
    wrong.into_values().map(Wrong::tell).collect()
}

/// The annotations that keep ports from the proxy.
const SKIPPED: [&str; 2] = ["config.linkerd.io/skip-inbound-ports", "config.linkerd.io/skip-outbound-ports"];

impl Wrong {
    fn tell(self) -> Finding {
        let list = |ports: &BTreeSet<u16>| ports.iter().map(u16::to_string).collect::<Vec<_>>().join(", ");
        let whole: Vec<String> = self
            .whole
            .iter()
            .map(|(from, to)| if from == to { from.to_string() } else { format!("{from}-{to}") })
            .collect();
        let what = if self.ports.len() == 1 { "port" } else { "ports" };
        let message =
            format!("Linkerd looks for HTTP on the {what} {}, which are not opaque", list(&self.ports));
        let message = if self.ports.len() == 1 { message.replace("are not", "is not") } else { message };
        Finding { message, ..self.finding }.help(format!("annotate `{OPAQUE}: \"{}\"`", whole.join(",")))
    }
}

fn add(
    wrong: &mut BTreeMap<Span, Wrong>,
    said: &Said<'_, '_, '_>,
    (ports, opaque): (BTreeSet<u16>, &Ranges),
) {
    let finding = said.subject.finding(RULE.code, said.field.by, said.field.as_str(), "");
    let entry =
        wrong.entry(finding.at).or_insert(Wrong { finding, ports: BTreeSet::new(), whole: BTreeSet::new() });
    entry.whole.extend(opaque.iter().copied().chain(ports.iter().map(|&p| (p, p))));
    entry.ports.extend(ports);
}

/// The ports of pods that are to be opaque, by their names; those without have their numbers for names.
fn served(meshed: &Meshed<'_, '_, '_>, known: &[u16], scheduler: bool) -> BTreeMap<String, u16> {
    let mut found = BTreeMap::new();
    for container in meshed.workload.containers() {
        for port in container.field.get("ports").map_or(&[][..], Field::items) {
            let Some(n) = port.get("containerPort").and_then(number).filter(|_| is_tcp(port)) else {
                continue;
            };
            if known.contains(&n) || (scheduler && SCHEDULER.contains(&n)) {
                let name = port.get("name").and_then(Field::as_str).map_or(n.to_string(), str::to_owned);
                found.insert(name, n);
            }
        }
    }
    found
}

/// The ports of the database and the ZooKeeper that a server of DolphinScheduler calls.
fn called(server: &Server<'_, '_, '_>) -> BTreeSet<u16> {
    let database = server.variable("DATABASE_PORT").and_then(Field::as_str).and_then(|p| p.parse().ok());
    let members = server.quorum().map(|(_, members)| members).unwrap_or_default();
    let zookeeper =
        members.into_iter().map(|m| m.split_once(':').map_or(Some(2181), |(_, port)| port.parse().ok()));
    zookeeper.flatten().chain(database).collect()
}

/// The Services with an address of their own that send to meshed pods.
fn services<'e, 'm, 'a>(
    environment: &'e Environment<'m, 'a>,
    meshed: &'e Meshed<'_, '_, '_>,
) -> impl Iterator<Item = (&'e crate::rules::Subject<'m, 'a>, &'m Manifest<'a>)> {
    let namespace = &meshed.workload.manifest.identity.namespace;
    environment.components.iter().flat_map(|s| s.manifests.iter().map(move |m| (s, m))).filter(
        move |(_, m)| {
            let headless = m.body.at(&["spec", "clusterIP"]).and_then(Field::as_str) == Some("None");
            m.identity.kind == "Service"
                && m.identity.namespace == *namespace
                && !headless
                && serves(&m.body, &meshed.workload)
        },
    )
}

/// The number of a port of a Service and of the port of the pods behind it; none where the Service tells its protocol.
fn numbers(port: &Field<'_>, serves: &BTreeMap<String, u16>) -> Option<(u16, u16)> {
    if port.get("appProtocol").is_some() || !is_tcp(port) {
        return None;
    }
    let own = port.get("port").and_then(number)?;
    let target = match port.get("targetPort") {
        Some(target) => target.as_str().and_then(|n| serves.get(n)).copied().or_else(|| number(target))?,
        None => own,
    };
    Some((own, target))
}

/// The ports of an annotation, such as `25,9000-9010`; a name is that of a port of a container.
fn ranges(text: &str, names: &BTreeMap<String, u16>) -> Ranges {
    let one = |part: &str| {
        let (from, to) = part.split_once('-').unwrap_or((part, part));
        let range = from.parse().ok().zip(to.parse().ok());
        range.or_else(|| names.get(part).map(|&n| (n, n)))
    };
    text.split(',').map(str::trim).filter_map(one).collect()
}

fn within(ranges: &[(u16, u16)], port: u16) -> bool {
    ranges.iter().any(|&(from, to)| (from..=to).contains(&port))
}

fn is_tcp(port: &Field<'_>) -> bool {
    port.get("protocol").and_then(Field::as_str).is_none_or(|p| p == "TCP")
}

fn number(field: &Field<'_>) -> Option<u16> {
    match field.data {
        Data::Int(n) => u16::try_from(n).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{ranges, within};
    use std::collections::BTreeMap;

    #[test]
    fn annotations_hold_ports_ranges_and_names() {
        let names = BTreeMap::from([("client".to_owned(), 2181)]);
        let all = ranges("25, 9000-9010,client,x,99999", &names);
        assert_eq!(all, [(25, 25), (9000, 9010), (2181, 2181)]);
        assert!(within(&all, 9005) && !within(&all, 9011));
    }
}
