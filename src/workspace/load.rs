//! Reads and parses the files of a workspace, each once, and finds what is wrong with them as files.

use super::{
    Document, ENVIRONMENT_FILE, ENVIRONMENTS, Environment, Folder, Workspace,
    discover::{Listing, walk},
};
use crate::{
    diag::{Finding, Level},
    error::Error,
    source::{
        FileId, Files, Sources, Span,
        fs::{Entry, Kind, ReadFault},
    },
    yaml::{self, Data, Node, Style},
};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Whether there is a workspace in a folder.
///
/// # Errors
/// There is no folder `environments/`.
pub fn exists(from: impl Into<Files>) -> Result<(), Error> {
    let files = from.into();
    if files.kind(ENVIRONMENTS).ok().flatten() == Some(Kind::Folder) {
        return Ok(());
    }
    let message = format!("no workspace: {} has no folder {ENVIRONMENTS}/", files.shown("").display());
    Err(Error::usage(message).help(format!("create {ENVIRONMENTS}/dev/{ENVIRONMENT_FILE}")))
}

/// Reads the workspace in a folder.
///
/// # Errors
/// There is no `environments/`, or a folder cannot be listed.
pub fn load(from: impl Into<Files>) -> Result<Workspace, Error> {
    let files = from.into();
    exists(files.clone())?;
    let listings = walk(&files)?;
    let mut loader = Loader { sources: Sources::default(), findings: Vec::new(), unread: Vec::new() };
    let mut folders = loader.read(&files, &listings);
    let mut environments = environments(&listings, &folders);
    loader.names(&environments, &mut folders);
    if environments.is_empty() && loader.unread.is_empty() {
        let at = folders.first().and_then(|f| f.environment.as_ref()).map(|d| Span::whole(d.file));
        let at = at.unwrap_or_else(|| Span::whole(loader.sources.add(ENVIRONMENTS, "")));
        loader.findings.push(
            Finding::error("no-environments", at, "the workspace has no environments")
                .help(format!("an environment is a folder: create {ENVIRONMENTS}/dev/{ENVIRONMENT_FILE}")),
        );
    }
    for environment in &mut environments {
        let broken = |d: &Document| d.broken || d.doubtful;
        environment.broken =
            environment.layers.iter().any(|&l| folders[l].environment.as_ref().is_some_and(broken));
    }
    folders.iter_mut().for_each(|f| f.values.sort_by(|a, b| a.0.cmp(&b.0)));
    Ok(Workspace {
        packages: packages(&files)?,
        files,
        folders,
        environments,
        unread: loader.unread,
        findings: loader.findings,
        sources: loader.sources,
    })
}

struct Loader {
    sources: Sources,
    findings: Vec<Finding>,
    /// See [`Workspace::unread`].
    unread: Vec<String>,
}

/// What a file gave.
struct Read {
    text: String,
    parsed: Result<yaml::Parsed, ReadFault>,
}

impl Loader {
    /// Reads the files of all folders that have an environment at or beneath them. The folders' indices are those of
    /// the listings; the others stay empty.
    fn read(&mut self, files: &Files, listings: &[Listing]) -> Vec<Folder> {
        let shown = |folder: &str, name: &str| match folder {
            "" => format!("{ENVIRONMENTS}/{name}"),
            folder => format!("{ENVIRONMENTS}/{folder}/{name}"),
        };
        let mut folders: Vec<Folder> = listings
            .iter()
            .map(|l| Folder {
                path: l.path.clone(),
                environment: None,
                values: Vec::new(),
                others: Vec::new(),
            })
            .collect();
        let mut wanted: Vec<(usize, &str, String)> = Vec::new();
        for (index, listing) in listings.iter().enumerate() {
            let read = listing.files.iter().filter(|name| listing.lives && name.ends_with(".yaml"));
            wanted.extend(read.map(|name| (index, name.as_str(), shown(&listing.path, name))));
        }
        let first = self.sources.len();
        let texts: Vec<Read> =
            wanted.par_iter().enumerate().map(|(n, (_, _, path))| read(files, path, first + n)).collect();
        let manifests: BTreeSet<String> = wanted
            .iter()
            .zip(&texts)
            .filter(|((_, name, _), _)| *name == ENVIRONMENT_FILE)
            .flat_map(|((index, _, _), read)| manifests(&listings[*index].path, read))
            .collect();
        for ((index, name, path), read) in wanted.into_iter().zip(texts) {
            // Read as manifests by those who asked.
            if name != ENVIRONMENT_FILE && manifests.contains(&below(&listings[index].path, name)) {
                self.sources.add(path, "");
                continue;
            }
            let document = self.document(path, read);
            match name.strip_suffix(".yaml") {
                Some("environment") => folders[index].environment = Some(document),
                stem => folders[index].values.push((stem.unwrap_or(name).to_owned(), document)),
            }
        }
        for (index, listing) in listings.iter().enumerate() {
            folders[index].others = self.unreadable(listing, &manifests);
        }
        folders
    }

    /// Findings about what looks as if it were read and is not: symlinks, and `.yml`. In a folder without environments that
    /// is only what would make it one. Files that `manifests` names are none of ours. Gives the files that stand for it.
    fn unreadable(&mut self, listing: &Listing, manifests: &BTreeSet<String>) -> Vec<FileId> {
        let mut files = Vec::new();
        let makes = |name: &str| name == ENVIRONMENT_FILE || name == "environment.yml";
        let counts = |name: &&String| listing.lives || makes(name);
        for name in listing.links.iter().filter(counts) {
            let message =
                format!("`{name}` is a symlink: files of a workspace are read from the workspace alone");
            let finding = Finding::error("workspace-symlink", self.stand_in(listing, name), message);
            files.push(finding.at.file);
            self.findings.push(finding.help("replace it by the file that it points to"));
        }
        for name in listing.files.iter().filter(counts) {
            let Some(stem) = name.strip_suffix(".yml") else { continue };
            if manifests.contains(&below(&listing.path, name)) {
                continue;
            }
            let finding = Finding::error(
                "workspace-yml",
                self.stand_in(listing, name),
                format!("`{name}` is not read"),
            );
            files.push(finding.at.file);
            self.findings.push(finding.help(format!("rename it to {stem}.yaml")));
        }
        for (name, kind) in listing.odd.iter().filter(|(name, _)| counts(&name)) {
            let message = format!("`{name}` is {}, where a file is expected", kind.name());
            let finding = Finding::error("file-unreadable", self.stand_in(listing, name), message);
            files.push(finding.at.file);
            self.findings.push(finding.help("put a file in its place, or give it another name"));
        }
        if !files.is_empty() && !listing.lives {
            self.unread.push(listing.path.clone());
        }
        // A symlink to a folder is no file of any layer: it fails nobody.
        for name in listing.linked_folders.iter().filter(|_| listing.lives) {
            let at = self.stand_in(listing, name);
            let message = format!("`{name}` is a symlink: nothing below it is an environment");
            self.findings.push(
                Finding::error("workspace-symlink", at, message)
                    .help("replace it by the folder that it points to, or move it out of environments/"),
            );
            self.unread.push(below(&listing.path, name));
        }
        files
    }

    /// A place for what has no text.
    fn stand_in(&mut self, listing: &Listing, name: &str) -> Span {
        let path = format!("{ENVIRONMENTS}/{}", below(&listing.path, name));
        Span::whole(self.sources.add(path, ""))
    }

    fn document(&mut self, path: String, read: Read) -> Document {
        let file = self.sources.add(path, read.text);
        let empty =
            Node { data: Data::Map(Vec::new()), span: Span::whole(file), style: Style::Flow, suspect: false };
        let whole = Span::whole(file);
        let fault = |message: String, help: &str| {
            Finding::error("file-unreadable", whole, message).help(help.to_owned())
        };
        let parsed = match read.parsed {
            Ok(parsed) => parsed,
            Err(why) => {
                self.findings.push(match why {
                    ReadFault::NotUtf8(_) => {
                        let at = self.sources.text(file).len();
                        let message = format!("the file is not UTF-8: byte {at} is no character");
                        Finding { at: Span::new(file, at, at), ..fault(message, "save it as UTF-8") }
                    }
                    ReadFault::TooLarge(bytes) => fault(
                        format!("the file is too large: {bytes} bytes"),
                        "a values file has at most 16 MiB",
                    ),
                    ReadFault::Io(error) => {
                        fault(format!("the file cannot be read: {error}"), "look at its permissions")
                    }
                });
                return Document { file, root: empty, broken: true, doubtful: false };
            }
        };
        let odd = |f: &Finding| f.code == "yaml-ambiguous-scalar";
        let mut broken = parsed.findings.iter().any(|f| f.level == Level::Error && !odd(f));
        let doubtful = parsed.findings.iter().any(odd);
        self.findings.extend(parsed.findings);
        let root = match parsed.documents.into_iter().next() {
            None => empty,
            Some(root) => match root.data {
                Data::Map(_) => root,
                Data::Null => empty,
                _ if broken => empty,
                _ => {
                    let message = format!("the file must hold a map of keys and values, not {}", root.kind());
                    self.findings.push(Finding::error("file-not-a-map", root.span, message));
                    broken = true;
                    empty
                }
            },
        };
        Document { file, root, broken, doubtful }
    }

    /// The segments of an environment's path must be DNS labels: they become names in clusters. One finding a folder,
    /// which counts for all environments below it.
    fn names(&mut self, environments: &[Environment], folders: &mut [Folder]) {
        let layers: BTreeSet<usize> =
            environments.iter().flat_map(|e| e.layers.iter().copied()).filter(|l| *l > 0).collect();
        for layer in layers {
            let path = folders[layer].path.clone();
            let name = path.rsplit('/').next().unwrap_or(&path);
            let (message, help) = if path == "argocd" {
                let message = "`argocd` at the top of environments/ is reserved for Argo CD's own objects";
                (message.to_owned(), "choose another folder name")
            } else if !is_dns_label(name) {
                let help = "use lower-case letters, digits and `-`, at most 63, starting and ending with a letter or digit";
                (format!("the folder name `{name}` is no DNS label"), help)
            } else {
                continue;
            };
            let file = match &folders[layer].environment {
                Some(document) => document.file,
                None => {
                    let file = self.sources.add(format!("{ENVIRONMENTS}/{path}"), "");
                    folders[layer].others.push(file);
                    file
                }
            };
            self.findings.push(Finding::error("environment-name", Span::whole(file), message).help(help));
        }
    }
}

/// The path of a name in a folder below `environments/`.
fn below(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// Whether a text is a DNS-1123 label.
fn is_dns_label(text: &str) -> bool {
    let bytes = text.as_bytes();
    let inner = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-';
    (1..=63).contains(&bytes.len())
        && bytes.iter().all(inner)
        && bytes.first() != Some(&b'-')
        && bytes.last() != Some(&b'-')
}

/// The files that an environment.yaml names as manifests, each by its path below `environments/`.
fn manifests(folder: &str, read: &Read) -> Vec<String> {
    let document = read.parsed.as_ref().ok().and_then(|parsed| parsed.documents.first());
    let components = document.and_then(|d| d.get("components")).map_or(&[][..], Node::entries);
    let lists = components.iter().filter_map(|c| c.value.get("manifests"));
    lists.flat_map(Node::items).filter_map(Node::as_str).map(|path| below(folder, path)).collect()
}

fn read(files: &Files, path: &str, id: usize) -> Read {
    let file = FileId(u32::try_from(id).unwrap_or(u32::MAX));
    match files.read_text(path) {
        Ok(text) => {
            let options = yaml::Options { documents: yaml::Documents::One, role: yaml::Role::Values };
            let parsed = Ok(yaml::read(file, &text, &options));
            Read { text, parsed }
        }
        Err(ReadFault::NotUtf8(text)) => {
            let parsed = Err(ReadFault::NotUtf8(String::new()));
            Read { text, parsed }
        }
        Err(fault) => Read { text: String::new(), parsed: Err(fault) },
    }
}

/// The environments: folders that live and hold no folder that does. The lowest folder is none.
fn environments(listings: &[Listing], folders: &[Folder]) -> Vec<Environment> {
    let mut parent: BTreeMap<usize, usize> = BTreeMap::new();
    for (index, listing) in listings.iter().enumerate() {
        listing.children.iter().for_each(|&c| {
            parent.insert(c, index);
        });
    }
    let ends = |(index, l): &(usize, &Listing)| {
        *index > 0 && l.lives && !l.children.iter().any(|&c| listings[c].lives)
    };
    let mut found: Vec<Environment> = listings
        .iter()
        .enumerate()
        .filter(ends)
        .map(|(index, l)| {
            let mut layers: Vec<usize> =
                std::iter::successors(Some(index), |i| parent.get(i).copied()).collect();
            layers.reverse();
            Environment { name: l.path.clone(), layers, broken: false }
        })
        .filter(|e| e.layers.last().is_some_and(|&l| folders[l].environment.is_some()))
        .collect();
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

/// The names and versions below the `packages/` of a workspace.
///
/// # Errors
/// A folder cannot be listed.
pub fn packages(files: &Files) -> Result<BTreeMap<String, Vec<String>>, Error> {
    const BASE: &str = "packages";
    let mut found = BTreeMap::new();
    if files.kind(BASE).ok().flatten() != Some(Kind::Folder) {
        return Ok(found);
    }
    let folders = |path: &str| -> Result<Vec<String>, Error> {
        let entries = files.list(path).map_err(|e| Error::io("list", &files.shown(path), &e))?;
        let named = |e: Entry| (e.kind == Kind::Folder).then(|| e.name.to_str().map(str::to_owned)).flatten();
        Ok(entries.into_iter().filter_map(named).collect())
    };
    for name in folders(BASE)? {
        let versions = folders(&format!("{BASE}/{name}"))?;
        found.insert(name, versions);
    }
    Ok(found)
}
