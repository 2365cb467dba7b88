//! The template engine: cases as data, packages in small that a test compiles, and the properties of both.

mod audit;
mod cases;
mod mutations;
mod packages;

use podwright::{
    diag::Finding,
    field::{Field, Trace},
    source::{FileId, Sources, Span},
    template::{File, Interface, Program, lint},
    values::{self, Layer, Origin, Values},
    yaml::{self, Documents, Node, Options, Role, emit},
};

/// What templates see beside the values and the improvements.
const CONTEXT: &str = "\
release: {name: demo, namespace: demo-ns, service: Helm}
package: {name: small, version: '2.1', appVersion: '4.5.6'}
environment: {name: prod/a}
cluster: {name: prod-a, kubernetesVersion: null}
";

/// A package in small: templates and files by path, default values, and what layers say.
#[derive(Debug, Default, Clone)]
pub(super) struct Small {
    pub(super) files: Vec<(String, String)>,
    pub(super) values: String,
    pub(super) layer: Option<String>,
    /// Names of improvements; a `-` before one switches it off.
    pub(super) improvements: String,
}

/// What a package in small comes to: findings as `path:line:col message`, and the documents.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Made {
    pub(super) findings: Vec<String>,
    pub(super) documents: String,
}

/// One tree of a file that holds one.
pub(super) fn tree(sources: &mut Sources, path: &str, text: &str) -> Result<Node, Vec<Finding>> {
    let file = sources.add(path.to_owned(), text.to_owned());
    let options = Options { documents: Documents::One, role: Role::Values };
    let parsed = yaml::read(file, text, &options);
    if parsed.findings.is_empty() {
        Ok(parsed.documents.into_iter().next().unwrap())
    } else {
        Err(parsed.findings)
    }
}

impl Small {
    /// Compiles, checks and renders. Nothing is rendered where compiling or checking finds a fault.
    pub(super) fn make(&self) -> Made {
        let mut sources = Sources::default();
        let ids: Vec<FileId> =
            self.files.iter().map(|(path, text)| sources.add(path.clone(), text.clone())).collect();
        let files: Vec<File<'_>> =
            ids.iter().zip(&self.files).map(|(&id, (path, text))| File { id, path, text }).collect();
        let (program, findings) = Program::compile(&files);
        let mut made = Made::default();
        if !findings.is_empty() {
            let mut findings: Vec<&Finding> = findings.iter().collect();
            findings.sort_by_key(|f| (sources.path(f.at.file), f.at.start));
            made.findings = findings.iter().map(|f| shown(&sources, f)).collect();
            return made;
        }
        let defaults = match tree(&mut sources, "values.yaml", &self.values) {
            Ok(node) => node,
            Err(findings) => {
                made.findings = findings.iter().map(|f| shown(&sources, f)).collect();
                return made;
            }
        };
        let layer = self.layer.as_ref().map(|text| tree(&mut sources, "layer.yaml", text).unwrap());
        let list = sources.add("improvements", self.improvements.clone());
        let names: Vec<(&str, Span)> = self
            .improvements
            .split_whitespace()
            .map(|name| {
                let start = name.as_ptr() as usize - self.improvements.as_ptr() as usize;
                (name.trim_start_matches('-'), Span::new(list, start, start + name.len()))
            })
            .collect();
        let interface = Interface { defaults: &defaults, improvements: names };
        let findings = lint(&program, &interface);
        if !findings.is_empty() {
            made.findings = findings.iter().map(|f| shown(&sources, f)).collect();
            return made;
        }
        let on = |name: &str| format!("{}: {}", name.trim_start_matches('-'), !name.starts_with('-'));
        let improvements: Vec<String> = self.improvements.split_whitespace().map(on).collect();
        let improvements =
            tree(&mut sources, "improvements.yaml", &format!("{{{}}}", improvements.join(", "))).unwrap();
        let context = tree(&mut sources, "context.yaml", CONTEXT).unwrap();
        let values = merged(&defaults, layer.as_ref(), &context, &improvements);
        let rendered = program.render(&values);
        for fault in &rendered.faults {
            let mut finding = Finding::error("template-fault", fault.at, fault.message.clone());
            let reads = rendered.trace.reads(fault.by.reads);
            for &id in reads.iter().enumerate().filter(|(n, id)| !reads[..*n].contains(id)).map(|(_, id)| id)
            {
                finding = finding.related(values.span(id).unwrap(), format!("read {}", values.route(id)));
            }
            for frame in rendered.trace.frames(fault.by) {
                finding = finding.related(frame.at, "called here");
            }
            made.findings.push(shown(&sources, &finding));
        }
        made.documents = documents(&rendered.documents);
        made
    }
}

/// The values of a component, with their context.
pub(super) fn merged<'a>(
    defaults: &'a Node,
    layer: Option<&'a Node>,
    context: &'a Node,
    improvements: &'a Node,
) -> Values<'a> {
    let at = |layer, node| Origin { layer, key: None, node };
    let mut layers: Vec<Layer<'a>> = vec![at(0, defaults)];
    layers.extend(layer.map(|node| at(1, node)));
    let mut roots = vec![("values", layers), ("improvements", vec![at(1, improvements)])];
    roots.extend(context.entries().iter().map(|e| (&*e.key.text, vec![at(1, &e.value)])));
    values::merge(&roots)
}

/// Documents as YAML.
pub(super) fn documents(fields: &[Field<'_>]) -> String {
    let mut out = String::new();
    for (n, field) in fields.iter().enumerate() {
        if n > 0 {
            out.push_str("---\n");
        }
        emit(field, &mut out);
        if !out.ends_with('\n') {
            out.push('\n');
        }
    }
    out
}

/// `path:line:col message | help`, and second places below.
fn shown(sources: &Sources, finding: &Finding) -> String {
    let text = sources.text(finding.at.file);
    let inside = text.get(finding.at.start as usize..finding.at.end as usize).is_some();
    assert!(inside, "{} {}: {:?}", sources.show(finding.at), finding.message, finding.at);
    let mut out = format!("{} {}", sources.show(finding.at), finding.message);
    if let Some(help) = &finding.help {
        out += &format!(" | {help}");
    }
    for related in &finding.related {
        out += &format!("\n    {} {}", sources.show(related.at), related.message);
    }
    out
}

/// Every value that a field names: what it read, and what its conditions read.
pub(super) fn named(trace: &Trace, by: podwright::field::By) -> Vec<values::Id> {
    let mut ids = trace.reads(by.reads).to_vec();
    ids.extend(trace.guards(by).flat_map(|g| trace.reads(g.reads)).copied());
    ids
}
