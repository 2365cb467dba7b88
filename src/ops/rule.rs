//! `rule`: what a code of a finding means. Rules explain themselves; the faults that are no rules are explained by the page of
//! findings, docs/findings.md, which a test holds against the codes of the tool.

use crate::{
    diag::nearest,
    error::Error,
    rules::{self, Rule},
};

/// A code and what it means.
#[derive(Debug)]
pub struct Explained {
    /// The code.
    pub code: String,
    /// What it finds, in a line.
    pub summary: String,
    /// The rule; none for a fault, which cannot be switched off.
    pub rule: Option<&'static Rule>,
}

/// All rules, by code.
pub fn list_rules() -> Vec<Explained> {
    rules::all().iter().map(|rule| of_rule(rule)).collect()
}

/// Explains a rule or the code of a fault.
///
/// # Errors
/// There is no such code: the error names the nearest.
pub fn explain_rule(code: &str) -> Result<Explained, Error> {
    if let Some(rule) = rules::find(code) {
        return Ok(of_rule(rule));
    }
    if let Some((_, summary)) = rules::faults().find(|(known, _)| *known == code) {
        return Ok(Explained { code: code.to_owned(), summary: summary.to_owned(), rule: None });
    }
    let all = rules::all().iter().map(|rule| rule.code);
    let known: Vec<&str> = all.chain(rules::faults().map(|(code, _)| code)).collect();
    let begun = || known.iter().copied().find(|k| code.len() > 2 && k.starts_with(code));
    let near = nearest(code, known.iter().copied()).or_else(begun);
    Err(Error::usage(format!("there is no rule `{code}`")).help(match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`podwright rule` lists the rules".to_owned(),
    }))
}

fn of_rule(rule: &'static Rule) -> Explained {
    Explained { code: rule.code.to_owned(), summary: rule.summary.to_owned(), rule: Some(rule) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_and_every_code_of_the_page_is_explained() {
        assert!(list_rules().iter().all(|rule| rule.rule.is_some_and(|r| !r.docs.is_empty())));
        assert!(rules::faults().count() > 30);
        for (code, _) in rules::faults() {
            let explained = explain_rule(code).unwrap();
            assert!(!explained.summary.is_empty() && !explained.summary.ends_with('|'), "{explained:?}");
        }
        let unknown = explain_rule("yaml-syntacs").unwrap_err();
        assert_eq!(unknown.help.unwrap(), "did you mean `yaml-syntax`?");
    }
}
