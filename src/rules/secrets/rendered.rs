//! Finds Secrets that are rendered, with what they hold, from what no schema marks as a secret.

use super::{
    places::{held_by_secret, open, patched, plain},
    plain_text,
};
use crate::{
    diag::{Finding, Level},
    field::By,
    manifest::Manifest,
    rules::{Check, Example, Parameters, Rule, Subject},
    secret::is_filled,
    workspace::{Parameter, RuleLevel, RuleSetting},
};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "secret-rendered",
    summary: "a Secret that is rendered with its data from values that no schema marks as secrets",
    level: RuleLevel::Report(Level::Warn),
    docs: "Rendered manifests are committed, and base64 hides nothing. That a value marked as a secret, a patch or a plain manifest fills a \
        Secret is `secret-plain-text`; this rule finds the others: a value that the schema should mark (`writeOnly`), and what a template \
        of the workspace says itself. SealedSecrets, ExternalSecrets and Secrets without data are fine.\n\n\
        Create the Secret in the cluster and let the package name it, and mark the value. A team that wants no Secret in Git at all sets `all`: then \
        those count as well that an environment lets through with `secret-plain-text: allow`.",
    parameters: &[Parameter {
        name: "all",
        about: "find also what `secret-plain-text: allow` lets through",
        default: RuleSetting::Flag(false),
    }],
    bad: &[
        Example::Files(&[
            (
                "environments/dev/environment.yaml",
                "namespace: dev\ncomponents: { web: { package: web, version: 1.0.0 } }\n",
            ),
            ("environments/dev/web.yaml", "login: s3cret-1 # <-\n"),
            ("packages/web/1.0.0/package.yaml", PACKAGE),
            ("packages/web/1.0.0/values.yaml", "login: \"\"\n"),
            (
                "packages/web/1.0.0/values.schema.json",
                "{\"type\": \"object\", \"properties\": {\"login\": {\"type\": \"string\"}}}\n",
            ),
            ("packages/web/1.0.0/templates/secret.yaml", TEMPLATE),
        ]),
        Example::Files(&[
            (
                "environments/dev/environment.yaml",
                "namespace: dev\nrules: { secret-plain-text: allow, secret-rendered: { all: true } }\n\
                 components: { dolphinscheduler: { package: dolphinscheduler, version: 1.3.9 } }\n",
            ),
            ("environments/dev/dolphinscheduler.yaml", "postgresql:\n  postgresqlPassword: s3cret-1 # <-\n"),
        ]),
    ],
    good: &[
        Example::Files(&[
            (
                "environments/dev/environment.yaml",
                "namespace: dev\ncomponents: { web: { package: web, version: 1.0.0 } }\n",
            ),
            ("environments/dev/web.yaml", "login: s3cret-1\n"),
            ("packages/web/1.0.0/package.yaml", PACKAGE),
            ("packages/web/1.0.0/values.yaml", "login: \"\"\n"),
            (
                "packages/web/1.0.0/values.schema.json",
                "{\"type\": \"object\", \"properties\": {\"login\": {\"type\": \"string\", \"writeOnly\": true}}}\n",
            ),
            ("packages/web/1.0.0/templates/secret.yaml", TEMPLATE),
        ]),
        Example::Manifests(
            "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: { name: web }\nspec:\n  secretStoreRef: { name: vault, kind: ClusterSecretStore }\n  \
             data: [{ secretKey: password, remoteRef: { key: web } }]\n---\n\
             apiVersion: v1\nkind: Secret\nmetadata: { name: robot, annotations: { kubernetes.io/service-account.name: robot } }\ntype: kubernetes.io/service-account-token\n",
        ),
        // Allowed in a throw-away environment, and its default is nobody's secret.
        Example::Files(&[(
            "environments/dev/environment.yaml",
            "namespace: dev\nrules: { secret-plain-text: allow }\ncomponents: { dolphinscheduler: { package: dolphinscheduler, version: 1.3.9 } }\n",
        )]),
    ],
    check: Check::Component(check),
};

const PACKAGE: &str =
    "name: web\nversion: 1.0.0\nappVersion: \"1\"\ndescription: A web server.\ninterface: 1\n";
const TEMPLATE: &str =
    "apiVersion: v1\nkind: Secret\nmetadata: { name: web }\nstringData: { login: \"${{ values.login }}\" }\n";

fn check(subject: &Subject<'_, '_>, parameters: &Parameters<'_>) -> Vec<Finding> {
    let level = subject.config.rules.level(plain_text::RULE.code, plain_text::RULE.level);
    let marked = parameters.flag("all") && level == RuleLevel::Allow;
    subject.manifests.iter().filter_map(|manifest| judge(subject, manifest, marked)).collect()
}

/// What there is to say of a Secret: one finding, however many keys it has.
fn judge(subject: &Subject<'_, '_>, manifest: &Manifest<'_>, marked: bool) -> Option<Finding> {
    let (text, by) = held_by_secret(manifest).find_map(|(key, member)| {
        let text = plain(key, &member.value)?;
        let filled = text.contains('\n') || is_filled(&text);
        (filled && !open(&member.key) && counts(subject, member.value.by, marked))
            .then_some((text, member.value.by))
    })?;
    let message = format!("{} is rendered into Git with what it holds", manifest.identity);
    let finding = subject.finding(RULE.code, by, Some(&text), message);
    let help =
        "create the Secret in the cluster, and mark the value `writeOnly` in the schema of the package";
    Some(finding.help(help).masked(true))
}

/// Whether a field of a Secret is for this rule: made from values of the environment, or by a template that is not the tool's.
fn counts(subject: &Subject<'_, '_>, by: By, marked: bool) -> bool {
    let reads = subject.trace.reads(by.reads);
    let written = reads.iter().any(|&id| subject.values.written(id));
    if subject.secret(by) {
        return marked && written;
    }
    let brought = patched(subject, by) || subject.is_plain(by);
    match reads.is_empty() {
        true => !subject.embedded && !brought,
        false => written && !brought,
    }
}
