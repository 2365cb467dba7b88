//! What people get wrong in the values of DolphinScheduler: each mistake is one finding at the place to mend.

use crate::support::Case;

const ENVIRONMENT: &str = "namespace: ds\ncomponents:\n  ds: { package: dolphinscheduler, version: 1.3.9 }\n\
    rules: { \"*\": allow, image-tag-floating: error, secret-plain-text: error }\n";

/// Values, and the findings: `line:column code`.
const MISTAKES: &[(&str, &[&str])] = &[
    ("master:\n  replicas: fiv\n", &["2:13 schema-value"]),
    ("worker:\n  replica: 3\n", &["2:3 schema-unknown-key"]),
    ("image:\n  tag: latest\n", &["2:8 image-tag-floating"]),
    ("image:\n  pullPolicy: Allways\n", &["2:15 schema-value"]),
    ("common:\n  configmap:\n    FLAG: on\n", &["3:11 yaml-ambiguous-scalar"]),
    ("ingress:\n  host: on\n", &["2:9 yaml-ambiguous-scalar"]),
    ("master:\n  replicas: 3\nworker:\n  replicas: 3\nmaster:\n  replicas: 5\n", &["5:1 yaml-duplicate-key"]),
    (
        "postgresql: { enabled: false }\nexternalDatabase:\n  host: db\n  existingSecret: { name: db }\n  port: \"54x2\"\n",
        &["5:9 schema-value"],
    ),
    ("zookeeper:\n  enabled: false\n", &["2:3 schema-missing"]),
    ("zookeeper:\n  enabled: false\nexternalZookeeper:\n  zookeeperQuorum: \"\"\n", &["4:20 schema-missing"]),
    ("common:\n  configmap:\n    RESOURCE_STORAGE_TYPE: S3\n", &["3:5 schema-missing"]),
    (
        "common:\n  configmap:\n    RESOURCE_STORAGE_TYPE: S3\n    FS_S3A_ENDPOINT: null\n",
        &["4:5 schema-missing"],
    ),
    (
        "postgresql: { enabled: false }\nexternalDatabase:\n  host: db\n  password: hunter2-hunter2\n",
        &["4:13 secret-plain-text"],
    ),
    ("postgresql: { enabled: false }\n", &["1:15 schema-missing"]),
    ("master:\n\treplicas: 3\n", &["2:1 yaml-syntax"]),
    ("master:\n  replicas: 3\n   podManagementPolicy: Parallel\n", &["3:4 yaml-syntax"]),
    ("image:\n  tag: 1.10\n", &["2:8 yaml-ambiguous-scalar"]),
    ("api:\n  replicas: -1\n", &["2:13 schema-value"]),
    ("api:\n  - replicas: 1\n", &["2:3 schema-type"]),
    ("api: 3\n", &["1:6 schema-type"]),
    ("zookeeper: { enabled: off }\n", &["1:23 yaml-ambiguous-scalar"]),
    ("master:\n<<<<<<< HEAD\n  replicas: 3\n=======\n  replicas: 4\n>>>>>>> theirs\n", &["2:1 yaml-syntax"]),
    // One autoscaler, which has something to look at.
    (
        "worker:\n  resources: { requests: { cpu: 1 } }\n  autoscaling: { enabled: true }\n  keda: { enabled: true }\n",
        &["4:20 schema-value"],
    ),
    ("worker:\n  autoscaling: { enabled: true }\n", &["2:18 schema-missing"]),
    // Where only a limit is set, it is the request, too.
    (
        "worker:\n  autoscaling: { enabled: true }\n  resources: { limits: { memory: 1Gi } }\n",
        &["2:18 schema-missing"],
    ),
    (
        "worker:\n  autoscaling: { enabled: true }\n  resources: { limits: { cpu: 1 } }\nimage: { tag: latest }\n",
        &["4:15 image-tag-floating"],
    ),
    (
        "worker:\n  resources: { requests: { cpu: 1 } }\n  autoscaling: { enabled: true, targetMemoryUtilizationPercentage: 80 }\n",
        &["3:18 schema-missing"],
    ),
    (
        "worker:\n  autoscaling: { enabled: true, targetCPUUtilizationPercentage: null }\n",
        &["2:33 schema-missing"],
    ),
    (
        "worker:\n  autoscaling: { enabled: true, maxReplicas: 0 }\n  resources: { requests: { cpu: 1 } }\n",
        &["2:46 schema-value"],
    ),
    ("worker:\n  autoscaling: { minReplicas: 10, maxReplicas: 3 }\n", &["2:31 schema-value"]),
    ("worker:\n  keda: { maxReplicaCount: 3, minReplicaCount: \"4\" }\n", &["2:48 schema-value"]),
    ("worker:\n  autoscaling: { maxReplicas: 2 }\n", &["2:31 schema-value"]),
    (
        "postgresql: { enabled: false }\nexternalDatabase: { host: db, existingSecret: { name: db }, type: mysql }\nworker: { keda: { enabled: true } }\n",
        &["2:67 schema-value"],
    ),
    ("api:\n  pdb: { create: true, minAvailable: 1, maxUnavailable: 50% }\n", &["2:57 schema-type"]),
    (
        "api:\n  podAntiAffinityPreset: soft\n  affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [] } }\n",
        &["3:32 schema-type"],
    ),
    ("serviceAccount:\n  annotations: { a: b }\n", &["2:3 schema-value"]),
    ("api:\n  topologySpreadPreset: strong\n", &["2:25 schema-value"]),
    (
        "master:\n  updateStrategy: { type: OnDelete, rollingUpdate: { partition: 1 } }\n",
        &["2:52 schema-type"],
    ),
    ("worker:\n  logCleaner: { enabled: true, days: 0 }\n", &["2:38 schema-value"]),
    ("worker:\n  containerSecurityContext: { runAsRoot: true }\n", &["2:31 schema-unknown-key"]),
    // Several mistakes are several findings, and none of them hides another.
    (
        "master:\n  replicas: fiv\nworker:\n  replica: 3\nimage:\n  tag: 1.10\n  pullPolicy: Allways\n",
        &["2:13 schema-value", "4:3 schema-unknown-key", "6:8 yaml-ambiguous-scalar", "7:15 schema-value"],
    ),
    (
        "postgresql: { enabled: false }\nzookeeper: { enabled: false }\ncommon: { configmap: { RESOURCE_STORAGE_TYPE: S3 } }\n",
        &["1:15 schema-missing", "2:14 schema-missing", "3:24 schema-missing"],
    ),
];

#[test]
fn a_mistake_is_one_finding_at_its_place() {
    let mut faults = String::new();
    for (values, want) in MISTAKES {
        let case = Case::new()
            .file("environments/dev/environment.yaml", ENVIRONMENT)
            .file("environments/dev/ds.yaml", values);
        let said = case.said(&["check", "--report=json"].map(str::to_owned));
        let report: serde_json::Value = serde_json::from_str(&said.stdout).unwrap();
        let found: Vec<String> = report["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|f| {
                let at = &f["location"];
                assert_eq!(at["file"], "environments/dev/ds.yaml");
                format!("{}:{} {}", at["line"], at["column"], f["code"].as_str().unwrap())
            })
            .collect();
        if found != *want || said.code != 1 {
            faults += &format!("{values}\nexpected {want:?}\ngot {found:?}, exit {}\n", said.code);
        }
    }
    assert!(faults.is_empty(), "{faults}");
}
