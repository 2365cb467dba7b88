//! What environments must not do to one another in Argo CD: take one name for two objects, or disagree about the root
//! Application of their instance. And what only all of them together can tell: a window that is for none of their Applications.

use super::{around::asked, project::Planned};
use crate::{
    argocd::{self, Name, Wish},
    diag::{Finding, Level, nearest},
    own,
    source::Span,
    workspace::{Config, Target, fits},
};
use std::collections::{BTreeMap, BTreeSet};

/// A finding, and the environments that it concerns: the one that it is told of comes last.
type Found = (Vec<usize>, Finding);

/// Looks at all environments; who is in it and was not chosen fails silently.
pub(super) fn neighbours(environments: &mut [Planned<'_>], chosen: &[usize]) {
    let mut found = clashes(environments);
    found.extend(roots(environments));
    let chosen: BTreeSet<usize> = chosen.iter().copied().collect();
    for (concerned, finding) in found {
        for &at in &concerned {
            environments[at].failed = true;
            environments[at].settled = false;
        }
        if let Some(&teller) = concerned.iter().rev().find(|at| chosen.contains(at)) {
            environments[teller].findings.push(finding);
        }
    }
    for (concerned, finding) in idle(environments) {
        if let Some(&teller) = concerned.iter().find(|at| chosen.contains(at)) {
            environments[teller].findings.push(finding);
        }
    }
}

/// The names of what an environment asks of Argo CD.
fn names(name: &str, config: &Config<'_>) -> Vec<Name> {
    argocd::names(name, config, asked(config).map(|place| (own::COMPONENT, place)))
}

/// What has a name that is too long, or that something else has.
fn clashes(environments: &[Planned<'_>]) -> Vec<Found> {
    let mut found = Vec::new();
    // Objects of one name are told apart by their instance and its namespace.
    let mut taken: BTreeMap<(&str, &str, &str, String), (usize, Span)> = BTreeMap::new();
    let mut wishes: BTreeMap<&str, (usize, Wish<'_, '_>)> = BTreeMap::new();
    for (at, planned, wish, config) in asking(environments) {
        for name in names(planned.name, config) {
            if name.too_long() {
                found.push((vec![at], too_long(&name)));
            }
            let key = (wish.instance, wish.namespace, name.kind, name.name.clone());
            if let Some(&(other, first)) = taken.get(&key) {
                let whose = (environments[other].name, planned.name);
                found.push((vec![other, at], clash(&name, first, whose)));
            } else {
                taken.insert(key, (at, name.at));
            }
        }
        wishes.entry(wish.instance).or_insert((at, wish));
    }
    for (instance, (at, wish)) in &wishes {
        let root = argocd::Name::root(instance);
        let key = (*instance, wish.namespace, "Application", root);
        if let Some(&(other, first)) = taken.get(&key) {
            found.push((vec![*at, other], rooted(&key.3, first, wish.at())));
        }
    }
    found
}

/// The environments that ask for something of Argo CD.
fn asking<'s, 'w>(
    environments: &'s [Planned<'w>],
) -> impl Iterator<Item = (usize, &'s Planned<'w>, Wish<'s, 'w>, &'s Config<'w>)> {
    environments.iter().enumerate().filter_map(|(at, planned)| {
        let config = planned.config.as_ref()?;
        Some((at, planned, Wish::of(config)?, config))
    })
}

/// Patterns of sync windows that fit no Application of any environment that has the window: in a shared layer one that fits
/// in some of them is meant so.
fn idle(environments: &[Planned<'_>]) -> Vec<Found> {
    // What cannot be read may have it.
    if environments.iter().any(|e| e.config.is_none()) {
        return Vec::new();
    }
    let mut idle: BTreeMap<Span, (&str, Vec<usize>)> = BTreeMap::new();
    let mut used = BTreeSet::new();
    for (at, planned, _, config) in asking(environments) {
        let patterns = argocd::patterns(config);
        let names = if patterns.is_empty() { Vec::new() } else { names(planned.name, config) };
        for (pattern, place) in patterns {
            match applications(&names).any(|name| fits(pattern, name)) {
                true => drop(used.insert(place)),
                false => idle.entry(place).or_insert((pattern, Vec::new())).1.push(at),
            }
        }
    }
    idle.retain(|place, _| !used.contains(place));
    idle.into_iter()
        .map(|(at, (pattern, of))| (of.clone(), for_nothing(environments, pattern, at, &of)))
        .collect()
}

fn applications(names: &[Name]) -> impl Iterator<Item = &str> {
    names.iter().filter(|n| n.kind == "Application").map(|n| n.name.as_str())
}

fn for_nothing(environments: &[Planned<'_>], pattern: &str, at: Span, of: &[usize]) -> Finding {
    let mut names: BTreeSet<String> = BTreeSet::new();
    for planned in of.iter().map(|&at| &environments[at]) {
        let Some(config) = &planned.config else { continue };
        names.extend(applications(&self::names(planned.name, config)).map(str::to_owned));
    }
    // As patterns are mostly written, too: an environment's Applications, or a component's.
    let mut near: Vec<String> = names.iter().cloned().collect();
    if pattern.contains('*') {
        near.extend(of.iter().map(|&at| format!("{}-*", environments[at].name.replace('/', "-"))));
        let configs = of.iter().filter_map(|&at| environments[at].config.as_ref());
        near.extend(configs.flat_map(|c| &c.components).map(|c| format!("*-{}", c.name)));
    }
    let shown = names.iter().take(5).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let more = if names.len() > 5 { ", ..." } else { "" };
    let message = format!("no Application fits `{pattern}`: this sync window is not for what it says");
    let mut finding = Finding::error("argocd-window-idle", at, message);
    finding.level = Level::Warn;
    finding.help(match nearest(pattern, near.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("the environments with this window have {shown}{more}"),
    })
}

/// Environments of one instance that ask for different root Applications. Those that are published to a branch that others
/// share come first: one that is not is at odds with them, and they are not with it.
fn roots(environments: &[Planned<'_>]) -> Vec<Found> {
    let mut found = Vec::new();
    let mut roots = BTreeMap::new();
    let (published, others): (Vec<_>, Vec<_>) =
        asking(environments).partition(|(_, _, _, config)| Target::shared(&config.settings).is_some());
    for (at, planned, wish, config) in published.into_iter().chain(others) {
        let Some(made) = argocd::root(config) else { continue };
        let shared = Target::shared(&config.settings);
        let Some((other, first, root, target)) = roots.get(wish.instance) else {
            roots.insert(wish.instance, (at, wish.at(), made, shared));
            continue;
        };
        let Some((have, had)) = difference(&made, root) else { continue };
        match target {
            Some(target) if shared.is_none() => {
                found.push((vec![at], apart(planned.name, config, &wish, target.at)));
            }
            _ => {
                let finding = disagree(wish.instance, (wish.at(), &have), (*first, &had));
                found.push((vec![*other, at], finding));
            }
        }
    }
    found
}

fn too_long(name: &Name) -> Finding {
    let (kind, text, longest) = (name.kind, &name.name, Name::longest());
    let message = format!("the {kind} `{text}` has a name of {} characters", text.len());
    Finding::error("argocd-name-too-long", name.at, message)
        .help(format!("Argo CD takes at most {longest}: shorten the component, or the environment's folders"))
}

fn clash(name: &Name, first: Span, whose: (&str, &str)) -> Finding {
    let (kind, text) = (name.kind, &name.name);
    let message = match whose {
        (one, other) if one == other => format!("the environment {one} has two of {kind} `{text}`"),
        (one, other) => format!("the environments {one} and {other} both have an {kind} `{text}`"),
    };
    Finding::error("argocd-name-clash", name.at, message)
        .related(first, "the first one is asked for here")
        .help("rename a component or a folder, or give the environments an `argocd.instance` each")
}

fn rooted(name: &str, at: Span, root: Span) -> Finding {
    let message = format!("the Application `{name}` has the name of its instance's root Application");
    Finding::error("argocd-name-clash", at, message)
        .related(root, "the root Application is asked for here")
        .help("rename the component or its environment's folder")
}

/// The first line in which two root Applications differ.
fn difference(one: &argocd::Made<'_>, other: &argocd::Made<'_>) -> Option<(String, String)> {
    let (here, there) = (one.manifests.first()?.to_yaml(), other.manifests.first()?.to_yaml());
    let line = here.lines().zip(there.lines()).find(|(a, b)| a != b).unwrap_or_default();
    (here != there).then(|| (line.0.trim().to_owned(), line.1.trim().to_owned()))
}

fn disagree(instance: &str, (at, have): (Span, &str), (first, had): (Span, &str)) -> Finding {
    let message = format!("the environments of the Argo CD `{instance}` disagree about its root Application");
    let help = "say `argocd.root`, `repoURL` and `namespace` once, in the layer that they share; \
                where environments follow other revisions, say `root.targetRevision` there";
    let finding = Finding::error("argocd-root-differs", at, message);
    finding.label(format!("here `{have}`")).related(first, format!("there `{had}`")).help(help)
}

/// An environment that Argo CD would read elsewhere than the published ones of its instance.
fn apart(name: &str, config: &Config<'_>, wish: &Wish<'_, '_>, others: Span) -> Finding {
    const CODE: &str = "argocd-root-differs";
    let instance = wish.instance;
    let finding = match Target::of(&config.settings, name) {
        None => {
            let message = format!(
                "{name} is not published, and other environments of the Argo CD `{instance}` are: \
                 its root Application cannot read both"
            );
            let finding =
                Finding::error(CODE, config.namespace.1, message).label("nothing here says `publish`");
            finding.help(
                "say `publish` for it as well; or `publish: null`, and Argo CD is told nothing of it; \
                 or give it an `argocd.instance` of its own",
            )
        }
        Some(own) => {
            let message = format!(
                "{name} is published to a branch of its own, and other environments of the Argo CD `{instance}` \
                 share one: its root Application cannot read both"
            );
            let finding = Finding::error(CODE, own.at, message);
            finding.help("give it the branch of the others, or an `argocd.instance` of its own")
        }
    };
    finding
        .related(others, "the others are published as this says")
        .related(wish.at(), "Argo CD is asked for here")
}
