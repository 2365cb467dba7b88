//! Two folders of manifests, held against each other: no workspace, no values; what is behind a field is its line.

use super::{
    Compared,
    made::place,
    objects::{Origin, Owned, objects},
};
use crate::{
    diag::{Finding, Level},
    diff::{
        Left, Route,
        told::{Action, Environment, Place, Told},
    },
    error::Error,
    field::{By, Field},
    kube::{self, Value},
    manifest::{Identity, Manifest, canonical},
    ops::{
        Outcome, Progress, finish, given, plain, secret_objects::hide_document, secrets::guess_objects,
        validate::complete,
    },
    source::{FileId, Sources, Span},
    yaml::Node,
};
use std::{collections::BTreeSet, path::Path};

/// Compares the manifests of two folders or files: what the second has instead of the first. Relative paths start at `cwd`; `-`
/// is `stdin`.
///
/// # Errors
/// A path is not there, or cannot be read.
pub fn diff_folders(
    cwd: &Path,
    paths: [&str; 2],
    stdin: &[u8],
    progress: &Progress,
) -> Result<Compared, Error> {
    let mut sources = Sources::default();
    let mut folders = Vec::with_capacity(2);
    progress.begin(2);
    for path in paths {
        folders.push(read(cwd, path, stdin, &mut sources)?);
        progress.step();
    }
    let [old, new] = paths.map(str::to_owned);
    let name = format!("{old} -> {new}");
    let mut told = Told { old, new, pair: true, ..Told::default() };
    let (mut findings, mut hidden) = (Vec::new(), Vec::new());
    for (folder, path) in folders.iter_mut().zip(paths) {
        // What cannot be read must not look as if it were gone.
        if folder.findings.iter().any(|f| f.level == Level::Error) {
            told.unknown.push((name.clone(), path.to_owned()));
        }
        findings.append(&mut folder.findings);
        hidden.append(&mut folder.hidden);
    }
    let mut count = 0;
    let secrets: BTreeSet<Span> = hidden.iter().copied().collect();
    if let [old, new] = folders.as_slice()
        && told.unknown.is_empty()
    {
        let (before, more) = old.manifests();
        let (after, others) = new.manifests();
        findings.extend(more.into_iter().chain(others));
        count = before.len() + after.len();
        let files = |old| Files { sources: &sources, secrets: &secrets, old };
        let (was, is) = (files(true), files(false));
        let mut environment = Environment::new(name, Action::Changed);
        let namespaces = namespaces(&before, &after);
        objects(&owned(&before, &was), &owned(&after, &is), namespaces, &Left::default(), &mut environment);
        if environment.objects.is_empty() {
            told.equal += 1;
        } else {
            told.environments.push(environment);
        }
    }
    let outcome = finish(findings, hidden, 0, sources);
    Ok(Compared { told, outcome: Outcome { objects: Some(count), ..outcome } })
}

/// The documents of a folder.
#[derive(Default)]
struct Folder {
    documents: Vec<Node>,
    findings: Vec<Finding>,
    hidden: Vec<Span>,
}

fn read(cwd: &Path, path: &str, stdin: &[u8], sources: &mut Sources) -> Result<Folder, Error> {
    let mut folder = Folder::default();
    for file in given::files(cwd, path)? {
        let bytes = given::read(&file, stdin)?;
        let id = FileId(u32::try_from(sources.len()).unwrap_or(u32::MAX));
        let (text, wrong) = given::text(id, bytes);
        let whole = wrong.is_none();
        folder.findings.extend(wrong);
        let (mut documents, findings) = if whole { given::documents(id, &text) } else { Default::default() };
        sources.add(file.0, text);
        if !findings.is_empty() || documents.iter().any(|d| d.get("kind").is_none()) {
            guess_objects(id, sources, &mut folder.hidden);
        }
        for document in &mut documents {
            complete(document);
            hide_document(document, &mut folder.hidden);
        }
        folder.findings.extend(findings);
        folder.documents.append(&mut documents);
    }
    Ok(folder)
}

impl Folder {
    /// The objects, and what is none and left out.
    fn manifests(&self) -> (Vec<Manifest<'_>>, Vec<Finding>) {
        let (mut manifests, mut findings) = (Vec::new(), Vec::new());
        for value in self.documents.iter().flat_map(|d| kube::objects(Value::Node(d))) {
            let Value::Node(node) = value else { continue };
            let body = canonical(plain::field(node), "", By { at: node.span, ..By::default() });
            match Identity::of(&body) {
                Ok(identity) => manifests.push(Manifest { identity, body }),
                Err(missing) => {
                    findings.push(Finding { level: Level::Warn, ..plain::incomplete(node, missing) });
                }
            }
        }
        (manifests, findings)
    }
}

/// The namespaces that stand for each other: each side has objects in one alone.
fn namespaces<'m>(old: &'m [Manifest<'_>], new: &'m [Manifest<'_>]) -> Option<(&'m str, &'m str)> {
    let one = |list: &'m [Manifest<'_>]| {
        let names: BTreeSet<&str> = list.iter().filter_map(|m| m.identity.namespace.as_deref()).collect();
        names.first().copied().filter(|_| names.len() == 1)
    };
    one(old).zip(one(new)).filter(|(x, y)| x != y)
}

fn owned<'m, 'a>(list: &'m [Manifest<'a>], origin: &'m Files<'_>) -> Vec<Owned<'m, 'a>> {
    list.iter().map(|manifest| Owned { manifest, origin }).collect()
}

/// The files that the manifests stand in.
struct Files<'s> {
    sources: &'s Sources,
    secrets: &'s BTreeSet<Span>,
    /// They are those of the old side.
    old: bool,
}

impl Origin for Files<'_> {
    fn component(&self) -> &str {
        ""
    }

    fn path(&self, manifest: &Manifest<'_>) -> String {
        self.sources.path(manifest.body.by.at.file).to_owned()
    }

    fn made(&self, manifest: &Manifest<'_>) -> Place {
        Place { old: self.old, ..place(self.sources, manifest.body.by.at) }
    }

    fn behind(&self, field: &Field<'_>, _: &Route) -> Place {
        Place { old: self.old, ..place(self.sources, field.by.at) }
    }

    fn secret(&self, by: By) -> bool {
        self.secrets.contains(&by.at)
    }
}
