//! Generates large workspaces, the same one for the same number: a root layer, a layer a region, and environments whose
//! values say about as much as those that people write (`environments/prod` of this repository).
//!
//! Each environment runs one DolphinScheduler with an external database, an external ZooKeeper, S3 and an ingress, as the
//! upstream chart renders it: 15 objects.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// So many environments share a region's layer.
const REGION: usize = 50;

const ROOT_ENVIRONMENT: &str = "\
components:
  dolphinscheduler:
    package: dolphinscheduler
    version: 1.3.9
    improvements: none
rules:
  secret-plain-text: allow
";

const ROOT_VALUES: &str = "\
timezone: Asia/Shanghai
image:
  repository: harbor.example.com/apache/dolphinscheduler
  tag: 1.3.9-mysql-oracle-datax
  pullPolicy: IfNotPresent
  pullSecret: harbor
postgresql:
  enabled: false
zookeeper:
  enabled: false
common:
  configmap:
    DATA_BASEDIR_PATH: /tmp/dolphinscheduler
    RESOURCE_STORAGE_TYPE: S3
    RESOURCE_UPLOAD_PATH: /dolphinscheduler
ingress:
  enabled: true
  path: /dolphinscheduler
";

/// The environments' names, in order.
pub(crate) fn names(count: usize) -> impl Iterator<Item = String> {
    (0..count).map(|n| format!("{}/site-{n:04}", region(n)))
}

/// Writes a workspace of `count` environments at `root`, whose `environments/` must not be there yet.
pub(crate) fn workspace(root: &Path, count: usize) -> io::Result<()> {
    let environments = root.join("environments");
    write(&environments, ROOT_ENVIRONMENT, ROOT_VALUES)?;
    for n in (0..count).step_by(REGION) {
        write(&environments.join(region(n)), &region_environment(n), &region_values(n))?;
    }
    for (n, name) in names(count).enumerate() {
        write(&environments.join(name), &site_environment(n), &site_values(n))?;
    }
    Ok(())
}

fn region(n: usize) -> String {
    format!("region-{:02}", n / REGION)
}

fn write(folder: &Path, environment: &str, values: &str) -> io::Result<()> {
    let file = |name: &str| -> PathBuf { folder.join(name) };
    fs::create_dir_all(folder)?;
    fs::write(file("environment.yaml"), environment)?;
    fs::write(file("dolphinscheduler.yaml"), values)
}

fn region_environment(n: usize) -> String {
    format!(
        "# What the region shares.\nnamespace: ds-{:02}\nrules:\n  image-tag-floating: error\n",
        n / REGION
    )
}

fn region_values(n: usize) -> String {
    let region = n / REGION;
    format!(
        "\
# The region's own MinIO, and what its clusters have to give.
common:
  configmap:
    FS_DEFAULT_FS: s3a://dfs-{region:02}
    FS_S3A_ENDPOINT: http://10.{region}.0.9:9000
    FS_S3A_ACCESS_KEY: region-{region:02}
    FS_S3A_SECRET_KEY: change-me-{region:02}
master:
  podManagementPolicy: Parallel
  annotations: &mesh
    linkerd.io/inject: enabled
worker:
  podManagementPolicy: Parallel
  annotations: *mesh
alert:
  annotations: *mesh
api:
  annotations: *mesh
"
    )
}

fn site_environment(n: usize) -> String {
    format!(
        "# One site.\ncluster: {{ name: site-{n:04}, server: \"https://10.1.{}.{}:6443\", kubernetesVersion: \"1.33\" }}\n",
        n / 250,
        n % 250
    )
}

fn site_values(n: usize) -> String {
    let (high, low, replicas) = (n / 250, n % 250, 3 + n % 3);
    format!(
        "\
# Only what is local to the site stands here.
externalDatabase:
  type: postgresql
  driver: org.postgresql.Driver
  host: 192.168.{high}.{low}
  port: \"5432\"
  username: admin-{n:04}
  password: change-me-{n:04}
  database: dolphinscheduler
  params: characterEncoding=utf8
externalZookeeper:
  zookeeperQuorum: \"zookeeper-0.zk-{n:04}:2181,zookeeper-1.zk-{n:04}:2181,zookeeper-2.zk-{n:04}:2181\"
  zookeeperRoot: /dolphinscheduler/{n:04}
master:
  replicas: \"{replicas}\"
  resources: &jvm
    limits: {{ cpu: \"4\", memory: 8Gi }}
    requests: {{ cpu: 500m, memory: 2Gi }}
  configmap:
    MASTER_EXEC_THREADS: \"{threads}\"
    MASTER_EXEC_TASK_NUM: \"20\"
worker:
  replicas: \"{replicas}\"
  resources: *jvm
  configmap:
    # The site's own machines are of different sizes.
    WORKER_EXEC_THREADS: \"{threads}\"
    WORKER_GROUPS: default,site-{n:04}
alert:
  replicas: \"2\"
  resources: &server
    limits: {{ cpu: \"1\", memory: 2Gi }}
    requests: {{ cpu: 500m, memory: 1Gi }}
api:
  replicas: \"2\"
  resources: *server
ingress:
  host: ds-{n:04}.example.com
  tls:
    enabled: true
    secretName: ds-{n:04}-tls
",
        threads = 50 + n % 50
    )
}
