//! What a Kubernetes API server would say about the rendered objects, as rules: a code each, one look for all.
//!
//! What it would say is for `kube`; here it gets the line that a person can edit.

use super::{Rule, Subject};
use crate::{
    diag::{Edit, Finding, Level},
    field::{Blame, By, blame},
    kube::{Fault, Placed, Spot, Value},
    source::Span,
    workspace::RuleLevel,
    yaml::{self, Style},
};

/// Checks every object of a component.
pub(super) fn findings(subject: &Subject<'_, '_>) -> Vec<Finding> {
    let judge = |body| subject.api.check(Value::Field(body));
    let placed = subject.manifests.iter().flat_map(|m| judge(&m.body));
    placed.map(|placed| finding(subject, &placed)).collect()
}

/// The finding at the line that made the field: what asked for the change, else the values, else the template's own.
fn finding(subject: &Subject<'_, '_>, placed: &Placed<'_>) -> Finding {
    let by = match placed.spot {
        Spot::Text(at) => By { at, ..By::default() },
        Spot::Made(by) => by,
    };
    let blame = blame(subject.values, subject.trace, by, placed.text());
    let asked = subject.trace.frames(by).find(|f| f.change.is_some()).map(|f| f.at);
    let sensitive = subject.trace.reads(by.reads).iter().any(|&id| subject.sensitive(id));
    let mut finding = placed.finding(asked.unwrap_or(blame.at), sensitive);
    if asked.is_none() && placed.violation.wants_quotes() {
        finding = quotes(subject, by, blame, finding);
    }
    if asked.is_none() && blame.at != blame.template {
        return finding.related(blame.template, format!("the template makes `{}` here", placed.path));
    }
    finding
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

/// A rule of a fault.
const fn rule(fault: Fault, summary: &'static str, docs: &'static str) -> Rule {
    let level = if fault.refused() { Level::Error } else { Level::Warn };
    Rule { code: fault.code(), summary, level: RuleLevel::Report(level), docs, check: |_| Vec::new() }
}

pub(super) static API_DEPRECATED: Rule = rule(
    Fault::ApiDeprecated,
    "an API version that a later Kubernetes no longer serves",
    "The server still accepts the object and warns. The finding names the replacement, and the version of Kubernetes that \
     will refuse it: move before the cluster does.",
);
pub(super) static API_REMOVED: Rule = rule(
    Fault::ApiRemoved,
    "an API version that the cluster's Kubernetes no longer serves",
    "The version is that of `cluster.kubernetesVersion`, or the newest that is known. The finding names the replacement.",
);
pub(super) static BREAKS_LATER: Rule = rule(
    Fault::BreaksLater,
    "an object that the server accepts, and that fails later",
    "Nothing refuses the object when it is applied; what it asks for cannot come about, or a later apply of it is refused.",
);
pub(super) static FIELD_FORBIDDEN: Rule = rule(
    Fault::FieldForbidden,
    "a field that may not be set here",
    "It may stand in other objects of the kind, not beside what else is set in this one.",
);
pub(super) static FIELD_MISSING: Rule =
    rule(Fault::FieldMissing, "a field that must be set and is not", "The server has no default for it.");
pub(super) static FIELD_UNKNOWN: Rule = rule(
    Fault::FieldUnknown,
    "a field that the kind does not have",
    "A server that is asked to be strict refuses it; another drops it in silence, and what was meant never happens. The \
     nearest name is suggested.",
);
pub(super) static FIELD_UNSERVED: Rule = rule(
    Fault::FieldUnserved,
    "a field that the cluster's Kubernetes does not have",
    "Another version of Kubernetes has it: the finding says since when, or until when.",
);
pub(super) static KIND_UNKNOWN: Rule = rule(
    Fault::KindUnknown,
    "a kind that nobody has defined",
    "Neither Kubernetes of that version has it, nor a custom resource definition that is known. `podwright schema import` \
     takes definitions into the workspace.",
);
pub(super) static NAME_INVALID: Rule = rule(
    Fault::NameInvalid,
    "a name, label or annotation key that is not of its form",
    "Most names are DNS names: lower-case letters, digits and `-`, some with dots, at most 253 characters; labels have 63.",
);
pub(super) static OBJECT_TOO_LARGE: Rule = rule(
    Fault::ObjectTooLarge,
    "an object that is larger than a server stores",
    "An object may have 1.5 MiB as JSON; a ConfigMap or Secret 1 MiB of data. Split it, or mount the data from elsewhere.",
);
pub(super) static RULE_NOT_EVALUATED: Rule = rule(
    Fault::RuleNotEvaluated,
    "a rule of a custom resource definition that could not be evaluated here",
    "The server evaluates it: what it would say is not known. The finding names the expression and what is in the way.",
);
pub(super) static SERVER_WARNING: Rule = rule(
    Fault::ServerWarning,
    "an object that the server accepts with a warning",
    "What a server tells `kubectl` when it applies the object, and what nobody sees when Argo CD does.",
);
pub(super) static TYPE_WRONG: Rule = rule(
    Fault::TypeWrong,
    "a value of another type than the field has",
    "A number where a string is wanted, a list where a map is, a text that is no quantity, time or base64.",
);
pub(super) static VALUE_DUPLICATE: Rule = rule(
    Fault::ValueDuplicate,
    "a value that may be there once, and is there again",
    "Names and numbers of ports, names of volumes, paths of mounts and the like are different within one list.",
);
pub(super) static VALUE_INVALID: Rule =
    rule(Fault::ValueInvalid, "a value that the field does not allow", "The finding says what it must be.");
pub(super) static VALUE_TOO_LONG: Rule = rule(
    Fault::ValueTooLong,
    "a text or list that is too long",
    "The finding says how long it is, and how long it may be.",
);
pub(super) static VALUE_UNSUPPORTED: Rule = rule(
    Fault::ValueUnsupported,
    "a value that is none of those that the field has",
    "The finding lists them, and suggests the nearest. Case matters.",
);
