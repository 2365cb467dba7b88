//! Finds containers whose Java processes may take more memory than their limit.

use crate::{
    diag::{Finding, Level},
    field::{Data, Field},
    rules::{
        Check, Example, Parameters, Rule, Subject,
        objects::{
            Container,
            memory::{bytes, mebibytes},
            scheduler::{Line, Role, Server, servers},
            workloads,
        },
    },
    workspace::{Parameter, RuleLevel, RuleSetting},
};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "jvm-heap-exceeds-memory",
    summary: "a memory limit below what the heaps of the Java processes in the container may take",
    level: RuleLevel::Report(Level::Warn),
    docs: "A heap grows to its `-Xmx`, and classes, threads and buffers come on top. A container that reaches its limit is killed, with \
        all that runs in it, and the log of the application says nothing. A worker of DolphinScheduler 1.3 runs two Java processes, the \
        worker (`WORKER_SERVER_OPTS`) and the logger (`LOGGER_SERVER_OPTS`), and its tasks beside them.\n\n\
        Raise the limit above the sum of the heaps, or lower `-Xmx`.",
    parameters: &[Parameter {
        name: "beside",
        about: "what a Java process takes beside its heap, in percent of it",
        default: RuleSetting::Number(10),
    }],
    bad: &[
        Example::Values(
            "worker:\n  resources:\n    requests: { memory: 1Gi }\n    limits:\n      memory: 1536Mi # <-\n",
        ),
        Example::Manifests(
            "apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec:\n  containers:\n    - name: a\n      image: a:1\n      env:\n        \
             - { name: JAVA_TOOL_OPTIONS, value: -Xms1g -Xmx4g }\n      resources:\n        limits:\n          memory: 4Gi # <-\n",
        ),
    ],
    good: &[
        Example::Values(
            "worker:\n  resources:\n    limits: { memory: 2Gi }\nmaster:\n  resources:\n    limits: { memory: 1536Mi }\n",
        ),
        Example::Manifests(
            "apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec:\n  containers:\n    - name: a\n      image: a:1\n      env:\n        \
             - { name: JAVA_TOOL_OPTIONS, value: -XX:MaxRAMPercentage=75 }\n      resources: { limits: { memory: 1Gi } }\n",
        ),
    ],
    check: Check::Component(check),
};

/// The variables from which one Java process of a container takes its options, whoever starts it.
const OPTIONS: [&str; 8] = [
    "JAVA_TOOL_OPTIONS",
    "JDK_JAVA_OPTIONS",
    "_JAVA_OPTIONS",
    "JAVA_OPTS",
    "JVM_OPTS",
    "KAFKA_HEAP_OPTS",
    "ES_JAVA_OPTS",
    "CATALINA_OPTS",
];

const MEBIBYTE: u64 = 1 << 20;

/// The variables of the Java processes of a server of DolphinScheduler 1.3, each with the heap that its image gives it.
fn own(role: Role) -> &'static [(&'static str, u64)] {
    match role {
        Role::Master => &[("MASTER_SERVER_OPTS", 1024)],
        Role::Worker => &[("WORKER_SERVER_OPTS", 1024), ("LOGGER_SERVER_OPTS", 512)],
        Role::Api => &[("API_SERVER_OPTS", 512)],
        Role::Alert => &[("ALERT_SERVER_OPTS", 512)],
    }
}

fn check(subject: &Subject<'_, '_>, parameters: &Parameters<'_>) -> Vec<Finding> {
    let beside = u64::from(parameters.number("beside"));
    let servers = servers(subject);
    let mut findings = Vec::new();
    for workload in workloads(subject) {
        for container in workload.containers() {
            let Some(limit) = container.field.at(&["resources", "limits", "memory"]) else { continue };
            let Some(most) = amount(limit) else { continue };
            let server = servers.iter().find(|s| std::ptr::eq(s.container.field, container.field));
            let heaps = heaps(subject, container, server);
            let heap: u64 = heaps.iter().sum();
            if heap == 0 || most >= heap.saturating_add(heap / 100 * beside) {
                continue;
            }
            let identity = &workload.manifest.identity;
            let sum = mebibytes(heap);
            let what = match heaps.len() {
                1 => format!("the heap of its Java process alone may take {sum}"),
                n => format!("the heaps of its {n} Java processes alone may take {sum}"),
            };
            let name = container.name();
            let message = format!(
                "the container {name} of {identity} is killed at {} of memory, and {what}",
                mebibytes(most)
            );
            let least = mebibytes(heap.saturating_add(heap / 100 * beside));
            findings.push(
                subject
                    .finding(RULE.code, limit.by, limit.as_str(), message)
                    .help(format!("raise the limit to {least} at least, or lower `-Xmx`")),
            );
        }
    }
    findings
}

/// The heaps of the Java processes of a container, in bytes; none where nothing says them.
fn heaps(
    subject: &Subject<'_, '_>,
    container: Container<'_, '_>,
    server: Option<&Server<'_, '_, '_>>,
) -> Vec<u64> {
    let options = |name: &str| container.variable(subject, name).and_then(Field::as_str).unwrap_or_default();
    if let Some(server) = server.filter(|s| s.line == Line::One) {
        let own = own(server.role).iter();
        return own.map(|(name, image)| heap(options(name)).unwrap_or(image * MEBIBYTE)).collect();
    }
    let words =
        ["command", "args"].into_iter().filter_map(|key| container.field.get(key)).flat_map(Field::items);
    let told = words.filter_map(Field::as_str).filter_map(heap);
    let given = OPTIONS.into_iter().filter_map(|name| heap(options(name)));
    // A number of megabytes, in images of Bitnami.
    let zookeeper = options("ZOO_HEAP_SIZE").parse::<u64>().ok().map(|n| n.saturating_mul(MEBIBYTE));
    told.chain(given).chain(zookeeper).max().into_iter().collect()
}

/// The largest heap that options of Java allow, in bytes; the last one counts.
fn heap(options: &str) -> Option<u64> {
    let size = options.split_whitespace().rev().find_map(|word| {
        let word = word.trim_matches(['"', '\'']);
        word.strip_prefix("-Xmx").or_else(|| word.strip_prefix("-XX:MaxHeapSize="))
    })?;
    let end = size.find(|c: char| !c.is_ascii_digit()).unwrap_or(size.len());
    let (number, unit) = size.split_at_checked(end)?;
    let shift = match unit {
        "" => 0,
        "k" | "K" => 10,
        "m" | "M" => 20,
        "g" | "G" => 30,
        "t" | "T" => 40,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(1 << shift)
}

/// The bytes of a limit.
fn amount(limit: &Field<'_>) -> Option<u64> {
    match &limit.data {
        Data::Str(text) => bytes(text),
        Data::Int(number) => u64::try_from(*number).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::heap;

    #[test]
    fn the_last_heap_counts() {
        for (options, want) in [
            ("-Xms1g -Xmx1g -Xmn512m", Some(1 << 30)),
            ("-Xmx512m -Xmx1G", Some(1 << 30)),
            ("-XX:MaxHeapSize=1048576k", Some(1 << 30)),
            ("-XX:MaxRAMPercentage=75", None),
            ("-Xmx1x", None),
            ("", None),
        ] {
            assert_eq!(heap(options), want, "{options}");
        }
    }
}
