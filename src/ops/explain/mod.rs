//! `explain`: from a value to every rendered line that it reaches, and from a rendered line, or a field that is not
//! there, back to the lines in Git that decided it.
//!
//! Here is what is asked and about which part of which environment; `value`, `line` and `field` answer, with what
//! `decided` says about conditions.

mod decided;
mod field;
mod line;
mod value;
mod way;

pub use way::FieldRoute;

use super::{
    Outcome, around,
    compile::{Made, Target, make},
    finish, lookup,
    project::Project,
    secrets::{hide, hide_wrong, sweep_all},
};
use crate::{
    argocd,
    diag::{Finding, nearest},
    error::Error,
    own,
    source::{Sources, Span, fs},
    values::{Id, Route, Segment, Values},
    workspace::{self, Workspace},
};
use std::{collections::BTreeSet, mem, path::Path};

/// What is to be explained.
#[derive(Debug, Clone)]
pub enum Question {
    /// A value of a component: its environment, its name and the route.
    Value(String, String, Route),
    /// A line of a rendered file: its path below rendered/ and the line, from 1.
    Line(String, u32),
    /// A field of a rendered file, there or not: the file's path below rendered/ and the way to the field.
    Field(String, FieldRoute),
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

/// What is said about every line of the files of one folder below rendered/.
#[derive(Debug)]
pub struct Lines {
    /// The files that the notes are about.
    pub sources: Sources,
    /// The file's path below rendered/, the line, from 1, and what is said.
    pub lines: Vec<(String, u32, Finding)>,
}

/// Answers a question.
///
/// # Errors
/// There is no such environment, component, route, rendered file or line, and nothing makes such a field.
pub fn explain(root: &Path, question: &Question) -> Result<Explanation, Error> {
    let mut reached = Vec::new();
    let (outcome, note) = match question {
        Question::Value(environment, component, route) => look(
            root,
            |_| Ok(Part::Component(environment.clone(), component.clone())),
            |view| {
                let Some(target) = view.target else { return Ok(None) };
                let id = lookup::route(view.values, Target::root(view.values), Some(route))?;
                reached = view.reached(id);
                let told = view.value(target, id);
                Ok(Some(if reached.is_empty() { view.kept_out(target, id, told) } else { told }))
            },
        )?,
        Question::Line(path, line) => {
            let written = written(root, path);
            look(root, |w| Part::of(w, path), |view| view.line(path, *line, written.as_deref()).map(Some))?
        }
        Question::Field(path, way) => {
            look(root, |w| Part::of(w, path), |view| view.field(path, way).map(Some))?
        }
    };
    Ok(Explanation { outcome, note: note.flatten(), reached })
}

/// Explains every line of every file that the values give for a folder below rendered/, which is compiled once.
///
/// # Errors
/// The folder is none of an environment's component, or of Argo CD.
pub fn explain_lines(root: &Path, folder: &str) -> Result<Lines, Error> {
    let anything = format!("{folder}/");
    let (outcome, lines) = look(root, |w| Part::of(w, &anything), |view| Ok(view.every_line()))?;
    Ok(Lines { sources: outcome.sources, lines: lines.unwrap_or_default() })
}

/// What stands in a rendered file, if it is there and can be read.
fn written(root: &Path, path: &str) -> Option<String> {
    let plain = |part: &str| !part.is_empty() && !part.starts_with('.');
    let at = root.join("rendered").join(path);
    path.split('/').all(plain).then(|| fs::read_text(&at).ok()).flatten()
}

/// A part of an environment that is compiled by itself.
enum Part {
    /// A component: its environment and its name.
    Component(String, String),
    /// The objects of an environment itself.
    Own(String),
    /// A folder of Argo CD's objects below rendered/.
    Argocd(String),
}

impl Part {
    /// The part that a path below rendered/ belongs to.
    fn of(workspace: &Workspace, path: &str) -> Result<Self, Error> {
        if let Some((folder, _)) = path.rsplit_once('/')
            && argocd::environment(folder).is_some()
        {
            return Ok(Self::Argocd(folder.to_owned()));
        }
        let names = || workspace.environments.iter().map(|e| e.name.as_str());
        let inside = |n: &&str| path.strip_prefix(n).is_some_and(|rest| rest.starts_with('/'));
        let name = names().filter(inside).max_by_key(|n| n.len());
        let split = name.and_then(|name| path[name.len() + 1..].split_once('/').map(|(c, _)| (name, c)));
        match split {
            Some((name, own::COMPONENT)) => Ok(Self::Own(name.to_owned())),
            Some((name, component)) => Ok(Self::Component(name.to_owned(), component.to_owned())),
            None => {
                let error = Error::usage(format!("rendered/{path} is no file of an environment's component"));
                let folder = path.rsplitn(3, '/').nth(2).unwrap_or(path);
                Err(error.help(match nearest(folder, names()).filter(|_| name.is_none()) {
                    Some(near) => format!("instead of `{folder}`, did you mean `{near}`?"),
                    None => "name a file such as rendered/dev/<component>/<file>.yaml".to_owned(),
                }))
            }
        }
    }

    /// Its folder below rendered/.
    fn folder(&self) -> String {
        match self {
            Self::Component(environment, component) => format!("{environment}/{component}"),
            Self::Own(environment) => format!("{environment}/{}", own::COMPONENT),
            Self::Argocd(folder) => folder.clone(),
        }
    }
}

/// A part of an environment, merged and made.
struct View<'v, 'a> {
    /// Its folder below rendered/.
    folder: String,
    values: &'v Values<'a>,
    made: &'v Made<'a>,
    namespace: &'v str,
    /// The component, where it is one.
    target: Option<&'v Target<'v>>,
    /// Where secrets stand that no schema need mark.
    hidden: &'v [Span],
}

impl View<'_, '_> {
    /// How a value is called: those of a component by their route alone, as they stand in its file, what else a template
    /// sees with its root; and settings as they stand in environment.yaml.
    fn name(&self, id: Id) -> Route {
        let route = self.values.route(id);
        let own = route.0.first() == Some(&Segment::Key("values".to_owned()));
        if own || self.target.is_none() { route.below() } else { route }
    }

    /// Where a value stands. A constant of the tool stands nowhere.
    fn place(&self, id: Id) -> Option<Span> {
        let constant = self.target.is_some() && self.values.route(id).to_string() == CONSTANT;
        self.values.span(id).filter(|_| !constant)
    }
}

/// What a template sees that nobody can set.
const CONSTANT: &str = "release.service";

/// Compiles a part of an environment and asks about it; nothing when its environment.yaml or its package is at fault,
/// which the findings then say.
fn look<T>(
    root: &Path,
    part: impl FnOnce(&Workspace) -> Result<Part, Error>,
    ask: impl FnOnce(&View<'_, '_>) -> Result<T, Error>,
) -> Result<(Outcome, Option<T>), Error> {
    let mut workspace = workspace::load(root)?;
    let sources = mem::take(&mut workspace.sources);
    let part = part(&workspace)?;
    match &part {
        Part::Argocd(folder) => look_argocd(&workspace, sources, folder, ask),
        Part::Own(name) | Part::Component(name, _) => {
            let project = Project::plan(&workspace, sources, std::slice::from_ref(name))?;
            look_environment(project, &part, name, ask)
        }
    }
}

fn look_environment<T>(
    mut project: Project<'_>,
    part: &Part,
    environment: &str,
    ask: impl FnOnce(&View<'_, '_>) -> Result<T, Error>,
) -> Result<(Outcome, Option<T>), Error> {
    let at = lookup::one(&project, environment)?;
    let mut findings = project.take_findings();
    let mut hidden = mem::take(&mut project.hidden);
    let folder = part.folder();
    let mut answer = None;
    if let Some(config) = project.environments[at].config.as_ref() {
        let namespace = config.namespace.0;
        sweep_all(&project.sources, &mut hidden);
        if let Part::Component(_, name) = part {
            let found = lookup::component(config, environment, name)?;
            if let Some(target) = Target::new(&project, at, found) {
                let values = target.merge();
                hide(&target, &values, &mut hidden);
                let mut made = make(&target, &values);
                if made.manifests.is_empty() {
                    hide_wrong(&target, &values, &made.findings, &mut hidden);
                    // Nothing was rendered: what is at fault says why nothing is reached.
                    findings.append(&mut made.findings);
                }
                let view = View {
                    folder,
                    values: &values,
                    made: &made,
                    namespace,
                    target: Some(&target),
                    hidden: &hidden,
                };
                answer = Some(ask(&view)?);
            }
        } else {
            let made = around::objects(&project, config);
            let values = config.settings.values().0;
            answer =
                Some(ask(&View { folder, values, made: &made, namespace, target: None, hidden: &hidden })?);
        }
    }
    Ok((finish(findings, hidden, 1, project.sources), answer))
}

/// What Argo CD reads about an environment, or the root Application of an instance.
fn look_argocd<T>(
    workspace: &Workspace,
    sources: Sources,
    folder: &str,
    ask: impl FnOnce(&View<'_, '_>) -> Result<T, Error>,
) -> Result<(Outcome, Option<T>), Error> {
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
        return Err(Error::usage(format!("no environment asks Argo CD for rendered/{folder}"))
            .help("`podwright list` names the environments; `argocd:` in environment.yaml asks for it"));
    };
    let namespace = argocd::Wish::of(config).map_or("", |wish| wish.namespace);
    let made = around::argocd(&project, at, config, root).unwrap_or_default();
    let values = config.settings.values().0;
    let mut hidden = mem::take(&mut project.hidden);
    sweep_all(&project.sources, &mut hidden);
    let view =
        View { folder: folder.to_owned(), values, made: &made, namespace, target: None, hidden: &hidden };
    let answer = ask(&view)?;
    Ok((finish(Vec::new(), hidden, 1, project.sources), Some(answer)))
}

/// A node with all that is below it.
fn below(values: &Values<'_>, id: Id) -> BTreeSet<Id> {
    let mut found = BTreeSet::from([id]);
    for child in values.children(id) {
        found.append(&mut below(values, child));
    }
    found
}
