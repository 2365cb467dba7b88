//! What an API server refuses because a field cannot be changed: the table in `fixed`, and the kinds where it depends on more.

use super::{
    Impact, Kind,
    case::{Case, flag, kind, number, text, texts},
    delivery::{self, Force},
    fixed::{FIXED, Fields, JOB, ORPHAN_LOSES},
    likeness::{alike, member_alike},
    scratch::lost_anew,
    words::article,
};
use crate::{field::Field, kube::format::quantity::Quantity, manifest::Manifest};

/// What is refused of the change; nothing when Argo CD makes the object anew.
pub(super) fn refused(case: &Case<'_, '_, '_>) -> Vec<Impact> {
    match case.new.map(delivery::force) {
        Some(Force::No) => faults(case).into_iter().map(|text| Kind::Refused.with(text)).collect(),
        _ => Vec::new(),
    }
}

/// What the API server says no to, each with what to do instead.
pub(super) fn faults(case: &Case<'_, '_, '_>) -> Vec<String> {
    let Some((old, new)) = case.both() else { return Vec::new() };
    let mut faults = fixed(case, old, new);
    let (a, b) = (&old.body, &new.body);
    match kind(new) {
        ("", "Pod") => faults.extend(pod(a, b)),
        ("", "Service") => faults.extend(service(a, b)),
        ("", "ConfigMap" | "Secret") => faults.extend(contents(a, b)),
        ("", "PersistentVolumeClaim") => faults.extend(claim(case, a, b)),
        ("", "PersistentVolume") => faults.extend(volume(a, b)),
        ("apps", "StatefulSet") if !delivery::replaces(new) => faults.extend(strategy(a, b)),
        ("batch", "Job") => faults.extend(job(a, b)),
        ("apiextensions.k8s.io", "CustomResourceDefinition") => faults.extend(stored(a, b)),
        ("minio.min.io", "Tenant") => faults.extend(tenant(a, b)),
        _ => {}
    }
    faults
}

fn said(kind: &str, field: &str, instead: &str) -> String {
    format!("is refused: `{field}` of {} cannot be changed; {instead}", article(kind))
}

fn same(path: &[&str], old: &Field<'_>, new: &Field<'_>) -> bool {
    alike(path, old.at(path), new.at(path))
}

/// The fields of the table.
fn fixed(case: &Case<'_, '_, '_>, old: &Manifest<'_>, new: &Manifest<'_>) -> Vec<String> {
    let mut faults = Vec::new();
    for entry in FIXED.iter().filter(|f| (f.group, f.kind) == kind(new)) {
        let lost = || entry.kind == "StatefulSet" && lost_anew(case).is_some();
        let instead = if lost() { ORPHAN_LOSES } else { entry.instead };
        let mut differ = |path: &[&str]| {
            if !same(path, &old.body, &new.body) {
                faults.push(said(entry.kind, &path.join("."), instead));
            }
        };
        match entry.fields {
            Fields::These(paths) => paths.iter().for_each(|path| differ(path)),
            Fields::SpecBut(free) => {
                for key in keys(&old.body, &new.body).filter(|key| !free.contains(key)) {
                    differ(&["spec", key]);
                }
            }
        }
    }
    faults
}

/// The keys of the specs of two objects.
fn keys<'f>(old: &'f Field<'_>, new: &'f Field<'_>) -> impl Iterator<Item = &'f str> {
    let spec = |f: &'f Field<'_>| f.get("spec").map_or(&[][..], Field::members);
    let added = spec(new).iter().filter(|m| old.at(&["spec", &m.key]).is_none());
    spec(old).iter().chain(added).map(|m| &*m.key)
}

/// Of a Pod, images, the deadline and further tolerations may change.
fn pod(old: &Field<'_>, new: &Field<'_>) -> Vec<String> {
    const INSTEAD: &str = "delete the pod first, or let a Deployment make it";
    let gated = old.at(&["spec", "schedulingGates"]).is_some_and(|gates| !gates.items().is_empty());
    let mut faults = Vec::new();
    for key in keys(old, new) {
        let path = ["spec", key];
        let free = match key {
            "containers" | "initContainers" => containers_alike(&path, old, new),
            "tolerations" => {
                let after = new.at(&path).map_or(&[][..], Field::items);
                let before = old.at(&path).map_or(&[][..], Field::items);
                before.iter().all(|t| after.iter().any(|n| tolerate_alike(t, n)))
            }
            // It may be set, and brought forward.
            "activeDeadlineSeconds" => match (number(old, &path), number(new, &path)) {
                (Some(was), Some(is)) => is <= was,
                (was, _) => was.is_none(),
            },
            // It is written twice, and the other stays.
            "serviceAccountName" => new.at(&path).is_none() || same(&path, old, new),
            // While it waits for its gates, where it may run can be narrowed.
            "affinity" if gated => ["podAffinity", "podAntiAffinity"]
                .iter()
                .all(|kind| same(&["spec", "affinity", kind], old, new)),
            "schedulingGates" if gated => {
                let before = old.at(&path).map_or(&[][..], Field::items);
                let after = new.at(&path).map_or(&[][..], Field::items);
                after.iter().all(|g| before.iter().any(|b| text(b, &["name"]) == text(g, &["name"])))
            }
            "nodeSelector" if gated => {
                let kept = old.at(&path).map_or(&[][..], Field::members).iter();
                kept.into_iter().all(|m| {
                    new.at(&path).and_then(|s| s.get(&m.key)).is_some_and(|v| v.data == m.value.data)
                })
            }
            _ => same(&path, old, new),
        };
        if !free {
            faults.push(said("Pod", &path.join("."), INSTEAD));
        }
    }
    faults
}

/// Whether two tolerations differ in nothing but for how long.
fn tolerate_alike(a: &Field<'_>, b: &Field<'_>) -> bool {
    ["key", "operator", "value", "effect"].iter().all(|key| {
        let text = |f: &Field<'_>| text(f, &[key]).filter(|t| *t != "Equal").map(str::to_owned);
        text(a) == text(b)
    })
}

/// Whether containers differ in nothing but their images.
fn containers_alike(path: &[&str], old: &Field<'_>, new: &Field<'_>) -> bool {
    let (a, b) = (old.at(path).map_or(&[][..], Field::items), new.at(path).map_or(&[][..], Field::items));
    a.len() == b.len()
        && a.iter().zip(b).all(|(a, b)| {
            let keys = a.members().iter().chain(b.members()).map(|m| &*m.key);
            keys.filter(|key| *key != "image").all(|key| {
                let below: Vec<&str> = path.iter().copied().chain([key]).collect();
                member_alike(&below, key, a, b)
            })
        })
}

/// The address of a Service stays, unless it has none before or after; so do the class and the health port of a load balancer.
fn service(old: &Field<'_>, new: &Field<'_>) -> Vec<String> {
    const INSTEAD: &str = "delete the Service first: it gets another address";
    let is = |f: &Field<'_>, name: &str| text(f, &["spec", "type"]) == Some(name);
    let address = |f: &Field<'_>| {
        let first = texts(f, &["spec", "clusterIPs"]).first().map(|t| (*t).to_owned());
        text(f, &["spec", "clusterIP"]).map(str::to_owned).or(first).filter(|t| !t.is_empty())
    };
    let mut faults = Vec::new();
    let has_one = !is(old, "ExternalName") && !is(new, "ExternalName");
    if has_one && address(new).is_some_and(|wanted| address(old) != Some(wanted)) {
        faults.push(said("Service", "spec.clusterIP", INSTEAD));
    }
    if is(old, "LoadBalancer") && is(new, "LoadBalancer") {
        let class = ["spec", "loadBalancerClass"];
        if !same(&class, old, new) {
            faults.push(said("Service", "spec.loadBalancerClass", INSTEAD));
        }
        let local = |f: &Field<'_>| text(f, &["spec", "externalTrafficPolicy"]) == Some("Local");
        let port = ["spec", "healthCheckNodePort"];
        // One that is not written is chosen, and stays.
        if local(old) && local(new) && number(new, &port).is_some_and(|p| Some(p) != number(old, &port)) {
            faults.push(said("Service", "spec.healthCheckNodePort", INSTEAD));
        }
    }
    faults
}

/// What holds `immutable: true` stays as it is, and a Secret keeps its type.
fn contents(old: &Field<'_>, new: &Field<'_>) -> Vec<String> {
    const INSTEAD: &str = "give the new one another name, and let what reads it name that";
    let own = text(new, &["kind"]).unwrap_or_default();
    let mut faults = Vec::new();
    let opaque = |f: &Field<'_>| text(f, &["type"]).filter(|t| !t.is_empty()).unwrap_or("Opaque").to_owned();
    if own == "Secret" && opaque(old) != opaque(new) {
        faults.push(said(own, "type", "delete the Secret first, or give the new one another name"));
    }
    if !flag(old, &["immutable"]) {
        return faults;
    }
    if let Some(part) = changed_part(old, new) {
        faults.push(format!(
            "is refused: {} with `immutable: true` cannot change its `{part}`; {INSTEAD}",
            article(own)
        ));
    }
    if !flag(new, &["immutable"]) {
        faults.push(said(own, "immutable", INSTEAD));
    }
    faults
}

/// The part of a ConfigMap or Secret in which applying the new one changes what the old one holds. `stringData` is written over
/// `data` and not kept: what it has no more stays.
fn changed_part(old: &Field<'_>, new: &Field<'_>) -> Option<&'static str> {
    let over = |key: &str| new.at(&["stringData", key]).is_some() || old.at(&["stringData", key]).is_some();
    for part in ["data", "binaryData"] {
        let members = [old, new].into_iter().flat_map(|f| f.get(part).map_or(&[][..], Field::members));
        let mut keys = members.map(|m| &*m.key).filter(|key| !over(key));
        if keys.any(|key| !contents_alike(&[part, key], old, new)) {
            return Some(part);
        }
    }
    let mut written = new.get("stringData").map_or(&[][..], Field::members).iter();
    written.any(|m| !contents_alike(&["stringData", &m.key], old, new)).then_some("stringData")
}

fn contents_alike(path: &[&str], old: &Field<'_>, new: &Field<'_>) -> bool {
    old.at(path).map(|f| &f.data) == new.at(path).map(|f| &f.data)
}

/// A claim may grow, where its class lets it.
fn claim(case: &Case<'_, '_, '_>, old: &Field<'_>, new: &Field<'_>) -> Vec<String> {
    const INSTEAD: &str = "make a claim of another name and copy the data";
    const SOURCES: [&str; 2] = ["dataSource", "dataSourceRef"];
    let mut faults = Vec::new();
    for key in keys(old, new) {
        let path = ["spec", key];
        let free = match key {
            "volumeAttributesClassName" => true,
            // What is not written yet may be: a class and a volume are chosen later.
            "volumeName" | "storageClassName" => old.at(&path).is_none() || same(&path, old, new),
            // Each is written from the other.
            key if SOURCES.contains(&key) => {
                let written = |f: &Field<'_>| SOURCES.iter().filter(|k| f.at(&["spec", k]).is_some()).count();
                same(&path, old, new) || (new.at(&path).is_none() && (written(old), written(new)) != (2, 0))
            }
            "resources" => same(&["spec", "resources", "limits"], old, new),
            _ => same(&path, old, new),
        };
        if !free {
            faults.push(said("PersistentVolumeClaim", &path.join("."), INSTEAD));
        }
    }
    match growth(old, new) {
        Some(Growth::Smaller(was, is)) => {
            faults.push(format!("is refused: a claim cannot shrink from {was} to {is}; {INSTEAD}"));
        }
        Some(Growth::Larger(..)) if grows(case, new) == Some(false) => {
            let class = text(new, &["spec", "storageClassName"]).unwrap_or_default();
            faults.push(format!(
                "is refused: the StorageClass `{class}` does not let claims grow (`allowVolumeExpansion`); {INSTEAD}"
            ));
        }
        _ => {}
    }
    faults
}

/// What becomes of the size of a claim.
pub(super) enum Growth {
    /// It gets larger: from, to.
    Larger(String, String),
    /// It gets smaller: from, to.
    Smaller(String, String),
}

/// What becomes of the size of a claim; none when it stays.
pub(super) fn growth(old: &Field<'_>, new: &Field<'_>) -> Option<Growth> {
    let size = |f: &Field<'_>| super::case::amount(f, &["spec", "resources", "requests", "storage"]);
    let (was, is) = (size(old)?, size(new)?);
    match Quantity::parse(&was)?.cmp(&Quantity::parse(&is)?) {
        std::cmp::Ordering::Less => Some(Growth::Larger(was, is)),
        std::cmp::Ordering::Equal => None,
        std::cmp::Ordering::Greater => Some(Growth::Smaller(was, is)),
    }
}

/// Whether the class of a claim lets it grow; none when the environment does not have the class.
pub(super) fn grows(case: &Case<'_, '_, '_>, claim: &Field<'_>) -> Option<bool> {
    let name = text(claim, &["spec", "storageClassName"])?;
    let class =
        case.around.1.iter().find(|m| m.identity.kind == "StorageClass" && m.identity.name == name)?;
    Some(flag(&class.body, &["allowVolumeExpansion"]))
}

/// What stores the data of a volume stays; so do its mode and, once written, its nodes.
fn volume(old: &Field<'_>, new: &Field<'_>) -> Vec<String> {
    const INSTEAD: &str = "make a volume of another name";
    const FREE: [&str; 8] = [
        "accessModes",
        "capacity",
        "claimRef",
        "mountOptions",
        "persistentVolumeReclaimPolicy",
        "storageClassName",
        "volumeAttributesClassName",
        "nodeAffinity",
    ];
    let mut faults: Vec<String> = keys(old, new)
        .filter(|key| !FREE.contains(key) && !same(&["spec", key], old, new))
        .map(|key| said("PersistentVolume", &format!("spec.{key}"), INSTEAD))
        .collect();
    let nodes = ["spec", "nodeAffinity"];
    if old.at(&nodes).is_some() && !same(&nodes, old, new) {
        faults.push(said("PersistentVolume", "spec.nodeAffinity", INSTEAD));
    }
    faults
}

/// Applying `OnDelete` leaves the parameters of `RollingUpdate` that the server wrote when nobody did, and it refuses the two
/// together.
fn strategy(old: &Field<'_>, new: &Field<'_>) -> Option<String> {
    let strategy = ["spec", "updateStrategy"];
    let waits = |f: &Field<'_>| f.at(&strategy).and_then(|s| text(s, &["type"])) == Some("OnDelete");
    let written =
        old.at(&strategy).is_some_and(|s| s.get("type").is_some() || s.get("rollingUpdate").is_some());
    (waits(new) && !waits(old) && !written).then(|| {
        "is refused: `spec.updateStrategy` of a StatefulSet keeps the parameters of `RollingUpdate`, which `OnDelete` must not \
         have; apply it once with the sync option `Replace=true`"
            .to_owned()
    })
}

/// The pods of a Job stay as they are once it has begun, and how many there are to be.
fn job(old: &Field<'_>, new: &Field<'_>) -> Vec<String> {
    let mut faults = Vec::new();
    if !same(&["spec", "selector"], old, new) {
        faults.push(said("Job", "spec.selector", JOB));
    }
    let waits = flag(old, &["spec", "suspend"]);
    if !(if waits { placed_alike(old, new) } else { same(&["spec", "template"], old, new) }) {
        faults.push(said("Job", "spec.template", JOB));
    }
    let (completions, parallelism) = (["spec", "completions"], ["spec", "parallelism"]);
    // Of a Job that says neither, both are 1.
    let count = |f: &Field<'_>| number(f, &completions).or(f.at(&parallelism).is_none().then_some(1));
    let indexed = text(new, &["spec", "completionMode"]) == Some("Indexed");
    let elastic = indexed && count(new) == Some(number(new, &parallelism).unwrap_or(1));
    // What neither writes is what it was, whatever it was.
    let written = old.at(&completions).is_some() || new.at(&completions).is_some();
    if written && count(old) != count(new) && !elastic {
        faults.push(said("Job", "spec.completions", JOB));
    }
    faults
}

/// Whether the templates of a Job that has not begun differ in nothing but where its pods run, and how they are labelled.
fn placed_alike(old: &Field<'_>, new: &Field<'_>) -> bool {
    const FREE: [&str; 4] = ["affinity", "nodeSelector", "schedulingGates", "tolerations"];
    let path = ["spec", "template", "spec"];
    let spec = |f: &'_ Field<'_>| -> Vec<String> {
        f.at(&path).map_or(&[][..], Field::members).iter().map(|m| m.key.to_string()).collect()
    };
    let mut keys = spec(old).into_iter().chain(spec(new)).filter(|key| !FREE.contains(&key.as_str()));
    // Labels that are taken away as a whole take those along that the server put beside them.
    let labels = |f: &Field<'_>| f.at(&["spec", "template", "metadata", "labels"]).is_some();
    (labels(new) || !labels(old)) && keys.all(|key| same(&["spec", "template", "spec", &key], old, new))
}

/// The version that objects are stored in must stay until they are stored in another.
fn stored(old: &Field<'_>, new: &Field<'_>) -> Option<String> {
    let path = ["spec", "versions"];
    let before = old.at(&path).map_or(&[][..], Field::items);
    let kept = before.iter().find(|v| flag(v, &["storage"])).and_then(|v| text(v, &["name"]))?;
    let gone = !new.at(&path).map_or(&[][..], Field::items).iter().any(|v| text(v, &["name"]) == Some(kept));
    gone.then(|| {
        format!(
            "is refused: objects are stored in version `{kept}`, which cannot be taken away; store them in another one first"
        )
    })
}

/// The pools of a MinIO tenant stay as large as they are.
fn tenant(old: &Field<'_>, new: &Field<'_>) -> Vec<String> {
    let old = old.at(&["spec", "pools"]).map_or(&[][..], Field::items);
    let new = new.at(&["spec", "pools"]).map_or(&[][..], Field::items);
    let mut faults = Vec::new();
    for (a, b) in
        old.iter().filter_map(|a| Some((a, new.iter().find(|b| text(b, &["name"]) == text(a, &["name"]))?)))
    {
        for key in ["servers", "volumesPerServer"] {
            if !alike(&[key], a.get(key), b.get(key)) {
                faults.push(said("Tenant", &format!("spec.pools.{key}"), "add a pool beside it"));
            }
        }
    }
    faults
}
