//! Finds passwords and keys that stand in values files for everyone to read.

use super::{Rule, Subject};
use crate::{
    diag::{Finding, Level},
    values::{Data, Id},
    workspace::RuleLevel,
};

pub(super) static RULE: Rule = Rule {
    code: "secret-plain-text",
    summary: "a password or key in plain text in a values file",
    level: RuleLevel::Report(Level::Error),
    docs: "A value that the schema of the package marks as a secret (`writeOnly`) stands in a values file. Everyone who can read \
        the repository can read it, and its history keeps it after it is gone.\n\n\
        Create a Secret in the cluster and name it instead (`existingSecret`), and change the password: it has been seen. For a \
        throw-away environment, allow it in its environment.yaml.",
    check,
};

fn check(subject: &Subject<'_, '_>) -> Vec<Finding> {
    let values = subject.values;
    let mut findings = Vec::new();
    for id in subject.schema.secrets(values, subject.root) {
        let filled = match values.data(id) {
            Data::Str(text) => !text.is_empty(),
            Data::Int(_) | Data::UInt(_) | Data::Float(_) => true,
            _ => false,
        };
        // The package's defaults are nobody's secrets; what is not read as it is written has a finding for that.
        let suspect = values.origin(id).is_some_and(|o| o.node.suspect);
        if !filled || suspect || !values.written(id) {
            continue;
        }
        let Some(at) = values.span(id) else { continue };
        let route = values.route(id).below();
        let message =
            format!("`{route}` is a secret in plain text: everyone who reads the repository reads it");
        findings.push(Finding::error(RULE.code, at, message).help(remedy(subject, id)).masked(true));
    }
    findings
}

/// What to do, with the key for a reference to an existing Secret where the package has one.
fn remedy(subject: &Subject<'_, '_>, id: Id) -> String {
    let values = subject.values;
    let mut at = values.parent(id);
    loop {
        let reference = values.children(at).find(|&c| values.key(c).starts_with("existingSecret"));
        if let Some(reference) = reference {
            return format!("name a Secret in the cluster instead: `{}`", values.route(reference).below());
        }
        if at == subject.root || at == values.parent(at) {
            return "keep it in a Secret in the cluster; where that cannot be, set `rules: { secret-plain-text: allow }`"
                .to_owned();
        }
        at = values.parent(at);
    }
}
