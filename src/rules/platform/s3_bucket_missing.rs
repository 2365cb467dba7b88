//! Finds object stores without a bucket.

use super::storage::{parts, stores};
use crate::{
    diag::{Finding, Level},
    rules::{Check, Example, Rule, Subject},
    workspace::RuleLevel,
};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "s3-bucket-missing",
    summary: "files that DolphinScheduler is to keep in S3, and a file system that names no bucket",
    level: RuleLevel::Report(Level::Error),
    docs: "With `RESOURCE_STORAGE_TYPE: S3` the bucket is the authority of `FS_DEFAULT_FS`: `s3a://BUCKET`. Where that is `file:///`, \
        `hdfs://...` or `s3a:///path`, the API server finds no store at its start, and uploads fail. An empty text counts as the default \
        of the image, which is `file:///`.\n\n\
        Write `s3a://` and the bucket, and create the bucket before the API server starts.",
    parameters: &[],
    bad: &[
        Example::Values(
            "common:\n  configmap:\n    RESOURCE_STORAGE_TYPE: S3\n    FS_DEFAULT_FS: file:/// # <-\n    \
             FS_S3A_ENDPOINT: http://192.168.1.100:9000\n",
        ),
        Example::Manifests(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: storage }\ndata:\n  RESOURCE_STORAGE_TYPE: S3\n  \
             FS_DEFAULT_FS: s3a:///dolphinscheduler # <-\n---\n\
             apiVersion: v1\nkind: Pod\nmetadata: { name: api }\nspec:\n  containers:\n    - name: api\n      \
             image: apache/dolphinscheduler:1.3.9\n      args: [api-server]\n      envFrom: [{ configMapRef: { name: storage } }]\n",
        ),
    ],
    good: &[
        Example::Values(
            "common:\n  configmap:\n    RESOURCE_STORAGE_TYPE: S3\n    FS_DEFAULT_FS: s3a://dolphinscheduler\n    \
             FS_S3A_ENDPOINT: http://192.168.1.100:9000\n",
        ),
        Example::Values(
            "common:\n  configmap:\n    RESOURCE_STORAGE_TYPE: HDFS\n    FS_DEFAULT_FS: hdfs://mycluster:8020\n",
        ),
    ],
    check: Check::Component(|subject, _| check(subject)),
};

fn check(subject: &Subject<'_, '_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for store in stores(subject, "S3") {
        let Some(text) = store.root.as_str() else { continue };
        let (scheme, authority) = parts(text);
        if matches!(scheme, "s3a" | "s3" | "s3n") && !authority.is_empty() {
            continue;
        }
        let message = format!("files are to be kept in S3, and FS_DEFAULT_FS `{text}` names no bucket");
        findings.push(
            subject
                .finding(RULE.code, store.root.by, Some(text), message)
                .help("write `s3a://` and the bucket"),
        );
    }
    findings
}
