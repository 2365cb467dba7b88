//! `Lease` and `LeaseCandidate`: durations and strategies.

use crate::kube::{
    at::At,
    check::{Check, Fault},
    format::names,
};

/// The one strategy of Kubernetes itself.
const OLDEST: &str = "OldestEmulationVersion";

/// Checks a `Lease`. A server drops `strategy` and `preferredHolder` unless coordinated elections are asked for.
pub(super) fn lease<'t>(check: &mut Check<'t>, object: At<'t>) {
    let spec = object.get("spec");
    check.within(spec.get("leaseDurationSeconds"), 1, i64::MAX);
    check.not_negative(spec.get("leaseTransitions"));
}

/// Checks a `LeaseCandidate`.
pub(super) fn candidate<'t>(check: &mut Check<'t>, object: At<'t>) {
    let spec = object.get("spec");
    let (binary, emulated, strategy) =
        (spec.get("binaryVersion"), spec.get("emulationVersion"), spec.get("strategy"));
    check.require(spec.get("leaseName"));
    check.require(binary);
    for version in [binary, emulated] {
        if !version.blank() && parts(version.str()).is_none() {
            check.invalid(version, "must be a version such as `1.34.0`");
        }
    }
    if let (Some(own), Some(of)) = (parts(binary.str()), parts(emulated.str()))
        && own < of
    {
        check.invalid(binary, "must be `emulationVersion` or later");
    }
    if !check.require(strategy) {
        return;
    }
    if strategy.str() == OLDEST {
        if parts(emulated.str()).unwrap_or_default() == [0; 3] {
            check.required(emulated, format!("the strategy `{OLDEST}` needs it"));
        }
    } else if !strategy.str().contains('/') {
        let what = format!("must be `{OLDEST}` or a name with a domain");
        check.fault(Fault::ValueUnsupported, strategy, what);
    } else {
        check.text(strategy, names::qualified);
    }
}

/// The numbers of a semantic version.
fn parts(text: &str) -> Option<[u64; 3]> {
    let core = text.split(['-', '+']).next()?;
    let mut numbers = core.split('.').map(|part| {
        let plain = part == "0" || !part.starts_with('0');
        part.bytes().all(|b| b.is_ascii_digit()).then_some(plain)?.then(|| part.parse().ok())?
    });
    let version = [numbers.next()??, numbers.next()??, numbers.next()??];
    numbers.next().is_none().then_some(version)
}
