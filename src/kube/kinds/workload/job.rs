//! `Job`, and the template of jobs within a `CronJob`.

use super::{
    controller::{matching, name_length, recommend_label},
    failure_policy::{failure_policy, success_policy},
};
use crate::kube::{
    at::{At, Data},
    check::Check,
    format::{Verdict, names},
    kinds::{pod, selector},
    metadata,
};

/// The labels that a server gives to the pods of a job: its name, and its identity.
const NAME_LABELS: [&str; 2] = ["job-name", "batch.kubernetes.io/job-name"];
const UID_LABELS: [&str; 2] = ["controller-uid", "batch.kubernetes.io/controller-uid"];

/// The most pods at once, and the most indexes that may fail, of a job with indexes.
const MOST: i64 = 100_000;
/// The same when it has more indexes than `MOST`.
const MOST_OF_MANY: i64 = 10_000;
/// The longest name of who manages a job.
const MANAGER: usize = 63;

/// Since when the server looks at a field; it ignored it before.
const FAILURE_SINCE: u32 = 26;
const PER_INDEX_SINCE: u32 = 29;
const SUCCESS_SINCE: u32 = 31;
const MANAGED_SINCE: u32 = 32;
/// The first minor version that is known to refuse names which the pods of a job with indexes cannot have.
const HOSTNAME_SINCE: u32 = 34;

/// Checks a `Job`.
pub(super) fn check<'t>(check: &mut Check<'t>, object: At<'t>) {
    let spec = object.get("spec");
    let alone = spec.get("completions").absent() && spec.get("parallelism").absent();
    let completions = spec.get("completions").int().or(alone.then_some(1));
    job_spec(check, spec, completions);
    if spec.get("manualSelector").flag() {
        let at = spec.get("selector");
        if at.absent() {
            check.required(at, "`manualSelector` asks for it");
        } else if check.clean(|check| selector::selector(check, at)) {
            matching(check, at, spec.get("template"));
        }
    } else {
        generated_labels(check, object);
        generated_selector(check, object);
    }
    if spec.get("completionMode").str() == "Indexed" {
        hostname(check, object, completions.unwrap_or(0));
    }
    recommend_label(check);
}

/// The server adds labels to the template: others may not stand in their place.
fn generated_labels<'t>(check: &mut Check<'t>, object: At<'t>) {
    let name = object.at(&["metadata", "name"]).str();
    let labels = object.at(&["spec", "template", "metadata", "labels"]);
    if name_length(object) > names::LABEL {
        let what = format!("it may have {} characters, as it is a label of the pods", names::LABEL);
        check.too_long(object.at(&["metadata", "name"]), what);
    }
    for key in NAME_LABELS {
        let label = labels.get(key);
        if label.depth == 0 && label.str() != name {
            check.invalid(label, format!("must be the name of the job, which the server sets: `{name}`"));
        }
    }
    for key in UID_LABELS {
        let label = labels.get(key);
        if label.depth == 0 {
            check.invalid(label, "must be left to the server, which sets it to the identity of the job");
        }
    }
}

/// The server adds to the selector what it adds to the labels: what else it asks for must be true of these labels.
fn generated_selector<'t>(check: &mut Check<'t>, object: At<'t>) {
    let name = object.at(&["metadata", "name"]).str();
    let at = object.at(&["spec", "selector"]);
    if at.absent() || !check.clean(|check| selector::selector(check, at)) {
        return;
    }
    const WHAT: &str = "must be left to the server unless `manualSelector` is `true`";
    let same = |key: &str, value: &str| NAME_LABELS.contains(&key) && value == name;
    if at.get("matchLabels").members().any(|(key, value)| !same(key, value.str())) {
        check.invalid(at, WHAT);
        return;
    }
    let labels = object.at(&["spec", "template", "metadata", "labels"]);
    let fine = at.get("matchExpressions").items().all(|one| {
        let key = one.get("key").str();
        let known = NAME_LABELS.contains(&key) || UID_LABELS.contains(&key);
        let listed = one.get("values").items().any(|value| same(key, value.str()));
        let other = labels.get(key);
        match one.get("operator").str() {
            "In" => listed,
            "NotIn" if known => !listed,
            "NotIn" => other.depth > 0 || !one.get("values").items().any(|value| value.str() == other.str()),
            "Exists" => known,
            _ => !known && other.depth > 0,
        }
    });
    if !fine {
        check.invalid(at, WHAT);
    }
}

/// The pods of a job with indexes have the name of the job and their index as hostname.
fn hostname<'t>(check: &mut Check<'t>, object: At<'t>, completions: i64) {
    if completions < 1 {
        return;
    }
    let name = object.at(&["metadata", "name"]);
    let added = format!("-{}", completions - 1).len();
    let given = object.at(&["metadata", if name.blank() { "generateName" } else { "name" }]);
    if name_length(object) + added <= names::LABEL && !given.str().contains('.') {
        return;
    }
    let most = names::LABEL - added;
    let what =
        format!("must be a DNS label of at most {most} characters, as pods with indexes are named after it");
    if check.minor >= HOSTNAME_SINCE {
        check.invalid(name, what);
    } else {
        check.breaks(name, format!("the name {what}"));
    }
}

/// Checks the spec of a job. `completions` has the default filled in where there is one.
pub(super) fn job_spec<'t>(check: &mut Check<'t>, spec: At<'t>, completions: Option<i64>) {
    for key in
        ["parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished"]
    {
        check.not_negative(spec.get(key));
    }
    let mode = spec.get("completionMode");
    check.one_of_or_null(mode, &["NonIndexed", "Indexed"]);
    indexes(check, spec, completions);
    let manager = spec.get("managedBy");
    if check.minor >= MANAGED_SINCE && manager.present() {
        check.text(manager, domain_path);
    }
    let policy = spec.get("podFailurePolicy");
    let failing = policy.present() && check.minor >= FAILURE_SINCE;
    if failing {
        failure_policy(check, spec, policy);
    }
    let success = spec.get("successPolicy");
    if check.minor >= SUCCESS_SINCE && success.present() {
        if mode.str() == "Indexed" {
            success_policy(check, success, completions);
        } else {
            check.invalid(success, "may only be set when `completionMode` is `Indexed`");
        }
    }
    if check.minor >= PER_INDEX_SINCE {
        replacement(check, spec);
    }
    let template = spec.get("template");
    pod::template(check, template);
    restart_policy(check, template, failing);
}

/// What depends on the pods having indexes.
fn indexes<'t>(check: &mut Check<'t>, spec: At<'t>, completions: Option<i64>) {
    let (parallelism, completed) = (spec.get("parallelism"), spec.get("completions"));
    let (backoff, failed) = (spec.get("backoffLimitPerIndex"), spec.get("maxFailedIndexes"));
    let judged = check.minor >= PER_INDEX_SINCE;
    let indexed = spec.get("completionMode").str() == "Indexed";
    if judged {
        check.not_negative(backoff);
        check.not_negative(failed);
        if failed.present() && backoff.absent() {
            check.required(backoff, "`maxFailedIndexes` needs it");
        }
        if !indexed && spec.get("completionMode").str_or("NonIndexed") == "NonIndexed" {
            for at in [backoff, failed].into_iter().filter(|at| at.present()) {
                check.invalid(at, "may only be set when `completionMode` is `Indexed`");
            }
        }
    }
    if !indexed {
        return;
    }
    if completions.is_none() {
        check.required(completed, "jobs with indexes need it");
    }
    let many = completions.is_some_and(|n| n > MOST) && backoff.present();
    let most = if many { MOST_OF_MANY } else { MOST };
    let at_most = |check: &mut Check<'t>, at: At<'t>, most: i64| {
        if at.int().is_some_and(|n| n > most) {
            check.invalid(at, format!("must be at most {most} for this number of `completions`"));
        }
    };
    at_most(check, parallelism, most);
    if judged {
        at_most(check, failed, most.min(completions.unwrap_or(most).max(0)));
        if many && failed.absent() {
            check.required(failed, format!("it is needed when `completions` is above {MOST}"));
        }
    }
    if completions.is_some_and(|n| n > MOST)
        && parallelism.int().is_some_and(|n| n > MOST_OF_MANY)
        && backoff.absent()
    {
        check.warn(spec, format!("with more than {MOST} completions and a parallelism above {MOST_OF_MANY}, Kubernetes may lose track of completed indexes when many fail"));
    }
}

fn replacement<'t>(check: &mut Check<'t>, spec: At<'t>) {
    let at = spec.get("podReplacementPolicy");
    if spec.get("podFailurePolicy").absent() {
        check.one_of_or_null(at, &["TerminatingOrFailed", "Failed"]);
    } else if at.present() && at.str() != "Failed" {
        check.invalid(at, "must be `Failed` beside `podFailurePolicy`");
    }
}

fn restart_policy<'t>(check: &mut Check<'t>, template: At<'t>, failure_policy: bool) {
    let at = template.at(&["spec", "restartPolicy"]);
    match at.str() {
        "" => check.required(at, "pods of jobs need `OnFailure` or `Never`; the default is `Always`"),
        "Always" => check.invalid(at, "must be `OnFailure` or `Never` for jobs"),
        "OnFailure" if failure_policy => check.invalid(at, "must be `Never` beside `podFailurePolicy`"),
        _ => {}
    }
}

/// A DNS name, `/` and a path: `acme.io/controller`.
fn domain_path(text: &str) -> Verdict {
    let fine = text.len() <= MANAGER
        && text.split_once('/').is_some_and(|(domain, path)| {
            let plain = |b: u8| b.is_ascii_alphanumeric() || b"/-._~%!$&'()*+,;=:".contains(&b);
            names::is_subdomain(domain) && !path.is_empty() && path.bytes().all(plain)
        });
    (!fine).then(|| format!("must be a DNS name, `/` and a path, such as `acme.io/controller`, and at most {MANAGER} characters").into())
}

/// Checks the template of jobs within a `CronJob`: no defaults are filled in there.
pub(super) fn job_template<'t>(check: &mut Check<'t>, at: At<'t>) {
    let spec = at.get("spec");
    // The server looks at the labels of jobs when the time comes to make them.
    check.later(|check| metadata::template(check, at.get("metadata")));
    job_spec(check, spec, spec.get("completions").int());
    if spec.get("selector").present() {
        check.invalid(spec.get("selector"), "must be left to the server for jobs of a CronJob");
    }
    if spec.get("manualSelector").data() == Data::Bool(true) {
        check.invalid(spec.get("manualSelector"), "must be `false` or absent for jobs of a CronJob");
    }
}
