//! `manifests:` of a component: files of plain manifests that stand beside the values. They are read here, and are patched,
//! transformed and judged like what the package renders.

use super::{meant::settle_objects, project::Project, secret_objects::hide_document, secrets::guess_objects};
use crate::{
    diag::{Finding, Level},
    field::{By, Data, Field, Member},
    manifest::{Identity, Manifest, canonical},
    source::{Files, Span, fs},
    yaml::{self, Documents, Node, Options, Role},
};
use std::borrow::Cow;

/// A component, and the documents of one of its files; none of one that could not be read.
type Given = (String, Option<Vec<Node>>);

/// Reads the files that the components of an environment name, each relative to the folder of the environment.yaml that
/// names it. Gives the documents by component, none of a file that could not be read, and what is wrong.
pub(super) fn read(project: &mut Project<'_>, at: usize) -> (Vec<Given>, Vec<Finding>) {
    let (mut found, mut findings) = (Vec::new(), Vec::new());
    let mut wanted: Vec<(String, String, Span)> = Vec::new();
    if let Some(config) = &project.environments[at].config {
        for component in &config.components {
            let setting = config.settings.get(&["components", component.name, "manifests"]);
            for (_, one) in setting.iter().flat_map(crate::workspace::Setting::entries) {
                let Some(path) = one.text() else { continue };
                let twice = wanted.iter().find(|(name, other, _)| name == component.name && other == path);
                if let Some((_, _, first)) = twice {
                    let message = format!("{path} is named twice, and would give its objects twice");
                    let finding = Finding::error("manifest-duplicate", one.span(), message);
                    findings
                        .push(finding.related(*first, "it is named here, too").help("remove one of them"));
                    continue;
                }
                wanted.push((component.name.to_owned(), path.to_owned(), one.span()));
            }
        }
    }
    for (component, path, asked) in wanted {
        let folder =
            project.sources.path(asked.file).rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        let shown = format!("{folder}/{path}");
        let documents = match text(&project.workspace.files, &folder, &path) {
            Ok(text) => {
                // A file that several environments name is one: what is wrong at a line of it is told once.
                let file = match project.manifests.get(&shown) {
                    Some(file) => *file,
                    None => {
                        let file = project.sources.add(shown.clone(), text);
                        project.manifests.insert(shown, file);
                        file
                    }
                };
                let options = Options { documents: Documents::Many, role: Role::Values };
                let mut parsed = yaml::read(file, project.sources.text(file), &options);
                let text = project.sources.text(file);
                settle_objects(&parsed.documents, text, &mut parsed.findings);
                let broken = parsed.findings.iter().any(|f| f.level == Level::Error);
                // What is no object may be a file of values, whose secrets have no kind that tells.
                let odd = parsed.documents.iter().any(|d| d.get("kind").is_none());
                if odd || !parsed.findings.is_empty() {
                    guess_objects(file, &project.sources, &mut project.hidden);
                }
                parsed.documents.iter().for_each(|d| hide_document(d, &mut project.hidden));
                findings.extend(parsed.findings);
                (!broken).then_some(parsed.documents)
            }
            Err(why) => {
                let message = format!("{shown} {why}");
                findings.push(
                    Finding::error("manifests-unreadable", asked, message)
                        .help("paths are relative to the folder of this environment.yaml, and stay in it"),
                );
                None
            }
        };
        found.push((component, documents));
    }
    (found, findings)
}

/// The text of a file that stays below its folder, symlinks not followed.
fn text(files: &Files, folder: &str, path: &str) -> Result<String, String> {
    let mut at = folder.to_owned();
    for part in path.split('/') {
        if matches!(part, "" | "." | "..") {
            return Err("is no path below the folder".to_owned());
        }
        at = format!("{at}/{part}");
        match files.kind(&at) {
            Ok(Some(fs::Kind::Symlink)) => return Err("is a symlink, or stands behind one".to_owned()),
            Ok(None) => return Err("is not there".to_owned()),
            _ => {}
        }
    }
    files.read_text(&at).map_err(|fault| match fault {
        fs::ReadFault::NotUtf8(_) => "is not UTF-8".to_owned(),
        fs::ReadFault::TooLarge(bytes) => format!("is too large: {bytes} bytes"),
        fs::ReadFault::Io(error) => format!("cannot be read: {error}"),
    })
}

/// The objects of documents; a `List` is its items.
pub(super) fn objects<'a>(
    documents: &'a [Node],
    namespace: (&'a str, Span),
    manifests: &mut Vec<Manifest<'a>>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for document in documents.iter().filter(|d| d.data != yaml::Data::Null) {
        let list = document.get("kind").and_then(Node::as_str) == Some("List");
        let items = if list {
            document.get("items").map_or(&[][..], Node::items)
        } else {
            std::slice::from_ref(document)
        };
        for item in items {
            let body = canonical(field(item), namespace.0, By { at: namespace.1, ..By::default() });
            match Identity::of(&body) {
                Ok(identity) => manifests.push(Manifest { identity, body }),
                Err(missing) => findings.push(incomplete(item, missing)),
            }
        }
    }
    findings
}

/// A document that is no object, for want of this field: it is no map, or the field is not there or no text.
pub(super) fn incomplete(item: &Node, missing: &str) -> Finding {
    let (mut at, mut way) = (item, Vec::new());
    for key in missing.split('.') {
        let yaml::Data::Map(_) = at.data else { break };
        match at.get(key).filter(|value| value.data != yaml::Data::Null) {
            Some(value) => at = value,
            None => {
                let message = format!("the manifest has no `{missing}`");
                return Finding::error("manifest-incomplete", at.span, message);
            }
        }
        way.push(key);
    }
    let what = if way.is_empty() { "the manifest".to_owned() } else { format!("`{}`", way.join(".")) };
    let message = match (at.as_str(), way.join(".") == missing) {
        (Some(_), true) => format!("{what} is empty"),
        (_, true) => format!("{what} must be a text, not {}", at.kind()),
        _ => format!("{what} must be a map, not {}", at.kind()),
    };
    Finding::error("manifest-incomplete", at.span, message)
}

/// A node as a field: every part stands at its own line.
pub(super) fn field(node: &Node) -> Field<'_> {
    let by = By { at: node.span, ..By::default() };
    let data = match &node.data {
        yaml::Data::Null => Data::Null,
        yaml::Data::Bool(b) => Data::Bool(*b),
        yaml::Data::Int(i) => Data::Int(*i),
        yaml::Data::UInt(u) => Data::UInt(*u),
        yaml::Data::Float(f) => Data::Float(*f),
        yaml::Data::Str(s) => Data::Str(Cow::Borrowed(s)),
        yaml::Data::Seq(items) => Data::Seq(items.iter().map(field).collect()),
        // Kubernetes takes null for absent.
        yaml::Data::Map(entries) => Data::Map(
            entries
                .iter()
                .filter(|e| e.value.data != yaml::Data::Null)
                .map(|e| Member {
                    key: Cow::Borrowed(&*e.key.text),
                    by: By { at: e.key.span, ..By::default() },
                    value: field(&e.value),
                })
                .collect(),
        ),
    };
    Field { data, by }
}
