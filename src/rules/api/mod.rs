//! What a Kubernetes API server would say about the rendered objects, as rules: a code each, one look for all.
//!
//! What it would say is for `kube`; here it gets the line that a person can edit.

mod kube_version_unknown;
mod rules;

use super::{Family, Subject};
use crate::{
    diag::{Edit, Finding},
    field::{Blame, By, Patched, blame},
    kube::{Data, Fault, Placed, Spot, Value},
    manifest::{Manifest, file_name},
    source::Span,
    yaml::{self, Style},
};

/// The family.
pub(super) const FAMILY: Family = Family {
    title: "The Kubernetes API",
    rules: &[
        &rules::API_DEPRECATED,
        &rules::API_REMOVED,
        &rules::BREAKS_LATER,
        &rules::FIELD_FORBIDDEN,
        &rules::FIELD_MISSING,
        &rules::FIELD_UNKNOWN,
        &rules::FIELD_UNSERVED,
        &rules::KIND_UNKNOWN,
        &rules::NAME_INVALID,
        &rules::OBJECT_TOO_LARGE,
        &rules::RULE_NOT_EVALUATED,
        &rules::SERVER_WARNING,
        &rules::TYPE_WRONG,
        &rules::VALUE_DUPLICATE,
        &rules::VALUE_INVALID,
        &rules::VALUE_TOO_LONG,
        &rules::VALUE_UNSUPPORTED,
        &kube_version_unknown::RULE,
    ],
};

/// How many patches of an object a finding names.
const PATCHES: usize = 3;

/// Checks every object of a component in an environment of this namespace.
pub(super) fn findings(subject: &Subject<'_, '_>, namespace: &str) -> Vec<Finding> {
    let judge = |manifest: &Manifest<'_>| {
        let placed = subject.api.check(Value::Field(&manifest.body));
        if placed.is_empty() {
            return Vec::new();
        }
        let file = file_name(&manifest.identity, namespace);
        placed.iter().map(|placed| finding(subject, placed, &file)).collect()
    };
    subject.manifests.iter().flat_map(judge).collect()
}

/// The finding at the line that made the field: what asked for the change, else the values, else the patch of the object,
/// else the template's own.
fn finding(subject: &Subject<'_, '_>, placed: &Placed<'_>, file: &str) -> Finding {
    let by = match placed.spot {
        Spot::Text(at) => By { at, ..By::default() },
        Spot::Made(by) => by,
    };
    let blame = blame(subject.values, subject.trace, by, placed.text());
    let sensitive = subject.trace.reads(by.reads).iter().any(|&id| subject.sensitive(id));
    let template = match placed.near.as_str() {
        "" => "the template makes the object here".to_owned(),
        near => format!("the template makes `{near}` here"),
    };
    let removed = removed(subject, placed, file);
    let asked = subject.trace.frames(by).find(|f| f.change.is_some()).map(|f| f.at);
    if let Some(asked) = removed.or(asked) {
        let finding = placed.finding(asked, sensitive);
        let plain = by.at.file == asked.file;
        return if removed.is_some() && !plain { finding.related(blame.template, template) } else { finding };
    }
    if let Some(help) = unfit(subject, placed, blame) {
        let mut finding = placed.finding(blame.template, sensitive);
        finding.help = help;
        return finding.related(blame.at, "the value is what the schema of the values asks for");
    }
    let own = blame.value.is_some_and(|id| subject.values.written(id))
        || subject.plain.iter().any(|document| document.span.file == by.at.file);
    let patches = patches(subject, placed, file);
    if let ([patch], false) = (patches.as_slice(), own) {
        return placed
            .finding(*patch, sensitive)
            .label("this patch changed the object")
            .related(by.at, template);
    }
    let mut finding = placed.finding(blame.at, sensitive);
    if placed.violation.wants_quotes() {
        finding = quotes(subject, by, blame, finding);
    }
    if blame.at != blame.template {
        finding = finding.related(blame.template, template);
    }
    patches
        .into_iter()
        .take(PATCHES)
        .fold(finding, |finding, patch| finding.related(patch, "this patch changed the object"))
}

/// Offers quotes where they belong: around a value that alone made the field, or around the field of a plain manifest.
fn quotes(subject: &Subject<'_, '_>, by: By, blame: Blame, finding: Finding) -> Finding {
    let (values, reads) = (subject.values, subject.trace.reads(by.reads));
    let origin =
        blame.value.filter(|id| reads == [*id] && values.written(*id)).and_then(|id| values.origin(id));
    let plain = |at: Span| reads.is_empty() && subject.plain.iter().any(|node| node.span.file == at.file);
    let scalar = !matches!(
        origin.map(|o| &o.node.data),
        Some(yaml::Data::Str(_) | yaml::Data::Seq(_) | yaml::Data::Map(_))
    );
    let leaf = origin.is_some_and(|o| o.node.style == Style::Plain && o.node.span == finding.at) && scalar;
    if !leaf && !plain(finding.at) {
        return finding;
    }
    let at = finding.at;
    let quote = |at| Edit { at, text: "\"".to_owned() };
    let edits = vec![quote(Span { end: at.start, ..at }), quote(Span { start: at.end, ..at })];
    // A template may read the value elsewhere, too, and need the number there.
    finding.fix("quote the value", !leaf, edits)
}

/// The line that took away what is missing.
fn removed(subject: &Subject<'_, '_>, placed: &Placed<'_>, file: &str) -> Option<Span> {
    match placed.lacking()? {
        (Value::Field(map), key) => subject.trace.took(file, map.by, key),
        (Value::Node(_), _) => None,
    }
}

/// The patches that changed the object where the fault is: in the same field of the object, such as `spec`, in which fields
/// must fit each other.
fn patches(subject: &Subject<'_, '_>, placed: &Placed<'_>, file: &str) -> Vec<Span> {
    let top = placed.path.split(['.', '[']).next().unwrap_or_default();
    let here = |p: &&Patched| p.file == file && (top.is_empty() || p.keys.iter().any(|key| key == top));
    subject.trace.patched.iter().filter(here).map(|p| p.at).collect()
}

/// Whether the template is to blame for a value of the wrong type, and what to do: the values are as their schema wants them,
/// and would be wrong in the type that the object wants.
fn unfit(subject: &Subject<'_, '_>, placed: &Placed<'_>, blame: Blame) -> Option<Option<String>> {
    let violation = &placed.violation;
    if violation.fault != Fault::TypeWrong || blame.at == blame.template {
        return None;
    }
    let (_, wanted, filter) = WANTED.iter().find(|(start, ..)| violation.what.starts_with(start))?;
    let types = subject.schema.types(subject.values, subject.root, blame.value?);
    if types.is_empty() || types.contains(wanted) {
        return None;
    }
    let scalar = !matches!(violation.at.data(), Data::List | Data::Map);
    Some(
        filter.filter(|_| scalar).map(|filter| format!("add `| {filter}` to the expression of the template")),
    )
}

/// What an object may want: how its finding begins, the type in words of a schema, and the filter that makes one.
const WANTED: [(&str, &str, Option<&str>); 6] = [
    ("must be a string", "string", Some("string")),
    ("must be a whole number", "integer", Some("int")),
    ("must be a number", "number", None),
    ("must be `true`", "boolean", None),
    ("must be a list", "array", None),
    ("must be a map", "object", None),
];
