//! Who may do more: rules that are wider, bindings with more subjects, and pods with more rights.

use super::{
    Impact, Kind,
    case::{Case, flag, kind, text, texts},
    words::{code, list},
};
use crate::{
    field::{Data, Field},
    manifest::{Manifest, pod_template},
};

/// What somebody may do that nobody said before.
pub(super) fn grant(case: &Case<'_, '_, '_>) -> Vec<Impact> {
    let (old, new) = match case.both() {
        Some((old, new)) => (Some(old), Some(new)),
        None => (None, case.comes()),
    };
    let Some(new) = new else { return Vec::new() };
    let found = match kind(new) {
        ("rbac.authorization.k8s.io", "Role" | "ClusterRole") => role(old, new),
        ("rbac.authorization.k8s.io", "RoleBinding" | "ClusterRoleBinding") => {
            binding(case, old, new).into_iter().collect()
        }
        ("", "ServiceAccount") => {
            let off = |m: &Manifest<'_>| {
                m.body.get("automountServiceAccountToken").is_some_and(|f| f.data == Data::Bool(false))
            };
            let now = old.is_some_and(off) && !off(new);
            now.then(|| "gives its token to its pods: they may do what it may".to_owned())
                .into_iter()
                .collect()
        }
        _ => pods(old, new),
    };
    found.into_iter().map(|text| Kind::Grant.with(text)).collect()
}

/// One thing that a rule allows.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Right {
    verb: String,
    /// `GROUP/RESOURCE`, or a path.
    on: (String, String),
    /// Only the object of this name; none for all.
    name: Option<String>,
}

impl Right {
    fn covers(&self, other: &Self) -> bool {
        let fits = |a: &str, b: &str| a == "*" || a == b;
        let resource = |a: &str, b: &str| {
            // `*/scale` is that part of every resource, `/x/*` every path below.
            fits(a, b)
                || a.strip_prefix("*/").is_some_and(|part| b.split_once('/').is_some_and(|(_, p)| p == part))
                || a.strip_suffix('*').is_some_and(|start| start.starts_with('/') && b.starts_with(start))
        };
        fits(&self.verb, &other.verb)
            && fits(&self.on.0, &other.on.0)
            && resource(&self.on.1, &other.on.1)
            && (self.name.is_none() || self.name == other.name)
    }
}

/// What the rules of a role allow, one by one.
fn rights(role: &Field<'_>) -> Vec<Right> {
    let mut found = Vec::new();
    for rule in role.get("rules").map_or(&[][..], Field::items) {
        let groups = texts(rule, &["apiGroups"]);
        let names = texts(rule, &["resourceNames"]);
        for verb in texts(rule, &["verbs"]) {
            let mut add = |on: (&str, &str), name: Option<&str>| {
                let (group, resource) = on;
                let on = (group.to_owned(), resource.to_owned());
                found.push(Right { verb: verb.to_owned(), on, name: name.map(str::to_owned) });
            };
            for path in texts(rule, &["nonResourceURLs"]) {
                add(("(path)", path), None);
            }
            for group in &groups {
                for resource in texts(rule, &["resources"]) {
                    if names.is_empty() {
                        add((group, resource), None);
                    }
                    names.iter().for_each(|name| add((group, resource), Some(name)));
                }
            }
        }
    }
    found
}

/// A role that is new allows nothing until somebody is bound to it, unless its rules go into others.
fn role(old: Option<&Manifest<'_>>, new: &Manifest<'_>) -> Vec<String> {
    let after = rights(&new.body);
    let into: Vec<&str> = aggregated(new);
    let before = match old {
        Some(old) => rights(&old.body),
        None if into.is_empty() => return Vec::new(),
        None => Vec::new(),
    };
    let mut found = Vec::new();
    let more: Vec<&Right> = after.iter().filter(|r| !before.iter().any(|b| b.covers(r))).collect();
    if !more.is_empty() {
        let whom = match into.as_slice() {
            [] => String::new(),
            into => format!(", also to all who have {}", code(into)),
        };
        found.push(format!("allows {}{whom}", put(&more)));
    }
    let joined: Vec<&str> =
        into.iter().copied().filter(|i| !old.is_some_and(|o| aggregated(o).contains(i))).collect();
    if old.is_some() && !joined.is_empty() {
        found.push(format!("adds what it allows to {}", code(&joined)));
    }
    found
}

/// The roles that a ClusterRole is made part of by its labels.
fn aggregated<'m>(role: &'m Manifest<'_>) -> Vec<&'m str> {
    let labels = role.body.at(&["metadata", "labels"]).map_or(&[][..], Field::members);
    let into = labels.iter().filter(|m| m.value.as_str() == Some("true"));
    into.filter_map(|m| m.key.strip_prefix("rbac.authorization.k8s.io/aggregate-to-")).collect()
}

/// Rights as a phrase: those on one thing together.
fn put(rights: &[&Right]) -> String {
    let mut things: Vec<(String, Vec<&str>)> = Vec::new();
    for right in rights {
        let (group, resource) = (&right.on.0, &right.on.1);
        let mut on = match (group.as_str(), resource.as_str()) {
            ("*", "*") => "everything".to_owned(),
            ("" | "(path)", resource) => format!("`{resource}`"),
            (group, resource) => format!("`{resource}.{group}`"),
        };
        if let Some(name) = &right.name {
            on += &format!(" named `{name}`");
        }
        match things.iter_mut().find(|(thing, _)| *thing == on) {
            Some((_, verbs)) if !verbs.contains(&right.verb.as_str()) => verbs.push(&right.verb),
            Some(_) => {}
            None => things.push((on, vec![&right.verb])),
        }
    }
    let phrases: Vec<String> = things
        .iter()
        .map(|(on, verbs)| match verbs.as_slice() {
            verbs if verbs.contains(&"*") => {
                format!("everything on {on}").replace("everything on everything", "everything")
            }
            verbs => format!("{} on {on}", code(verbs)),
        })
        .collect();
    list(&phrases)
}

/// Who may do what a role allows, and could not before.
fn binding(case: &Case<'_, '_, '_>, old: Option<&Manifest<'_>>, new: &Manifest<'_>) -> Option<String> {
    let role = |m: &Manifest<'_>| {
        (
            text(&m.body, &["roleRef", "kind"]).map(str::to_owned),
            text(&m.body, &["roleRef", "name"]).map(str::to_owned),
        )
    };
    // Of another role, all subjects are new to it.
    let had = old.filter(|old| role(old) == role(new)).map(subjects).unwrap_or_default();
    let added: Vec<String> = subjects(new).into_iter().filter(|s| !had.contains(s)).collect();
    if added.is_empty() {
        return None;
    }
    let (Some(kind), Some(name)) = role(new) else { return None };
    let place = match (new.identity.kind.as_str(), &new.identity.namespace) {
        ("ClusterRoleBinding", _) => " in every namespace".to_owned(),
        (_, Some(namespace)) => format!(" in namespace `{namespace}`"),
        _ => String::new(),
    };
    let known = case.around.1.iter().find(|m| {
        m.identity.kind == kind
            && m.identity.name == name
            && (kind == "ClusterRole" || m.identity.namespace == new.identity.namespace)
    });
    let what = match (known.map(|m| rights(&m.body)), name.as_str()) {
        (Some(rights), _) if !rights.is_empty() => {
            let all: Vec<&Right> = rights.iter().collect();
            format!("{} ({kind}/{name})", put(&all))
        }
        (_, "cluster-admin") => "everything (ClusterRole/cluster-admin)".to_owned(),
        _ => format!("what {kind}/{name} allows"),
    };
    Some(format!("allows {}: {what}{place}", list(&added)))
}

fn subjects(binding: &Manifest<'_>) -> Vec<String> {
    let all = binding.body.get("subjects").map_or(&[][..], Field::items);
    all.iter()
        .map(|s| {
            let part = |key: &str| text(s, &[key]).unwrap_or_default();
            match (part("kind"), part("namespace")) {
                ("ServiceAccount", namespace) if !namespace.is_empty() => {
                    format!("ServiceAccount/{} of `{namespace}`", part("name"))
                }
                (kind, _) => format!("{kind}/{}", part("name")),
            }
        })
        .collect()
}

/// Rights that pods get over their nodes, and with their account.
fn pods(old: Option<&Manifest<'_>>, new: &Manifest<'_>) -> Vec<String> {
    let Some(route) = pod_template(&new.identity) else { return Vec::new() };
    let spec = |m: &Manifest<'_>, keys: &[&str]| {
        m.body.at(route).and_then(|t| t.get("spec")).is_some_and(|s| flag(s, keys))
    };
    let mut found = Vec::new();
    for key in ["hostPID", "hostIPC"] {
        if spec(new, &[key]) && !old.is_some_and(|o| spec(o, &[key])) {
            found.push(format!("lets its pods into the processes of their nodes (`{key}`)"));
        }
    }
    let (before, after) = (old.map(|o| powers(o, route)).unwrap_or_default(), powers(new, route));
    let added: Vec<&String> = after.iter().filter(|p| !before.contains(p)).collect();
    if !added.is_empty() {
        found.push(format!("gives containers {}", list(&added)));
    }
    if let Some(old) = old {
        let account = |m: &'_ Manifest<'_>| {
            let named = m.body.at(route).and_then(|t| text(t, &["spec", "serviceAccountName"]));
            named.unwrap_or("default").to_owned()
        };
        let (was, is) = (account(old), account(new));
        if was != is {
            found.push(format!("runs as ServiceAccount `{is}` instead of `{was}`"));
        }
    }
    found
}

/// What containers may do beyond what containers may: privileged ones, capabilities, and folders of their nodes.
fn powers(manifest: &Manifest<'_>, route: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    let Some(pod) = manifest.body.at(route).and_then(|t| t.get("spec")) else { return found };
    for list in ["containers", "initContainers"] {
        for container in pod.get(list).map_or(&[][..], Field::items) {
            if flag(container, &["securityContext", "privileged"]) {
                found.push("all rights on their nodes (`privileged`)".to_owned());
            }
            let added = texts(container, &["securityContext", "capabilities", "add"]);
            found.extend(added.iter().map(|c| format!("the capability `{c}`")));
        }
    }
    for volume in pod.get("volumes").map_or(&[][..], Field::items) {
        found.extend(text(volume, &["hostPath", "path"]).map(|path| format!("`{path}` of their nodes")));
    }
    found.sort();
    found.dedup();
    found
}
