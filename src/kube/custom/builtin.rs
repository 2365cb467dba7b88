//! The types of Kubernetes itself within schemas of custom kinds: `x-podwright-type: core.v1.PodSpec` in a schema stands
//! for what the definitions of operators spell out, field by field, without words.
//!
//! As in those, numbers have no range, and the versions of Kubernetes do not matter.

use super::{
    formats::Format,
    schema::{Additional, Kind, Limits, Schema},
};
use crate::kube::shape::{self, Shape};

/// The schema of a type; anything when it is not known, which is a defect of who names it.
pub(super) fn schema(name: &str) -> Schema {
    match shape::known(name) {
        Some(shape) => of(&shape, 0),
        None => Schema { preserves: true, ..Schema::default() },
    }
}

/// How deep types may stand within each other: JSON schemas do without end.
const DEPTH: usize = 16;

fn of(shape: &Shape, depth: usize) -> Schema {
    let kind = |kind| Schema { kind: Some(kind), ..Schema::default() };
    let formatted = |schema: Schema, format| {
        let limits = Limits { format: Some(format), ..Limits::default() };
        Schema { limits: Some(Box::new(limits)), ..schema }
    };
    match shape {
        Shape::Bool => kind(Kind::Boolean),
        Shape::Int32 | Shape::Int64 => kind(Kind::Integer),
        Shape::Float => kind(Kind::Number),
        Shape::Str | Shape::Duration => kind(Kind::String),
        Shape::Bytes => formatted(kind(Kind::String), Format::Byte),
        Shape::Time | Shape::MicroTime => formatted(kind(Kind::String), Format::DateTime),
        Shape::Quantity => formatted(Schema { int_or_string: true, ..Schema::default() }, Format::Quantity),
        Shape::IntOrString => Schema { int_or_string: true, ..Schema::default() },
        Shape::List(item, _) => Schema { items: Some(Box::new(of(item, depth + 1))), ..kind(Kind::Array) },
        Shape::Map(value) => {
            Schema { additional: Additional::Schema(Box::new(of(value, depth + 1))), ..kind(Kind::Object) }
        }
        Shape::Struct(link) if depth < DEPTH => structure(link.name(), depth),
        _ => Schema { preserves: true, ..Schema::default() },
    }
}

fn structure(name: &'static str, depth: usize) -> Schema {
    let Some(found) = shape::find(name) else { return Schema { preserves: true, ..Schema::default() } };
    let mut properties: Vec<(Box<str>, Schema)> =
        found.fields().map(|f| (f.name.into(), of(&f.shape, depth + 1))).collect();
    // What changed its shape between versions of Kubernetes is there twice.
    properties.dedup_by(|b, a| a.0 == b.0);
    let required = REQUIRED.iter().find(|(of, _)| *of == name).map_or(&[][..], |(_, names)| names);
    Schema {
        kind: Some(Kind::Object),
        properties,
        required: required.iter().map(|name| (*name).into()).collect(),
        ..Schema::default()
    }
}

/// The fields without which a type is refused, as its documentation says: those that are not optional and have no default.
const REQUIRED: &[(&str, &[&str])] = &[
    ("autoscaling.v2.HPAScalingPolicy", &["periodSeconds", "type", "value"]),
    ("core.v1.AWSElasticBlockStoreVolumeSource", &["volumeID"]),
    ("core.v1.AzureDiskVolumeSource", &["diskName", "diskURI"]),
    ("core.v1.AzureFileVolumeSource", &["secretName", "shareName"]),
    ("core.v1.CSIVolumeSource", &["driver"]),
    ("core.v1.CephFSVolumeSource", &["monitors"]),
    ("core.v1.CinderVolumeSource", &["volumeID"]),
    ("core.v1.ClusterTrustBundleProjection", &["path"]),
    ("core.v1.ConfigMapKeySelector", &["key"]),
    ("core.v1.Container", &["name"]),
    ("core.v1.ContainerPort", &["containerPort"]),
    ("core.v1.ContainerResizePolicy", &["resourceName", "restartPolicy"]),
    ("core.v1.DownwardAPIVolumeFile", &["path"]),
    ("core.v1.EnvVar", &["name"]),
    ("core.v1.EphemeralContainer", &["name"]),
    ("core.v1.FlexVolumeSource", &["driver"]),
    ("core.v1.GCEPersistentDiskVolumeSource", &["pdName"]),
    ("core.v1.GRPCAction", &["port"]),
    ("core.v1.GitRepoVolumeSource", &["repository"]),
    ("core.v1.GlusterfsVolumeSource", &["endpoints", "path"]),
    ("core.v1.HTTPGetAction", &["port"]),
    ("core.v1.HTTPHeader", &["name", "value"]),
    ("core.v1.HostAlias", &["ip"]),
    ("core.v1.HostPathVolumeSource", &["path"]),
    ("core.v1.ISCSIVolumeSource", &["iqn", "lun", "targetPortal"]),
    ("core.v1.KeyToPath", &["key", "path"]),
    ("core.v1.NFSVolumeSource", &["path", "server"]),
    ("core.v1.NodeSelector", &["nodeSelectorTerms"]),
    ("core.v1.NodeSelectorRequirement", &["key", "operator"]),
    ("core.v1.ObjectFieldSelector", &["fieldPath"]),
    ("core.v1.PersistentVolumeClaimTemplate", &["spec"]),
    ("core.v1.PersistentVolumeClaimVolumeSource", &["claimName"]),
    ("core.v1.PhotonPersistentDiskVolumeSource", &["pdID"]),
    ("core.v1.PodAffinityTerm", &["topologyKey"]),
    ("core.v1.PodReadinessGate", &["conditionType"]),
    ("core.v1.PodResourceClaim", &["name"]),
    ("core.v1.PodSchedulingGate", &["name"]),
    ("core.v1.PodSpec", &["containers"]),
    ("core.v1.PortworxVolumeSource", &["volumeID"]),
    ("core.v1.PreferredSchedulingTerm", &["preference", "weight"]),
    ("core.v1.QuobyteVolumeSource", &["registry", "volume"]),
    ("core.v1.RBDVolumeSource", &["image", "monitors"]),
    ("core.v1.ResourceClaim", &["name"]),
    ("core.v1.ResourceFieldSelector", &["resource"]),
    ("core.v1.ScaleIOVolumeSource", &["gateway", "secretRef", "system"]),
    ("core.v1.SeccompProfile", &["type"]),
    ("core.v1.SecretKeySelector", &["key"]),
    ("core.v1.ServiceAccountTokenProjection", &["path"]),
    ("core.v1.ServicePort", &["port"]),
    ("core.v1.SleepAction", &["seconds"]),
    ("core.v1.Sysctl", &["name", "value"]),
    ("core.v1.TCPSocketAction", &["port"]),
    ("core.v1.TopologySpreadConstraint", &["maxSkew", "topologyKey", "whenUnsatisfiable"]),
    ("core.v1.TypedLocalObjectReference", &["kind", "name"]),
    ("core.v1.TypedObjectReference", &["kind", "name"]),
    ("core.v1.Volume", &["name"]),
    ("core.v1.VolumeDevice", &["devicePath", "name"]),
    ("core.v1.VolumeMount", &["mountPath", "name"]),
    ("core.v1.VsphereVirtualDiskVolumeSource", &["volumePath"]),
    ("core.v1.WeightedPodAffinityTerm", &["podAffinityTerm", "weight"]),
    ("meta.v1.Condition", &["lastTransitionTime", "message", "reason", "status", "type"]),
    ("meta.v1.LabelSelectorRequirement", &["key", "operator"]),
];
