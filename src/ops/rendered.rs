//! What stands in rendered/ against what the values give, as findings: hand edits, foreign files, and for
//! `render --check` what is missing or stale, with the values that changed.

use super::{
    around,
    compile::{Made, Target, make},
    project::Project,
    secret_objects::hide_document,
    secrets,
};
use crate::{
    argocd,
    diag::{Finding, Level},
    field::{By, Data, Field, blame},
    manifest::file_name,
    output::{Folder, IndexState, Report},
    own,
    source::{FileId, Sources, Span, fs},
    values::Values,
    workspace::Config,
    yaml::{self, Node},
};
use std::path::Path;

/// At most so many values are named for one stale file.
const NAMED: usize = 5;

/// What to do about rendered files that are not what they should be.
const REMEDY: &str = "run `podwright render` and commit what it writes";

/// What findings about rendered/ are made from.
pub(super) struct Desk<'d, 'w> {
    pub(super) project: &'d Project<'w>,
    pub(super) root: &'d Path,
    pub(super) sources: &'d mut Sources,
    /// Grows by what no report may show of the files that are opened.
    pub(super) hidden: &'d mut Vec<Span>,
}

impl Desk<'_, '_> {
    /// What keeps folders from being written, and what nobody owns.
    pub(super) fn refused(&mut self, report: &Report) -> Vec<Finding> {
        let mut findings = Vec::new();
        for folder in report.folders.iter().chain(&report.pruned) {
            let gone = report.pruned.iter().any(|f| f.folder == folder.folder);
            let (and, help) = match gone {
                true if argocd::environment(&folder.folder).is_some() => {
                    (", and nobody asks for it any more", "drop it with `podwright render --force`")
                }
                true => (", and its environment is gone", "drop it with `podwright render --force`"),
                false => ("", "bring the change into the values, or drop it with `podwright render --force`"),
            };
            for path in &folder.edited {
                let what = format!("{} was edited by hand{and}", shown(folder, path));
                findings.push(self.differing("rendered-edited", folder, path, &what).help(help));
            }
            for obstacle in &folder.obstacles {
                let message = format!("{} {}", shown(folder, &obstacle.path), obstacle.why);
                let at = self.stand_in(shown(folder, &obstacle.path));
                findings.push(Finding::error("rendered-obstacle", at, message).help(match obstacle.yields {
                    true => "move it away, or overwrite it with `podwright render --force`",
                    false => "move it away",
                }));
            }
            // What stands in the way has been told of.
            let free = |path: &&String| !folder.obstacles.iter().any(|o| o.path == **path);
            for path in folder.foreign.iter().filter(free) {
                let path = shown(folder, path);
                findings.push(self.foreign(&path, "was not written by podwright: nothing owns it"));
            }
        }
        for path in &report.stray {
            let why = "belongs to no environment, and Argo CD would read it";
            findings.push(self.foreign(&format!("rendered/{path}"), why));
        }
        findings
    }

    fn foreign(&mut self, path: &str, why: &str) -> Finding {
        let mut finding =
            Finding::error("rendered-foreign", self.stand_in(path.to_owned()), format!("{path} {why}"));
        finding.level = Level::Warn;
        finding.help("move it away, or leave it: it is never touched")
    }

    /// A whole file of rendered/. Its first line would explain nothing, so its text is not read.
    fn stand_in(&mut self, path: String) -> Span {
        Span::whole(self.sources.add(path, ""))
    }

    /// What is not as the values give it. Folders that are refused have findings that say why.
    pub(super) fn stale(&mut self, report: &Report) -> Vec<Finding> {
        let mut findings = Vec::new();
        for folder in report.folders.iter().filter(|f| !f.is_current()) {
            self.stale_folder(folder, &mut findings);
        }
        for folder in report.pruned.iter().filter(|f| !f.refused) {
            let at = self.stand_in(format!("rendered/{}/SHA256SUMS", folder.folder));
            let message = match argocd::environment(&folder.folder) {
                Some(_) => format!("rendered/{} is what nobody asks of Argo CD any more", folder.folder),
                None => format!("rendered/{} is of an environment that is gone", folder.folder),
            };
            let finding = Finding::error("rendered-stale", at, message);
            findings.push(finding.help("run `podwright render` without arguments: it removes what it wrote"));
        }
        // Whatever else is stale, the same run mends it too.
        if report.attributes_missing && findings.is_empty() {
            let at = self.stand_in("rendered/.gitattributes".to_owned());
            let message = "rendered/.gitattributes is missing";
            findings.push(Finding::error("rendered-stale", at, message).help(REMEDY));
        }
        findings
    }

    fn stale_folder(&mut self, folder: &Folder, findings: &mut Vec<Finding>) {
        // The root Application of an Argo CD is no environment's.
        let at = self.environment(folder);
        let place = match at.map(|at| self.project.environments[at].config.as_ref()) {
            Some(config) => config.map_or(Span::default(), |c| whose(c, folder)),
            None => self.stand_in(shown(folder, "SHA256SUMS")),
        };
        let untouched = folder.changed.is_empty() && folder.deleted.is_empty();
        if folder.index == IndexState::Missing && untouched && !folder.missing.is_empty() {
            let message = match argocd::environment(&folder.folder) {
                Some(_) => format!("rendered/{} is missing, which Argo CD is to read", folder.folder),
                None => format!("the environment {} is not rendered", folder.folder),
            };
            findings.push(Finding::error("rendered-stale", place, message).help(REMEDY));
            return;
        }
        for path in &folder.missing {
            let message = format!("{} is missing", shown(folder, path));
            let span = at.and_then(|at| component(self.project, at, path)).unwrap_or(place);
            findings.push(Finding::error("rendered-stale", span, message).help(REMEDY));
        }
        for path in folder.deleted.iter().filter(|p| !folder.edited.contains(p)) {
            let at = self.stand_in(shown(folder, path));
            let message = format!("{} is no longer rendered", shown(folder, path));
            findings.push(Finding::error("rendered-stale", at, message).help(REMEDY));
        }
        let blocked = |path: &String| folder.obstacles.iter().any(|o| o.path == *path);
        for path in folder.changed.iter().filter(|p| !folder.edited.contains(p) && !blocked(p)) {
            let what = format!("{} is stale", shown(folder, path));
            findings.push(self.differing("rendered-stale", folder, path, &what).help(REMEDY));
        }
        let lists = folder.missing.len() + folder.deleted.len() + folder.changed.len() + folder.edited.len();
        if lists == 0 && folder.obstacles.is_empty() && folder.index != IndexState::Current {
            let at = self.stand_in(shown(folder, "SHA256SUMS"));
            let message = match folder.index {
                IndexState::Missing => format!("{} is missing", shown(folder, "SHA256SUMS")),
                _ => format!("{} does not list what is rendered", shown(folder, "SHA256SUMS")),
            };
            findings.push(Finding::error("rendered-stale", at, message).help(REMEDY));
        }
    }

    fn environment(&self, folder: &Folder) -> Option<usize> {
        let name = argocd::environment(&folder.folder).unwrap_or(&folder.folder);
        self.project.environments.iter().position(|e| e.name == name)
    }

    /// A file that is not what the values give: at the first field that differs, with the values behind those that do.
    fn differing(&mut self, code: &'static str, folder: &Folder, path: &str, what: &str) -> Finding {
        let name = shown(folder, path);
        if let Some(finding) = self.around(code, folder, path, what) {
            return finding;
        }
        let known =
            self.environment(folder).zip(path.split_once('/')).and_then(|(at, (component, below))| {
                let config = self.project.environments[at].config.as_ref()?;
                let component = config.components.iter().find(|c| c.name == component)?;
                let target = Target::new(self.project, at, component).filter(|t| !t.broken)?;
                Some((target, below, config.namespace.0))
            });
        let Some((target, below, namespace)) = known else {
            return Finding::error(code, self.stand_in(name), what);
        };
        // A file that cannot be read has no fields; its sum says enough.
        let text = fs::read_text(&self.root.join(&name)).unwrap_or_default();
        let file = self.sources.add(name, text);
        secrets::guess(file, self.sources, self.hidden);
        match self.fields(&target, file, below, namespace) {
            Some(fields) => fields.finding(code, what),
            None => Finding::error(code, Span::whole(file), what),
        }
    }

    /// The same for the environment's own objects and those of Argo CD, whose fields environment.yaml asks for.
    fn around(&mut self, code: &'static str, folder: &Folder, path: &str, what: &str) -> Option<Finding> {
        let argocd = argocd::environment(&folder.folder).is_some();
        let below = match path.split_once('/') {
            Some((own::COMPONENT, below)) if !argocd => below,
            None if argocd => path,
            _ => return None,
        };
        let root = argocd && folder.folder.ends_with(&format!("/{}", argocd::ROOT_FOLDER));
        let at = match root {
            true => around::root_of(self.project, &folder.folder)?,
            false => self.environment(folder)?,
        };
        let config = self.project.environments[at].config.as_ref()?;
        let (made, namespace) = match argocd::Wish::of(config).filter(|_| argocd) {
            Some(wish) => (around::argocd(self.project, at, config, root)?, wish.namespace),
            None => (around::objects(self.project, config), config.namespace.0),
        };
        let name = shown(folder, path);
        let text = fs::read_text(&self.root.join(&name)).unwrap_or_default();
        let file = self.sources.add(name, text);
        let fields = self.fields_of(file, below, (&made, namespace), config.settings.values().0, &|_| false);
        Some(match fields {
            Some(fields) => fields.finding(code, what),
            None => Finding::error(code, Span::whole(file), what),
        })
    }

    /// Where a file differs from its manifest.
    fn fields(&mut self, target: &Target<'_>, file: FileId, below: &str, namespace: &str) -> Option<Fields> {
        let values = target.merge();
        let made = make(target, &values);
        let root = Target::root(&values);
        let secret = |by: By| {
            made.trace.reads(by.reads).iter().any(|&id| target.package.schema.sensitive(&values, root, id))
        };
        self.fields_of(file, below, (&made, namespace), &values, &secret)
    }

    fn fields_of(
        &mut self,
        file: FileId,
        below: &str,
        (made, namespace): (&Made<'_>, &str),
        values: &Values<'_>,
        secret: &dyn Fn(By) -> bool,
    ) -> Option<Fields> {
        let options = yaml::Options { documents: yaml::Documents::One, role: yaml::Role::Template };
        let parsed = yaml::read(file, self.sources.text(file), &options);
        let disk = parsed.documents.first()?;
        let manifest = made.manifests.iter().find(|m| file_name(&m.identity, namespace) == below)?;
        // Nothing that stands in a Secret is shown, whatever it was made from.
        hide_document(disk, self.hidden);
        let mut differences = Vec::new();
        compare(disk, &manifest.body, String::new(), &mut differences);
        self.hidden.extend(differences.iter().filter(|d| d.extra || secret(d.by)).map(|d| d.held));
        // A file of another shape has no field to name.
        let first = differences.first().filter(|d| !d.route.is_empty())?;
        let mut related: Vec<(Span, String)> = Vec::new();
        for difference in differences.iter().filter(|d| !d.extra) {
            let place = blame(values, &made.trace, difference.by, None).at;
            if related.len() < NAMED && !related.iter().any(|(at, _)| *at == place) {
                related.push((place, format!("{} comes from here", difference.route)));
            }
        }
        Some(Fields { at: first.at, route: first.route.clone(), related })
    }
}

/// The fields in which a file is not what it should be.
struct Fields {
    /// The first, in the file.
    at: Span,
    route: String,
    related: Vec<(Span, String)>,
}

impl Fields {
    fn finding(self, code: &'static str, what: &str) -> Finding {
        let message = format!("{what}: {} differs from what the values give", self.route);
        let finding = Finding::error(code, self.at, message);
        self.related.into_iter().fold(finding, |f, (at, message)| f.related(at, message))
    }
}

fn shown(folder: &Folder, path: &str) -> String {
    match path {
        "" => format!("rendered/{}", folder.folder),
        path => format!("rendered/{}/{path}", folder.folder),
    }
}

/// Where a folder is asked for.
fn whose(config: &Config<'_>, folder: &Folder) -> Span {
    let wish = argocd::environment(&folder.folder).and_then(|_| argocd::Wish::of(config));
    wish.map_or(config.namespace.1, |wish| wish.at())
}

/// Where the component that a file belongs to is asked for.
fn component(project: &Project<'_>, at: usize, path: &str) -> Option<Span> {
    let (name, _) = path.split_once('/')?;
    let config = project.environments[at].config.as_ref()?;
    if name == own::COMPONENT {
        return around::asked(config);
    }
    config.components.iter().find(|c| c.name == name).map(|c| c.at)
}

/// One field that differs.
struct Difference {
    route: String,
    /// Where in the rendered file.
    at: Span,
    /// What the rendered file holds there.
    held: Span,
    /// The rendered file has it, the manifest has not: nobody can say what it was made from.
    extra: bool,
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
                        let (at, by) = (disk.span, member.value.by);
                        let held = Span { end: at.start, ..at };
                        out.push(Difference { route: step(&member.key), at, held, extra: false, by });
                    }
                }
            }
            for entry in entries.iter().filter(|e| field.get(&e.key.text).is_none()) {
                let (at, held) = (entry.key.span, entry.value.span);
                out.push(Difference { route: step(&entry.key.text), at, held, extra: true, by: field.by });
            }
        }
        (yaml::Data::Seq(nodes), Data::Seq(items)) if nodes.len() == items.len() => {
            for (n, (node, item)) in nodes.iter().zip(items).enumerate() {
                compare(node, item, format!("{route}[{n}]"), out);
            }
        }
        (have, want) if same(have, want) => {}
        _ => out.push(Difference { route, at: disk.span, held: disk.span, extra: false, by: field.by }),
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
