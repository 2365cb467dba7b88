//! Finds annotations of Linkerd where it does not look, and values of them that it does not read.

use super::proxies::INJECT;
use crate::{
    diag::{Finding, Level},
    field::{Field, Member},
    manifest::{Manifest, pod_template},
    rules::{
        Check, Example, Rule, Subject,
        objects::{labels::annotation, workloads},
    },
    workspace::RuleLevel,
};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "linkerd-annotation-misplaced",
    summary: "annotations of Linkerd on a workload instead of its pods, or with a value that Linkerd does not know",
    level: RuleLevel::Report(Level::Error),
    docs: "Linkerd looks at pods and at namespaces. An annotation on the Deployment or StatefulSet itself changes nothing: the pods have no \
        proxy, and nothing says so. `linkerd.io/inject` knows `enabled`, `disabled` and `ingress`; any other text, such as \
        `true`, counts as if it were not there.\n\n\
        Write them on the pod template (`spec.template.metadata.annotations`), or on the namespace for all its pods; or ask for \
        `mesh.linkerd` in environment.yaml.",
    parameters: &[],
    bad: &[
        Example::Manifests(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  annotations:\n    linkerd.io/inject: enabled # <-\n    \
             config.linkerd.io/proxy-cpu-request: 100m\nspec:\n  \
             selector: { matchLabels: { app: web } }\n  template:\n    metadata: { labels: { app: web } }\n    \
             spec: { containers: [{ name: web, image: \"nginx:1.27.0\" }] }\n",
        ),
        Example::Values("api:\n  annotations:\n    linkerd.io/inject: \"true\" # <-\n"),
    ],
    good: &[
        Example::Values("api:\n  annotations:\n    linkerd.io/inject: enabled\n"),
        // On both it does no harm.
        Example::Manifests(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web, annotations: { linkerd.io/inject: enabled } }\nspec:\n  \
             selector: { matchLabels: { app: web } }\n  template:\n    \
             metadata: { labels: { app: web }, annotations: { linkerd.io/inject: enabled } }\n    \
             spec: { containers: [{ name: web, image: \"nginx:1.27.0\" }] }\n---\n\
             apiVersion: v1\nkind: Service\nmetadata: { name: web, annotations: { config.linkerd.io/opaque-ports: \"2181\" } }\nspec:\n  \
             ports: [{ port: 2181 }]\n",
        ),
    ],
    check: Check::Component(|subject, _| check(subject)),
};

fn check(subject: &Subject<'_, '_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> =
        subject.manifests.iter().filter_map(|manifest| misplaced(subject, manifest)).collect();
    let templates = workloads(subject).into_iter().map(|w| w.template);
    let namespaces = subject.manifests.iter().filter(|m| m.identity.kind == "Namespace").map(|m| &m.body);
    for field in templates.chain(namespaces).filter_map(|body| annotation(body, INJECT)) {
        // What is no text at all is for the API.
        let Some(text) = field.as_str().filter(|t| !matches!(*t, "enabled" | "disabled" | "ingress")) else {
            continue;
        };
        let message = format!("Linkerd does not know the value `{text}` of {INJECT}");
        findings.push(
            subject
                .finding(RULE.code, field.by, Some(text), message)
                .help("write `enabled`, `disabled` or `ingress`"),
        );
    }
    findings
}

/// The annotations of a workload that its pods do not have.
fn misplaced(subject: &Subject<'_, '_>, manifest: &Manifest<'_>) -> Option<Finding> {
    let route = pod_template(&manifest.identity).filter(|route| !route.is_empty())?;
    let template = manifest.body.at(route)?;
    let annotations = manifest.body.at(&["metadata", "annotations"]).map_or(&[][..], Field::members);
    let astray = |m: &&Member<'_>| is_linkerd(&m.key) && annotation(template, &m.key).is_none();
    let mut all: Vec<&Member<'_>> = annotations.iter().filter(astray).collect();
    all.sort_by_key(|m| m.value.by.at.start);
    let first = all.first()?;
    let keys: Vec<&str> = all.iter().map(|m| &*m.key).collect();
    let message = format!(
        "{} on {} itself changes nothing: Linkerd looks at its pods",
        keys.join(", "),
        manifest.identity
    );
    let finding = subject.finding(RULE.code, first.value.by, first.value.as_str(), message);
    Some(finding.help(format!("move it to `{}.metadata.annotations`", route.join("."))))
}

/// Whether Linkerd reads an annotation of pods.
fn is_linkerd(key: &str) -> bool {
    let prefix = key.split('/').next().unwrap_or_default();
    key == INJECT
        || matches!(prefix, "config.linkerd.io" | "config.alpha.linkerd.io" | "config.beta.linkerd.io")
}
