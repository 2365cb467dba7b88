//! The front half of every verb: the workspace read, every environment configured, the packages that are asked for
//! compiled. Nothing is rendered here.

use super::{
    definitions, meant, neighbours::neighbours, plain, secret_objects::hide_patches, secrets, version,
};
use crate::{
    diag::{Edit, Finding, Level, nearest},
    error::Error,
    kube::{self, Api, custom::Customs},
    package::{Catalog, Package, Place, load},
    rules::{self, Suppressions},
    schema::Schema,
    source::{FileId, Sources, Span, embedded},
    workspace::{Choice, Component, Config, Folder, Workspace, configure, select},
    yaml::Node,
};
use rayon::prelude::*;
use std::{
    collections::{BTreeMap, BTreeSet},
    mem,
};

/// The schema of environment.yaml.
const ENVIRONMENT_SCHEMA: &str = "environment.schema.json";

/// A workspace with what its environments ask for.
#[derive(Debug)]
pub(super) struct Project<'w> {
    pub(super) workspace: &'w Workspace,
    /// All environments, in order.
    pub(super) environments: Vec<Planned<'w>>,
    /// The environments that were asked for, as indices.
    pub(super) chosen: Vec<usize>,
    /// The packages of the chosen environments; what is wrong with one instead.
    packages: BTreeMap<(String, String), Result<Package, ()>>,
    /// What is wrong with files and packages, by themselves.
    pub(super) findings: Vec<Finding>,
    pub(super) sources: Sources,
    /// The schema of environment.yaml.
    pub(super) schema: Schema,
    /// What may be secrets in files that no schema can be asked about.
    pub(super) hidden: Vec<Span>,
    /// The custom kinds that are known.
    pub(super) customs: Customs,
    /// Whether rules are asked: not where renderings are only compared.
    pub(super) judged: bool,
    /// Whether the texts of objects are made: not where only findings are asked for.
    pub(super) texts: bool,
    /// The comments that allow what a rule finds.
    pub(super) suppressions: Suppressions,
    /// The files of plain manifests by path.
    pub(super) manifests: BTreeMap<String, FileId>,
    /// The documents of plain manifests, by environment and component.
    pub(super) plain: BTreeMap<(usize, String), Vec<Node>>,
    /// The components whose plain manifests could not all be read, by environment.
    pub(super) unread: BTreeSet<(usize, String)>,
}

/// An environment and its configuration.
#[derive(Debug)]
pub(super) struct Planned<'w> {
    pub(super) name: &'w str,
    /// None when environment.yaml is at fault.
    pub(super) config: Option<Config<'w>>,
    pub(super) findings: Vec<Finding>,
    /// It has a finding at error level: it is not rendered.
    pub(super) failed: bool,
    /// Its environment.yaml is sound, and agrees with the others about the root Application. Known of all environments,
    /// chosen or not.
    pub(super) settled: bool,
}

impl<'w> Project<'w> {
    /// Plans the chosen environments. `sources` are those of the workspace.
    pub(super) fn plan<'c>(
        workspace: &'w Workspace,
        sources: Sources,
        choice: impl Into<Choice<'c>>,
    ) -> Result<Self, Error> {
        let mut project = Self::configure(workspace, sources, choice)?;
        project.load_packages();
        project.read_plain();
        project.read_suppressions();
        meant::settle(&mut project);
        neighbours(&mut project.environments, &project.chosen);
        Ok(project)
    }

    /// The same as far as environment.yaml tells: without packages and plain manifests.
    pub(super) fn configure<'c>(
        workspace: &'w Workspace,
        mut sources: Sources,
        choice: impl Into<Choice<'c>>,
    ) -> Result<Self, Error> {
        let Choice { patterns, shard } = choice.into();
        let mut chosen = select(&workspace.environments, patterns)?;
        let file = embedded::add_schema(ENVIRONMENT_SCHEMA, &mut sources);
        let schema = Schema::compile(file, embedded::schema(ENVIRONMENT_SCHEMA)).map_err(|f| {
            Error::failure(format!("the embedded {ENVIRONMENT_SCHEMA} is refused: {}", f.message))
        })?;
        let known = rules::known();
        let mut environments: Vec<Planned<'w>> = workspace
            .environments
            .par_iter()
            .map(|environment| {
                let (config, findings) = match version::check(workspace, environment) {
                    _ if environment.broken => (None, Vec::new()),
                    Some(finding) => (None, vec![finding]),
                    None => configure(workspace, environment, &schema, &known),
                };
                let mut findings = findings;
                findings.extend(config.iter().flat_map(|c| crate::argocd::faults(c, &environment.name)));
                let failed = environment.broken || has_errors(&findings);
                Planned { name: &environment.name, config, findings, failed, settled: !failed }
            })
            .collect();
        let mut findings = workspace.findings.clone();
        findings.extend(unused(workspace, &environments));
        let faulty: BTreeSet<FileId> =
            findings.iter().filter(|f| f.level == Level::Error).map(|f| f.at.file).collect();
        for (planned, environment) in environments.iter_mut().zip(&workspace.environments) {
            planned.failed |=
                environment.layers.iter().any(|&l| workspace.folders[l].files().any(|f| faulty.contains(&f)));
        }
        let mut hidden = Vec::new();
        let documents = workspace.folders.iter().filter_map(|f| f.environment.as_ref());
        documents.for_each(|d| hide_patches(&d.root, &mut hidden));
        faulty.iter().for_each(|&file| guess(workspace, file, &sources, &mut hidden));
        // What is no map says nothing of its keys: all of it may be one.
        hidden.extend(findings.iter().filter(|f| f.code == "file-not-a-map").map(|f| f.at));
        for planned in environments.iter().filter(|p| !p.findings.is_empty()) {
            let files: BTreeSet<FileId> = planned.findings.iter().map(|f| f.at.file).collect();
            files.iter().for_each(|&file| guess(workspace, file, &sources, &mut hidden));
        }
        if !patterns.is_empty() {
            let files = files(workspace, &chosen);
            findings.retain(|f| files.contains(&f.at.file));
        }
        if let Some(shard) = shard {
            // What belongs to no environment is told once, by the first shard.
            let theirs = files(workspace, &chosen);
            shard.keep(&workspace.environments, &mut chosen);
            let ours = files(workspace, &chosen);
            let file = |f: &Finding| f.at.file;
            findings.retain(|f| ours.contains(&file(f)) || (shard.is_first() && !theirs.contains(&file(f))));
        }
        Ok(Self {
            workspace,
            environments,
            chosen,
            packages: BTreeMap::new(),
            findings,
            sources,
            schema,
            hidden,
            customs: definitions::customs(&workspace.files),
            judged: true,
            texts: true,
            suppressions: Suppressions::default(),
            manifests: BTreeMap::new(),
            plain: BTreeMap::new(),
            unread: BTreeSet::new(),
        })
    }

    /// A plan without an environment, for a side that has none of those that are asked for.
    pub(super) fn nothing(workspace: &'w Workspace, sources: Sources) -> Result<Self, Error> {
        let mut project = Self::plan(workspace, sources, &[] as &[String])?;
        project.chosen.clear();
        Ok(project)
    }

    /// Reads the plain manifests of the chosen environments.
    fn read_plain(&mut self) {
        for at in self.chosen.clone() {
            let (documents, findings) = plain::read(self, at);
            for (component, more) in documents {
                match more {
                    Some(mut more) => self.plain.entry((at, component)).or_default().append(&mut more),
                    None => drop(self.unread.insert((at, component))),
                }
            }
            self.environments[at].failed |= has_errors(&findings);
            self.environments[at].findings.extend(findings);
        }
    }

    /// Reads the comments that allow something. What is wrong with one concerns the environments that its file is a layer of.
    fn read_suppressions(&mut self) {
        self.suppressions = Suppressions::read(&self.sources);
        let wrong: BTreeSet<FileId> = self.suppressions.findings.iter().map(|f| f.at.file).collect();
        if wrong.is_empty() {
            return;
        }
        for (planned, environment) in self.environments.iter_mut().zip(&self.workspace.environments) {
            planned.failed |= environment
                .layers
                .iter()
                .any(|&l| self.workspace.folders[l].files().any(|f| wrong.contains(&f)));
        }
        let ours = files(self.workspace, &self.chosen);
        let layers: BTreeSet<FileId> = self.workspace.folders.iter().flat_map(Folder::files).collect();
        self.suppressions.findings.retain(|f| ours.contains(&f.at.file) || !layers.contains(&f.at.file));
    }

    fn load_packages(&mut self) {
        let catalog = Catalog::new(self.workspace);
        let mut wanted: BTreeMap<(String, String), Place> = BTreeMap::new();
        for &at in &self.chosen {
            let planned = &mut self.environments[at];
            let Some(config) = &planned.config else { continue };
            for component in &config.components {
                match catalog.find(component) {
                    Ok(place) => {
                        wanted.insert(key(component), place);
                    }
                    Err(finding) => {
                        planned.findings.push(*finding);
                        planned.failed = true;
                    }
                }
            }
        }
        for ((name, version), place) in wanted {
            let loaded =
                load(&name, &version, &place, &mut self.sources).map_err(|f| self.findings.extend(f));
            self.packages.insert((name, version), loaded);
        }
        for &at in &self.chosen {
            let planned = &mut self.environments[at];
            let Some(config) = &planned.config else { continue };
            for component in &config.components {
                if let Some(Ok(package)) = self.packages.get(&key(component)) {
                    planned.findings.extend(unknown_improvements(component, package));
                }
            }
            planned.failed |= has_errors(&planned.findings);
        }
    }

    /// The package of a component; none when there is none, or it is at fault.
    pub(super) fn package(&self, component: &Component<'_>) -> Option<&Package> {
        self.packages.get(&key(component))?.as_ref().ok()
    }

    /// The packages of the chosen environments that are sound, by name and version.
    pub(super) fn packages(&self) -> impl Iterator<Item = &Package> {
        self.packages.values().filter_map(|p| p.as_ref().ok())
    }

    /// The API of an environment's cluster: of the newest Kubernetes that is known where none is named.
    pub(super) fn api(&self, config: &Config<'_>) -> Api<'_> {
        let minor = config.kubernetes_version.and_then(|(text, _)| kube::minor(text));
        Api::new(minor.unwrap_or_else(kube::newest), &self.customs)
    }

    /// Takes the findings of files, packages and configurations of the chosen environments.
    pub(super) fn take_findings(&mut self) -> Vec<Finding> {
        let mut findings = mem::take(&mut self.findings);
        for &at in &self.chosen {
            findings.append(&mut self.environments[at].findings);
        }
        findings
    }
}

/// Collects what may be secrets in a file at fault.
fn guess(workspace: &Workspace, file: FileId, sources: &Sources, hidden: &mut Vec<Span>) {
    // Patches stand in environment.yaml alone.
    let patches = workspace.folders.iter().any(|f| f.environment.as_ref().is_some_and(|d| d.file == file));
    let guess = if patches { secrets::guess_objects } else { secrets::guess };
    guess(file, sources, hidden);
}

/// The files of the layers of these environments.
fn files(workspace: &Workspace, chosen: &[usize]) -> BTreeSet<FileId> {
    let layers: BTreeSet<usize> =
        chosen.iter().flat_map(|&c| workspace.environments[c].layers.iter().copied()).collect();
    layers.iter().flat_map(|&l| workspace.folders[l].files()).collect()
}

fn key(component: &Component<'_>) -> (String, String) {
    (component.package.0.to_owned(), component.version.0.to_owned())
}

/// Whether one is at error level.
pub(super) fn has_errors(findings: &[Finding]) -> bool {
    findings.iter().any(|f| f.level == Level::Error)
}

/// Values files that no component below their folder takes.
fn unused(workspace: &Workspace, environments: &[Planned<'_>]) -> Vec<Finding> {
    // Without environments there is a finding that says so.
    if environments.is_empty() {
        return Vec::new();
    }
    // By folder: the components below it; none once an environment there cannot tell.
    let mut takers: Vec<Option<BTreeSet<&str>>> = vec![Some(BTreeSet::new()); workspace.folders.len()];
    for (planned, environment) in environments.iter().zip(&workspace.environments) {
        for &layer in &environment.layers {
            match (&planned.config, &mut takers[layer]) {
                (Some(config), Some(names)) => names.extend(config.components.iter().map(|c| c.name)),
                (_, slot) => *slot = None,
            }
        }
    }
    let mut findings = Vec::new();
    for (folder, names) in workspace.folders.iter().zip(takers) {
        let Some(names) = names else { continue };
        for (name, document) in folder.values.iter().filter(|(name, _)| !names.contains(name.as_str())) {
            let message = format!("no component takes the values of {name}.yaml");
            let finding = Finding::error("values-unused", Span::whole(document.file), message);
            let list: Vec<&str> = names.iter().copied().collect();
            findings.push(finding.help(match nearest(name, list.iter().copied()) {
                Some(near) => format!("there is a component `{near}`: was {near}.yaml meant?"),
                None if list.is_empty() => "no environment below this folder has components".to_owned(),
                None => format!("the components here are: {}", list.join(", ")),
            }));
        }
    }
    findings
}

fn unknown_improvements(component: &Component<'_>, package: &Package) -> Vec<Finding> {
    let crate::workspace::Improvements::Some(names, _) = &component.improvements else { return Vec::new() };
    let known: Vec<&str> = package.improvements.iter().map(|i| i.name.as_str()).collect();
    let unknown = names.iter().filter(|(name, _)| !known.contains(name));
    unknown
        .map(|(name, at)| {
            let message = format!("the package `{}` has no improvement `{name}`", package.name);
            let finding = Finding::error("improvement-unknown", *at, message);
            match nearest(name, known.iter().copied()) {
                Some(near) => finding.help(format!("did you mean `{near}`?")).fix(
                    format!("write `{near}`"),
                    false,
                    vec![Edit { at: *at, text: near.to_owned() }],
                ),
                None => finding.help(format!("there are: {}", known.join(", "))),
            }
        })
        .collect()
}
