//! `rule`: what a code of a finding means. Rules explain themselves; the faults that are no rules are explained by the page of
//! findings, docs/findings.md, which a test holds against the codes of the tool.

use crate::{
    diag::nearest,
    error::Error,
    rules::{self, Rule},
    workspace::RuleLevel,
};

/// A code and what it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// The code.
    pub code: String,
    /// `error`, `warn` or `allow` where no environment.yaml says another; none for a fault, which cannot be switched off.
    pub level: Option<&'static str>,
    /// What it finds, in a line.
    pub summary: String,
    /// Why it matters and what to do; empty for a fault: its finding says that.
    pub docs: String,
}

/// All rules, by code.
pub fn list_rules() -> Vec<Explained> {
    rules::RULES.iter().map(|rule| of_rule(rule)).collect()
}

/// Explains a rule or the code of a fault.
///
/// # Errors
/// There is no such code: the error names the nearest.
pub fn explain_rule(code: &str) -> Result<Explained, Error> {
    if let Some(rule) = rules::RULES.iter().find(|r| r.code == code) {
        return Ok(of_rule(rule));
    }
    if let Some((_, summary)) = rules::documented().find(|(known, _)| *known == code) {
        let (summary, docs) = (summary.to_owned(), String::new());
        return Ok(Explained { code: code.to_owned(), level: None, summary, docs });
    }
    let known: Vec<&str> =
        rules::codes().into_iter().chain(rules::documented().map(|(code, _)| code)).collect();
    let begun = || known.iter().copied().find(|k| code.len() > 2 && k.starts_with(code));
    let near = nearest(code, known.iter().copied()).or_else(begun);
    Err(Error::usage(format!("there is no rule `{code}`")).help(match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`podwright rule` lists the rules".to_owned(),
    }))
}

fn of_rule(rule: &Rule) -> Explained {
    let level = match rule.level {
        RuleLevel::Allow => "allow",
        RuleLevel::Report(level) => level.name(),
    };
    Explained {
        code: rule.code.to_owned(),
        level: Some(level),
        summary: rule.summary.to_owned(),
        docs: rule.docs.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_and_every_code_of_the_page_is_explained() {
        assert!(list_rules().iter().all(|rule| !rule.docs.is_empty() && rule.level.is_some()));
        assert!(rules::documented().count() > 30);
        for (code, _) in rules::documented() {
            let explained = explain_rule(code).unwrap();
            assert!(!explained.summary.is_empty() && !explained.summary.ends_with('|'), "{explained:?}");
        }
        let unknown = explain_rule("yaml-syntacs").unwrap_err();
        assert_eq!(unknown.help.unwrap(), "did you mean `yaml-syntax`?");
    }
}
