//! Finds object stores that DolphinScheduler 1.3 cannot call by the name of their host.

use super::storage::{parts, stores};
use crate::{
    diag::{Finding, Level},
    rules::{
        Check, Example, Parameters, Rule, Subject,
        objects::scheduler::{Line, servers},
    },
    workspace::{Parameter, RuleLevel, RuleSetting},
};
use std::net::IpAddr;

pub(in crate::rules) static RULE: Rule = Rule {
    code: "s3-endpoint-host-name",
    summary: "an object store of DolphinScheduler 1.3 with the name of a host, which is called as bucket.host",
    level: RuleLevel::Report(Level::Warn),
    docs: "DolphinScheduler 1.3 has no setting for path-style access: it puts the bucket before the name of the host, as in \
        `dfs.minio.abc.com`. A name that has no entry for that, such as any Service of a cluster, is not found. An address cannot have a \
        bucket before it, so there the bucket stands in the path. Later versions know path-style access.\n\n\
        Write the address and the port of the store. Where every `BUCKET.HOST` has an entry in the DNS, name the domain in `domains`.",
    parameters: &[Parameter {
        name: "domains",
        about: "domains of stores whose buckets have names of hosts of their own",
        default: RuleSetting::Texts(&[
            "amazonaws.com",
            "amazonaws.com.cn",
            "aliyuncs.com",
            "myhuaweicloud.com",
            "myqcloud.com",
            "googleapis.com",
        ]),
    }],
    bad: &[
        Example::Values(
            "common:\n  configmap:\n    RESOURCE_STORAGE_TYPE: S3\n    FS_DEFAULT_FS: s3a://dolphinscheduler\n    \
             FS_S3A_ENDPOINT: http://minio.minio.svc:9000 # <-\n",
        ),
        Example::Manifests(
            "apiVersion: v1\nkind: Pod\nmetadata: { name: api }\nspec:\n  containers:\n    - name: api\n      \
             image: apache/dolphinscheduler:1.3.9\n      args: [api-server]\n      env:\n        \
             - { name: RESOURCE_STORAGE_TYPE, value: S3 }\n        - { name: FS_DEFAULT_FS, value: \"s3a://data\" }\n        \
             - { name: FS_S3A_ENDPOINT, value: minio } # <-\n",
        ),
    ],
    good: &[
        Example::Values(
            "common:\n  configmap:\n    RESOURCE_STORAGE_TYPE: S3\n    FS_DEFAULT_FS: s3a://dolphinscheduler\n    \
             FS_S3A_ENDPOINT: http://192.168.1.100:9000\n",
        ),
        Example::Values(
            "common:\n  configmap:\n    RESOURCE_STORAGE_TYPE: S3\n    FS_DEFAULT_FS: s3a://dolphinscheduler\n    \
             FS_S3A_ENDPOINT: s3.cn-north-1.amazonaws.com.cn\n",
        ),
        Example::Manifests(
            "apiVersion: v1\nkind: Pod\nmetadata: { name: api }\nspec:\n  containers:\n    - name: api\n      \
             image: apache/dolphinscheduler:2.0.9\n      args: [api-server]\n      env:\n        \
             - { name: RESOURCE_STORAGE_TYPE, value: S3 }\n        - { name: FS_DEFAULT_FS, value: \"s3a://data\" }\n        \
             - { name: REGISTRY_SERVERS, value: \"zookeeper:2181\" }\n        - { name: FS_S3A_ENDPOINT, value: minio }\n",
        ),
    ],
    check: Check::Component(check),
};

fn check(subject: &Subject<'_, '_>, parameters: &Parameters<'_>) -> Vec<Finding> {
    let domains = parameters.texts("domains");
    if !servers(subject).iter().any(|server| server.line == Line::One) {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for store in stores(subject, "S3") {
        let Some(endpoint) = store.container.variable(subject, "FS_S3A_ENDPOINT") else { continue };
        let host = host(endpoint.as_str().unwrap_or_default());
        let bucket = store.root.as_str().map_or("", |text| parts(text).1);
        let served =
            |domain: &&str| host.strip_suffix(*domain).is_some_and(|r| r.is_empty() || r.ends_with('.'));
        // A bucket that is no name of a host stands in the path all the same.
        let named = bucket.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if host.is_empty() || host.parse::<IpAddr>().is_ok() || !named || domains.iter().any(served) {
            continue;
        }
        let message =
            format!("DolphinScheduler 1.3 looks for the object store at the host `{bucket}.{host}`");
        findings.push(
            subject
                .finding(RULE.code, endpoint.by, endpoint.as_str(), message)
                .help("write the address and the port of the store, as in `http://192.168.1.100:9000`"),
        );
    }
    findings
}

/// The host of an endpoint, with a scheme or without.
fn host(endpoint: &str) -> &str {
    let (_, authority) = parts(endpoint);
    match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::host;

    #[test]
    fn the_host_of_an_endpoint() {
        for (endpoint, want) in [
            ("http://192.168.1.100:9000", "192.168.1.100"),
            ("minio:9000", "minio"),
            ("https://[fd00::1]:9000/", "fd00::1"),
            ("", ""),
        ] {
            assert_eq!(host(endpoint), want, "{endpoint}");
        }
    }
}
