//! Autoscalers: objects that set the number of pods of others.

use crate::{
    field::{Data, Field},
    manifest::{Identity, Manifest},
    rules::{Environment, Subject},
};

/// A HorizontalPodAutoscaler, or a ScaledObject of KEDA.
#[derive(Debug, Clone, Copy)]
pub(in crate::rules) struct Autoscaler<'m, 'a> {
    /// The component that it belongs to.
    pub(in crate::rules) subject: &'m Subject<'m, 'a>,
    /// The object.
    pub(in crate::rules) manifest: &'m Manifest<'a>,
    /// The field that names what it scales.
    pub(in crate::rules) target: &'m Field<'a>,
    /// The key of its spec with the least number of pods, and that number where the key is not there.
    least: (&'static str, u64),
    group: &'m str,
    kind: &'m str,
}

/// The autoscalers of an environment.
pub(in crate::rules) fn autoscalers<'m, 'a>(environment: &Environment<'m, 'a>) -> Vec<Autoscaler<'m, 'a>> {
    let all = environment.components.iter().flat_map(|subject| {
        subject.manifests.iter().filter_map(move |manifest| Autoscaler::of(subject, manifest))
    });
    all.collect()
}

impl<'m, 'a> Autoscaler<'m, 'a> {
    fn of(subject: &'m Subject<'m, 'a>, manifest: &'m Manifest<'a>) -> Option<Self> {
        // KEDA means a Deployment where nothing is said.
        let (least, default) = match (&*manifest.identity.group, &*manifest.identity.kind) {
            ("autoscaling", "HorizontalPodAutoscaler") => (("minReplicas", 1), ""),
            ("keda.sh", "ScaledObject") => (("minReplicaCount", 0), "Deployment"),
            _ => return None,
        };
        let target = manifest.body.at(&["spec", "scaleTargetRef"])?;
        let text = |key: &str| target.get(key).and_then(Field::as_str);
        let version = text("apiVersion").unwrap_or("apps/v1");
        Some(Self {
            subject,
            manifest,
            target: target.get("name")?,
            least,
            group: version.rsplit_once('/').map_or("", |(group, _)| group),
            kind: text("kind").unwrap_or(default),
        })
    }

    /// Whether it scales an object.
    pub(in crate::rules) fn scales(&self, other: &Identity) -> bool {
        self.target.as_str() == Some(&other.name)
            && (self.kind, self.group) == (&other.kind, &other.group)
            && self.manifest.identity.namespace == other.namespace
    }

    /// Whether it scales what another one scales.
    pub(in crate::rules) fn rivals(&self, other: &Self) -> bool {
        let target = |one: &Self| (one.kind, one.group, one.target.as_str());
        target(self) == target(other) && self.manifest.identity.namespace == other.manifest.identity.namespace
    }

    /// The least number of pods that it leaves.
    pub(in crate::rules) fn least(&self) -> u64 {
        match self.least_field().map(|field| &field.data) {
            Some(Data::Int(n)) => u64::try_from(*n).unwrap_or_default(),
            _ => self.least.1,
        }
    }

    /// The field with that number, where it has one.
    pub(in crate::rules) fn least_field(&self) -> Option<&'m Field<'a>> {
        self.manifest.body.at(&["spec", self.least.0])
    }

    /// The key of its spec that holds that number.
    pub(in crate::rules) fn least_key(&self) -> &'static str {
        self.least.0
    }
}
