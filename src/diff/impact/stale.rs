//! What runs with the old text of a ConfigMap or Secret that changed: environment variables and files mounted by `subPath` are
//! read when a container starts. Volumes that are mounted whole change within about a minute, and are not told of.

use super::{
    Impact, Kind,
    case::{Case, annotation, flag, kind, text},
    restart::{Roll, roll},
    scale::replicas,
    words::list,
};
use crate::{
    field::Field,
    manifest::{Manifest, pod_template},
};

/// The workloads that keep the old until they restart, and those that a program restarts.
pub(super) fn stale(case: &Case<'_, '_, '_>) -> Vec<Impact> {
    let Some((old, new)) = case.both() else { return Vec::new() };
    if !matches!(kind(new), ("", "ConfigMap" | "Secret")) || flag(&old.body, &["immutable"]) {
        return Vec::new();
    }
    let keys = changed_keys(old, new);
    let (mut keep, mut reload) = (Vec::new(), Vec::new());
    for workload in case.neighbours(&new.identity).filter(|m| lasts(m)) {
        if replicas(case.around.1, workload) == Some(0) || rolls(case, workload) {
            continue;
        }
        let name = workload.identity.to_string();
        if reloaded(workload, new) && any_use(workload, new) {
            reload.push(name);
        } else if keys.iter().any(|key| reads_at_start(workload, new, key)) {
            keep.push(name);
        }
    }
    let mut found = Vec::new();
    if !reload.is_empty() {
        found.push(Kind::Restart.with(format!("has Reloader restart {}", list(&reload))));
    }
    if !keep.is_empty() {
        let (verb, they) = if keep.len() == 1 { ("keeps", "it restarts") } else { ("keep", "they restart") };
        found.push(
            Kind::Stale.with(format!("is read when pods start: {} {verb} the old until {they}", list(&keep))),
        );
    }
    found
}

/// The workloads of the new environment that name an object that went away and cannot start without it.
pub(super) fn readers(case: &Case<'_, '_, '_>, gone: &Manifest<'_>) -> Vec<String> {
    let back = case.around.1.iter().any(|m| m.identity == gone.identity);
    if back {
        return Vec::new();
    }
    let users = case.neighbours(&gone.identity).filter(|m| any_use(m, gone));
    users.map(|m| m.identity.to_string()).collect()
}

/// Whether a workload has pods that go on: what a CronJob starts next reads what there is then.
fn lasts(manifest: &Manifest<'_>) -> bool {
    matches!(
        kind(manifest),
        ("apps", "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet")
            | ("", "ReplicationController" | "Pod")
    )
}

/// Whether the workload is new, or replaces its pods because of a change of its own.
fn rolls(case: &Case<'_, '_, '_>, workload: &Manifest<'_>) -> bool {
    let old = case.around.0.iter().find(|m| m.identity == workload.identity);
    old.is_none_or(|old| matches!(roll(case.around.1, old, workload), Roll::Now(_)))
}

/// Whether stakater/Reloader watches the object for the workload.
fn reloaded(workload: &Manifest<'_>, object: &Manifest<'_>) -> bool {
    let kind = object.identity.kind.to_lowercase();
    let yes = |name: &str| annotation(workload, name) == Some("true");
    let named = annotation(workload, &format!("{kind}.reloader.stakater.com/reload"));
    yes("reloader.stakater.com/auto")
        || yes(&format!("{kind}.reloader.stakater.com/auto"))
        || named.is_some_and(|list| list.split(',').any(|name| name.trim() == object.identity.name))
}

/// The keys whose text is another.
fn changed_keys<'r>(old: &'r Manifest<'_>, new: &'r Manifest<'_>) -> Vec<&'r str> {
    let mut keys = Vec::new();
    for part in ["data", "stringData", "binaryData"] {
        let (a, b) = (old.body.get(part), new.body.get(part));
        let members = a.map_or(&[][..], Field::members).iter().chain(b.map_or(&[][..], Field::members));
        for key in members.map(|m| &*m.key) {
            let value = |f: Option<&'r Field<'_>>| f.and_then(|f| f.get(key)).map(|v| &v.data);
            if value(a) != value(b) && !keys.contains(&key) {
                keys.push(key);
            }
        }
    }
    keys
}

/// How a pod names objects of the kind: in one variable, in all of them, and in a volume.
struct Names {
    one: &'static str,
    all: &'static str,
    volume: (&'static str, &'static str),
}

fn names(object: &Manifest<'_>) -> Names {
    if object.identity.kind == "Secret" {
        Names { one: "secretKeyRef", all: "secretRef", volume: ("secret", "secretName") }
    } else {
        Names { one: "configMapKeyRef", all: "configMapRef", volume: ("configMap", "name") }
    }
}

fn pod<'m, 'a>(workload: &'m Manifest<'a>) -> Option<&'m Field<'a>> {
    workload.body.at(pod_template(&workload.identity)?)?.get("spec")
}

fn containers<'m, 'a>(pod: &'m Field<'a>) -> impl Iterator<Item = &'m Field<'a>> {
    let of = |key: &str| pod.get(key).map_or(&[][..], Field::items);
    // Init containers have ended, unless they are sidecars.
    let sidecars = of("initContainers").iter().filter(|c| text(c, &["restartPolicy"]) == Some("Always"));
    of("containers").iter().chain(sidecars)
}

fn items<'m, 'a>(field: &'m Field<'a>, key: &str) -> &'m [Field<'a>] {
    field.get(key).map_or(&[][..], Field::items)
}

/// Whether a container of the workload reads this key when it starts.
fn reads_at_start(workload: &Manifest<'_>, object: &Manifest<'_>, key: &str) -> bool {
    let Some(pod) = pod(workload) else { return false };
    let (names, name) = (names(object), Some(object.identity.name.as_str()));
    containers(pod).any(|container| {
        let one = items(container, "env").iter().filter_map(|e| e.at(&["valueFrom", names.one]));
        let mut all = items(container, "envFrom").iter().filter_map(|e| e.get(names.all));
        let mut mounts = items(container, "volumeMounts").iter();
        one.into_iter().any(|r| text(r, &["name"]) == name && text(r, &["key"]) == Some(key))
            || all.any(|r| text(r, &["name"]) == name)
            || mounts.any(|mount| by_path(pod, mount, &names, (&object.identity.name, key)))
    })
}

/// Whether a mount takes this key out of the object by `subPath`.
fn by_path(pod: &Field<'_>, mount: &Field<'_>, names: &Names, (name, key): (&str, &str)) -> bool {
    let Some(path) = text(mount, &["subPath"]).or_else(|| text(mount, &["subPathExpr"])) else {
        return false;
    };
    let named = items(pod, "volumes").iter().find(|v| text(v, &["name"]) == text(mount, &["name"]));
    let Some(volume) = named else { return false };
    let sources = volume.get(names.volume.0).map(|source| (source, names.volume.1));
    let projected = volume.at(&["projected", "sources"]).map_or(&[][..], Field::items);
    let parts = projected.iter().filter_map(|s| Some((s.get(names.volume.0)?, "name")));
    sources.into_iter().chain(parts).any(|(source, by)| {
        let file = items(source, "items").iter().find(|i| text(i, &["key"]) == Some(key));
        let file = file.and_then(|i| text(i, &["path"])).unwrap_or(key);
        text(source, &[by]) == Some(name) && (file == path || file.starts_with(&format!("{path}/")))
    })
}

/// Whether the pods of a workload need the object to start.
fn any_use(workload: &Manifest<'_>, object: &Manifest<'_>) -> bool {
    let Some(pod) = pod(workload) else { return false };
    let (names, name) = (names(object), Some(object.identity.name.as_str()));
    let needed = |r: &Field<'_>, by: &str| text(r, &[by]) == name && !flag(r, &["optional"]);
    let in_volumes = items(pod, "volumes").iter().any(|v| {
        let parts = v.at(&["projected", "sources"]).map_or(&[][..], Field::items);
        v.get(names.volume.0).is_some_and(|s| needed(s, names.volume.1))
            || parts.iter().filter_map(|s| s.get(names.volume.0)).any(|s| needed(s, "name"))
    });
    let all = items(pod, "initContainers").iter().chain(items(pod, "containers"));
    in_volumes
        || all.into_iter().any(|c| {
            items(c, "env").iter().filter_map(|e| e.at(&["valueFrom", names.one])).any(|r| needed(r, "name"))
                || items(c, "envFrom").iter().filter_map(|e| e.get(names.all)).any(|r| needed(r, "name"))
        })
}
