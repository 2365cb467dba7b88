//! Finds hooks that Argo CD reads in another way than they are written, or not at all.

use crate::{
    diag::{Finding, Level},
    field::Field,
    manifest::Manifest,
    rules::{
        Check, Example, Rule, Subject,
        objects::{
            argocd::{HELM_HOOK, HOOK, PHASES, phase, words},
            labels::annotation,
        },
    },
    workspace::RuleLevel,
};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "hook-ignored",
    summary: "a hook of Helm beside one of Argo CD, or one that Argo CD does not know",
    level: RuleLevel::Report(Level::Warn),
    docs: "An object with `argocd.argoproj.io/hook` is that hook, whatever `helm.sh/hook` says beside it. An object that is a hook of a phase \
        that Argo CD does not know, such as Helm's `test` or a misspelt `Postsync`, is never applied at all.\n\n\
        Keep one of the two annotations, with a phase of Argo CD: PreSync, Sync, PostSync, SyncFail, PreDelete, PostDelete or Skip.",
    parameters: &[],
    bad: &[
        Example::Manifests(
            "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: init\n  annotations:\n    argocd.argoproj.io/hook: Sync\n    \
             helm.sh/hook: post-install # <-\nspec:\n  template:\n    spec:\n      restartPolicy: Never\n      containers: [{ name: a, image: \"a:1\" }]\n",
        ),
        Example::Manifests(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: connection\n  annotations:\n    helm.sh/hook: test # <-\nspec:\n  \
             restartPolicy: Never\n  containers: [{ name: a, image: \"a:1\" }]\n---\n\
             apiVersion: v1\nkind: Pod\nmetadata:\n  name: report\n  annotations:\n    argocd.argoproj.io/hook: post-sync # <-\nspec:\n  \
             restartPolicy: Never\n  containers: [{ name: a, image: \"a:1\" }]\n",
        ),
    ],
    good: &[Example::Manifests(
        "apiVersion: v1\nkind: Pod\nmetadata: { name: a, annotations: { argocd.argoproj.io/hook: \"PreSync, PostSync\" } }\nspec:\n  \
         restartPolicy: Never\n  containers: [{ name: a, image: \"a:1\" }]\n---\n\
         apiVersion: v1\nkind: Pod\nmetadata:\n  name: b\n  \
         annotations: { argocd.argoproj.io/hook: PostSync, helm.sh/hook: \"post-install,post-upgrade\" }\nspec:\n  \
         restartPolicy: Never\n  containers: [{ name: a, image: \"a:1\" }]\n",
    )],
    check: Check::Component(|subject, _| check(subject)),
};

fn check(subject: &Subject<'_, '_>) -> Vec<Finding> {
    subject.manifests.iter().filter_map(|manifest| judge(subject, manifest)).collect()
}

fn judge(subject: &Subject<'_, '_>, manifest: &Manifest<'_>) -> Option<Finding> {
    let (identity, body) = (&manifest.identity, &manifest.body);
    let (argo, helm) = (annotation(body, HOOK), annotation(body, HELM_HOOK));
    let (own, others) = (words(argo), words(helm));
    let report = |field: &Field<'_>, part: &str, message: String, help: &str| {
        Some(subject.finding(RULE.code, field.by, Some(part), message).help(help))
    };
    if let Some(argo) = argo {
        let wrong = own.iter().find(|w| !PHASES.contains(w));
        if let Some(wrong) = wrong {
            let message = format!("Argo CD knows no hook `{wrong}`: it never applies {identity}");
            let message = if own.iter().any(|w| PHASES.contains(w)) {
                format!("Argo CD knows no hook `{wrong}`: {identity} is none of that phase")
            } else {
                message
            };
            return report(
                argo,
                wrong,
                message,
                "write one of its phases, such as PreSync, Sync or PostSync",
            );
        }
    }
    let helm = helm?;
    if argo.is_some() {
        let other = others.iter().find(|w| phase(w).is_none_or(|p| !own.contains(&p)))?;
        let own = own.join(", ");
        let message =
            format!("{identity} is a hook of {own} to Argo CD, which ignores Helm's `{other}` beside it");
        return report(helm, other, message, "keep one of the two annotations");
    }
    // Helm calls definitions hooks, which they are not to Argo CD.
    let known = |w: &&str| phase(w).is_some() || *w == "crd-install";
    if others.is_empty() || others.iter().any(known) {
        return None;
    }
    let first = others.first()?;
    let message = format!("Argo CD does not run Helm's hook `{first}`: it never applies {identity}");
    report(helm, first, message, "leave it out, or write a phase of Argo CD in `argocd.argoproj.io/hook`")
}
