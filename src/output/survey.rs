//! The plans of all folders: those of the trees, and those whose environments are gone.
//!
//! It knows how folders lie in one another; what is to do in a single one is for `plan`.

use super::{
    File, GIT_ATTRIBUTES, Obstacle, Options, Report, Tree, index,
    names::{self, ATTRIBUTES, INDEX, NEXT},
    plan::{self, Plan},
    scan::{self, Ledger},
};
use crate::{
    error::Error,
    source::fs::{self, Kind},
};
use rayon::prelude::*;
use std::{
    collections::{BTreeSet, HashMap, HashSet},
    path::Path,
};

/// What is to do in `rendered/`.
#[derive(Debug)]
pub(super) struct Survey {
    /// The plans of the trees, in their order.
    pub(super) plans: Vec<Plan>,
    /// The plans of the environments that are gone, sorted by folder.
    pub(super) gone: Vec<Plan>,
    /// Whether `.gitattributes` is to be written.
    pub(super) attributes_missing: bool,
    /// Folders outside of all environments with nothing in them, as a run leaves that was stopped while it pruned.
    pub(super) empty: BTreeSet<String>,
    stray: Vec<String>,
}

/// What lies outside of the folders of the trees.
#[derive(Debug, Default)]
struct Outside {
    indexed: Vec<String>,
    empty: BTreeSet<String>,
    stray: Vec<String>,
}

/// What all folders are planned with.
struct Surveyor<'a> {
    rendered: &'a Path,
    options: &'a Options,
    /// The trees by folder.
    trees: HashMap<&'a str, &'a Tree>,
    /// Folders above those of the trees that are not folders.
    bad: HashMap<String, Kind>,
}

impl Survey {
    /// Looks at everything and changes nothing.
    pub(super) fn take(rendered: &Path, trees: &[Tree], options: &Options) -> Result<Self, Error> {
        names::check(trees)?;
        let surveyor = Surveyor {
            rendered,
            options,
            trees: trees.iter().map(|tree| (tree.folder.as_str(), tree)).collect(),
            bad: bad_folders(rendered, trees)?,
        };
        let plans: Vec<_> = trees.par_iter().map(|tree| surveyor.plan(&tree.folder, &tree.files)).collect();
        let plans: Vec<_> = plans.into_iter().collect::<Result<_, _>>()?;
        let (mut outside, mut gone) = (Outside::default(), Vec::new());
        if options.everything {
            outside = surveyor.discover()?;
            let nested = plans.iter().flat_map(|(_, nested)| nested).chain(&outside.indexed);
            gone = surveyor.gone(nested.cloned().collect())?;
        }
        let mut survey = Self {
            plans: plans.into_iter().map(|(plan, _)| plan).collect(),
            gone,
            attributes_missing: attributes_missing(rendered)?,
            empty: outside.empty,
            stray: outside.stray,
        };
        survey.settle_nested(&surveyor);
        Ok(survey)
    }

    /// What to say about it.
    pub(super) fn into_report(self) -> Report {
        let reports = |plans: Vec<Plan>| plans.into_iter().map(|plan| plan.report).collect();
        Report {
            folders: reports(self.plans),
            pruned: reports(self.gone),
            stray: self.stray,
            attributes_missing: self.attributes_missing,
        }
    }

    /// Where a folder of one environment lies in another's: what the one needs is not deleted for the other, and what
    /// the one lists is not foreign to the other.
    fn settle_nested(&mut self, surveyor: &Surveyor<'_>) {
        let all = || self.plans.iter().chain(&self.gone);
        let ledgers: HashMap<&str, &Plan> = all().map(|p| (p.report.folder.as_str(), p)).collect();
        let elsewhere = |own: &str, path: &str, listed: bool| {
            let full = names::join(own, path);
            names::above(&full).filter(|folder| *folder != own).any(|folder| {
                let rest = &full[folder.len() + 1..];
                let needs = surveyor
                    .trees
                    .get(folder)
                    .is_some_and(|tree| tree.files.binary_search_by(|f| f.path.as_str().cmp(rest)).is_ok());
                let plan = ledgers.get(folder).filter(|_| listed);
                needs || plan.and_then(|p| p.ledger.as_ref()).is_some_and(|ledger| ledger.lists(rest))
            })
        };
        let settled: Vec<_> = all()
            .map(|plan| {
                let own = plan.report.folder.as_str();
                let keep = |paths: &[String], listed| -> Vec<String> {
                    paths.iter().filter(|path| !elsewhere(own, path, listed)).cloned().collect()
                };
                (keep(&plan.report.deleted, false), keep(&plan.report.foreign, true))
            })
            .collect();
        for (plan, (deleted, foreign)) in self.plans.iter_mut().chain(&mut self.gone).zip(settled) {
            plan.report.deleted = deleted;
            plan.report.foreign = foreign;
        }
    }
}

impl Surveyor<'_> {
    /// The plan of a folder, and the folders below it that have an index of their own.
    fn plan(&self, folder: &str, files: &[File]) -> Result<(Plan, Vec<String>), Error> {
        if let Some((up, kind)) = names::above(folder).find_map(|up| self.bad.get_key_value(up)) {
            let mut plan = Plan::default();
            let why = format!("cannot be written: rendered/{up} is {}, not a folder", kind.name());
            plan.report.obstacles.push(Obstacle { path: String::new(), why, yields: false });
            plan.report.folder = folder.to_owned();
            plan.report.refused = true;
            return Ok((plan, Vec::new()));
        }
        let root = names::place(self.rendered, folder);
        let mut walk = scan::walk(self.rendered, folder, &|at| self.trees.contains_key(at))?;
        let text = index::text(files);
        let ledger = Ledger::of(&walk, &text);
        walk.look_below_nested(&root, files.iter().map(|f| f.path.as_str()).chain(ledger.paths()))?;
        let nested = walk.nested.iter().map(|at| names::join(folder, at)).collect();
        let mut buffer = Vec::new();
        let mut look = |path: &str, new: Option<&File>| scan::look(&root.join(path), new, &mut buffer);
        let plan = plan::plan(folder, files, walk, (ledger, text), self.options.force, &mut look)?;
        Ok((plan, nested))
    }

    /// Whether a folder must not be pruned: one of a tree, or of an environment that could not be rendered.
    fn stays(&self, folder: &str) -> bool {
        let environment = folder.strip_prefix("argocd/").and_then(|rest| rest.split_once('/'));
        let kept = |folder: &str| self.options.keep.iter().any(|keep| keep == folder);
        self.trees.contains_key(folder) || kept(folder) || environment.is_some_and(|(_, env)| kept(env))
    }

    /// Finds the folders with an index that lie in no folder of a tree, and the files that lie in none at all.
    fn discover(&self) -> Result<Outside, Error> {
        let mut outside = Outside::default();
        let mut todo = vec![String::new()];
        while let Some(at) = todo.pop() {
            if self.stays(&at) {
                continue;
            }
            let place = names::place(self.rendered, &at);
            let entries = match fs::list(&place) {
                Err(e) if at.is_empty() && e.kind() == std::io::ErrorKind::NotFound => break,
                entries => entries.map_err(|e| Error::io("read", &place, &e))?,
            };
            if !at.is_empty() && entries.iter().any(|e| e.name == INDEX || e.name == NEXT) {
                outside.indexed.push(at);
                continue;
            }
            if !at.is_empty() && entries.is_empty() {
                outside.empty.extend(names::above(&at).map(str::to_owned));
                outside.empty.insert(at);
                continue;
            }
            for entry in entries {
                let name = entry.name.to_string_lossy();
                match entry.kind {
                    Kind::Folder if !name.starts_with('.') => todo.push(names::join(&at, &name)),
                    Kind::Folder => {}
                    _ if is_manifest(&name) => outside.stray.push(names::join(&at, &name)),
                    _ => {}
                }
            }
        }
        outside.stray.sort_unstable();
        Ok(outside)
    }

    /// Plans the folders among `found` that are gone, and those that come to light in them.
    fn gone(&self, mut found: Vec<String>) -> Result<Vec<Plan>, Error> {
        let mut known = HashSet::new();
        let mut gone: Vec<Plan> = Vec::new();
        while !found.is_empty() {
            found.retain(|folder| !self.stays(folder) && known.insert(folder.clone()));
            let plans: Vec<_> = found.par_iter().map(|folder| self.plan(folder, &[])).collect();
            found.clear();
            for plan in plans {
                let (plan, nested) = plan?;
                found.extend(nested);
                gone.push(plan);
            }
        }
        gone.sort_by(|a, b| a.report.folder.cmp(&b.report.folder));
        Ok(gone)
    }
}

/// Whether Argo CD reads a file of this name.
fn is_manifest(name: &str) -> bool {
    [".yaml", ".yml", ".json"].iter().any(|end| name.ends_with(end))
}

/// The paths above the folders of `trees` at which something other than a folder stands.
fn bad_folders(rendered: &Path, trees: &[Tree]) -> Result<HashMap<String, Kind>, Error> {
    let above: BTreeSet<&str> = trees.iter().flat_map(|tree| names::above(&tree.folder)).collect();
    let mut bad = HashMap::new();
    for folder in above {
        let place = names::place(rendered, folder);
        match fs::kind(&place).map_err(|e| Error::io("read", &place, &e))? {
            None | Some(Kind::Folder) => {}
            Some(kind) => {
                bad.insert(folder.to_owned(), kind);
            }
        }
    }
    Ok(bad)
}

/// Whether `.gitattributes` is missing, or cut off by a crash.
fn attributes_missing(rendered: &Path) -> Result<bool, Error> {
    let path = rendered.join(ATTRIBUTES);
    match fs::kind(&path).map_err(|e| Error::io("read", &path, &e))? {
        None => Ok(true),
        Some(Kind::File) => {
            let bytes = fs::read(&path).map_err(|e| Error::io("read", &path, &e))?;
            let end = bytes.iter().rposition(|&b| b != 0).map_or(0, |at| at + 1);
            Ok(end < GIT_ATTRIBUTES.len() && GIT_ATTRIBUTES.as_bytes().starts_with(&bytes[..end]))
        }
        Some(_) => Ok(false),
    }
}
