//! Finds passwords and keys that stand in values files, patches and plain manifests for everyone to read.

use super::places::{held_by_secret, open, patched, plain};
use crate::{
    diag::{Finding, Level},
    rules::{Check, Example, Rule, Subject},
    secret::{held, is_filled, names},
    values::{Data, Id},
    workspace::RuleLevel,
};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "secret-plain-text",
    summary: "a password or key in plain text in a values file, a patch or a plain manifest",
    level: RuleLevel::Report(Level::Error),
    docs: "A value that the schema of the package marks as a secret (`writeOnly`) stands in a values file, or a patch or plain \
        manifest fills a Secret (`data`, where base64 hides nothing, or `stringData`). Everyone who can read the repository can read \
        it, and its history keeps it after it is gone.\n\n\
        Create a Secret in the cluster and name it instead (`existingSecret`), and change the password: it has been seen. For a \
        throw-away environment, allow it in its environment.yaml.",
    parameters: &[],
    bad: &[
        Example::Values(
            "externalDatabase:\n  host: db.abc.com\n  password: s3cret-1 # <-\npostgresql:\n  enabled: false\n",
        ),
        Example::Manifests(
            "apiVersion: v1\nkind: Secret\nmetadata: { name: database }\nstringData:\n  password: s3cret-1 # <-\n",
        ),
    ],
    good: &[
        Example::Values(
            "externalDatabase:\n  host: db.abc.com\n  existingSecret: { name: database }\npostgresql:\n  enabled: false\n",
        ),
        Example::Manifests(
            "apiVersion: v1\nkind: Secret\nmetadata: { name: repository }\nstringData:\n  type: git\n  url: https://github.com/abc/web.git\n  \
             username: web\n  password: <path:kv/web#password>\n  token: ${TOKEN}\n  alertmanager.yaml: |\n    route:\n      receiver: Default\n",
        ),
    ],
    check: Check::Component(|subject, _| check(subject)),
};

/// What to do where no value names an existing Secret.
const REMEDY: &str = "keep it in a Secret in the cluster; where that cannot be, say why: `# podwright: allow secret-plain-text -- REASON`";

fn check(subject: &Subject<'_, '_>) -> Vec<Finding> {
    let mut findings = values(subject);
    findings.extend(objects(subject));
    findings
}

/// What patches and plain manifests bring to Secrets.
fn objects(subject: &Subject<'_, '_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for manifest in subject.manifests {
        for (key, member) in held_by_secret(manifest) {
            let by = member.value.by;
            let told = || plain(key, &member.value).is_none_or(|text| holds(&member.key, &text));
            if (patched(subject, by) || subject.is_plain(by)) && told() {
                let (name, identity) = (&member.key, &manifest.identity);
                let message = format!(
                    "`{key}.{name}` of {identity} is a secret in plain text: everyone who reads the repository reads it"
                );
                findings.push(Finding::error(RULE.code, by.at, message).help(REMEDY).masked(true));
            }
        }
    }
    findings
}

/// Whether an entry of a Secret is one: no placeholder or reference, no name of a host or user, and no file without any.
fn holds(name: &str, text: &str) -> bool {
    if !held(text).is_empty() || name == ".dockerconfigjson" {
        return true;
    }
    !text.contains('\n') && !open(name) && (is_filled(text) || names(name) && text.trim().contains(' '))
}

/// What stands in values files.
fn values(subject: &Subject<'_, '_>) -> Vec<Finding> {
    let values = subject.values;
    let mut findings = Vec::new();
    for id in subject.schema.secrets(values, subject.root) {
        let filled = match values.data(id) {
            Data::Str(text) => !text.is_empty(),
            Data::Int(_) | Data::UInt(_) | Data::Float(_) => true,
            _ => false,
        };
        // The package's defaults are nobody's secrets; what is not read as it is written has a finding for that.
        let suspect = values.origin(id).is_some_and(|o| o.node.suspect);
        if !filled || suspect || !values.written(id) {
            continue;
        }
        let Some(at) = values.span(id) else { continue };
        let route = values.route(id).below();
        let message =
            format!("`{route}` is a secret in plain text: everyone who reads the repository reads it");
        findings.push(Finding::error(RULE.code, at, message).help(remedy(subject, id)).masked(true));
    }
    findings
}

/// What to do, with the key for a reference to an existing Secret where the package has one.
fn remedy(subject: &Subject<'_, '_>, id: Id) -> String {
    let values = subject.values;
    let mut at = values.parent(id);
    loop {
        let reference = values.children(at).find(|&c| values.key(c).starts_with("existingSecret"));
        if let Some(reference) = reference {
            return format!("name a Secret in the cluster instead: `{}`", values.route(reference).below());
        }
        if at == subject.root || at == values.parent(at) {
            return REMEDY.to_owned();
        }
        at = values.parent(at);
    }
}
