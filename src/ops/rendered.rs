//! What stands in rendered/ against what the values give, as findings: hand edits, foreign files, and for
//! `render --check` what is missing or stale, with the values that changed.

use super::{
    compile::{Target, make},
    project::Project,
};
use crate::{
    diag::{Finding, Level},
    field::{By, Data, Field, blame},
    manifest::file_name,
    output::{Folder, IndexState, Report},
    source::{FileId, Sources, Span, fs},
    yaml::{self, Node},
};
use std::path::Path;

/// At most so many values are named for one stale file.
const NAMED: usize = 5;

/// What keeps folders from being written, and what nobody owns.
pub(super) fn refused(report: &Report, root: &Path, sources: &mut Sources) -> Vec<Finding> {
    let mut findings = Vec::new();
    for folder in report.folders.iter().chain(&report.pruned) {
        let mut at = |path: &str| open(root, &folder.folder, path, sources);
        for path in &folder.edited {
            let message = format!("{} was edited by hand", shown(folder, path));
            let finding = Finding::error("rendered-edited", Span::whole(at(path)), message);
            findings.push(
                finding.help("bring the change into the values, or drop it with `podwright render --force`"),
            );
        }
        for obstacle in &folder.obstacles {
            let message = format!("{} {}", shown(folder, &obstacle.path), obstacle.why);
            let finding = Finding::error("rendered-obstacle", Span::whole(at(&obstacle.path)), message);
            findings.push(finding.help(match obstacle.yields {
                true => "move it away, or overwrite it with `podwright render --force`",
                false => "move it away",
            }));
        }
        for path in &folder.foreign {
            let message = format!("{} was not written by podwright: nothing owns it", shown(folder, path));
            let mut finding = Finding::error("rendered-foreign", Span::whole(at(path)), message);
            finding.level = Level::Warn;
            findings.push(finding.help("move it away, or leave it: it is never touched"));
        }
    }
    for path in &report.stray {
        let file = sources.add(format!("rendered/{path}"), "");
        let message = format!("rendered/{path} belongs to no environment, and Argo CD would read it");
        let mut finding = Finding::error("rendered-foreign", Span::whole(file), message);
        finding.level = Level::Warn;
        findings.push(finding.help("move it away, or leave it: it is never touched"));
    }
    findings
}

/// What is not as the values give it. Folders that are refused have findings that say why.
pub(super) fn stale(
    report: &Report,
    project: &Project<'_>,
    root: &Path,
    sources: &mut Sources,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for folder in report.folders.iter().filter(|f| !f.is_current()) {
        let Some(at) = project.environments.iter().position(|e| e.name == folder.folder) else { continue };
        let place = project.environments[at].config.as_ref().map_or(Span::default(), |c| c.namespace.1);
        let remedy = "run `podwright render` and commit what it writes";
        if folder.index == IndexState::Missing && folder.changed.is_empty() && folder.deleted.is_empty() {
            let message = format!("the environment {} is not rendered", folder.folder);
            findings.push(Finding::error("rendered-stale", place, message).help(remedy));
            continue;
        }
        for path in &folder.missing {
            let message = format!("{} is missing", shown(folder, path));
            let span = component(project, at, path).unwrap_or(place);
            findings.push(Finding::error("rendered-stale", span, message).help(remedy));
        }
        for path in &folder.deleted {
            let file = open(root, &folder.folder, path, sources);
            let message = format!("{} is no longer rendered", shown(folder, path));
            findings.push(Finding::error("rendered-stale", Span::whole(file), message).help(remedy));
        }
        for path in folder.changed.iter().filter(|p| !folder.edited.contains(p)) {
            let file = open(root, &folder.folder, path, sources);
            findings.push(changed(project, at, folder, path, file, sources).help(remedy));
        }
        let lists = folder.missing.len() + folder.deleted.len() + folder.changed.len() + folder.edited.len();
        if lists == 0 && folder.obstacles.is_empty() && folder.index != IndexState::Current {
            let file = open(root, &folder.folder, "SHA256SUMS", sources);
            let message = format!("{} does not list what is rendered", shown(folder, "SHA256SUMS"));
            findings.push(Finding::error("rendered-stale", Span::whole(file), message).help(remedy));
        }
    }
    for folder in &report.pruned {
        let file = sources.add(format!("rendered/{}/SHA256SUMS", folder.folder), "");
        let message = format!("rendered/{} is of an environment that is gone", folder.folder);
        let finding = Finding::error("rendered-stale", Span::whole(file), message);
        findings.push(finding.help("run `podwright render` without arguments: it removes what it wrote"));
    }
    if report.attributes_missing {
        let file = sources.add("rendered/.gitattributes", "");
        let message = "rendered/.gitattributes is missing";
        findings.push(
            Finding::error("rendered-stale", Span::whole(file), message).help("run `podwright render`"),
        );
    }
    findings
}

fn shown(folder: &Folder, path: &str) -> String {
    match path {
        "" => format!("rendered/{}", folder.folder),
        path => format!("rendered/{}/{path}", folder.folder),
    }
}

/// A file of rendered/ among the sources, with its text if it has one.
fn open(root: &Path, folder: &str, path: &str, sources: &mut Sources) -> FileId {
    let shown =
        if path.is_empty() { format!("rendered/{folder}") } else { format!("rendered/{folder}/{path}") };
    // The text is only for excerpts: what cannot be read has none.
    let text = fs::read_text(&root.join(&shown)).unwrap_or_default();
    sources.add(shown, text)
}

/// Where the component that a file belongs to is asked for.
fn component(project: &Project<'_>, at: usize, path: &str) -> Option<Span> {
    let name = path.split('/').next()?;
    project.environments[at].config.as_ref()?.components.iter().find(|c| c.name == name).map(|c| c.at)
}

/// A stale file: the first field that differs, and the values behind those that do.
fn changed(
    project: &Project<'_>,
    at: usize,
    folder: &Folder,
    path: &str,
    file: FileId,
    sources: &Sources,
) -> Finding {
    let fallback =
        Finding::error("rendered-stale", Span::whole(file), format!("{} is stale", shown(folder, path)));
    let options = yaml::Options { documents: yaml::Documents::One, role: yaml::Role::Template };
    let parsed = yaml::read(file, sources.text(file), &options);
    let Some(disk) = parsed.documents.first() else { return fallback };
    let Some(config) = &project.environments[at].config else { return fallback };
    let Some((name, below)) = path.split_once('/') else { return fallback };
    let Some(component) = config.components.iter().find(|c| c.name == name) else { return fallback };
    let Some(target) = Target::new(project, at, component) else { return fallback };
    let values = target.merge();
    let made = make(&target, &values);
    let namespace = config.namespace.0;
    let Some(manifest) = made.manifests.iter().find(|m| file_name(&m.identity, namespace) == below) else {
        return fallback;
    };
    let mut differences = Vec::new();
    compare(disk, &manifest.body, String::new(), &mut differences);
    let Some(first) = differences.first() else { return fallback };
    let message =
        format!("{} is stale: {} differs from what the values give", shown(folder, path), first.route);
    let mut finding = Finding::error("rendered-stale", first.at, message);
    let mut named = Vec::new();
    for difference in &differences {
        let place = blame(&values, &made.trace, difference.by, None).at;
        if named.len() < NAMED && !named.contains(&place) {
            named.push(place);
            finding = finding.related(place, format!("{} comes from here", difference.route));
        }
    }
    finding
}

struct Difference {
    route: String,
    /// Where in the rendered file.
    at: Span,
    by: By,
}

/// The fields in which a file and a manifest differ, outermost of what is missing on one side.
fn compare(disk: &Node, field: &Field<'_>, route: String, out: &mut Vec<Difference>) {
    let step = |key: &str| if route.is_empty() { key.to_owned() } else { format!("{route}.{key}") };
    match (&disk.data, &field.data) {
        (yaml::Data::Map(entries), Data::Map(members)) => {
            for member in members {
                match disk.get(&member.key) {
                    Some(node) => compare(node, &member.value, step(&member.key), out),
                    None => {
                        out.push(Difference { route: step(&member.key), at: disk.span, by: member.value.by });
                    }
                }
            }
            for entry in entries.iter().filter(|e| field.get(&e.key.text).is_none()) {
                out.push(Difference { route: step(&entry.key.text), at: entry.key.span, by: field.by });
            }
        }
        (yaml::Data::Seq(nodes), Data::Seq(items)) if nodes.len() == items.len() => {
            for (n, (node, item)) in nodes.iter().zip(items).enumerate() {
                compare(node, item, format!("{route}[{n}]"), out);
            }
        }
        (have, want) if same(have, want) => {}
        _ => out.push(Difference { route, at: disk.span, by: field.by }),
    }
}

fn same(have: &yaml::Data, want: &Data<'_>) -> bool {
    match (have, want) {
        (yaml::Data::Null, Data::Null) => true,
        (yaml::Data::Bool(a), Data::Bool(b)) => a == b,
        (yaml::Data::Int(a), Data::Int(b)) => a == b,
        (yaml::Data::UInt(a), Data::UInt(b)) => a == b,
        (yaml::Data::Float(a), Data::Float(b)) => a == b,
        (yaml::Data::Str(a), Data::Str(b)) => **a == **b,
        _ => false,
    }
}
