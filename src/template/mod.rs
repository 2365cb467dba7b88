//! Templates: YAML trees with Jinja expressions, compiled once, evaluated to fields with exact provenance.
//!
//! No text is indented, joined or parsed again: a template cannot render malformed YAML, whatever the values hold.
//! The language is described in docs/packages.md. Which files form a package is for `package`; what a rendered
//! document is as an object, for `manifest`.

mod compile;
mod directive;
mod eval;
mod expr;
mod filters;
mod lint;
mod look;
mod makes;
mod output;
mod parse;
mod place;
mod plan;
mod reach;
mod render;
mod text;
mod value;

pub use lint::{Interface, Under, Use, lint, uses};
pub use makes::{Place, Places, Want};
pub use reach::{Branch, branches, places, words};

use crate::{
    diag::Finding,
    field::{By, Field, Trace},
    source::{FileId, Span},
    values::Values,
    yaml,
};
use std::collections::BTreeMap;

/// The code of findings in templates.
pub(crate) const CODE: &str = "template-fault";

/// The roots that a template sees, and nothing else.
pub const CONTEXT: [&str; 6] = ["values", "release", "package", "environment", "cluster", "improvements"];

/// The keys of every root but `values` and `improvements`.
pub const CONTEXT_KEYS: [(&str, &[&str]); 4] = [
    ("release", &["name", "namespace", "service"]),
    ("package", &["name", "version", "appVersion"]),
    ("environment", &["name"]),
    ("cluster", &["name", "kubernetesVersion"]),
];

/// A file of a package: `templates/x.yaml`, a fragment `templates/_x.yaml`, or any other as a text file.
#[derive(Debug, Clone, Copy)]
pub struct File<'t> {
    /// Its identity.
    pub id: FileId,
    /// Its path below the package.
    pub path: &'t str,
    /// Its text.
    pub text: &'t str,
}

/// Compiled templates.
#[derive(Debug, Default)]
pub struct Program {
    units: Vec<plan::Unit>,
    texts: Vec<plan::TextFile>,
    /// Where each unit's file is, for what concerns it as a whole.
    files: Vec<FileId>,
    /// The same of the text files.
    text_files: Vec<FileId>,
}

/// What a program makes of one component's values.
#[derive(Debug)]
pub struct Rendered<'a> {
    /// The documents, in the order of the files and of their documents.
    pub documents: Vec<Field<'a>>,
    /// What made their fields.
    pub trace: Trace,
    /// What had no value.
    pub faults: Vec<RenderFault>,
}

/// An expression that had no value for these values.
#[derive(Debug)]
pub struct RenderFault {
    /// Where, in the template.
    pub at: Span,
    /// Why.
    pub message: String,
    /// What was read, and which fragment calls it stands in.
    pub by: By,
}

impl Program {
    /// Compiles the files of a package; all their faults are found.
    pub fn compile(files: &[File<'_>]) -> (Self, Vec<Finding>) {
        let mut findings = Vec::new();
        let (templates, others): (Vec<&File<'_>>, Vec<&File<'_>>) =
            files.iter().partition(|f| is_template(f.path));
        let mut fragments = BTreeMap::new();
        for (index, file) in templates.iter().enumerate() {
            if let Some(name) = fragment_name(file.path)
                && fragments.insert(name.to_owned(), index).is_some()
            {
                findings.push(Finding::error(
                    CODE,
                    Span::whole(file.id),
                    format!("two fragments are named `{name}`"),
                ));
            }
        }
        let texts: BTreeMap<String, usize> =
            others.iter().enumerate().map(|(index, f)| (f.path.to_owned(), index)).collect();
        let mut program = Self::default();
        let mut names = parse::Names {
            locals: Vec::new(),
            params: None,
            fragments: &fragments,
            texts: &texts,
            findings: Vec::new(),
        };
        for file in &templates {
            program.files.push(file.id);
            let options = yaml::Options { documents: yaml::Documents::Many, role: yaml::Role::Template };
            let parsed = yaml::read(file.id, file.text, &options);
            findings.extend(parsed.findings);
            let fragment = fragment_name(file.path).is_some();
            names.params = fragment.then(Vec::new);
            let documents = compile::documents(&mut names, file.text, &parsed.documents);
            if fragment && parsed.documents.len() != 1 {
                let message = format!("a fragment has one document, not {}", parsed.documents.len());
                names.fault::<()>(parsed.documents.get(1).map_or(Span::whole(file.id), |d| d.span), message);
            }
            program.units.push(plan::Unit { params: names.params.take(), documents });
        }
        for file in &others {
            names.params = None;
            let compiled = text::compile(&mut names, file.id, file.path, file.text);
            program.text_files.push(file.id);
            program.texts.push(compiled.unwrap_or(plan::TextFile { body: Vec::new() }));
        }
        findings.append(&mut names.findings);
        (program, findings)
    }

    /// The places that make the field at `way` below what is written at `top`.
    pub fn fields(&self, top: Span, way: &[Want]) -> Places {
        makes::fields(self, top, way)
    }

    /// The places that make objects of a kind, in lower case.
    pub fn objects(&self, kind: &str) -> Vec<Place> {
        makes::objects(self, kind)
    }

    /// Renders the templates over a merged tree whose roots are [`CONTEXT`].
    pub fn render<'a>(&'a self, values: &Values<'a>) -> Rendered<'a> {
        render::render(self, values)
    }
}

fn is_template(path: &str) -> bool {
    path.starts_with("templates/") && path.ends_with(".yaml")
}

/// The name of a fragment: its file without `_` and `.yaml`.
fn fragment_name(path: &str) -> Option<&str> {
    path.rsplit('/').next()?.strip_prefix('_')?.strip_suffix(".yaml")
}
