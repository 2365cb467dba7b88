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
    source::Span,
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

impl<'w> Side<'w> {
    /// Renders the chosen environments.
    pub(super) fn of<'c>(
        workspace: &'w Workspace,
        choice: impl Into<Choice<'c>>,
        label: &str,
        progress: &Progress,
    ) -> Result<Self, Error> {
        let mut project = Project::plan(workspace, workspace.sources.clone(), choice)?;
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
        workspace: &'w Workspace,
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
            let chosen =
                crate::workspace::select(&workspace.environments, choice.patterns).unwrap_or_default();
            let gone =
                chosen.into_iter().map(|at| &workspace.environments[at].name).filter(|name| !there(name));
            wanted.extend(gone.cloned());
        }
        if wanted.is_empty() {
            let project = Project::nothing(workspace)?;
            let label = label.to_owned();
            return Ok(Self {
                label,
                project,
                compiled: Vec::new(),
                findings: Vec::new(),
                hidden: Vec::new(),
            });
        }
        Self::of(workspace, wanted.as_slice(), label, &Progress::default())
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
