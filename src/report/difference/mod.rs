//! What `diff` tells, written for a reader. One file a format.

mod human;
mod json;
mod values;

pub use human::text;
pub use json::data;

use crate::diff::told::{Counts, Told};

/// The counts in a sentence.
fn sentence(told: &Told) -> String {
    let environments = |n: usize| format!("{n} environment{}", if n == 1 { "" } else { "s" });
    let Counts { added, changed, removed } = told.counts();
    let parts = [(changed, "changed"), (added, "added"), (removed, "removed")];
    let parts: Vec<String> =
        parts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
    let mut text = match told.environments.len() {
        0 => "nothing changes".to_owned(),
        n => {
            let objects = added + changed + removed;
            let noun = if objects == 1 { "object" } else { "objects" };
            format!("{objects} {noun} in {}: {}", environments(n), parts.join(", "))
        }
    };
    if told.equal > 0 {
        let verb = if told.equal == 1 { "stays" } else { "stay" };
        text += &format!(
            "; {} {verb} as {}",
            environments(told.equal),
            if told.equal == 1 { "it is" } else { "they are" }
        );
    }
    text
}
