//! `CronJob`: jobs by the clock.

use super::{
    controller::{name_length, recommend_label},
    job::job_template,
};
use crate::kube::{
    at::At,
    check::{Check, Fault},
    format::{names, schedule, zone},
};

/// What the controller adds to the name for each job: a dash and the minute.
const TIME: usize = 11;

/// The first minor version that refuses time zones within the schedule of a new object.
const ZONE_REFUSED_SINCE: u32 = 29;

/// Checks a `CronJob`.
pub(super) fn check<'t>(check: &mut Check<'t>, object: At<'t>) {
    let spec = object.get("spec");
    let most = names::LABEL - TIME;
    if name_length(object) > most {
        let name = object.at(&["metadata", "name"]);
        check.too_long(name, format!("it may have {most} characters, as every job adds a time to it"));
    }
    when(check, spec);
    check.one_of(spec.get("concurrencyPolicy"), &["Allow", "Forbid", "Replace"]);
    for key in ["startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit"] {
        check.not_negative(spec.get(key));
    }
    job_template(check, spec.get("jobTemplate"));
    recommend_label(check);
}

fn when<'t>(check: &mut Check<'t>, spec: At<'t>) {
    let (at, zone) = (spec.get("schedule"), spec.get("timeZone"));
    if at.blank() {
        check.required(at, "");
    } else if at.str().contains("TZ") {
        let what = "must not contain a time zone: set `timeZone`";
        if check.minor >= ZONE_REFUSED_SINCE {
            check.invalid(at, what);
        } else {
            check.warn(at, format!("`schedule` {what}"));
        }
    } else {
        check.text(at, schedule::schedule);
    }
    if let Some(what) = zone::time_zone(zone.str()).filter(|_| zone.present()) {
        let help = zone::near(zone.str()).map(|near| format!("did you mean `{near}`?"));
        check.fault(Fault::ValueInvalid, zone, what).help = help;
    }
}
