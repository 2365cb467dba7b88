//! What a Kubernetes API server would say about the rendered objects, as rules: a code each, one look for all.
//!
//! What it would say is for `kube`; here it gets the line that a person can edit.

mod kube_version_unknown;

use super::{Check, Family, Rule, Subject};
use crate::{
    diag::{Edit, Finding, Level},
    field::{Blame, By, Patched, blame},
    kube::{Data, Fault, Placed, Spot, Value},
    manifest::{Manifest, file_name},
    source::Span,
    workspace::RuleLevel,
    yaml::{self, Style},
};

/// The family.
pub(super) const FAMILY: Family = Family {
    title: "The Kubernetes API",
    rules: &[
        &API_DEPRECATED,
        &API_REMOVED,
        &BREAKS_LATER,
        &FIELD_FORBIDDEN,
        &FIELD_MISSING,
        &FIELD_UNKNOWN,
        &FIELD_UNSERVED,
        &KIND_UNKNOWN,
        &NAME_INVALID,
        &OBJECT_TOO_LARGE,
        &RULE_NOT_EVALUATED,
        &SERVER_WARNING,
        &TYPE_WRONG,
        &VALUE_DUPLICATE,
        &VALUE_INVALID,
        &VALUE_TOO_LONG,
        &VALUE_UNSUPPORTED,
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

/// A rule of a fault.
const fn rule(fault: Fault, summary: &'static str, docs: &'static str) -> Rule {
    let level = if fault.refused() { Level::Error } else { Level::Warn };
    Rule {
        code: fault.code(),
        summary,
        level: RuleLevel::Report(level),
        docs,
        parameters: &[],
        bad: &[],
        good: &[],
        check: Check::Api,
    }
}

static API_DEPRECATED: Rule = rule(
    Fault::ApiDeprecated,
    "an API version that a later Kubernetes no longer serves",
    "The server still accepts the object and warns. The finding names the replacement, and the version of Kubernetes that \
     will refuse it: move before the cluster does.",
);
static API_REMOVED: Rule = rule(
    Fault::ApiRemoved,
    "an API version that the cluster's Kubernetes no longer serves",
    "The version is that of `cluster.kubernetesVersion`, or the newest that is known. The finding names the replacement.",
);
static BREAKS_LATER: Rule = rule(
    Fault::BreaksLater,
    "an object that the server accepts, and that fails later",
    "Nothing refuses the object when it is applied; what it asks for cannot come about, or a later apply of it is refused.",
);
static FIELD_FORBIDDEN: Rule = rule(
    Fault::FieldForbidden,
    "a field that may not be set here",
    "It may stand in other objects of the kind, not beside what else is set in this one.",
);
static FIELD_MISSING: Rule =
    rule(Fault::FieldMissing, "a field that must be set and is not", "The server has no default for it.");
static FIELD_UNKNOWN: Rule = rule(
    Fault::FieldUnknown,
    "a field that the kind does not have",
    "A server that is asked to be strict refuses it; another drops it in silence, and what was meant never happens. The \
     nearest name is suggested.",
);
static FIELD_UNSERVED: Rule = rule(
    Fault::FieldUnserved,
    "a field that the cluster's Kubernetes does not have",
    "Another version of Kubernetes has it: the finding says since when, or until when.",
);
static KIND_UNKNOWN: Rule = rule(
    Fault::KindUnknown,
    "a kind that nobody has defined",
    "Neither Kubernetes of that version has it, nor a custom resource definition that is known. `podwright schema import` \
     takes definitions into the workspace.",
);
static NAME_INVALID: Rule = rule(
    Fault::NameInvalid,
    "a name, label or annotation key that is not of its form",
    "Most names are DNS names: lower-case letters, digits and `-`, some with dots, at most 253 characters; labels have 63.",
);
static OBJECT_TOO_LARGE: Rule = rule(
    Fault::ObjectTooLarge,
    "an object that is larger than a server stores",
    "An object may have 1.5 MiB as JSON; a ConfigMap or Secret 1 MiB of data. Split it, or mount the data from elsewhere.",
);
static RULE_NOT_EVALUATED: Rule = rule(
    Fault::RuleNotEvaluated,
    "a rule of a custom resource definition that could not be evaluated here",
    "The server evaluates it: what it would say is not known. The finding names the expression and what is in the way.",
);
static SERVER_WARNING: Rule = rule(
    Fault::ServerWarning,
    "an object that the server accepts with a warning",
    "What a server tells `kubectl` when it applies the object, and what nobody sees when Argo CD does.",
);
static TYPE_WRONG: Rule = rule(
    Fault::TypeWrong,
    "a value of another type than the field has",
    "A number where a string is wanted, a list where a map is, a text that is no quantity, time or base64.",
);
static VALUE_DUPLICATE: Rule = rule(
    Fault::ValueDuplicate,
    "a value that may be there once, and is there again",
    "Names and numbers of ports, names of volumes, paths of mounts and the like are different within one list.",
);
static VALUE_INVALID: Rule =
    rule(Fault::ValueInvalid, "a value that the field does not allow", "The finding says what it must be.");
static VALUE_TOO_LONG: Rule = rule(
    Fault::ValueTooLong,
    "a text or list that is too long",
    "The finding says how long it is, and how long it may be.",
);
static VALUE_UNSUPPORTED: Rule = rule(
    Fault::ValueUnsupported,
    "a value that is none of those that the field has",
    "The finding lists them, and suggests the nearest. Case matters.",
);
