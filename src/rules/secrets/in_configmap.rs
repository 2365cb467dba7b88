//! Finds secrets among settings that are kept in ConfigMaps and in objects of custom kinds.

use super::places::{Collected, listed, made, settings};
use crate::{
    diag::{Finding, Level},
    field::Field,
    rules::{Check, Example, Rule, Subject},
    secret::{held, is_secret},
    workspace::RuleLevel,
};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "secret-in-configmap",
    summary: "a password, key or token in a ConfigMap, or in the settings of a Spark or Flink job",
    level: RuleLevel::Report(Level::Error),
    docs: "Everyone who may look at a namespace may read its ConfigMaps, and everyone who reads the repository reads this one; nothing \
        encrypts it. Looked at are the names of entries, such as `DB_PASSWORD`, and the texts: properties, ini, YAML, JSON, Hadoop's XML, \
        passwords in URLs and private keys. What is empty, a placeholder, a reference (`${DB_PASSWORD}`), the name of a Secret or \
        the path of a file is no secret; nor is, here, a value that the schema marks as one, which is `secret-plain-text`.\n\n\
        Keep it in a Secret of the cluster and give it to the program as a variable, a file, or a reference in the text.",
    parameters: &[],
    bad: &[
        Example::Values(
            "worker:\n  configmap:\n    WORKER_GROUPS: default\n    REPORTS_DB_PASSWORD: s3cret-1 # <-\n",
        ),
        Example::Manifests(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: web }\ndata:\n  application.yaml: | # <-\n    spring:\n      datasource:\n        \
             url: jdbc:postgresql://db:5432/web\n        password: s3cret-1\n  core-site.xml: \"<property><name>fs.s3a.secret.key</name><value>s3cret-1</value></property>\" # <-\n  \
             REDIS_URL: redis://:s3cret-1@redis:6379/0 # <-\n",
        ),
        Example::Manifests(
            "apiVersion: sparkoperator.k8s.io/v1beta2\nkind: SparkApplication\nmetadata: { name: report }\nspec:\n  \
             hadoopConf:\n    fs.s3a.endpoint: http://minio:9000\n    fs.s3a.secret.key: s3cret-1 # <-\n",
        ),
    ],
    good: &[
        Example::Values(
            "worker:\n  configmap:\n    WORKER_GROUPS: default\n    REPORTS_DB_PASSWORD_FILE: /run/secrets/reports\n",
        ),
        Example::Manifests(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: web }\ndata:\n  application.yaml: |\n    spring:\n      datasource:\n        \
             password: ${DB_PASSWORD}\n  login.properties: |\n    # password=s3cret-1\n    password.encoder=bcrypt\n    token.expiry=3600\n    api.token=\n  \
             IMAGE_PULL_SECRET: harbor\n  TLS_PRIVATE_KEY: /etc/tls/tls.key\n  FS_S3A_SECRET_KEY: xxxxxxx\n",
        ),
        Example::Manifests(
            "apiVersion: sparkoperator.k8s.io/v1beta2\nkind: SparkApplication\nmetadata: { name: report }\nspec:\n  \
             sparkConf: { spark.kubernetes.driver.secretKeyRef.DB_PASSWORD: \"db:password\" }\n",
        ),
    ],
    check: Check::Component(|subject, _| check(subject)),
};

fn check(subject: &Subject<'_, '_>) -> Vec<Finding> {
    let mut collected = Collected::default();
    for manifest in subject.manifests {
        for member in settings(manifest) {
            // Spark refers to the key of a Secret so: `spark.kubernetes.driver.secretKeyRef.NAME: secret:key`.
            let refers = member.key.contains(".secretKeyRef.");
            let text = Field::as_str(&member.value).filter(|_| !refers && !subject.secret(member.value.by));
            let Some(text) = text else {
                continue;
            };
            let (part, is) = if is_secret(&member.key, text) {
                (text, "is a secret in plain text".to_owned())
            } else {
                let held = held(text);
                let Some(first) = held.first() else { continue };
                (first.value, format!("holds secrets in plain text: {}", listed(&held)))
            };
            let Some(by) = made(subject, member.value.by, part) else { continue };
            let finding = subject.finding(RULE.code, by, Some(part), "");
            let finding =
                finding.help("keep it in a Secret of the cluster, and refer to it here").masked(true);
            collected.add(finding, format!("`{}`", member.key), &manifest.identity, is);
        }
    }
    collected.findings()
}
