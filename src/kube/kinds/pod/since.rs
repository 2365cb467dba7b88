//! Since which minor version of Kubernetes a server judges fields of pods. Before, it drops them, whatever they hold.

/// `affinity.podAffinity...matchLabelKeys`.
pub(super) const AFFINITY_KEYS: u32 = 31;
/// `resizePolicy`.
pub(super) const RESIZE: u32 = 33;
/// Names of environment variables may be of all characters that can be printed.
pub(super) const RELAXED_ENV: u32 = 32;
/// Search domains may be `.`, and hold `_`.
pub(super) const RELAXED_SEARCH: u32 = 33;
/// `restartPolicy` of init containers.
pub(super) const SIDECARS: u32 = 29;
/// `restartPolicy` of all containers is dropped where rules for it are not enabled.
pub(super) const RESTART_RULES: u32 = 34;
/// `lifecycle...sleep`.
pub(super) const SLEEP: u32 = 30;
/// `lifecycle...sleep` of 0 seconds.
pub(super) const SLEEP_NONE: u32 = 33;
/// `recursiveReadOnly`.
pub(super) const RECURSIVE_READ_ONLY: u32 = 31;
/// `hostUsers`, and `procMount` that depends on it.
pub(super) const HOST_USERS: u32 = 33;
/// `volumeDevices` may not stand beside `hostUsers: false`.
pub(super) const DEVICES_OF_HOST_USERS: u32 = 34;
/// `supplementalGroupsPolicy`.
pub(super) const GROUPS_POLICY: u32 = 33;
/// `seLinuxChangePolicy`.
pub(super) const SELINUX_POLICY: u32 = 33;
/// `resources` of the pod.
pub(super) const POD_RESOURCES: u32 = 34;
/// `resourceClaims`.
pub(super) const CLAIMS: u32 = 34;
/// `topologySpreadConstraints...matchLabelKeys`.
pub(super) const SPREAD_KEYS: u32 = 27;
/// `topologySpreadConstraints...matchLabelKeys` may repeat keys of the selector where labels are not merged.
pub(super) const SPREAD_KEYS_MERGED: u32 = 34;
/// `fileKeyRef`; before it is dropped, which leaves no source.
pub(super) const ENV_FILES: u32 = 35;
/// The templates of a `StatefulSet` are judged.
pub(super) const STATEFUL_TEMPLATES: u32 = 34;
