//! `Event`: of the core group, and the stricter one of `events.k8s.io`.

use crate::kube::{at::At, check::Check, format::names};

/// The most characters of short fields, and of the message.
const SHORT: usize = 128;
const MESSAGE: usize = 1024;

/// The namespace of the cluster's own parts; in two words, as in one it would look like the code of a finding.
const SYSTEM: &str = concat!("kube", "-system");

/// Where the two kinds keep the same things.
struct Fields {
    object: &'static str,
    message: &'static str,
    controller: &'static str,
}

/// Checks an `Event` of the core group.
pub(super) fn core<'t>(check: &mut Check<'t>, object: At<'t>) {
    let fields = Fields { object: "involvedObject", message: "message", controller: "reportingComponent" };
    common(check, object, &fields);
}

/// Checks an `Event` of `events.k8s.io`.
pub(super) fn events<'t>(check: &mut Check<'t>, object: At<'t>) {
    let fields = Fields { object: "regarding", message: "note", controller: "reportingController" };
    common(check, object, &fields);
    if is_zero(object.get("eventTime")) {
        check.required(object.get("eventTime"), "");
    }
    check.require_one_of(object.get("type"), &["Normal", "Warning"]);
    let series = object.get("series");
    if series.present() {
        if series.get("count").absent() {
            check.required(series.get("count"), "must be 2 or more");
        } else {
            check.within(series.get("count"), 2, i64::MAX);
        }
        if is_zero(series.get("lastObservedTime")) {
            check.required(series.get("lastObservedTime"), "");
        }
    }
    const OLD: &str = "may not be set for new events";
    for key in ["deprecatedFirstTimestamp", "deprecatedLastTimestamp"] {
        if !is_zero(object.get(key)) {
            check.forbidden(object.get(key), OLD);
        }
    }
    let (count, source) = (object.get("deprecatedCount"), object.get("deprecatedSource"));
    if count.int().is_some_and(|count| count != 0) {
        check.forbidden(count, OLD);
    }
    if !source.get("component").blank() || !source.get("host").blank() {
        check.forbidden(source, OLD);
    }
}

/// A time that is absent, or the one that stands for no time.
fn is_zero(at: At<'_>) -> bool {
    at.absent() || at.str().starts_with("0001-01-01T00:00:00")
}

/// What holds for both; events without `eventTime` are old ones.
fn common<'t>(check: &mut Check<'t>, object: At<'t>, fields: &Fields) {
    let own = object.at(&["metadata", "namespace"]).str_or("default");
    let subject = object.get(fields.object).get("namespace");
    let old = is_zero(object.get("eventTime"));
    let fine = match (old, subject.str()) {
        (true, "") => own == "default",
        (true, other) => other == own,
        (false, "") => own == "default" || own == SYSTEM,
        (false, _) => true,
    };
    if !fine {
        check.invalid(subject, format!("must be the namespace of the event: `{own}`"));
    }
    if old {
        return;
    }
    let controller = object.get(fields.controller);
    if check.require(controller) {
        check.text(controller, names::qualified);
    }
    for key in ["reportingInstance", "action", "reason"] {
        check.require(object.get(key));
        short(check, object.get(key), SHORT);
    }
    short(check, object.get(fields.message), MESSAGE);
}

fn short<'t>(check: &mut Check<'t>, at: At<'t>, most: usize) {
    if at.str().len() > most {
        check.too_long(at, format!("it may have {most} characters"));
    }
}
