//! `explain`: from a value to every rendered line that it reaches, and from a rendered line back to the lines in Git that
//! made it.

use super::{
    Outcome, around,
    compile::{Made, Target, make},
    finish, lookup,
    project::Project,
    secrets::{hide, hide_wrong},
};
use crate::{
    argocd,
    diag::{Finding, Level},
    error::Error,
    field::{By, Field, Reads, Trace, blame},
    manifest::{Line, Manifest, file_name, lines},
    own,
    schema::Doc,
    source::Sources,
    source::Span,
    values::{Id, Route, Values},
    workspace,
    yaml::Data,
};
use std::{collections::BTreeSet, mem, path::Path};

/// What is to be explained.
#[derive(Debug, Clone)]
pub enum Question {
    /// A value of a component: its environment, its name and the route.
    Value(String, String, Route),
    /// A line of a rendered file: its path below rendered/ and the line, from 1.
    Line(String, u32),
}

/// The answer.
#[derive(Debug)]
pub struct Explanation {
    /// The files, and what is wrong with them.
    pub outcome: Outcome,
    /// What there is to say, as a finding is shown: a headline, a place, and second places.
    pub note: Option<Finding>,
    /// Rendered fields that the value reaches, or the conditions a line stands under: one line each.
    pub reached: Vec<Reached>,
}

/// A rendered field that a value reaches.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reached {
    /// The rendered file, below the workspace root.
    pub file: String,
    /// Its line.
    pub line: u32,
    /// The field.
    pub route: String,
    /// Whether the value decides that the field is there, and is not part of it.
    pub condition: bool,
}

/// Answers a question.
///
/// # Errors
/// There is no such environment, component, route or rendered line.
pub fn explain(root: &Path, question: &Question) -> Result<Explanation, Error> {
    let mut workspace = workspace::load(root)?;
    let sources = mem::take(&mut workspace.sources);
    let (environment, name) = match question {
        Question::Value(environment, component, _) => (environment.clone(), component.clone()),
        Question::Line(path, line) => {
            if let Some(folder) = argocd_folder(path) {
                return explain_argocd(&workspace, sources, folder, (path, *line));
            }
            owner(&workspace, path)?
        }
    };
    let mut project = Project::plan(&workspace, sources, std::slice::from_ref(&environment))?;
    let at = lookup::one(&project, &environment)?;
    let mut findings = project.take_findings();
    let mut hidden = mem::take(&mut project.hidden);
    let (mut note, mut reached) = (None, Vec::new());
    let config = project.environments[at].config.as_ref();
    if let (Some(config), Question::Line(path, line), own::COMPONENT) = (config, question, name.as_str()) {
        let made = around::objects(&project, config);
        let view = View { values: config.settings.values().0, made: &made, namespace: config.namespace.0 };
        note = Some(view.line(path, *line)?);
    } else if let Some(config) = config {
        let found = lookup::component(config, &environment, &name)?;
        if let Some(target) = Target::new(&project, at, found) {
            let values = target.merge();
            hide(&target, &values, &mut hidden);
            let mut made = make(&target, &values);
            if made.manifests.is_empty() {
                hide_wrong(&values, Target::root(&values), &made.findings, &mut hidden);
                // Nothing was rendered: what is at fault says why nothing is reached.
                findings.append(&mut made.findings);
            }
            let view = View { values: &values, made: &made, namespace: config.namespace.0 };
            let folder = format!("rendered/{environment}/{name}");
            match question {
                Question::Value(_, _, route) => {
                    let id = lookup::route(&values, Target::root(&values), Some(route))?;
                    reached = view.reached(id, &folder);
                    let told = view.value(&target, id);
                    note = Some(if reached.is_empty() { view.kept_out(&target, id, told) } else { told });
                }
                Question::Line(path, line) => {
                    let mut told = view.line(path, *line)?;
                    if target.plain.iter().any(|n| n.span.file == told.at.file) {
                        told.message =
                            told.message.replace("is the package's own", "is as a file of `manifests` says");
                        told.label = "it stands here".to_owned();
                    }
                    note = Some(told);
                }
            }
        }
    }
    Ok(Explanation { outcome: finish(findings, hidden, 1, project.sources), note, reached })
}

/// The folder of a path below rendered/, if Argo CD's objects stand in it.
fn argocd_folder(path: &str) -> Option<&str> {
    let (folder, _) = path.rsplit_once('/')?;
    argocd::environment(folder).map(|_| folder)
}

/// A line of what Argo CD reads about an environment, or of the root Application of an instance.
fn explain_argocd(
    workspace: &workspace::Workspace,
    sources: Sources,
    folder: &str,
    (path, line): (&str, u32),
) -> Result<Explanation, Error> {
    let mut project = Project::plan(workspace, sources, &[])?;
    let root = folder.ends_with(&format!("/{}", argocd::ROOT_FOLDER));
    let at = match root {
        true => around::root_of(&project, folder),
        false => {
            let name = argocd::environment(folder).unwrap_or_default();
            project.environments.iter().position(|e| e.name == name)
        }
    };
    let found = at.and_then(|at| project.environments[at].config.as_ref().map(|config| (at, config)));
    let wanted = found
        .filter(|(_, c)| argocd::Wish::of(c).is_some_and(|w| folder.split('/').nth(1) == Some(w.instance)));
    let Some((at, config)) = wanted else {
        return Err(Error::usage(format!("no environment asks Argo CD for rendered/{path}"))
            .help("`podwright list` names the environments; `argocd:` in environment.yaml asks for it"));
    };
    let namespace = argocd::Wish::of(config).map_or("", |wish| wish.namespace);
    let made = around::argocd(&project, at, config, root).unwrap_or_default();
    let note = View { values: config.settings.values().0, made: &made, namespace }.line(path, line)?;
    let hidden = mem::take(&mut project.hidden);
    let outcome = finish(Vec::new(), hidden, 1, project.sources);
    Ok(Explanation { outcome, note: Some(note), reached: Vec::new() })
}

/// The environment and component that a path below rendered/ belongs to.
fn owner(workspace: &workspace::Workspace, path: &str) -> Result<(String, String), Error> {
    let names = workspace.environments.iter().map(|e| e.name.as_str());
    let mut owners: Vec<&str> =
        names.filter(|n| path.strip_prefix(n).is_some_and(|r| r.starts_with('/'))).collect();
    owners.sort_by_key(|n| n.len());
    let split = owners.last().and_then(|name| path[name.len() + 1..].split_once('/').map(|(c, _)| (name, c)));
    match split {
        Some((name, component)) => Ok(((*name).to_owned(), component.to_owned())),
        None => Err(Error::usage(format!("rendered/{path} is no file of an environment's component"))
            .help("name a file such as rendered/dev/<component>/<file>.yaml")),
    }
}

/// One component, merged and made.
struct View<'v, 'a> {
    values: &'v Values<'a>,
    made: &'v Made<'a>,
    namespace: &'v str,
}

impl View<'_, '_> {
    /// A value: who set it, what that overrode, and what the schema says.
    fn value(&self, target: &Target<'_>, id: Id) -> Finding {
        let values = self.values;
        let route = values.route(id).below();
        let schema = &target.package.schema;
        let secret = schema.sensitive(values, Target::root(values), id);
        let told = |data: &Data| if secret { "a secret".to_owned() } else { short(data) };
        let chain = values.chain(id);
        let now = chain.last().map_or_else(|| "not set".to_owned(), |o| told(&o.node.data));
        let at = values.span(id).unwrap_or(target.component.at);
        let mut note =
            Finding::error("value", at, format!("`{route}` is {now}")).label("it is set here").masked(secret);
        note.level = Level::Warn;
        for origin in chain.iter().rev().skip(1).filter(|o| !secret || o.layer > 0) {
            note = note.related(origin.node.span, format!("this overrides {}", told(&origin.node.data)));
        }
        match schema.describe(&route) {
            Some(doc) => note.help(described(&doc)),
            None => note,
        }
    }

    /// Adds the conditions that keep out what would read a value, and the values that they read.
    fn kept_out(&self, target: &Target<'_>, id: Id, mut note: Finding) -> Finding {
        let (values, trace) = (self.values, &self.made.trace);
        let defaults: BTreeSet<Span> = below(values, id)
            .into_iter()
            .filter_map(|id| values.chain(id).first().filter(|o| o.layer == 0).map(|o| o.node.span))
            .collect();
        let uses = target.package.uses();
        let under: BTreeSet<Span> = uses
            .iter()
            .filter(|u| defaults.contains(&u.value))
            .flat_map(|u| u.under.iter().copied())
            .collect();
        let mut told = BTreeSet::new();
        for omission in trace.omissions.iter().filter(|by| under.contains(&by.at)) {
            if !told.insert(omission.at) {
                continue;
            }
            note = note.related(omission.at, "this condition keeps out what would read it");
            for read in ids(trace, omission.reads).into_iter().filter(|read| *read != id) {
                let reason = format!("because of `{}`", values.route(read).below());
                let known = |at| note.related.iter().any(|r| r.at == at && r.message == reason);
                if let Some(at) = values.span(read).filter(|at| !known(*at)) {
                    note = note.related(at, reason);
                }
            }
        }
        note
    }

    /// The rendered fields that read a value or what is in it; of a tree that depends on it as a whole, only the top.
    fn reached(&self, id: Id, folder: &str) -> Vec<Reached> {
        let wanted: BTreeSet<Id> = below(self.values, id);
        let mut found = Vec::new();
        for manifest in &self.made.manifests {
            let text = manifest.to_yaml();
            let file = format!("{folder}/{}", file_name(&manifest.identity, self.namespace));
            let mut tops: Vec<Route> = Vec::new();
            if self.guarded(manifest.body.by, &wanted) {
                tops.push(Route::default());
                let route = manifest.identity.to_string();
                found.push(Reached { file: file.clone(), line: 1, route, condition: true });
            }
            for line in lines(&manifest.body, &text) {
                let reads = |by: By| self.made.trace.reads(by.reads).iter().any(|r| wanted.contains(r));
                let direct = reads(line.key) || scalar(line.field) && reads(line.field.by);
                let condition = !direct && self.guarded(line.field.by, &wanted);
                if !direct && !condition || condition && tops.iter().any(|t| line.route.0.starts_with(&t.0)) {
                    continue;
                }
                if condition {
                    tops.push(line.route.clone());
                }
                found.push(Reached {
                    file: file.clone(),
                    line: line.first,
                    route: line.route.to_string(),
                    condition,
                });
            }
        }
        found.sort();
        found
    }

    fn guarded(&self, by: By, wanted: &BTreeSet<Id>) -> bool {
        let trace = &self.made.trace;
        trace.guards(by).any(|g| trace.reads(g.reads).iter().any(|r| wanted.contains(r)))
    }

    /// A rendered line: the values behind it, the template's line, the calls and conditions around it.
    fn line(&self, path: &str, number: u32) -> Result<Finding, Error> {
        let wanted = path.rsplit('/').next().unwrap_or(path);
        let manifest = self.made.manifests.iter().find(|m| file_name(&m.identity, self.namespace) == wanted);
        let Some(manifest) = manifest else {
            let error = Error::usage(format!("the values do not give rendered/{path}"));
            return Err(
                error.help("`podwright check` says what is wrong, `podwright render --check` what is stale")
            );
        };
        let text = manifest.to_yaml();
        let all = lines(&manifest.body, &text);
        // The innermost field that starts on the line; within a text of several lines, that text.
        let starts = all.iter().rfind(|l| l.first == number);
        let Some(line) = starts.or_else(|| all.iter().rfind(|l| (l.first..=l.last).contains(&number))) else {
            let count = text.lines().count();
            return Err(Error::usage(format!("rendered/{path} has no line {number}: it has {count}")));
        };
        Ok(self.told(manifest, line))
    }

    fn told(&self, manifest: &Manifest<'_>, line: &Line<'_, '_>) -> Finding {
        let (values, trace) = (self.values, &self.made.trace);
        let by = line.field.by;
        let place = blame(values, trace, by, line.field.as_str());
        // The last change is the outermost frame, and the line that a person would edit first.
        let changed = trace.frames(by).find_map(|f| f.change.map(|name| (name, f.at)));
        let own = place.value.is_none_or(|id| !values.written(id));
        let whose = match changed {
            Some((name, _)) => format!("as `{name}` asks"),
            None if own => "the package's own".to_owned(),
            None => "made from a value".to_owned(),
        };
        // Of a change, the line that asked for it is the one to edit first.
        let at = changed.map_or(place.at, |(_, at)| at);
        let mut note =
            Finding::error("line", at, format!("`{}` of {} is {whose}", line.route, manifest.identity));
        note.level = Level::Warn;
        note.label = match (changed, place.value) {
            (Some(_), _) => "it is asked for here".to_owned(),
            (None, Some(id)) => format!("from `{}`", values.route(id).below()),
            (None, None) => "the template makes it here".to_owned(),
        };
        let told = |id: &Id| changed.is_none() && Some(*id) == place.value;
        for id in ids(trace, by.reads).into_iter().filter(|id| !told(id)) {
            if let Some(at) = values.span(id) {
                note = note.related(at, format!("`{}` was read", values.route(id).below()));
            }
        }
        if by.at != at {
            note = note.related(by.at, "the template makes it here");
        }
        for frame in trace.frames(by).filter(|f| f.change.is_none() || f.at != place.at) {
            note = match frame.change {
                Some(_) if frame.at == at => note,
                Some(name) => note.related(frame.at, format!("`{name}` asks for it here")),
                None => note.related(frame.at, "in the fragment that is called here"),
            };
        }
        for guard in trace.guards(by) {
            note = note.related(guard.at, "under this condition");
            for id in ids(trace, guard.reads) {
                if let Some(at) = values.span(id) {
                    note = note.related(at, format!("which reads `{}`", values.route(id).below()));
                }
            }
        }
        note
    }
}

/// The values of a range, each once.
fn ids(trace: &Trace, reads: Reads) -> BTreeSet<Id> {
    trace.reads(reads).iter().copied().collect()
}

fn scalar(field: &Field<'_>) -> bool {
    field.items().is_empty() && field.members().is_empty()
}

/// A node with all that is below it.
fn below(values: &Values<'_>, id: Id) -> BTreeSet<Id> {
    let mut found = BTreeSet::from([id]);
    for child in values.children(id) {
        found.append(&mut below(values, child));
    }
    found
}

fn described(doc: &Doc) -> String {
    let mut parts = vec![doc.description.trim_end_matches('.').to_owned()];
    parts.extend(doc.expected.iter().map(|e| format!("it is {e}")));
    parts.retain(|p| !p.is_empty());
    parts.join("; ")
}

/// What one file says, in a few words.
fn short(data: &Data) -> String {
    match data {
        Data::Null => "null".to_owned(),
        Data::Bool(b) => b.to_string(),
        Data::Int(i) => i.to_string(),
        Data::UInt(u) => u.to_string(),
        Data::Float(f) => f.to_string(),
        Data::Str(s) => format!("\"{s}\""),
        Data::Seq(items) => format!("a list of {}", items.len()),
        Data::Map(entries) => format!("a map of {}", entries.len()),
    }
}
