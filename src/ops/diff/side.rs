//! One side of a comparison: a workspace, planned and rendered without asking rules, which have nothing to say about what
//! differs.

use crate::{
    diag::Finding,
    error::Error,
    ops::{
        Progress,
        compile::{Compiled, compile_chosen},
        project::Project,
    },
    source::{Sources, Span},
    workspace::{Choice, Workspace},
};
use std::mem;

/// A workspace of which the chosen environments were rendered.
pub(super) struct Side<'w> {
    /// What it is, in words.
    pub(super) label: String,
    pub(super) project: Project<'w>,
    /// In the order of the chosen environments.
    pub(super) compiled: Vec<Compiled>,
    pub(super) findings: Vec<Finding>,
    pub(super) hidden: Vec<Span>,
}

/// A workspace and its files.
pub(super) type Loaded<'w> = (&'w Workspace, Sources);

/// What the new side is.
pub(super) const WORK_TREE: &str = "the work tree";

/// Those of the patterns that name an environment of a workspace.
fn naming<'p>(workspace: &Workspace, patterns: &'p [String]) -> Vec<&'p String> {
    let names = |pattern: &&String| {
        crate::workspace::select(&workspace.environments, std::slice::from_ref(*pattern)).is_ok()
    };
    patterns.iter().filter(names).collect()
}

impl<'w> Side<'w> {
    /// Renders the chosen environments of the work tree. A pattern may name what the old side has alone.
    pub(super) fn new(
        (workspace, sources): Loaded<'w>,
        choice: Choice<'_>,
        old: Option<&Workspace>,
        progress: &Progress,
    ) -> Result<Self, Error> {
        let here = naming(workspace, choice.patterns);
        let there = old.map(|old| naming(old, choice.patterns)).unwrap_or_default();
        let gone = |pattern: &String| !here.contains(&pattern) && there.contains(&pattern);
        if !choice.patterns.iter().any(gone) {
            return Self::of((workspace, sources), choice, WORK_TREE, progress);
        }
        let patterns: Vec<String> = choice.patterns.iter().filter(|p| !gone(p)).cloned().collect();
        match patterns.is_empty() {
            true => Self::nothing((workspace, sources), WORK_TREE),
            false => {
                Self::of((workspace, sources), Choice { patterns: &patterns, ..choice }, WORK_TREE, progress)
            }
        }
    }

    /// A side of which nothing was chosen.
    fn nothing((workspace, sources): Loaded<'w>, label: &str) -> Result<Self, Error> {
        Ok(Self {
            label: label.to_owned(),
            project: Project::nothing(workspace, sources)?,
            compiled: Vec::new(),
            findings: Vec::new(),
            hidden: Vec::new(),
        })
    }

    /// Renders the chosen environments.
    pub(super) fn of<'c>(
        (workspace, sources): Loaded<'w>,
        choice: impl Into<Choice<'c>>,
        label: &str,
        progress: &Progress,
    ) -> Result<Self, Error> {
        let mut project = Project::plan(workspace, sources, choice)?;
        project.judged = false;
        let mut compiled = compile_chosen(&project, progress);
        let mut findings = project.take_findings();
        let mut hidden = mem::take(&mut project.hidden);
        for one in &mut compiled {
            findings.append(&mut one.findings);
            hidden.append(&mut one.hidden);
        }
        Ok(Self { label: label.to_owned(), project, compiled, findings, hidden })
    }

    /// Renders the environments of the old side that belong to those that were chosen on the new one: the same, and what the same
    /// patterns name here alone.
    pub(super) fn old(
        (workspace, sources): Loaded<'w>,
        choice: Choice<'_>,
        new: &Side<'_>,
        label: &str,
    ) -> Result<Self, Error> {
        let names = new.project.chosen.iter().map(|&at| new.project.environments[at].name);
        let here = |name: &str| workspace.environments.iter().any(|e| e.name == name);
        let mut wanted: Vec<String> = names.filter(|name| here(name)).map(str::to_owned).collect();
        // What is gone is told by every run that asks for it; of shards, by the first.
        if choice.shard.is_none_or(crate::workspace::Shard::is_first) {
            let there = |name: &str| new.project.environments.iter().any(|e| e.name == name);
            let patterns: Vec<String> = naming(workspace, choice.patterns).into_iter().cloned().collect();
            let chosen = match patterns.is_empty() && !choice.patterns.is_empty() {
                true => Vec::new(),
                false => crate::workspace::select(&workspace.environments, &patterns).unwrap_or_default(),
            };
            let gone =
                chosen.into_iter().map(|at| &workspace.environments[at].name).filter(|name| !there(name));
            wanted.extend(gone.cloned());
        }
        if wanted.is_empty() {
            return Self::nothing((workspace, sources), label);
        }
        Self::of((workspace, sources), wanted.as_slice(), label, &Progress::default())
    }

    /// The place of a chosen environment.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.project.chosen.iter().position(|&at| self.project.environments[at].name == name)
    }

    /// The place of an environment that was named whole.
    pub(super) fn one(&self, name: &str) -> Result<usize, Error> {
        let wanted = name.trim_start_matches("./").trim_start_matches("environments/").trim_end_matches('/');
        self.find(wanted).ok_or_else(|| {
            Error::usage(format!("`{name}` names several environments"))
                .help("name two, each by its whole path")
        })
    }

    /// Its name.
    pub(super) fn name(&self, place: usize) -> &'w str {
        self.project.environments[self.project.chosen[place]].name
    }
}
