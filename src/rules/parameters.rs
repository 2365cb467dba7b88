//! What an environment tells a rule: its parameters, each its default where no layer says another.

use super::Rule;
use crate::{
    workspace::{RuleSetting, Rules},
    yaml::{Data, Node},
};

/// The parameters of one rule in one environment.
#[derive(Debug)]
pub struct Parameters<'c> {
    rule: &'static Rule,
    rules: &'c Rules<'c>,
}

impl<'c> Parameters<'c> {
    pub(super) fn new(rule: &'static Rule, rules: &'c Rules<'c>) -> Self {
        Self { rule, rules }
    }

    fn asked(&self, name: &str) -> Option<&'c Node> {
        self.rules.parameter(self.rule.code, name)
    }

    fn default(&self, name: &str) -> Option<RuleSetting> {
        self.rule.parameters.iter().find(|p| p.name == name).map(|p| p.default)
    }

    /// A list of texts.
    pub fn texts(&self, name: &str) -> Vec<&'c str> {
        match (self.asked(name), self.default(name)) {
            (Some(node), _) => node.items().iter().filter_map(Node::as_str).collect(),
            (None, Some(RuleSetting::Texts(texts))) => texts.to_vec(),
            _ => Vec::new(),
        }
    }

    /// A text.
    pub fn text(&self, name: &str) -> &'c str {
        match (self.asked(name), self.default(name)) {
            (Some(node), _) => node.as_str().unwrap_or_default(),
            (None, Some(RuleSetting::Text(text))) => text,
            _ => "",
        }
    }

    /// A whole number.
    pub fn number(&self, name: &str) -> u32 {
        match (self.asked(name).map(|n| &n.data), self.default(name)) {
            (Some(Data::Int(number)), _) => u32::try_from(*number).unwrap_or_default(),
            (None, Some(RuleSetting::Number(number))) => number,
            _ => 0,
        }
    }

    /// A choice between two.
    pub fn flag(&self, name: &str) -> bool {
        match (self.asked(name).map(|n| &n.data), self.default(name)) {
            (Some(Data::Bool(flag)), _) => *flag,
            (None, Some(RuleSetting::Flag(flag))) => flag,
            _ => false,
        }
    }
}
