//! What `diff` tells, written for a reader. One file a format.

mod html;
mod human;
mod json;
mod markdown;
mod sections;
mod values;

pub use html::html;
pub use human::text;
pub use json::data;
pub use markdown::markdown;

use crate::diff::told::{Action, Counts, Told};

/// The counts in a sentence.
fn sentence(told: &Told) -> String {
    let Counts { added, changed, removed } = told.counts();
    let parts = [(changed, "changed"), (added, "added"), (removed, "removed")];
    let parts: Vec<String> =
        parts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
    let differ = added + changed + removed;
    let mut text = match (told.environments.len(), told.pair) {
        (0, _) if told.equal == 0 && !told.unknown.is_empty() => "nothing could be compared".to_owned(),
        (0, _) => "nothing changes".to_owned(),
        (_, true) => format!("{}: {}", count(differ, "object"), parts.join(", ")),
        (n, false) if differ == 0 && told.environments.iter().all(|e| e.action == Action::Changed) => {
            format!("{} changed, none of the objects", count(n, "environment"))
        }
        // An environment may be new and have no objects yet.
        (n, false) if differ == 0 => format!("{}, without objects", count(n, "environment")),
        (n, false) => {
            format!("{} in {}: {}", count(differ, "object"), count(n, "environment"), parts.join(", "))
        }
    };
    let (equal, noun) = match told.pair {
        true => (told.environments.iter().map(|e| e.equal).sum(), "object"),
        false => (told.equal, "environment"),
    };
    if equal > 0 {
        let stay = if equal == 1 { "stays as it is" } else { "stay as they are" };
        text += &format!("; {} {stay}", count(equal, noun));
    }
    if !told.pair && !told.unknown.is_empty() {
        text += &format!("; {} not compared", count(told.unknown.len(), "environment"));
    }
    text
}

/// What the sides are.
fn sides(told: &Told) -> String {
    format!("{} compared with {}", told.new, told.old)
}

/// Why something was not compared.
fn unknown(name: &str, side: &str) -> String {
    format!("{name}: not compared, since {side} could not be made")
}

/// A number with its noun.
fn count(n: usize, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}
