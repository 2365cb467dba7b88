//! A package over one component's merged values: manifests with their provenance, and what went wrong.

use super::Package;
use crate::{
    diag::Finding,
    field::{By, Field, Trace},
    manifest::{Identity, Manifest, canonical},
    source::Span,
    template::RenderFault,
    values::{Data, Id, TOP, Values},
};

/// What a package makes of one component.
#[derive(Debug)]
pub struct Rendering<'a> {
    /// The objects, in the order of the templates.
    pub manifests: Vec<Manifest<'a>>,
    /// What made their fields.
    pub trace: Trace,
    /// What went wrong.
    pub findings: Vec<Finding>,
}

impl Package {
    /// Renders the templates. `values` is merged from the layers and the [`super::Context`]; `namespace` and where it
    /// is written go onto namespaced objects.
    pub fn render<'a>(&'a self, values: &Values<'a>, namespace: (&'a str, Span)) -> Rendering<'a> {
        let rendered = self.program.render(values);
        let mut trace = rendered.trace;
        let mut findings: Vec<Finding> = rendered.faults.iter().map(|f| fault(f, &trace, values)).collect();
        let mut by = By { at: namespace.1, ..By::default() };
        let id = values.get(TOP, "release").and_then(|r| values.get(r, "namespace"));
        by.reads = trace.record(id);
        let mut manifests = Vec::with_capacity(rendered.documents.len());
        for document in rendered.documents {
            match object(document, namespace.0, by) {
                Ok(manifest) => manifests.push(manifest),
                // Where a fault left a hole, that the hole is there is no second defect.
                Err(_) if !findings.is_empty() => {}
                Err((at, missing)) => {
                    let message = format!("the template makes an object without `{missing}`");
                    findings.push(Finding::error("manifest-incomplete", at, message));
                }
            }
        }
        Rendering { manifests, trace, findings }
    }
}

fn object<'a>(document: Field<'a>, namespace: &'a str, by: By) -> Result<Manifest<'a>, (Span, &'static str)> {
    let at = document.by.at;
    let body = canonical(document, namespace, by);
    let identity = Identity::of(&body).map_err(|missing| (at, missing))?;
    Ok(Manifest { identity, body })
}

/// A fault at the template's line, with the values that were read and the fragment calls on the way. Where a layer took
/// away with `null` what the template needs, that null is the place to mend.
fn fault(fault: &RenderFault, trace: &Trace, values: &Values<'_>) -> Finding {
    let gone = |id: &&Id| values.data(**id) == Data::Absent && values.written(**id);
    let mut told = Vec::new();
    let mut finding = match trace.reads(fault.by.reads).iter().rfind(gone) {
        Some(&id) => {
            told.push(id);
            let message = format!("`{}` is null, and the package needs it", values.route(id).below());
            Finding::error("template-fault", values.span(id).unwrap_or(fault.at), message)
                .related(fault.at, fault.message.clone())
                .help("remove the line to have the package's default, or set a value")
        }
        None => Finding::error("template-fault", fault.at, fault.message.clone()),
    };
    for &id in trace.reads(fault.by.reads) {
        if let Some(at) = values.span(id)
            && !told.contains(&id)
        {
            told.push(id);
            finding = finding.related(at, format!("`{}` was read here", values.route(id)));
        }
    }
    for frame in trace.frames(fault.by) {
        finding = finding.related(frame.at, "in the fragment that is called here");
    }
    finding
}
