//! Finds objects that are too large for Argo CD to apply in its usual way.

use crate::{
    diag::{Finding, Level},
    field::{Data, Field},
    rules::{Check, Example, Parameters, Rule, Subject, objects::argocd::option},
    workspace::{Parameter, RuleLevel, RuleSetting},
};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "sync-option-missing",
    summary: "an object that Argo CD can only apply on the server's side, and is not told to",
    level: RuleLevel::Report(Level::Error),
    docs: "Argo CD keeps what it applied in an annotation of the object, as kubectl does, and all annotations of an object together may \
        have 262144 bytes. The definitions of large custom kinds have more: the sync fails with `metadata.annotations: Too long`. \
        It is looked for where environment.yaml asks for Argo CD.\n\n\
        Annotate the object with `argocd.argoproj.io/sync-options: ServerSideApply=true`, or say so for all in \
        `argocd.syncPolicy.syncOptions`. `Replace=true` does it too, and deletes what others added.",
    parameters: &[Parameter {
        name: "most",
        about: "how many bytes an object may have as JSON",
        default: RuleSetting::Number(262_144),
    }],
    bad: &[Example::Files(&[
        (
            "environments/dev/environment.yaml",
            "namespace: dev\nargocd: { repoURL: \"https://git.abc.com/environments.git\" }\n\
             rules: { sync-option-missing: { level: error, most: 200 } }\n\
             components: { app: { package: app, version: 1.0.0, manifests: [manifests/objects.yaml] } }\n",
        ),
        (
            "environments/dev/manifests/objects.yaml",
            "apiVersion: v1\nkind: ConfigMap # <-\nmetadata: { name: dashboard }\ndata:\n  dashboard.json: |\n    \
             {\"title\": \"An example that is short, for a limit that is low: a real dashboard, or the definition of a custom kind, has \
             hundreds of thousands of bytes\"}\n",
        ),
    ])],
    good: &[
        Example::Files(&[
            (
                "environments/dev/environment.yaml",
                "namespace: dev\nargocd:\n  repoURL: https://git.abc.com/environments.git\n  \
                 syncPolicy: { syncOptions: [ServerSideApply=true] }\n\
                 rules: { sync-option-missing: { level: error, most: 10 } }\n\
                 components: { app: { package: app, version: 1.0.0, manifests: [manifests/objects.yaml] } }\n",
            ),
            (
                "environments/dev/manifests/objects.yaml",
                "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: dashboard }\ndata: { a: b }\n",
            ),
        ]),
        Example::Files(&[
            (
                "environments/dev/environment.yaml",
                "namespace: dev\nargocd: { repoURL: \"https://git.abc.com/environments.git\" }\n\
                 rules: { sync-option-missing: { level: error, most: 10 } }\n\
                 components: { app: { package: app, version: 1.0.0, manifests: [manifests/objects.yaml] } }\n",
            ),
            (
                "environments/dev/manifests/objects.yaml",
                "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: dashboard\n  annotations:\n    \
                 argocd.argoproj.io/sync-options: Prune=false, ServerSideApply=true\ndata: { a: b }\n",
            ),
        ]),
    ],
    check: Check::Component(check),
};

fn check(subject: &Subject<'_, '_>, parameters: &Parameters<'_>) -> Vec<Finding> {
    if subject.config.settings.get(&["argocd"]).is_none() {
        return Vec::new();
    }
    let most = parameters.number("most") as usize;
    let mut findings = Vec::new();
    for manifest in subject.manifests {
        let size = json(&manifest.body);
        if size <= most || option(&manifest.body, subject.config, &["ServerSideApply=true", "Replace=true"]) {
            continue;
        }
        let Some(kind) = manifest.body.get("kind") else { continue };
        let message =
            format!("{} has {size} bytes, too many for the annotation of a sync", manifest.identity);
        findings.push(subject.finding(RULE.code, kind.by, None, message).help(
            "annotate it with `argocd.argoproj.io/sync-options: ServerSideApply=true`, or add that to `argocd.syncPolicy.syncOptions`",
        ));
    }
    findings
}

/// The bytes of a field as JSON without spaces.
fn json(field: &Field<'_>) -> usize {
    match &field.data {
        Data::Null | Data::Float(_) | Data::Bool(true) => 4,
        Data::Bool(false) => 5,
        Data::Int(n) => n.to_string().len(),
        Data::UInt(n) => n.to_string().len(),
        Data::Str(text) => quoted(text),
        Data::Seq(items) => 1 + items.len().max(1) + items.iter().map(json).sum::<usize>(),
        Data::Map(members) => {
            1 + members.len().max(1)
                + members.iter().map(|m| quoted(&m.key) + 1 + json(&m.value)).sum::<usize>()
        }
    }
}

/// The bytes of a text in quotes, with what JSON escapes.
fn quoted(text: &str) -> usize {
    let escapes = |b: u8| match b {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' => 2,
        b'<' | b'>' | b'&' | 0..0x20 => 6,
        _ => 1,
    };
    2 + text.bytes().map(escapes).sum::<usize>()
}
