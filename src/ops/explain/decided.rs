//! What kept a part of a template out: the condition that decided, and the values that it read.

use crate::{
    field::{By, GuardKind, Reads, Trace},
    source::Span,
    template::{Place, Under},
    values::Id,
};
use std::collections::BTreeSet;

/// Why a part of a template was not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// Its condition does not hold.
    Fails,
    /// A condition holds, and what stands in its `else` is not made.
    Holds,
    /// The loop that it stands in has no turn.
    NoTurn,
    /// Its value is null, or `omit`.
    Nothing,
}

/// What decided.
#[derive(Debug, Clone, Copy)]
pub(super) struct Decided {
    pub why: Why,
    /// The expression in the template.
    pub at: Span,
    pub reads: Reads,
}

/// What kept out a part that stands under these conditions, in these calls of fragments, outermost first. `within` is
/// the field that it would stand in: what was decided elsewhere, in other calls, is no answer.
pub(super) fn by_conditions(trace: &Trace, under: &[Under], calls: &[Span], within: By) -> Option<Decided> {
    let here = |frame: u32, guard: u32| {
        let by = By { frame, guard, ..By::default() };
        calls.starts_with(&chain(trace, by)) && inside(trace, by, within)
    };
    let left_out = |at: Span, why| {
        let mut all = trace.omissions.iter();
        all.find(|o| o.at == at && here(o.frame, o.guard)).map(|o| Decided { why, at, reads: o.reads })
    };
    under.iter().find_map(|under| match *under {
        Under::Holds(at) => left_out(at, Why::Fails),
        Under::Turns(at) => left_out(at, Why::NoTurn),
        Under::Fails(at) => {
            let mut all = trace.guards.iter();
            let taken = all.find(|g| g.at == at && g.kind == GuardKind::Holds && here(g.frame, g.parent))?;
            Some(Decided { why: Why::Holds, at, reads: taken.reads })
        }
    })
}

/// What kept out a place of a template, within the field that it would stand in.
pub(super) fn of(trace: &Trace, place: &Place, within: By) -> Option<Decided> {
    let mut calls = chain(trace, within);
    calls.extend(&place.calls);
    by_conditions(trace, &place.under, &calls, within).or_else(|| {
        if place.sure {
            return None;
        }
        let holds = |at: Span| {
            at.file == place.value.file && place.value.start <= at.start && at.end <= place.value.end
        };
        // It would be made, but what is written there came to nothing: there, or in a fragment that is called there.
        let nothing = |o: &&By| {
            let written = holds(o.at) && chain(trace, **o) == calls
                || trace.frames(**o).any(|f| f.change.is_none() && holds(f.at));
            written && inside(trace, **o, within)
        };
        trace.omissions.iter().find(nothing).map(|o| Decided { why: Why::Nothing, at: o.at, reads: o.reads })
    })
}

/// The calls of fragments that something was made in, outermost first.
pub(super) fn chain(trace: &Trace, by: By) -> Vec<Span> {
    let mut calls: Vec<Span> = trace.frames(by).filter(|f| f.change.is_none()).map(|f| f.at).collect();
    calls.reverse();
    calls
}

/// Whether something was decided in the very call, and under the very conditions, that made a field.
fn inside(trace: &Trace, by: By, within: By) -> bool {
    let frames = std::iter::successors(Some(by.frame), |&at| trace.frames.get(at as usize).map(|f| f.parent));
    let guards = std::iter::successors(Some(by.guard), |&at| trace.guards.get(at as usize).map(|g| g.parent));
    // A change is a frame around the call that made the field.
    let call = std::iter::successors(Some(within.frame), |&at| {
        trace.frames.get(at as usize).filter(|f| at != 0 && f.change.is_some()).map(|f| f.parent)
    });
    let call = call.last().unwrap_or(0);
    let up_to_none = |at: &u32| *at != 0;
    (call == 0 || frames.take_while(up_to_none).any(|at| at == call))
        && (within.guard == 0 || guards.take_while(up_to_none).any(|at| at == within.guard))
}

/// The values of a range, each once.
pub(super) fn ids(trace: &Trace, reads: Reads) -> BTreeSet<Id> {
    trace.reads(reads).iter().copied().collect()
}
