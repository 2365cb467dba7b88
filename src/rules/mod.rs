//! Rules: what a careful reviewer would say. One file a rule; the table below is the whole list.
//!
//! A rule looks and reports; levels are applied here, in one place. Faults of YAML and of a schema are not rules.

mod api;
mod image_tag_floating;
mod kube_version_unknown;
mod last_applied_annotation;
mod secret_plain_text;

use crate::{
    diag::Finding,
    field::Trace,
    kube::Api,
    manifest::{ImageSpot, Manifest},
    schema::Schema,
    values::{Id, Values},
    workspace::{Config, RuleLevel},
    yaml::Node,
};

/// What a rule sees of one component. It reports on nothing else.
#[derive(Debug)]
pub struct Subject<'s, 'a> {
    /// The merged values with their context.
    pub values: &'s Values<'a>,
    /// The component's own values within them.
    pub root: Id,
    /// The schema of the values: what is sensitive.
    pub schema: &'s Schema,
    /// The rendered objects; empty when rendering failed.
    pub manifests: &'s [Manifest<'a>],
    /// What made their fields.
    pub trace: &'s Trace,
    /// The API of the environment's cluster.
    pub api: Api<'s>,
    /// The documents of its plain manifests.
    pub plain: &'s [Node],
    /// Where custom kinds hold images, as the package knows.
    pub images: &'s [ImageSpot],
}

impl Subject<'_, '_> {
    /// Whether a value is a secret.
    fn sensitive(&self, id: Id) -> bool {
        self.schema.sensitive(self.values, self.root, id)
    }
}

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
    check: fn(&Subject<'_, '_>, &Config<'_>) -> Vec<Finding>,
}

impl std::fmt::Debug for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code)
    }
}

/// All rules, by code.
pub static RULES: &[&Rule] = &[
    &image_tag_floating::RULE,
    &api::API_DEPRECATED,
    &api::API_REMOVED,
    &api::BREAKS_LATER,
    &api::FIELD_FORBIDDEN,
    &api::FIELD_MISSING,
    &api::FIELD_UNKNOWN,
    &api::FIELD_UNSERVED,
    &api::KIND_UNKNOWN,
    &api::NAME_INVALID,
    &api::OBJECT_TOO_LARGE,
    &api::RULE_NOT_EVALUATED,
    &api::SERVER_WARNING,
    &api::TYPE_WRONG,
    &api::VALUE_DUPLICATE,
    &api::VALUE_INVALID,
    &api::VALUE_TOO_LONG,
    &api::VALUE_UNSUPPORTED,
    &kube_version_unknown::RULE,
    &last_applied_annotation::RULE,
    &secret_plain_text::RULE,
];

/// The page that names every code.
const PAGE: &str = include_str!("../../docs/findings.md");

/// All codes of the page, with what each finds: those of rules, and those of faults, which cannot be switched off.
pub fn documented() -> impl Iterator<Item = (&'static str, &'static str)> {
    PAGE.lines().filter_map(|line| line.strip_prefix("| `")?.trim_end_matches(" |").split_once("` | "))
}

/// The codes of all rules.
pub fn codes() -> Vec<&'static str> {
    RULES.iter().map(|r| r.code).collect()
}

/// Runs all rules on a component, at the levels of its environment.
pub fn run(subject: &Subject<'_, '_>, config: &Config<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for rule in RULES {
        let RuleLevel::Report(level) = config.level(rule.code, rule.level) else { continue };
        findings.extend((rule.check)(subject, config).into_iter().map(|f| Finding { level, ..f }));
    }
    findings.extend(run_api(subject, config));
    findings
}

/// Runs the rules of the Kubernetes API alone, for objects that no values make.
pub fn run_api(subject: &Subject<'_, '_>, config: &Config<'_>) -> Vec<Finding> {
    let judged = api::findings(subject, config.namespace.0).into_iter().filter_map(|finding| {
        let own = RULES.iter().find(|r| r.code == finding.code).map(|r| r.level);
        match config.level(&finding.code, own.unwrap_or(RuleLevel::Report(finding.level))) {
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
    fn the_table_is_sorted_and_its_names_are_those_of_bad_patterns() {
        assert!(codes().is_sorted());
        for code in codes() {
            assert!(code.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{code}");
            assert!(!code.starts_with("no-") && !code.starts_with("require-"), "{code} names a remedy");
        }
    }
}
