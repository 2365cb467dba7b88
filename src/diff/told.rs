//! Differences as they are told: without the trees that they were found in, secrets masked, each with the lines behind it.

use super::{Impact, Stretch};
use crate::{field::Field, manifest::Identity};

/// What two renderings differ in.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Told {
    /// What the new side is, in words: "the work tree".
    pub new: String,
    /// What the old side is.
    pub old: String,
    /// Two environments or folders are compared with each other, and not each environment with what it was.
    pub pair: bool,
    /// The environments that differ, in order; of a pair, one with the names of both.
    pub environments: Vec<Environment>,
    /// How many do not.
    pub equal: usize,
    /// Environments that could not be rendered on a side, with that side's name: nothing is said of them.
    pub unknown: Vec<(String, String)>,
}

/// An environment that differs.
#[derive(Debug, Clone, PartialEq)]
pub struct Environment {
    /// Its name; of two that are compared, both.
    pub name: String,
    /// Whether one side has it alone.
    pub action: Action,
    /// What applying it as a whole does, beside what its objects do, the worst first.
    pub impacts: Vec<Impact>,
    /// The line behind those.
    pub place: Option<Place>,
    /// Its objects that differ, in order.
    pub objects: Vec<Object>,
    /// How many of its objects do not.
    pub equal: usize,
}

/// An object that differs.
#[derive(Debug, Clone, PartialEq)]
pub struct Object {
    /// Who it is; of one that is gone, who it was.
    pub identity: Identity,
    /// The name that it had, if that was another.
    pub was: Option<String>,
    /// The component that it belongs to; empty in a folder of manifests.
    pub component: String,
    /// Its file in rendered/, or in the folder.
    pub path: String,
    /// What became of it.
    pub action: Action,
    /// The fields in which it differs; none for one that one side has alone.
    pub changes: Vec<Change>,
    /// What applying it does.
    pub impacts: Vec<Impact>,
    /// The line behind one that is new, or gone.
    pub place: Option<Place>,
}

/// What became of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Only the new side has it.
    Added,
    /// Only the old side has it.
    Removed,
    /// It differs.
    Changed,
    /// It has another name, and may differ.
    Renamed,
}

impl Action {
    /// `added`, `removed`, `changed` or `renamed`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
            Self::Renamed => "renamed",
        }
    }
}

/// A field that differs.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The way to it.
    pub route: String,
    /// What it held.
    pub old: Option<Field<'static>>,
    /// What it holds.
    pub new: Option<Field<'static>>,
    /// Texts of several lines, by line.
    pub text: Vec<Stretch>,
    /// The items of a list stand in another order.
    pub reordered: bool,
    /// The line behind it.
    pub place: Option<Place>,
}

/// A line of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The path in the workspace.
    pub path: String,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
    /// It is the line of the old side: what is gone stands on no line of the new one.
    pub old: bool,
}

/// Counts of objects by what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Added ones.
    pub added: usize,
    /// Changed ones, renamed ones too.
    pub changed: usize,
    /// Removed ones.
    pub removed: usize,
}

impl Told {
    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.environments.is_empty()
    }

    /// All objects that differ.
    pub fn objects(&self) -> impl Iterator<Item = (&Environment, &Object)> {
        self.environments.iter().flat_map(|e| e.objects.iter().map(move |o| (e, o)))
    }

    /// The objects by what became of them.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        self.environments.iter().for_each(|environment| counts.add(environment.counts()));
        counts
    }
}

impl Environment {
    /// One of which nothing is told yet.
    pub fn new(name: String, action: Action) -> Self {
        Self { name, action, impacts: Vec::new(), place: None, objects: Vec::new(), equal: 0 }
    }

    /// All impacts, of the whole and of its objects.
    pub fn impacts(&self) -> impl Iterator<Item = &Impact> {
        self.impacts.iter().chain(self.objects.iter().flat_map(|o| &o.impacts))
    }

    /// Its objects by what became of them.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for object in &self.objects {
            match object.action {
                Action::Added => counts.added += 1,
                Action::Removed => counts.removed += 1,
                Action::Changed | Action::Renamed => counts.changed += 1,
            }
        }
        counts
    }
}

impl Counts {
    /// Counts others, too.
    pub fn add(&mut self, other: Self) {
        self.added += other.added;
        self.changed += other.changed;
        self.removed += other.removed;
    }
}
