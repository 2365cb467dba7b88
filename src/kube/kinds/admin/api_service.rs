//! `APIService`: which server answers for a version of an API group.

use crate::kube::{
    at::At,
    check::{Check, Fault},
    format::names,
};

/// Checks an `APIService`.
pub(super) fn check<'t>(check: &mut Check<'t>, object: At<'t>) {
    let (name, spec) = (object.at(&["metadata", "name"]), object.get("spec"));
    let (group, version, service) = (spec.get("group"), spec.get("version"), spec.get("service"));
    let wanted = format!("{}.{}", version.str(), group.str());
    if name.str() != wanted {
        check.fault(
            Fault::NameInvalid,
            name,
            format!("must be the version, a dot and the group: `{wanted}`"),
        );
    }
    let generated = object.at(&["metadata", "generateName"]);
    if !generated.blank() {
        check.forbidden(generated, "may not be set: the name is fixed");
    }
    if !group.blank() {
        check.text(group, names::subdomain);
    } else if version.str() != "v1" {
        check.required(group, "only the version `v1` may have none");
    }
    if check.require(version) {
        check.text(version, names::label_1035);
    }
    for (key, most) in [("groupPriorityMinimum", 20_000), ("versionPriority", 1000)] {
        let priority = spec.get(key);
        if priority.absent() {
            check.required(priority, "");
        }
        check.within(priority, 1, most);
    }
    let (bundle, insecure) = (spec.get("caBundle"), spec.get("insecureSkipTLSVerify"));
    if service.absent() {
        if !bundle.blank() {
            check.forbidden(bundle, "may only be set when there is a `service`");
        }
        if insecure.flag() {
            check.forbidden(insecure, "may only be true when there is a `service`");
        }
        return;
    }
    check.require(service.get("name"));
    check.require(service.get("namespace"));
    check.within(service.get("port"), 1, 65535);
    if insecure.flag() && !bundle.blank() {
        check.forbidden(insecure, "may not be true beside `caBundle`");
    }
}
