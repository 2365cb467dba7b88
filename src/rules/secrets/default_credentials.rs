//! Finds passwords that software comes with, or that its instructions use.

use super::places::{Collected, held_by_secret, plain, settings, variables};
use crate::{
    diag::{Finding, Level},
    field::{By, Field},
    kube::format::base64,
    manifest::Manifest,
    rules::{Check, Example, Rule, Subject},
    secret::{held, is_default, names},
    values::{Data, Id},
    workspace::RuleLevel,
};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "secret-default-credentials",
    summary: "a password that everybody tries first, such as the one that the software comes with",
    level: RuleLevel::Report(Level::Warn),
    docs: "Who finds the port of a database, an object store or a console tries what stands in its documentation before anything \
        else. Looked at are the values that are used and that the schema marks as secrets, also where the package's own default counts; what Secrets \
        hold; environment variables and the settings in ConfigMaps. The rule looks where `secret-plain-text` is allowed too: that a password \
        may stand in Git does not mean that it may be guessed.\n\n\
        Set one that was made by chance, best in a Secret of the cluster. It is the name of the password that makes a word a password: \
        a user may be called root.",
    parameters: &[],
    bad: &[
        Example::Values("postgresql:\n  postgresqlUsername: root\n  postgresqlPassword: root # <-\n"),
        Example::Values("postgresql: # <-\n  postgresqlUsername: scheduler\n"),
        Example::Manifests(
            "apiVersion: v1\nkind: Secret\nmetadata: { name: minio }\nstringData:\n  rootUser: minioadmin\n  rootPassword: minioadmin # <-\n\
             data:\n  config.env: ZXhwb3J0IE1JTklPX1JPT1RfUEFTU1dPUkQ9bWluaW8xMjMK # <-\n---\n\
             apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec:\n  containers:\n    - name: web\n      image: nginx:1.27.0\n      env:\n        \
             - { name: BROKER, value: \"amqp://guest:guest@rabbitmq:5672\" } # <-\n",
        ),
    ],
    good: &[
        Example::Values("postgresql:\n  postgresqlUsername: root\n  postgresqlPassword: 9fK2-wq7L-x1Tz\n"),
        // The password is not used.
        Example::Values(
            "postgresql:\n  enabled: false\nexternalDatabase:\n  host: db.abc.com\n  password: root\n  existingSecret: { name: database }\n",
        ),
        Example::Manifests(
            "apiVersion: v1\nkind: Secret\nmetadata: { name: minio }\nstringData:\n  username: root\n  password: 9fK2-wq7L-x1Tz\n  database: test\n",
        ),
    ],
    check: Check::Component(|subject, _| check(subject)),
};

const IS: &str = "is a password that everybody tries first";
const HELP: &str = "set one that was made by chance";

fn check(subject: &Subject<'_, '_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = subject
        .schema
        .secrets(subject.values, subject.root)
        .into_iter()
        .filter_map(|id| value(subject, id))
        .collect();
    let mut collected = Collected::default();
    for manifest in subject.manifests {
        object(subject, manifest, &mut collected);
    }
    findings.extend(collected.findings());
    findings
}

/// Whether a name is that of a password. The first half of a pair of keys is more like the name of a user.
fn of_password(name: &str) -> bool {
    let plain = || name.chars().filter(char::is_ascii_alphanumeric).collect::<String>();
    names(name) && !plain().to_lowercase().ends_with("accesskey")
}

/// What there is to say of a value that the schema marks as a secret.
fn value(subject: &Subject<'_, '_>, id: Id) -> Option<Finding> {
    let values = subject.values;
    let text = match values.data(id) {
        Data::Str(text) => text.to_string(),
        Data::Int(number) => number.to_string(),
        _ => return None,
    };
    let known = of_password(values.key(id)) && is_default(&text);
    if !known || !subject.manifests.iter().any(|manifest| holds(subject, &manifest.body, id, &text)) {
        return None;
    }
    let message = format!("`{}` {IS}", values.route(id).below());
    let at = values.span(id).filter(|_| values.written(id));
    let finding = match at {
        Some(at) => Finding::error(RULE.code, at, message).masked(true),
        // The line is where it would be set, and holds none.
        None => Finding { sensitive: false, ..subject.unset(RULE.code, id, message) },
    };
    Some(finding.help(HELP))
}

/// Whether a field was made from a value and holds it, as it is or in base64. A checksum of it does not.
fn holds(subject: &Subject<'_, '_>, field: &Field<'_>, id: Id, text: &str) -> bool {
    let within = |held: &str| {
        let decoded = base64::decode(held).and_then(|bytes| String::from_utf8(bytes).ok());
        held.contains(text) || decoded.is_some_and(|plain| plain.contains(text))
    };
    field.as_str().is_some_and(|held| subject.trace.reads(field.by.reads).contains(&id) && within(held))
        || field.items().iter().any(|item| holds(subject, item, id, text))
        || field.members().iter().any(|member| holds(subject, &member.value, id, text))
}

/// What there is to say of the secrets in an object that no marked value made.
fn object(subject: &Subject<'_, '_>, manifest: &Manifest<'_>, out: &mut Collected) {
    let mut judge = |name: &str, text: &str, by: By| {
        if subject.secret(by) {
            return;
        }
        let whole = (of_password(name) && is_default(text)).then_some((text, IS.to_owned()));
        let within = || {
            let held = held(text);
            let known = held.iter().find(|h| is_default(h.value) && h.name.is_none_or(of_password))?;
            let part = known.name.map_or("a URL".to_owned(), |name| format!("`{name}`"));
            Some((known.value, format!("holds a password that everybody tries first, in {part}")))
        };
        let Some((part, is)) = whole.or_else(within) else { return };
        let finding = subject.finding(RULE.code, by, Some(part), "");
        let finding = finding.help(HELP).masked(true);
        out.add(finding, format!("`{name}`"), &manifest.identity, is);
    };
    for (key, member) in held_by_secret(manifest) {
        if let Some(text) = plain(key, &member.value) {
            judge(&member.key, &text, member.value.by);
        }
    }
    for member in settings(manifest) {
        if let Some(text) = Field::as_str(&member.value) {
            judge(&member.key, text, member.value.by);
        }
    }
    variables(&manifest.body, &mut judge);
}
