//! Rules about data platforms: what DolphinScheduler, ZooKeeper, object stores and monitoring take amiss.

mod data_deleted_with_object;
mod dolphinscheduler_schema_race;
mod dolphinscheduler_servers_apart;
mod file_storage_not_shared;
mod jvm_heap_exceeds_memory;
mod kube_prometheus_unfit;
mod monitor_without_endpoint;
mod s3_bucket_and_upload_path_differ;
mod s3_bucket_missing;
mod s3_endpoint_host_name;
mod storage;
mod zookeeper_commands_missing;

use super::Family;

/// The family.
pub(super) const FAMILY: Family = Family {
    title: "DolphinScheduler and data platforms",
    rules: &[
        &data_deleted_with_object::RULE,
        &dolphinscheduler_schema_race::RULE,
        &dolphinscheduler_servers_apart::RULE,
        &file_storage_not_shared::RULE,
        &jvm_heap_exceeds_memory::RULE,
        &kube_prometheus_unfit::RULE,
        &monitor_without_endpoint::RULE,
        &s3_bucket_and_upload_path_differ::RULE,
        &s3_bucket_missing::RULE,
        &s3_endpoint_host_name::RULE,
        &zookeeper_commands_missing::RULE,
    ],
};
