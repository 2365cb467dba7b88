//! The order of components: what `after` of environment.yaml says, as the wave in which each of them comes. What a wave
//! becomes is for `argocd`.

use super::{Component, Environment, Folder, Workspace};
use crate::{
    diag::{Finding, nearest},
    source::Span,
};

/// One entry of `after`: the place of the component that comes before, and where that is said.
type Before = (usize, Span);

/// Where a component is looked for that an environment does not have.
pub(super) struct Known<'w> {
    pub(super) workspace: &'w Workspace,
    pub(super) environment: &'w Environment,
}

/// Puts each component into its wave: as many come before it as the longest chain of `after` has. `asked` are the entries of each
/// component in turn.
pub(super) fn waves(
    components: &mut [Component<'_>],
    asked: &[Vec<(&str, Span)>],
    known: &Known<'_>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let names: Vec<&str> = components.iter().map(|c| c.name).collect();
    let mut before: Vec<Vec<Before>> = Vec::with_capacity(names.len());
    for (own, entries) in names.iter().zip(asked) {
        let mut found = Vec::with_capacity(entries.len());
        for &(name, at) in entries {
            match names.iter().position(|n| *n == name) {
                Some(place) => found.push((place, at)),
                None if known.has(name, at) => {}
                None => findings.push(unknown(own, name, at, &names)),
            }
        }
        before.push(found);
    }
    // Each round places those whose predecessors are placed; when it places none, those that are left hold a circle.
    let mut waves: Vec<Option<Wave>> = vec![None; names.len()];
    while waves.contains(&None) {
        let mut moved = false;
        for (place, entries) in before.iter().enumerate() {
            if waves.get(place).is_some_and(Option::is_none)
                && let Some(wave) = wave(entries, &waves)
            {
                waves[place] = Some(wave);
                moved = true;
            }
        }
        if !moved {
            let circle = circle(&before, &waves);
            circle.iter().for_each(|&(place, _)| waves[place] = Some(None));
            findings.extend(endless(&circle, &names));
        }
    }
    for (component, wave) in components.iter_mut().zip(waves) {
        component.wave = wave.flatten();
    }
    findings
}

/// The number of a wave, and the entry that asks for it; none for the first one.
type Wave = Option<(u32, Span)>;

/// The wave of a component, once all that come before it have theirs.
fn wave(entries: &[Before], waves: &[Option<Wave>]) -> Option<Wave> {
    let mut last: Wave = None;
    for &(place, at) in entries {
        let number = waves.get(place).copied().flatten()?.map_or(0, |(number, _)| number) + 1;
        if last.is_none_or(|(most, _)| number > most) {
            last = Some((number, at));
        }
    }
    Some(last)
}

/// Components without a wave that come after one another in a circle, each with the entry that leads on to the next.
fn circle(before: &[Vec<Before>], waves: &[Option<Wave>]) -> Vec<Before> {
    let open = |place: usize| waves.get(place).is_some_and(Option::is_none);
    let mut way: Vec<Before> = Vec::new();
    let mut at = (0..before.len()).find(|&place| open(place));
    while let Some(place) = at {
        if let Some(start) = way.iter().position(|(p, _)| *p == place) {
            return way.split_off(start);
        }
        let next = before.get(place).and_then(|entries| entries.iter().find(|(p, _)| open(*p)));
        way.extend(next.map(|&(_, said)| (place, said)));
        at = next.map(|&(next, _)| next);
    }
    way
}

fn unknown(own: &str, name: &str, at: Span, names: &[&str]) -> Finding {
    let message = format!("`{own}` is to come after `{name}`, and there is no component of that name");
    let others: Vec<&str> = names.iter().copied().filter(|n| *n != own).collect();
    let help = match nearest(name, others.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if others.is_empty() => format!("leave it out: `{own}` is the only component"),
        None => format!("the environment has `{}`", others.join("`, `")),
    };
    Finding::error("component-after-unknown", at, message).help(help)
}

/// None of a circle can be first.
fn endless(circle: &[Before], names: &[&str]) -> Option<Finding> {
    const CODE: &str = "component-after-itself";
    let name = |place: usize| names.get(place).copied().unwrap_or_default();
    let &(first, at) = circle.first()?;
    let following = |n: usize| circle.get(n + 1).map_or(first, |(place, _)| *place);
    if circle.len() == 1 {
        let message = format!("`{}` is to come after itself", name(first));
        return Some(Finding::error(CODE, at, message).help("name the components that must run before it"));
    }
    let chain: Vec<String> = (0..circle.len()).map(|n| format!("after `{}`", name(following(n)))).collect();
    let message =
        format!("`{}` is to come {}, and so after itself", name(first), chain.join(", which comes "));
    let mut finding = Finding::error(CODE, at, message).help("take one of these entries out of its `after`");
    for (n, &(place, said)) in circle.iter().enumerate().skip(1) {
        finding = finding
            .related(said, format!("`{}` comes after `{}` as this says", name(place), name(following(n))));
    }
    Some(finding)
}

impl Known<'_> {
    /// Whether a layer of the environment has a component of this name, which another one removed; or an environment for which
    /// the entry counts, too: what several share may name what some of them have.
    fn has(&self, name: &str, entry: Span) -> bool {
        let folders = &self.workspace.folders;
        let says = |folder: &Folder| {
            let document = folder.environment.as_ref();
            document.and_then(|d| d.root.get("components")?.get(name)).is_some()
        };
        let own = || self.environment.layers.iter().filter_map(|&layer| folders.get(layer));
        if own().any(says) {
            return true;
        }
        let home = own().find(|f| f.environment.as_ref().is_some_and(|d| d.file == entry.file));
        let below = |folder: &&Folder| {
            home.is_some_and(|home| {
                let rest = folder.path.strip_prefix(&*home.path);
                home.path.is_empty() || rest.is_some_and(|rest| rest.starts_with('/'))
            })
        };
        folders.iter().filter(below).any(says)
    }
}
