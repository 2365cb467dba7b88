//! Which pods of an environment get a proxy of Linkerd, and what it is told: by their own annotations, else by those of their
//! namespace, where that is in Git.

use crate::{
    field::Field,
    manifest::Manifest,
    rules::{
        Environment, Subject,
        objects::{
            Workload,
            labels::{annotation, label},
            workloads,
        },
    },
};

/// The annotation that decides whether pods get a proxy.
pub(super) const INJECT: &str = "linkerd.io/inject";
/// The ports whose protocol is not looked for. It replaces [`DEFAULT_OPAQUE`].
pub(super) const OPAQUE: &str = "config.linkerd.io/opaque-ports";
/// Linkerd's own list of them.
pub(super) const DEFAULT_OPAQUE: &str = "25,587,3306,4444,5432,6379,9300,11211";

/// An annotation, with the component that has it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Said<'e, 'm, 'a> {
    pub(super) subject: &'e Subject<'m, 'a>,
    pub(super) field: &'m Field<'a>,
}

impl<'m> Said<'_, 'm, '_> {
    /// Its text.
    pub(super) fn text(&self) -> &'m str {
        self.field.as_str().unwrap_or_default()
    }
}

/// A workload whose pods get a proxy.
#[derive(Debug, Clone, Copy)]
pub(super) struct Meshed<'e, 'm, 'a> {
    pub(super) subject: &'e Subject<'m, 'a>,
    pub(super) workload: Workload<'m, 'a>,
    /// What asks for the proxy.
    pub(super) inject: Said<'e, 'm, 'a>,
    /// The namespace, if it is in Git.
    namespace: Option<Said<'e, 'm, 'a>>,
}

impl<'e, 'm, 'a> Meshed<'e, 'm, 'a> {
    /// What the pods say, else what their namespace does.
    pub(super) fn said(&self, key: &str) -> Option<Said<'e, 'm, 'a>> {
        let own = annotation(self.workload.template, key).map(|field| Said { subject: self.subject, field });
        own.or_else(|| of_namespace(self.namespace, key))
    }

    /// Whether the pods themselves ask for the proxy.
    pub(super) fn own(&self) -> bool {
        annotation(self.workload.template, INJECT).is_some_and(asks)
    }
}

/// The workloads of an environment whose pods get a proxy.
pub(super) fn meshed<'e, 'm, 'a>(environment: &'e Environment<'m, 'a>) -> Vec<Meshed<'e, 'm, 'a>> {
    let mut found = Vec::new();
    for subject in environment.components {
        for workload in workloads(subject) {
            let namespace = namespace(environment, workload.manifest);
            let host = workload.pod().and_then(|pod| pod.get("hostNetwork"));
            if host.is_some_and(|h| h.data == crate::field::Data::Bool(true)) {
                continue;
            }
            let own = annotation(workload.template, INJECT).map(|field| Said { subject, field });
            let inject = match own {
                Some(own) if asks(own.field) => Some(own),
                Some(own) if own.text() == "disabled" => None,
                _ => asked_of_namespace(namespace),
            };
            found.extend(inject.map(|inject| Meshed { subject, workload, inject, namespace }));
        }
    }
    found
}

/// What a namespace that gives all its pods a proxy says so with.
pub(super) fn asked_of_namespace<'e, 'm, 'a>(
    namespace: Option<Said<'e, 'm, 'a>>,
) -> Option<Said<'e, 'm, 'a>> {
    of_namespace(namespace, INJECT).filter(|said| asks(said.field))
}

/// The Namespace of an object, if it is in Git and Linkerd looks at it.
pub(super) fn namespace<'e, 'm, 'a>(
    environment: &'e Environment<'m, 'a>,
    manifest: &Manifest<'_>,
) -> Option<Said<'e, 'm, 'a>> {
    let name = manifest.identity.namespace.as_deref()?;
    let off = |body: &Field<'_>| label(body, "config.linkerd.io/admission-webhooks") == Some("disabled");
    let found = environment.inventory().find("Namespace", None, name);
    let found = found.filter(|found| found.manifest.identity.group.is_empty());
    let found = found.map(|found| Said { subject: found.subject, field: &found.manifest.body });
    found.filter(|said| !off(said.field))
}

fn of_namespace<'e, 'm, 'a>(namespace: Option<Said<'e, 'm, 'a>>, key: &str) -> Option<Said<'e, 'm, 'a>> {
    let namespace = namespace?;
    annotation(namespace.field, key).map(|field| Said { field, ..namespace })
}

/// Whether a value of [`INJECT`] asks for a proxy.
pub(super) fn asks(inject: &Field<'_>) -> bool {
    matches!(inject.as_str(), Some("enabled" | "ingress"))
}
