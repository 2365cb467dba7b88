//! Finds secrets among the environment variables of containers.

use super::places::{Collected, listed, made, variables};
use crate::{
    diag::{Finding, Level},
    rules::{Check, Example, Rule, Subject},
    secret::{held, is_secret},
    workspace::RuleLevel,
};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "secret-in-env",
    summary: "a password, key or token as the literal value of a container's environment variable",
    level: RuleLevel::Report(Level::Error),
    docs: "The value stands in the repository, in the workload and in each of its pods, for everyone who may look at one of them. \
        Looked at are the names of variables, such as `DB_PASSWORD`, and values that hold settings: passwords in URLs and in arguments. \
        What is empty, a placeholder, a reference (`$(DB_PASSWORD)`) or the path of a file is no secret; a value that the schema marks \
        as one is `secret-plain-text`.\n\n\
        Keep it in a Secret of the cluster and name that: `valueFrom: { secretKeyRef: { name: ..., key: ... } }`.",
    parameters: &[],
    bad: &[
        Example::Manifests(
            "apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec:\n  containers:\n    - name: web\n      image: nginx:1.27.0\n      env:\n        \
             - { name: DB_PASSWORD, value: s3cret-1 } # <-\n        - name: BROKER\n          value: amqp://web:s3cret-1@rabbitmq:5672 # <-\n        \
             - { name: JAVA_OPTS, value: -Xmx1g -Djavax.net.ssl.keyStorePassword=s3cret-1 } # <-\n",
        ),
        Example::Files(&[
            (
                "environments/dev/environment.yaml",
                "namespace: dev\ncomponents: { web: { package: web, version: 1.0.0 } }\n",
            ),
            ("environments/dev/web.yaml", "admin: { token: s3cret-1 } # <-\n"),
            (
                "packages/web/1.0.0/package.yaml",
                "name: web\nversion: 1.0.0\nappVersion: \"1\"\ndescription: A web server.\ninterface: 1\n",
            ),
            ("packages/web/1.0.0/values.yaml", "admin: { token: \"\" }\n"),
            (
                "packages/web/1.0.0/values.schema.json",
                "{\"type\": \"object\", \"properties\": {\"admin\": {\"type\": \"object\", \"properties\": {\"token\": {\"type\": \"string\"}}}}}\n",
            ),
            (
                "packages/web/1.0.0/templates/pods.yaml",
                "apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec:\n  containers:\n    - name: web\n      image: nginx:1.27.0\n      \
                 env: [{ name: ADMIN_TOKEN, value: \"${{ values.admin.token }}\" }]\n---\n\
                 apiVersion: v1\nkind: Pod\nmetadata: { name: admin }\nspec:\n  containers:\n    - name: admin\n      image: nginx:1.27.0\n      \
                 env: [{ name: ADMIN_TOKEN, value: \"${{ values.admin.token }}\" }]\n",
            ),
        ]),
    ],
    good: &[Example::Manifests(
        "apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec:\n  containers:\n    - name: web\n      image: nginx:1.27.0\n      env:\n        \
         - name: DB_PASSWORD\n          valueFrom: { secretKeyRef: { name: web, key: password } }\n        - { name: DB_URL, value: \"postgresql://web:$(DB_PASSWORD)@db/web\" }\n        \
         - { name: ADMIN_PASSWORD_FILE, value: /run/secrets/admin }\n        - { name: TOKEN_EXPIRY, value: 1h }\n        - { name: API_TOKEN, value: \"\" }\n",
    )],
    check: Check::Component(|subject, _| check(subject)),
};

fn check(subject: &Subject<'_, '_>) -> Vec<Finding> {
    let mut collected = Collected::default();
    for manifest in subject.manifests {
        variables(&manifest.body, &mut |name, value, by| {
            if subject.secret(by) {
                return;
            }
            let (part, is) = if is_secret(name, value) {
                (value, "is a secret in plain text".to_owned())
            } else {
                let held = held(value);
                let Some(first) = held.first() else { return };
                (first.value, format!("holds secrets in plain text: {}", listed(&held)))
            };
            let Some(by) = made(subject, by, part) else { return };
            let finding = subject.finding(RULE.code, by, Some(part), "");
            let help = "keep it in a Secret of the cluster, and name that with `valueFrom.secretKeyRef`";
            collected.add(
                finding.help(help).masked(true),
                format!("the variable `{name}`"),
                &manifest.identity,
                is,
            );
        });
    }
    collected.findings()
}
