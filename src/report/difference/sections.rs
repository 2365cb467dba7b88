//! What is the same in several objects and environments is told once: a change that one line makes, with the objects that it
//! changes and the environments that have them.

use crate::diff::{
    Impact, ImpactKind,
    told::{Action, Change, Environment, Object, Place, Told},
};
use std::collections::{BTreeMap, BTreeSet};

/// Environments and what is the same in all of them.
pub(super) struct Section<'t> {
    /// In their order.
    pub(super) environments: Vec<&'t Environment>,
    /// What applying them as a whole does, the worst first.
    pub(super) impacts: Vec<&'t Impact>,
    /// The lines behind those, each once.
    pub(super) places: Vec<&'t Place>,
    /// What is told of them.
    pub(super) tellings: Vec<Telling<'t>>,
}

/// What objects have in common.
pub(super) struct Telling<'t> {
    /// What became of them.
    pub(super) action: Action,
    /// The fields in which they differ.
    pub(super) changes: Vec<Shared<'t>>,
    /// The objects, each in every environment that has it.
    members: Vec<&'t Object>,
}

/// A change of all objects of a [`Telling`].
pub(super) struct Shared<'t> {
    /// The change; the others differ from it in their routes and places alone.
    pub(super) change: &'t Change,
    routes: Vec<&'t str>,
    /// The lines behind it, each once.
    pub(super) places: Vec<&'t Place>,
}

/// An object by the numbers of its environment and of itself.
type Member = (usize, usize);

/// Changes that are the same, or whole objects that are.
struct Group<'t> {
    action: Action,
    changes: Vec<Shared<'t>>,
    members: Vec<Member>,
}

/// The sections of what is told: those of most environments first, then in the order of the environments.
pub(super) fn sections<'t>(told: &'t Told) -> Vec<Section<'t>> {
    // Changes of the same objects are told together.
    let mut together: BTreeMap<(Vec<Member>, &'static str), Group<'_>> = BTreeMap::new();
    for group in groups(told) {
        match together.get_mut(&(group.members.clone(), group.action.name())) {
            Some(other) => other.changes.extend(group.changes),
            None => drop(together.insert((group.members.clone(), group.action.name()), group)),
        }
    }
    let mut sections: BTreeMap<Vec<usize>, Vec<Group<'_>>> = BTreeMap::new();
    for group in together.into_values() {
        let mut environments: Vec<usize> = group.members.iter().map(|(at, _)| *at).collect();
        environments.dedup();
        sections.entry(environments).or_default().push(group);
    }
    // One that is new or gone may have no objects.
    for (at, _) in
        told.environments.iter().enumerate().filter(|(_, e)| e.objects.is_empty() && e.impacts.is_empty())
    {
        sections.insert(vec![at], Vec::new());
    }
    let wholes = wholes(told);
    for places in wholes.keys() {
        sections.entry(places.clone()).or_default();
    }
    let mut sections: Vec<(Vec<usize>, Vec<Group<'_>>)> = sections.into_iter().collect();
    sections.sort_by(|(a, _), (b, _)| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    let section = |(places, mut groups): (Vec<usize>, Vec<Group<'t>>)| -> Section<'t> {
        // What many objects have in common first, then in their order.
        groups.sort_by_key(|g| (std::cmp::Reverse(g.members.len()), g.members.first().copied()));
        let (impacts, lines) = wholes.get(&places).cloned().unwrap_or_default();
        Section {
            impacts,
            places: lines,
            environments: places.iter().filter_map(|&at| told.environments.get(at)).collect(),
            tellings: groups.into_iter().map(|group| telling(group, told)).collect(),
        }
    };
    sections.into_iter().map(section).collect()
}

/// What applying whole environments does, with the lines behind it, by the environments that it is the same for.
fn wholes(told: &Told) -> BTreeMap<Vec<usize>, (Vec<&Impact>, Vec<&Place>)> {
    let mut same: BTreeMap<Vec<(ImpactKind, &str)>, Vec<usize>> = BTreeMap::new();
    for (at, environment) in told.environments.iter().enumerate().filter(|(_, e)| !e.impacts.is_empty()) {
        let all = environment.impacts.iter().map(|impact| (impact.kind, impact.text.as_str())).collect();
        same.entry(all).or_default().push(at);
    }
    let whole = |at: Vec<usize>| {
        let all: Vec<&Environment> = at.iter().filter_map(|&at| told.environments.get(at)).collect();
        let mut places: Vec<&Place> = all.iter().filter_map(|e| e.place.as_ref()).collect();
        once(&mut places);
        (at, (all.first().map(|e| e.impacts.iter().collect()).unwrap_or_default(), places))
    };
    same.into_values().map(whole).collect()
}

/// The changes that are the same wherever they stand, and the objects that one side has alone.
fn groups<'t>(told: &'t Told) -> Vec<Group<'t>> {
    let mut groups: Vec<Group<'t>> = Vec::new();
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    for (at, environment) in told.environments.iter().enumerate() {
        for (n, object) in environment.objects.iter().enumerate() {
            let mut put = |key: String, changes: &[&'t Change]| match known.get(&key) {
                Some(&group) => groups.get_mut(group).into_iter().for_each(|g| g.join((at, n), changes)),
                None => {
                    known.insert(key, groups.len());
                    groups.push(Group::new(object.action, (at, n), changes));
                }
            };
            if object.action == Action::Changed {
                object.changes.iter().for_each(|change| put(difference(environment, change), &[change]));
            } else {
                let all: Vec<&Change> = object.changes.iter().collect();
                let changes: Vec<String> = all.iter().map(|c| difference(environment, c)).collect();
                let fate = (environment.action.name(), object.action.name(), &object.was);
                put(format!("{fate:?} {} {changes:?}", who(object)), &all);
            }
        }
    }
    groups
}

impl<'t> Group<'t> {
    fn new(action: Action, member: Member, changes: &[&'t Change]) -> Self {
        let share = |change: &&'t Change| Shared {
            change,
            routes: vec![&change.route],
            places: change.place.iter().collect(),
        };
        Self { action, members: vec![member], changes: changes.iter().map(share).collect() }
    }

    /// Takes in the same of another object, or of another field of it.
    fn join(&mut self, member: Member, changes: &[&'t Change]) {
        if self.members.last() != Some(&member) {
            self.members.push(member);
        }
        for (shared, change) in self.changes.iter_mut().zip(changes) {
            if !shared.routes.contains(&change.route.as_str()) {
                shared.routes.push(&change.route);
            }
            shared.places.extend(&change.place);
        }
    }
}

fn telling<'t>(group: Group<'t>, told: &'t Told) -> Telling<'t> {
    let object = |(at, n): Member| told.environments.get(at).and_then(|e| e.objects.get(n));
    let mut changes = group.changes;
    changes.iter_mut().for_each(|shared| once(&mut shared.places));
    Telling { action: group.action, changes, members: group.members.into_iter().filter_map(object).collect() }
}

/// Leaves each place once.
fn once(places: &mut Vec<&Place>) {
    let mut seen = BTreeSet::new();
    places.retain(|p| seen.insert((&p.path, p.line, p.column, p.old)));
}

/// Who an object is, wherever it is.
fn who(object: &Object) -> String {
    let identity = &object.identity;
    format!("{} {} {} {}", object.component, identity.group, identity.kind, identity.name)
}

/// What makes two changes the same: the values, the field as far as no list's item is named, and the file behind it, in whichever
/// folder it stands.
fn difference(environment: &Environment, change: &Change) -> String {
    let mut field = String::with_capacity(change.route.len());
    let mut depth = 0_usize;
    for c in change.route.chars() {
        match c {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            c if depth == 0 => field.push(c),
            _ => {}
        }
    }
    let file = change.place.as_ref().map(|p| p.path.rsplit('/').next().unwrap_or_default());
    let values = (&change.old, &change.new, &change.text, change.reordered);
    format!("{} {field} {file:?} {values:?}", environment.action.name())
}

impl Section<'_> {
    /// The names of its environments, at most so many.
    pub(super) fn heading(&self, most: usize) -> String {
        let names: Vec<String> = self.environments.iter().map(|e| e.name.clone()).collect();
        let fate = match self.environments.first().map(|e| e.action) {
            Some(Action::Added) => " (new)",
            Some(Action::Removed) => " (gone)",
            _ => "",
        };
        let count = match names.len() {
            n if n > most + 1 => format!(" ({n} environments)"),
            _ => String::new(),
        };
        format!("{}{fate}{count}", some(&names, most))
    }

    /// How many objects differ in it.
    pub(super) fn count(&self) -> usize {
        let all: BTreeSet<*const Object> =
            self.tellings.iter().flat_map(|t| &t.members).map(|o| std::ptr::from_ref(*o)).collect();
        all.len()
    }
}

impl<'t> Telling<'t> {
    /// The names of the objects, each once; and how many there are in all environments, where that is not the same for each.
    pub(super) fn names(&self, most: usize) -> String {
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        let mut names: Vec<String> = Vec::new();
        for object in &self.members {
            let name = name(object);
            let count = seen.entry(name.clone()).or_default();
            *count += 1;
            if *count == 1 {
                names.push(name);
            }
        }
        let even = seen.values().min() == seen.values().max();
        let all = if even { String::new() } else { format!(" ({} objects)", self.members.len()) };
        some(&names, most) + &all
    }

    /// How many objects there are, in all environments.
    pub(super) fn count(&self) -> usize {
        self.members.len()
    }

    /// Of how many objects something is told that holds for so many of them; nothing if for all.
    pub(super) fn part(&self, count: usize) -> String {
        if count < self.count() { format!(" ({count} of {})", self.count()) } else { String::new() }
    }

    /// What applying the objects does, the worst first, each with how many objects have it. Which image runs is told where that
    /// changes; that something goes away, once.
    pub(super) fn impacts(&self) -> Vec<(&'t Impact, usize)> {
        let image = self.changes.is_empty() || self.changes.iter().any(|c| c.change.route.ends_with("image"));
        let mut found = BTreeMap::new();
        for object in &self.members {
            let said_before = |impact: &Impact| {
                let mut losses = object.impacts.iter().filter(|i| i.kind == ImpactKind::DataLoss);
                impact.kind == ImpactKind::Remove && losses.any(|loss| loss.text.starts_with(&impact.text))
            };
            for impact in object.impacts.iter().filter(|impact| !said_before(impact)) {
                if image || impact.kind != ImpactKind::Image {
                    found.entry((impact.gravity(), impact.text.as_str())).or_insert((impact, 0)).1 += 1;
                }
            }
        }
        found.into_values().collect()
    }

    /// The lines behind objects that one side has alone, each once.
    pub(super) fn places(&self) -> Vec<&'t Place> {
        let mut places: Vec<&Place> =
            self.members.iter().filter_map(|object| object.place.as_ref()).collect();
        once(&mut places);
        places
    }
}

impl Shared<'_> {
    /// The way to the field, or to the fields.
    pub(super) fn route(&self) -> String {
        let routes: Vec<String> = self.routes.iter().map(|&route| route.to_owned()).collect();
        some(&routes, 1)
    }
}

/// Some names, and how many more there are.
pub(super) fn some(names: &[String], most: usize) -> String {
    // One more name is as short as saying that there is one.
    let most = if names.len() == most + 1 { most + 1 } else { most };
    let shown = names.iter().take(most).cloned().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(most) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// The name of an object, and of one that was renamed both.
pub(super) fn name(object: &Object) -> String {
    let identity = &object.identity;
    match &object.was {
        Some(was) => format!("{}/{was} -> {}", identity.kind, identity.name),
        None => identity.to_string(),
    }
}

/// The lines behind something: a few, and how many others there are.
pub(super) fn place(places: &[&Place]) -> String {
    let show = |place: &&Place| {
        let was = if place.old { "was " } else { "" };
        format!("{was}{}:{}:{}", place.path, place.line, place.column)
    };
    let all: Vec<String> = places.iter().map(show).collect();
    some(&all, 2)
}

/// A row of the table of impacts.
pub(super) struct Row<'t> {
    /// The kind.
    pub(super) kind: ImpactKind,
    /// How many objects have it.
    pub(super) objects: usize,
    /// In how many environments.
    pub(super) environments: usize,
    /// One of them: its environment, the object if it is that of one, and the impact.
    pub(super) example: (&'t Environment, Option<&'t Object>, &'t Impact),
}

/// The kinds of impact that there are, the worst first.
pub(super) fn impacts(told: &Told) -> Vec<Row<'_>> {
    let mut rows: BTreeMap<ImpactKind, (Row<'_>, &str)> = BTreeMap::new();
    let wholes = told.environments.iter().map(|e| (e, None, &e.impacts));
    let objects = told.objects().map(|(e, object)| (e, Some(object), &object.impacts));
    let mut all: Vec<_> = wholes.chain(objects).collect();
    all.sort_by_key(|(environment, ..)| &environment.name);
    for (environment, object, impacts) in all {
        let mut kinds: Vec<ImpactKind> = Vec::new();
        for impact in impacts {
            if kinds.contains(&impact.kind) {
                continue;
            }
            kinds.push(impact.kind);
            let example = (environment, object, impact);
            let new = || (Row { kind: impact.kind, objects: 0, environments: 0, example }, "");
            let (row, last) = rows.entry(impact.kind).or_insert_with(new);
            row.objects += usize::from(object.is_some());
            if *last != environment.name {
                row.environments += 1;
                *last = &environment.name;
            }
        }
    }
    rows.into_values().map(|(row, _)| row).collect()
}

/// The worst impact of an environment.
pub(super) fn worst(environment: &Environment) -> Option<ImpactKind> {
    environment.impacts().map(|i| i.kind).min()
}
