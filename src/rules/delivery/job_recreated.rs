//! Finds objects that delete themselves, and that Argo CD makes again.

use crate::{
    diag::{Finding, Level},
    field::Data,
    manifest::Identity,
    rules::{Check, Example, Rule, Subject, objects::argocd::is_hook},
    workspace::RuleLevel,
};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "job-recreated",
    summary: "a Job that deletes itself when it is done, and that Argo CD makes again and again",
    level: RuleLevel::Report(Level::Warn),
    docs: "A Job with `ttlSecondsAfterFinished` is gone some time after it has finished. Argo CD sees that an object of Git is missing: it \
        makes it again and the work is done again, without end; or the Application stays out of sync. The same is true of a \
        SparkApplication with `timeToLiveSeconds`, a Volcano Job, a DataLoad of Fluid and a Workflow with a `ttlStrategy`.\n\n\
        Make it a hook (`argocd.argoproj.io/hook: Sync`), which runs once a sync; or leave out the time, and let a CronJob do what is to \
        be done again.",
    parameters: &[],
    bad: &[Example::Manifests(
        "apiVersion: batch/v1\nkind: Job\nmetadata: { name: import }\nspec:\n  ttlSecondsAfterFinished: 300 # <-\n  template:\n    spec:\n      \
             restartPolicy: Never\n      containers: [{ name: import, image: \"a:1\" }]\n",
    )],
    good: &[Example::Manifests(
        "apiVersion: batch/v1\nkind: Job\nmetadata: { name: import, annotations: { argocd.argoproj.io/hook: Sync } }\nspec:\n  \
         ttlSecondsAfterFinished: 300\n  template:\n    spec:\n      restartPolicy: Never\n      containers: [{ name: import, image: \"a:1\" }]\n---\n\
         apiVersion: batch/v1\nkind: CronJob\nmetadata: { name: report }\nspec:\n  schedule: \"0 2 * * *\"\n  jobTemplate:\n    spec:\n      \
         ttlSecondsAfterFinished: 300\n      template:\n        spec:\n          restartPolicy: Never\n          containers: [{ name: report, image: \"a:1\" }]\n",
    )],
    check: Check::Component(|subject, _| check(subject)),
};

fn check(subject: &Subject<'_, '_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for manifest in subject.manifests.iter().filter(|m| !is_hook(&m.body)) {
        let Some(key) = limit(&manifest.identity) else { continue };
        let Some(time) = manifest.body.get("spec").and_then(|spec| spec.get(key)) else { continue };
        if time.data == Data::Null {
            continue;
        }
        let message =
            format!("{} deletes itself when it is done, and Argo CD makes it again", manifest.identity);
        let finding = subject.finding(RULE.code, time.by, time.as_str(), message);
        findings.push(finding.help(format!("leave out `{key}`, or make it a hook of Argo CD")));
    }
    findings
}

/// The field that deletes an object when it is done.
fn limit(identity: &Identity) -> Option<&'static str> {
    match (&*identity.group, &*identity.kind) {
        ("batch" | "batch.volcano.sh", "Job") | ("data.fluid.io", "DataLoad") => {
            Some("ttlSecondsAfterFinished")
        }
        ("sparkoperator.k8s.io", "SparkApplication") => Some("timeToLiveSeconds"),
        ("argoproj.io", "Workflow") => Some("ttlStrategy"),
        _ => None,
    }
}
