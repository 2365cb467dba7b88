//! `Node`, and `Binding` of a pod to one.

use crate::kube::{
    at::At,
    check::{Check, Fault},
    format::{names, net, resources},
};

/// Checks a `Node`.
pub(super) fn check<'t>(check: &mut Check<'t>, object: At<'t>) {
    let spec = object.get("spec");
    taints(check, spec.get("taints"));
    ranges(check, spec);
    for list in ["capacity", "allocatable"] {
        for (name, amount) in object.at(&["status", list]).members() {
            quantity(check, name, amount);
        }
    }
    check.within(object.at(&["status", "nodeInfo", "swap", "capacity"]), 1, i64::MAX);
    if spec.get("configSource").present() {
        check.breaks(spec.get("configSource"), "nodes no longer read it");
    }
    if !spec.get("externalID").blank() {
        check.warn(spec.get("externalID"), "it is deprecated, and nothing reads it");
    }
}

fn taints<'t>(check: &mut Check<'t>, at: At<'t>) {
    for taint in at.items() {
        let key = taint.get("key");
        if check.require(key)
            && let Some(what) = names::qualified(key.str())
        {
            check.fault(Fault::NameInvalid, key, what);
        }
        check.text(taint.get("value"), names::label_value);
        check.require_one_of(taint.get("effect"), &["NoSchedule", "PreferNoSchedule", "NoExecute"]);
    }
    let key = |taint: At<'t>| Some((taint.get("key").str(), taint.get("effect").str()));
    check.unique(at.items(), key, "another taint has this key and effect");
}

/// The ranges of the pods' addresses; the old single one stands before the first of the list.
fn ranges<'t>(check: &mut Check<'t>, spec: At<'t>) {
    let (one, list) = (spec.get("podCIDR"), spec.get("podCIDRs"));
    let single = !one.blank() && list.items().next().is_none_or(|first| first.str() != one.str());
    let all: Vec<At<'t>> = if single { vec![one] } else { list.items().collect() };
    let judge = net::cidr_judge(check.minor);
    let fine = check.clean(|check| {
        for range in &all {
            match judge(range.str()) {
                Some(what) => check.invalid(*range, what),
                None => {
                    if let Some(what) = net::cidr_concern(range.str()) {
                        check.warn(*range, what);
                    }
                }
            }
        }
    });
    let v4 =
        all.iter().filter(|at| net::Range::parse(at.str()).is_some_and(|range| net::is_v4(range.ip))).count();
    if fine && all.len() > 1 && (all.len() > 2 || v4 != 1) {
        check.invalid(list, "must hold at most one IPv4 and one IPv6 range");
    }
}

/// An amount of a resource: not negative, and whole where the resource is counted.
pub(super) fn quantity<'t>(check: &mut Check<'t>, name: &str, amount: At<'t>) {
    let Some(value) = amount.quantity() else { return };
    if value.sign() < 0 {
        check.invalid(amount, "must be 0 or more");
    } else if resources::is_whole(name) && value.milli() % 1000 != 0 {
        check.invalid(amount, "must be a whole number");
    }
}

/// Checks a `Binding`.
pub(super) fn binding<'t>(check: &mut Check<'t>, object: At<'t>) {
    let target = object.get("target");
    check.one_of(target.get("kind"), &["Node"]);
    check.require(target.get("name"));
}
