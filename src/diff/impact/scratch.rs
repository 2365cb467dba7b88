//! Data that goes with a pod: what databases and their like keep on volumes that last no longer than a pod does, or on none.
//!
//! Most of what is on such volumes nobody misses: caches, logs, files in the making. What a path holds is told by the program, known
//! by its image, and by the path itself; what neither tells is not spoken of.

use super::{
    case::{Case, flag, kind, text},
    data_loss::anew,
    delivery::{self, Prune},
    restart::{Roll, roll},
    scale::replicas,
};
use crate::{
    field::Field,
    manifest::{Manifest, pod_template},
};

/// Programs that keep data, by the last part of their image's name, and where; images of Bitnami have it below `/bitnami`.
const PROGRAMS: [(&str, &str); 18] = [
    ("cassandra", "/var/lib/cassandra"),
    ("clickhouse-server", "/var/lib/clickhouse"),
    ("dolphindb", "/data"),
    ("elasticsearch", "/usr/share/elasticsearch/data"),
    ("etcd", "/var/lib/etcd"),
    ("influxdb", "/var/lib/influxdb"),
    ("kafka", "/var/lib/kafka"),
    ("mariadb", "/var/lib/mysql"),
    ("minio", "/data"),
    ("mongo", "/data/db"),
    ("mongodb", "/data/db"),
    ("mysql", "/var/lib/mysql"),
    ("opensearch", "/usr/share/opensearch/data"),
    ("postgres", "/var/lib/postgresql"),
    ("postgresql", "/var/lib/postgresql"),
    ("rabbitmq", "/var/lib/rabbitmq"),
    ("redis", "/data"),
    ("zookeeper", "/data"),
];

/// Of those, the ones that are run as often to keep nothing: only a volume says that they are to.
const CACHES: [&str; 1] = ["redis"];

/// Variables that say where a program keeps its data.
const VARIABLES: [&str; 2] = ["PGDATA", "MYSQL_DATA_DIR"];

/// Where what is written is meant to be lost.
const TEMPORARY: [&str; 5] = ["/tmp", "/var/tmp", "/run", "/var/run", "/dev"];

/// Names of folders that hold nothing to be missed.
const MINOR: [&str; 6] = ["cache", "log", "logs", "run", "temp", "tmp"];

/// Data that no volume keeps when the pod ends.
pub(super) struct Scratch {
    /// The path in the container.
    path: String,
    /// The `emptyDir` there; none where no volume is.
    volume: Option<String>,
}

/// What is lost with pods that end.
pub(super) fn lost(case: &Case<'_, '_, '_>) -> Option<String> {
    said(case, ended(case)?)
}

/// What is lost with the pods of a workload whose change is refused, once it is deleted and made anew. Those of a StatefulSet
/// outlast it, until the new one replaces them.
pub(super) fn lost_anew(case: &Case<'_, '_, '_>) -> Option<String> {
    let (old, new) = case.both()?;
    let end = kind(new) != ("apps", "StatefulSet") || replaced(case, old, new);
    let said = said(case, old).filter(|_| end)?;
    Some(format!("once it is deleted and made anew, {said}"))
}

/// Whether the pods of a workload that stays are replaced.
fn replaced(case: &Case<'_, '_, '_>, old: &Manifest<'_>, new: &Manifest<'_>) -> bool {
    matches!(roll(case.around.1, old, new), Roll::Now(_))
}

/// What pods have that no volume keeps, and lose when they end.
fn said(case: &Case<'_, '_, '_>, ended: &Manifest<'_>) -> Option<String> {
    let count = replicas(case.around.0, ended);
    let Scratch { path, volume } = scratch(ended).filter(|_| count != Some(0))?;
    let on = match volume {
        Some(volume) => format!("on the `emptyDir` volume `{volume}`"),
        None => "on no volume".to_owned(),
    };
    Some(match count {
        Some(1) => format!("loses the data of its pod: `{path}` is {on}"),
        _ => format!("loses what a pod has that no other has: `{path}` is {on}"),
    })
}

/// The object whose pods end, or some of them.
fn ended<'r, 'a>(case: &Case<'r, '_, 'a>) -> Option<&'r Manifest<'a>> {
    if let Some(gone) = case.gone() {
        return Some(gone).filter(|gone| delivery::prune(gone) != Prune::No);
    }
    let (old, new) = case.both()?;
    let counts = replicas(case.around.0, old).zip(replicas(case.around.1, new));
    let fewer = counts.is_some_and(|(was, is)| is < was);
    let ends = fewer || anew(case, new) || replaced(case, old, new);
    ends.then_some(old)
}

/// The data of a workload's pods that no volume keeps.
pub(super) fn scratch(workload: &Manifest<'_>) -> Option<Scratch> {
    let set = kind(workload) == ("apps", "StatefulSet");
    let goes_on = set
        || matches!(
            kind(workload),
            ("apps", "Deployment" | "ReplicaSet" | "DaemonSet") | ("", "ReplicationController" | "Pod")
        );
    let route = pod_template(&workload.identity).filter(|_| goes_on)?;
    let pod = workload.body.at(route)?.get("spec")?;
    items(pod, "containers").iter().find_map(|container| {
        let home = home(container);
        volume(pod, container, home.as_deref(), set).or_else(|| nowhere(pod, container, home))
    })
}

/// Data on an `emptyDir`.
fn volume(pod: &Field<'_>, container: &Field<'_>, home: Option<&str>, set: bool) -> Option<Scratch> {
    items(container, "volumeMounts").iter().find_map(|mount| {
        let (path, name) = (text(mount, &["mountPath"])?, text(mount, &["name"])?);
        let source = volume_of(pod, name)?.get("emptyDir")?;
        if flag(mount, &["readOnly"]) || text(source, &["medium"]) == Some("Memory") || is_minor(path) {
            return None;
        }
        let known = home.is_some_and(|home| overlap(home, path))
            || path.starts_with("/bitnami/")
            || PROGRAMS.iter().any(|(_, at)| at.len() > "/data/db".len() && within(path, at));
        // What several containers write to is handed from one to the other.
        let own = || all_mounts(pod).filter(|other| text(other, &["name"]) == Some(name)).count() == 1;
        let guessed = || set && path.rsplit('/').next() == Some("data") && own();
        (known || guessed()).then(|| Scratch { path: path.to_owned(), volume: Some(name.to_owned()) })
    })
}

/// Data of a known program in the container itself. With a command of its own, or a volume that lasts, it may keep it elsewhere.
fn nowhere(pod: &Field<'_>, container: &Field<'_>, home: Option<String>) -> Option<Scratch> {
    let program = program(container)?;
    let lasting = items(container, "volumeMounts").iter().any(|mount| lasts(pod, mount));
    let elsewhere = container.get("command").is_some() || lasting || CACHES.contains(&program);
    home.filter(|_| !elsewhere).map(|path| Scratch { path, volume: None })
}

/// Whether a mount is of a volume that outlasts the pod and can be written to.
fn lasts(pod: &Field<'_>, mount: &Field<'_>) -> bool {
    const NONE: [&str; 5] = ["configMap", "secret", "projected", "downwardAPI", "emptyDir"];
    let volume = text(mount, &["name"]).and_then(|name| volume_of(pod, name));
    // One that the pod does not name is a claim of its StatefulSet.
    volume.is_none_or(|volume| NONE.iter().all(|key| volume.get(key).is_none()))
}

/// Where a container keeps its data: as it is told, else as its program does.
fn home(container: &Field<'_>) -> Option<String> {
    let told = items(container, "env")
        .iter()
        .find(|variable| text(variable, &["name"]).is_some_and(|name| VARIABLES.contains(&name)));
    let told = told.and_then(|variable| text(variable, &["value"])).filter(|path| path.starts_with('/'));
    told.map(str::to_owned).or_else(|| {
        let (program, image) = (program(container)?, text(container, &["image"])?);
        let (_, path) = PROGRAMS.iter().find(|(name, _)| *name == program)?;
        let bitnami = image.split('/').any(|part| part == "bitnami" || part == "bitnamilegacy");
        Some(if bitnami { format!("/bitnami/{program}") } else { (*path).to_owned() })
    })
}

/// The program of a container that keeps data.
fn program(container: &Field<'_>) -> Option<&'static str> {
    let last = text(container, &["image"])?.rsplit('/').next()?.split([':', '@']).next()?;
    PROGRAMS.iter().map(|(name, _)| *name).find(|name| *name == last)
}

/// Whether a path is one of those where nothing stands that would be missed.
fn is_minor(path: &str) -> bool {
    TEMPORARY.iter().any(|above| within(path, above))
        || path.trim_end_matches('/').rsplit('/').next().is_some_and(|last| MINOR.contains(&last))
}

/// Whether one path is the other, or above or below it.
fn overlap(a: &str, b: &str) -> bool {
    within(a, b) || within(b, a)
}

fn within(path: &str, above: &str) -> bool {
    let (path, above) = (path.trim_end_matches('/'), above.trim_end_matches('/'));
    path.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn volume_of<'m, 'a>(pod: &'m Field<'a>, name: &str) -> Option<&'m Field<'a>> {
    items(pod, "volumes").iter().find(|volume| text(volume, &["name"]) == Some(name))
}

fn all_mounts<'m, 'a>(pod: &'m Field<'a>) -> impl Iterator<Item = &'m Field<'a>> {
    let containers = items(pod, "initContainers").iter().chain(items(pod, "containers"));
    containers.flat_map(|container| items(container, "volumeMounts"))
}

fn items<'m, 'a>(field: &'m Field<'a>, key: &str) -> &'m [Field<'a>] {
    field.get(key).map_or(&[][..], Field::items)
}
