//! The committed structure of Kubernetes' types (`schemas/kubernetes/`): that it is in its format, whole, and right in
//! what is known of it from elsewhere. That it is what its inputs give is for `xtask kubernetes --check`.

use std::{collections::BTreeMap, fs, path::Path};

/// The first and the newest minor version of the data.
const FIRST: u32 = 25;
const NEWEST: u32 = 37;

/// The words that are no types.
const WORDS: &[&str] = &[
    "any",
    "bool",
    "bytes",
    "duration",
    "float",
    "int32",
    "int64",
    "intstr",
    "microtime",
    "quantity",
    "schema-or-bool",
    "schema-or-list",
    "schema-or-strings",
    "string",
    "time",
];

/// The lines of a file without those at its head that begin with `#`.
fn lines(name: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/kubernetes").join(name);
    let text = fs::read_to_string(path).unwrap();
    assert!(text.is_ascii() && text.ends_with('\n') && !text.contains('\r'), "{name}: not plain lines");
    let lines: Vec<String> = text.lines().skip_while(|l| l.starts_with('#')).map(str::to_owned).collect();
    assert!(lines.len() > 100, "{name}: {} lines", lines.len());
    lines
}

/// The types: name, and the parts after it.
fn types() -> BTreeMap<String, Vec<String>> {
    let split = |line: String| {
        let mut parts = line.split(' ').map(str::to_owned);
        (parts.next().unwrap(), parts.collect())
    };
    lines("types.txt").into_iter().map(split).collect()
}

/// A line of kinds.txt by `apiVersion kind`, without these.
fn kinds() -> BTreeMap<String, String> {
    let split = |line: String| {
        let at = line.match_indices(' ').nth(1).unwrap().0;
        (line[..at].to_owned(), line[at + 1..].to_owned())
    };
    lines("kinds.txt").into_iter().map(split).collect()
}

/// A field as it is written: name, shape, first and last minor version.
fn field(part: &str) -> (&str, &str, u32, u32) {
    let (name, rest) = part.split_once(':').unwrap_or_else(|| panic!("no shape: {part}"));
    let (shape, range) = rest.rsplit_once('@').unwrap_or((rest, "-"));
    let (from, to) = range.split_once('-').unwrap_or_else(|| panic!("no range: {part}"));
    let minor = |text: &str, open| if text.is_empty() { open } else { text.parse().unwrap() };
    (name, shape, minor(from, FIRST), minor(to, NEWEST))
}

/// What lists and maps hold in the end.
fn innermost(shape: &str) -> &str {
    match shape.strip_prefix('[').and_then(|s| s.strip_suffix(']')) {
        Some(list) => innermost(list.rsplit_once(';').map_or(list, |(item, _)| item)),
        None => match shape.strip_prefix('{').and_then(|s| s.strip_suffix('}')) {
            Some(map) => innermost(map),
            None => shape,
        },
    }
}

/// The shapes of a field in a minor version: one, or none.
fn shape<'t>(types: &'t BTreeMap<String, Vec<String>>, name: &str, of: &str, minor: u32) -> Option<&'t str> {
    let fields = types[name].iter().map(|part| field(part));
    let mut there = fields.filter(|(n, _, from, to)| *n == of && (*from..=*to).contains(&minor));
    let first = there.next().map(|(_, shape, _, _)| shape);
    assert_eq!(there.next(), None, "{name}.{of} in 1.{minor}");
    first
}

#[test]
fn lines_and_fields_are_sorted_and_appear_once() {
    for name in ["kinds.txt", "types.txt"] {
        let lines = lines(name);
        let keys: Vec<Vec<&str>> = lines
            .iter()
            .map(|l| l.split(' ').take(if name == "kinds.txt" { 2 } else { 1 }).collect())
            .collect();
        assert!(keys.is_sorted_by(|a, b| a < b), "{name}");
    }
    for (name, parts) in types() {
        let fields: Vec<(&str, u32, u32)> =
            parts.iter().map(|p| field(p)).map(|(n, _, from, to)| (n, from, to)).collect();
        for pair in fields.windows(2) {
            let [(a, _, a_to), (b, b_from, b_to)] = pair else { unreachable!() };
            assert!(a < b || (a == b && a_to < b_from), "{name}: {a} before {b}");
            assert!(b_from <= b_to && (FIRST..=NEWEST).contains(b_from), "{name}.{b}");
        }
    }
}

#[test]
fn every_type_that_is_named_is_there_and_every_type_is_named() {
    let (kinds, types) = (kinds(), types());
    let mut named: Vec<&str> =
        kinds.values().map(|l| l.split(' ').nth(1).unwrap()).filter(|t| *t != "-").collect();
    let mut at = 0;
    while let Some(name) = named.get(at).copied() {
        at += 1;
        let fields = types.get(name).unwrap_or_else(|| panic!("no type {name}"));
        for part in fields {
            let holds = innermost(field(part).1);
            if !WORDS.contains(&holds) && !named.contains(&holds) {
                named.push(holds);
            }
        }
    }
    named.sort_unstable();
    named.dedup();
    assert_eq!(named, types.keys().collect::<Vec<_>>());
}

#[test]
fn keys_of_lists_are_fields_of_their_items() {
    let types = types();
    for (name, parts) in &types {
        for part in parts {
            let (of, shape, ..) = field(part);
            let Some((item, keys)) = shape.split_once(";map=") else { continue };
            for key in keys.trim_end_matches(']').split(',') {
                let item = innermost(item.trim_start_matches('['));
                assert!(types[item].iter().any(|p| field(p).0 == key), "{name}.{of}: {item} has no {key}");
            }
        }
    }
}

#[test]
fn kinds_have_a_scope_and_known_attributes() {
    let all = kinds();
    for (kind, rest) in &all {
        let mut parts = rest.split(' ');
        assert!(matches!(parts.next(), Some("namespaced" | "cluster")), "{kind}");
        let known = parts.next().unwrap() != "-";
        let mut attributes = BTreeMap::new();
        for part in parts {
            let (key, value) = part.split_once('=').unwrap();
            assert!(["served", "deprecated", "removed", "use"].contains(&key), "{kind}: {key}");
            assert!(attributes.insert(key, value).is_none(), "{kind}: {key}");
        }
        let removed = attributes.get("removed").map(|m| m.parse::<u32>().unwrap());
        assert_eq!(known, removed.is_none_or(|minor| minor > FIRST), "{kind}");
        if let Some((from, to)) = attributes.get("served").and_then(|s| s.split_once('-')) {
            assert!((FIRST..=NEWEST).contains(&from.parse().unwrap()), "{kind}");
            assert_eq!(to.parse().ok(), removed.map(|minor| minor - 1), "{kind}");
        }
        if let Some(instead) = attributes.get("use") {
            let name = kind.split_once(' ').unwrap().1;
            let (api, other) = instead.split_once(',').unwrap_or((instead, name));
            assert!(all.contains_key(&format!("{api} {other}")), "{kind}: {instead}");
        }
    }
}

#[test]
fn kinds_as_kubernetes_documents_them() {
    let kinds = kinds();
    for (kind, expected) in [
        ("apps/v1 Deployment", "namespaced apps.v1.Deployment"),
        ("batch/v1 CronJob", "namespaced batch.v1.CronJob"),
        ("batch/v1beta1 CronJob", "namespaced - deprecated=21 removed=25 use=batch/v1"),
        ("extensions/v1beta1 Deployment", "namespaced - deprecated=8 removed=16 use=apps/v1"),
        ("extensions/v1beta1 Ingress", "namespaced - deprecated=14 removed=22 use=networking.k8s.io/v1"),
        (
            "flowcontrol.apiserver.k8s.io/v1beta2 FlowSchema",
            "cluster flowcontrol.v1beta2.FlowSchema served=25-28 deprecated=26 removed=29 \
             use=flowcontrol.apiserver.k8s.io/v1",
        ),
        ("policy/v1beta1 PodSecurityPolicy", "cluster - deprecated=21 removed=25"),
        ("rbac.authorization.k8s.io/v1 ClusterRole", "cluster rbac.v1.ClusterRole"),
        ("v1 Endpoints", "namespaced core.v1.Endpoints deprecated=33 use=discovery.k8s.io/v1,EndpointSlice"),
        ("v1 Namespace", "cluster core.v1.Namespace"),
    ] {
        assert_eq!(kinds.get(kind).map(String::as_str), Some(expected), "{kind}");
    }
    for kind in ["autoscaling/v1 Scale", "policy/v1 Eviction", "v1 PodList", "v1 Status", "v1 DeleteOptions"]
    {
        assert!(!kinds.contains_key(kind), "{kind}");
    }
}

#[test]
fn fields_as_kubernetes_documents_them() {
    let types = types();
    for (name, of, minor, expected) in [
        ("apps.v1.DeploymentSpec", "replicas", 25, Some("int32")),
        ("apps.v1.DeploymentSpec", "replica", 37, None),
        ("core.v1.Container", "restartPolicy", 27, None),
        ("core.v1.Container", "restartPolicy", 28, Some("string")),
        ("core.v1.Container", "ports", 37, Some("[core.v1.ContainerPort;map=containerPort,protocol]")),
        ("core.v1.PersistentVolumeClaimSpec", "resources", 28, Some("core.v1.ResourceRequirements")),
        ("core.v1.PersistentVolumeClaimSpec", "resources", 29, Some("core.v1.VolumeResourceRequirements")),
        ("core.v1.ResourceRequirements", "limits", 30, Some("{quantity}")),
        ("core.v1.Secret", "data", 30, Some("{bytes}")),
        ("core.v1.ServicePort", "targetPort", 30, Some("intstr")),
        ("meta.v1.ObjectMeta", "creationTimestamp", 30, Some("time")),
        ("coordination.v1.LeaseSpec", "renewTime", 30, Some("microtime")),
        ("apiextensions.v1.JSONSchemaProps", "items", 30, Some("schema-or-list")),
    ] {
        assert_eq!(shape(&types, name, of, minor), expected, "{name}.{of} in 1.{minor}");
    }
}

/// Manifests are named and get their namespace below the floor that reads these files: its table must say the same.
#[test]
fn cluster_scoped_kinds_are_known_where_manifests_are_made() {
    for kind in podwright::kube::all_kinds() {
        let group = kind.api_version.rsplit_once('/').map_or("", |(group, _)| group);
        let cluster = podwright::manifest::cluster_scoped(group, kind.kind);
        assert_eq!(cluster, !kind.namespaced, "{} {}", kind.api_version, kind.kind);
    }
    let customs = podwright::kube::custom::Customs::default();
    for (group, kind) in [
        ("external-secrets.io", "ClusterSecretStore"),
        ("external-secrets.io", "SecretStore"),
        ("keda.sh", "ClusterTriggerAuthentication"),
        ("argoproj.io", "Application"),
    ] {
        let definition = customs.find(group, kind).unwrap();
        assert_eq!(podwright::manifest::cluster_scoped(group, kind), !definition.namespaced, "{kind}");
    }
}
