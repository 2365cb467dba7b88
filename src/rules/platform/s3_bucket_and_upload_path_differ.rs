//! Finds buckets that have another name than the folder in them.

use super::storage::{parts, stores};
use crate::{
    diag::{Finding, Level},
    field::Field,
    rules::{Check, Example, Parameters, Rule, Subject},
    workspace::{Parameter, RuleLevel, RuleSetting},
};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "s3-bucket-and-upload-path-differ",
    summary: "a bucket with another name than the upload path begins with",
    level: RuleLevel::Report(Level::Warn),
    docs: "The bucket is the authority of `FS_DEFAULT_FS` (`s3a://BUCKET`), and nothing else. `RESOURCE_UPLOAD_PATH` is only the prefix \
        of the keys in it. Whoever takes `/dolphinscheduler` for the bucket creates one of that name, and files go to another one, or \
        nowhere.\n\n\
        Give both the same name, or say in `buckets` that the bucket is meant.",
    parameters: &[Parameter {
        name: "buckets",
        about: "buckets that are meant, whatever the path is",
        default: RuleSetting::Texts(&[]),
    }],
    bad: &[
        Example::Values(
            "common:\n  configmap:\n    RESOURCE_STORAGE_TYPE: S3\n    RESOURCE_UPLOAD_PATH: /dolphinscheduler\n    \
             FS_DEFAULT_FS: s3a://dfs # <-\n    FS_S3A_ENDPOINT: http://192.168.1.100:9000\n",
        ),
        Example::Manifests(
            "apiVersion: v1\nkind: Pod\nmetadata: { name: api }\nspec:\n  containers:\n    - name: api\n      \
             image: apache/dolphinscheduler:1.3.9\n      args: [api-server]\n      env:\n        \
             - { name: RESOURCE_STORAGE_TYPE, value: S3 }\n        - { name: RESOURCE_UPLOAD_PATH, value: /uploads/team }\n        \
             - { name: FS_DEFAULT_FS, value: \"s3a://data\" } # <-\n",
        ),
    ],
    good: &[
        Example::Values(
            "common:\n  configmap:\n    RESOURCE_STORAGE_TYPE: S3\n    RESOURCE_UPLOAD_PATH: /dolphinscheduler/uploads\n    \
             FS_DEFAULT_FS: s3a://dolphinscheduler\n    FS_S3A_ENDPOINT: http://192.168.1.100:9000\n",
        ),
        Example::Files(&[
            (
                "environments/dev/environment.yaml",
                "namespace: dev\nrules: { s3-bucket-and-upload-path-differ: { level: warn, buckets: [dfs] } }\n\
                 components: { dolphinscheduler: { package: dolphinscheduler, version: 1.3.9 } }\n",
            ),
            (
                "environments/dev/dolphinscheduler.yaml",
                "common:\n  configmap:\n    RESOURCE_STORAGE_TYPE: S3\n    RESOURCE_UPLOAD_PATH: /dolphinscheduler\n    \
                 FS_DEFAULT_FS: s3a://dfs\n    FS_S3A_ENDPOINT: http://192.168.1.100:9000\n",
            ),
        ]),
    ],
    check: Check::Component(check),
};

fn check(subject: &Subject<'_, '_>, parameters: &Parameters<'_>) -> Vec<Finding> {
    let meant = parameters.texts("buckets");
    let mut findings = Vec::new();
    for store in stores(subject, "S3") {
        let bucket = store.root.as_str().map_or("", |text| parts(text).1);
        let path = store.container.variable(subject, "RESOURCE_UPLOAD_PATH").and_then(Field::as_str);
        let first = path.unwrap_or_default().trim_matches('/').split('/').next().unwrap_or_default();
        if bucket.is_empty() || first.is_empty() || first == bucket || meant.contains(&bucket) {
            continue;
        }
        let message = format!(
            "files go to the bucket `{bucket}`, and `/{first}` of the upload path is only a prefix in it"
        );
        findings.push(subject.finding(RULE.code, store.root.by, store.root.as_str(), message).help(format!(
            "write `s3a://{first}` if that is the bucket, or name `{bucket}` in `buckets` of the rule"
        )));
    }
    findings
}
