//! `PriorityLevelConfiguration`: how many requests of a level are served at once, and how others wait.

use crate::kube::{at::At, check::Check};

/// The most queues.
const QUEUES: i64 = 10_000_000;
/// How many bits of chance a request has to choose its queues.
const CHANCE: f64 = 60.0;
/// An annotation of an older version.
const SHARES: &str = "flowcontrol.k8s.io/v1beta3-preserve-zero-concurrency-shares";

/// Checks a `PriorityLevelConfiguration`.
pub(super) fn check<'t>(check: &mut Check<'t>, object: At<'t>) {
    let (spec, name) = (object.get("spec"), object.at(&["metadata", "name"]));
    let (kind, limited, exempt) = (spec.get("type"), spec.get("limited"), spec.get("exempt"));
    let annotation = object.at(&["metadata", "annotations", SHARES]);
    if check.version == "v1" && annotation.depth == 0 {
        check.forbidden(annotation, "may only be set in version `v1beta3`");
    }
    if !check.require_one_of(kind, &["Exempt", "Limited"]) {
        return;
    }
    if (name.str() == "exempt") != (kind.str() == "Exempt") {
        check.invalid(kind, "must be `Exempt` for the level of the name `exempt`, and for no other");
    }
    if kind.str() == "Exempt" {
        if limited.present() {
            check.forbidden(limited, "may only be set for the type `Limited`");
        }
        shares(check, exempt);
        return;
    }
    if exempt.present() {
        check.forbidden(exempt, "may only be set for the type `Exempt`");
    }
    if limited.absent() {
        check.required(limited, "`type` asks for it");
        return;
    }
    shares(check, limited);
    check.not_negative(limited.get("borrowingLimitPercent"));
    let response = limited.get("limitResponse");
    let (kind, queuing) = (response.get("type"), response.get("queuing"));
    if !check.require_one_of(kind, &["Queue", "Reject"]) {
        return;
    }
    match (kind.str() == "Queue", queuing.present()) {
        (true, false) => check.required(queuing, "the type `Queue` needs it"),
        (false, true) => check.forbidden(queuing, "may only be set for the type `Queue`"),
        (true, true) => self::queuing(check, queuing),
        (false, false) => {}
    }
}

fn shares<'t>(check: &mut Check<'t>, at: At<'t>) {
    check.not_negative(at.get("nominalConcurrencyShares"));
    check.within(at.get("lendablePercent"), 0, 100);
}

fn queuing<'t>(check: &mut Check<'t>, at: At<'t>) {
    // 0 is the default.
    let number = |key, default| at.get(key).int().filter(|n| *n != 0).unwrap_or(default);
    let (queues, hand) = (number("queues", 64), number("handSize", 8));
    check.not_negative(at.get("queueLengthLimit"));
    let fine = check.within(at.get("queues"), 0, QUEUES) & check.not_negative(at.get("handSize"));
    if !fine {
        return;
    }
    if hand > queues {
        check.invalid(at.get("handSize"), format!("must be {queues} or less, the number of queues"));
        return;
    }
    #[expect(clippy::cast_precision_loss, reason = "at most ten million")]
    let bits = ((queues as f64).log2() * hand as f64).ceil();
    if bits > CHANCE {
        check.invalid(
            at.get("handSize"),
            format!(
                "must be less for {queues} queues: it takes {bits} bits of chance, and there are {CHANCE}"
            ),
        );
    }
}
