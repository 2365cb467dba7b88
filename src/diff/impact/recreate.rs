//! What is deleted and made anew instead of changed.

use super::{
    Impact, Kind,
    case::Case,
    delivery::{self, Force, is_hook},
    refused::faults,
};
use crate::diff::Change;

/// Whether a changed object is made anew.
pub(super) fn recreate(case: &Case<'_, '_, '_>) -> Vec<Impact> {
    let Some((_, new)) = case.both() else { return Vec::new() };
    if case.changes.is_empty() {
        return Vec::new();
    }
    let what = match new.identity.kind.as_str() {
        "StatefulSet" | "Deployment" | "DaemonSet" => ", with its pods",
        "Job" | "Pod" if !is_hook(new) => ": it runs again",
        _ => "",
    };
    match delivery::force(new) {
        Force::Always(_) if is_hook(new) => {
            // Hooks are made anew at every sync: news is what they do, not that they do it.
            let spec = |c: &Change<'_, '_>| !c.route.starts(&["metadata"]);
            let runs = matches!(new.identity.kind.as_str(), "Job" | "Pod" | "Workflow");
            if !runs || !case.changes.iter().any(spec) {
                return Vec::new();
            }
            vec![Kind::Recreate.with("is deleted and runs anew, as a hook does at every sync")]
        }
        Force::Always(why) => vec![Kind::Recreate.with(format!("is deleted and made anew{what} (`{why}`)"))],
        Force::Refused => faults(case)
            .first()
            .map(|fault| {
                let fault = fault.trim_start_matches("is refused: ");
                let why = fault.split(';').next().unwrap_or(fault);
                Kind::Recreate.with(format!("is deleted and made anew{what} (`Force=true`): {why}"))
            })
            .into_iter()
            .collect(),
        Force::No => Vec::new(),
    }
}
