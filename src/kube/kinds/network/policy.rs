//! `NetworkPolicy`: selectors, peers, ports and ranges of addresses.

use crate::kube::{
    at::{At, Data},
    check::Check,
    format::{
        names,
        net::{self, Range},
    },
    kinds::selector::selector,
};

/// Checks a `NetworkPolicy`.
pub(super) fn check<'t>(check: &mut Check<'t>, object: At<'t>) {
    let spec = object.get("spec");
    selector(check, spec.get("podSelector"));
    for (rules, peers) in [("ingress", "from"), ("egress", "to")] {
        for rule in spec.get(rules).items() {
            rule.get("ports").items().for_each(|one| port(check, one));
            rule.get(peers).items().for_each(|one| peer(check, one));
        }
    }
    let types = spec.get("policyTypes");
    if types.len() > 2 {
        check.too_long(types, "must have at most 2 items");
        return;
    }
    for one in types.items() {
        check.require_one_of(one, &["Ingress", "Egress"]);
    }
}

fn port<'t>(check: &mut Check<'t>, at: At<'t>) {
    check.one_of_or_null(at.get("protocol"), &["TCP", "UDP", "SCTP"]);
    let (port, end) = (at.get("port"), at.get("endPort"));
    match port.data() {
        Data::Null => {
            if end.present() {
                check.forbidden(end, "may only be set beside `port`");
            }
        }
        Data::Str(_) => {
            check.text(port, names::port_name);
            if end.present() {
                check.forbidden(end, "may only be set when `port` is a number");
            }
        }
        _ => {
            let fine = check.within(port, 1, 65535) & check.within(end, 1, 65535);
            if fine && end.present() && end.int() < port.int() {
                check.invalid(end, "must be `port` or more");
            }
        }
    }
}

fn peer<'t>(check: &mut Check<'t>, at: At<'t>) {
    let (pods, namespaces, block) = (at.get("podSelector"), at.get("namespaceSelector"), at.get("ipBlock"));
    selector(check, pods);
    selector(check, namespaces);
    let selects = pods.present() || namespaces.present();
    if block.absent() {
        if !selects {
            check.required(at, "needs a `podSelector`, a `namespaceSelector` or an `ipBlock`");
        }
        return;
    }
    if selects {
        check.forbidden(block, "may not stand beside `podSelector` or `namespaceSelector`");
    }
    let cidr = block.get("cidr");
    if !check.require(cidr) {
        return;
    }
    range(check, cidr);
    let Some(whole) = Range::parse(cidr.str()) else { return };
    for except in block.get("except").items() {
        if let Some(part) = range(check, except)
            && !whole.has_smaller(part)
        {
            check.invalid(except, "must lie within `cidr` and be smaller");
        }
    }
}

/// Judges a range of addresses.
fn range<'t>(check: &mut Check<'t>, at: At<'t>) -> Option<Range> {
    let found = Range::parse(at.str());
    if let Some(what) = net::cidr_judge(check.minor)(at.str()) {
        check.invalid(at, what);
    } else if check.minor >= super::IP_WARNINGS
        && let Some(concern) = net::cidr_concern(at.str())
    {
        check.warn(at, concern);
    }
    found
}
