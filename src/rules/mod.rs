//! Rules: what a careful reviewer would say. A folder a family, a file a rule: what it finds, why, what to do, its parameters, its
//! examples (which are its tests, and the pages below docs/rules/), and the check.
//!
//! A rule looks and reports; levels are applied here, in one place. What a rule may look at is `subject`; what it looks for in
//! objects again and again is `objects`. Faults of YAML and of a schema are not rules.

mod api;
mod delivery;
mod example;
mod images;
mod mesh;
mod objects;
mod parameters;
mod platform;
mod replicas;
mod secrets;
mod subject;
mod suppress;
mod wiring;
mod workloads;

pub use example::{Example, MARK};
pub use parameters::Parameters;
pub use subject::{Claim, Clash, Environment, Subject};
pub use suppress::{Suppression, Suppressions};

use crate::{
    diag::{Finding, Level},
    workspace::{Config, Known, Parameter, RuleLevel},
};
use std::sync::LazyLock;

/// One rule.
pub struct Rule {
    /// Its stable kebab-case code, which names the bad pattern.
    pub code: &'static str,
    /// One line on what it finds.
    pub summary: &'static str,
    /// Its level where no environment.yaml says another.
    pub level: RuleLevel,
    /// Why it matters and what to do, in paragraphs of plain text.
    pub docs: &'static str,
    /// What an environment can set about it beside its level.
    pub parameters: &'static [Parameter],
    /// What it finds; the lines that it finds end in [`MARK`].
    pub bad: &'static [Example],
    /// What it does not find, the bad examples mended first of all.
    pub good: &'static [Example],
    check: Check,
}

/// How a rule looks.
enum Check {
    /// At one component at a time.
    Component(fn(&Subject<'_, '_>, &Parameters<'_>) -> Vec<Finding>),
    /// At all components of an environment together, once all of them could be rendered.
    Environment(fn(&Environment<'_, '_>, &Parameters<'_>) -> Vec<Finding>),
    /// At all environments of a cluster: what each of them claims for itself alone, and what to say of two that claim the same.
    Cluster {
        claims: fn(&Environment<'_, '_>, &Parameters<'_>) -> Vec<Claim>,
        clash: fn(&Clash<'_>) -> Finding,
    },
    /// With all the others that ask what an API server would say.
    Api,
}

/// A family of rules: a folder of the sources, and a chapter of the documentation.
pub struct Family {
    /// What its rules are about, a noun.
    pub title: &'static str,
    /// Its rules.
    pub rules: &'static [&'static Rule],
}

/// All families, in the order of the documentation.
pub static FAMILIES: &[Family] = &[
    images::FAMILY,
    secrets::FAMILY,
    replicas::FAMILY,
    wiring::FAMILY,
    platform::FAMILY,
    mesh::FAMILY,
    workloads::FAMILY,
    delivery::FAMILY,
    api::FAMILY,
];

/// All rules, by code.
static RULES: LazyLock<Vec<&'static Rule>> = LazyLock::new(|| {
    let mut rules: Vec<&Rule> = FAMILIES.iter().flat_map(|family| family.rules.iter().copied()).collect();
    rules.sort_by_key(|rule| rule.code);
    rules
});

impl std::fmt::Debug for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code)
    }
}

impl std::fmt::Debug for Family {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.title)
    }
}

/// The page that names every code that is no rule's.
const PAGE: &str = include_str!("../../docs/findings.md");

/// The codes of faults, which cannot be switched off, with what each finds.
pub fn faults() -> impl Iterator<Item = (&'static str, &'static str)> {
    PAGE.lines().filter_map(|line| line.strip_prefix("| `")?.trim_end_matches(" |").split_once("` | "))
}

/// All rules, by code.
pub fn all() -> &'static [&'static Rule] {
    &RULES
}

/// The rule of a code.
pub fn find(code: &str) -> Option<&'static Rule> {
    let at = RULES.binary_search_by_key(&code, |rule| rule.code).ok()?;
    RULES.get(at).copied()
}

/// The rules as environment.yaml may name them.
pub fn known() -> Vec<Known> {
    RULES.iter().map(|rule| Known { code: rule.code, parameters: rule.parameters }).collect()
}

/// The rules that are not allowed here, each with its level and what it is told.
fn asked<'c>(config: &'c Config<'_>) -> impl Iterator<Item = (&'static Rule, Level, Parameters<'c>)> {
    RULES.iter().filter_map(|rule| match config.rules.level(rule.code, rule.level) {
        RuleLevel::Report(level) => Some((*rule, level, Parameters::new(rule, &config.rules))),
        RuleLevel::Allow => None,
    })
}

fn at(level: Level) -> impl Fn(Finding) -> Finding {
    move |finding| Finding { level, ..finding }
}

/// Runs the rules that look at one component, at the levels of its environment.
pub fn run(subject: &Subject<'_, '_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (rule, level, parameters) in asked(subject.config) {
        if let Check::Component(check) = rule.check {
            findings.extend(check(subject, &parameters).into_iter().map(at(level)));
        }
    }
    findings.extend(run_api(subject));
    findings
}

/// Runs the rules that look at an environment as a whole.
pub fn run_environment(environment: &Environment<'_, '_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (rule, level, parameters) in asked(environment.config) {
        if let Check::Environment(check) = rule.check {
            findings.extend(check(environment, &parameters).into_iter().map(at(level)));
        }
    }
    findings
}

/// What an environment claims for itself alone on its cluster, with the rule that judges it and its level.
pub fn claims(environment: &Environment<'_, '_>) -> Vec<(&'static Rule, Level, Claim)> {
    let mut all = Vec::new();
    for (rule, level, parameters) in asked(environment.config) {
        if let Check::Cluster { claims, .. } = rule.check {
            all.extend(claims(environment, &parameters).into_iter().map(|claim| (rule, level, claim)));
        }
    }
    all
}

/// What a rule says of two claims of one thing.
pub fn clash(rule: &Rule, level: Level, clash: &Clash<'_>) -> Option<Finding> {
    match rule.check {
        Check::Cluster { clash: says, .. } => Some(at(level)(says(clash))),
        _ => None,
    }
}

/// Runs the rules of the Kubernetes API alone, for objects that no values make.
pub fn run_api(subject: &Subject<'_, '_>) -> Vec<Finding> {
    let judged = api::findings(subject, subject.config.namespace.0).into_iter().filter_map(|finding| {
        let own = find(&finding.code).map(|rule| rule.level);
        match subject.config.rules.level(&finding.code, own.unwrap_or(RuleLevel::Report(finding.level))) {
            RuleLevel::Report(level) => Some(Finding { level, ..finding }),
            RuleLevel::Allow => None,
        }
    });
    judged.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_bad_patterns_and_each_is_one_rule() {
        let codes: Vec<&str> = all().iter().map(|rule| rule.code).collect();
        assert!(codes.is_sorted_by(|a, b| a < b), "{codes:?}");
        for code in codes {
            assert!(
                code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'),
                "{code}"
            );
            assert!(!code.starts_with("no-") && !code.starts_with("require-"), "{code} names a remedy");
        }
        for (code, _) in faults() {
            assert!(find(code).is_none(), "{code} is a rule and a fault");
        }
    }
}
