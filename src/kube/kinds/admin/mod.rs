//! The kinds by which a cluster is extended and governed: webhooks, policies, definitions, API services, flow control,
//! devices.

mod api_service;
mod cel;
mod client;
mod definition;
mod device;
mod device_slice;
mod flow;
mod level;
mod matching;
mod policy;
mod schema;
mod structural;
mod webhook;

use super::Rules;
use crate::kube::{at::At, check::Check, format::names};

const ADMISSION: &str = "admissionregistration.k8s.io";
const FLOW: &str = "flowcontrol.apiserver.k8s.io";
const DEVICES: &str = "resource.k8s.io";

/// The rules of a kind whose names are DNS subdomains.
const fn rules(group: &'static str, kind: &'static str, check: for<'t> fn(&mut Check<'t>, At<'t>)) -> Rules {
    Rules { group, kind, name: names::subdomain, check }
}

/// The kinds of this area.
pub(super) const RULES: &[Rules] = &[
    rules(ADMISSION, "MutatingWebhookConfiguration", webhook::check),
    rules(ADMISSION, "ValidatingWebhookConfiguration", webhook::check),
    rules(ADMISSION, "ValidatingAdmissionPolicy", policy::validating),
    rules(ADMISSION, "ValidatingAdmissionPolicyBinding", policy::validating_binding),
    rules(ADMISSION, "MutatingAdmissionPolicy", policy::mutating),
    rules(ADMISSION, "MutatingAdmissionPolicyBinding", policy::mutating_binding),
    rules("apiextensions.k8s.io", "CustomResourceDefinition", definition::check),
    Rules {
        group: "apiregistration.k8s.io",
        kind: "APIService",
        name: names::path_segment,
        check: api_service::check,
    },
    rules(FLOW, "FlowSchema", flow::check),
    rules(FLOW, "PriorityLevelConfiguration", level::check),
    rules(DEVICES, "DeviceClass", device::class),
    rules(DEVICES, "ResourceClaim", device::claim),
    rules(DEVICES, "ResourceClaimTemplate", device::template),
    rules(DEVICES, "ResourceSlice", device_slice::check),
    rules("storagemigration.k8s.io", "StorageVersionMigration", migration),
];

fn migration<'t>(check: &mut Check<'t>, object: At<'t>) {
    for key in ["resource", "version"] {
        check.require(object.at(&["spec", "resource", key]));
    }
}
