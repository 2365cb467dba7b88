//! `rules:` of environment.yaml: the level of each rule, and its parameters.
//!
//! A rule has a level as a word, or a map with `level` and its parameters. A nearer layer that says only a level keeps the
//! parameters of those below. What rules there are is for `rules`, which gives them as [`Known`].

use crate::{
    diag::{Finding, Level, nearest},
    source::Span,
    values::{Id, Values},
    yaml::{Data, Node},
};

/// A rule's level in an environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleLevel {
    /// Says nothing.
    Allow,
    /// Reports at a level.
    Report(Level),
}

impl RuleLevel {
    /// `allow`, `warn` or `error`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Report(level) => level.name(),
        }
    }

    fn of(word: &str) -> Option<Self> {
        match word {
            "error" => Some(Self::Report(Level::Error)),
            "warn" => Some(Self::Report(Level::Warn)),
            "allow" => Some(Self::Allow),
            _ => None,
        }
    }
}

/// A rule that there is.
#[derive(Debug, Clone, Copy)]
pub struct Known {
    /// Its code.
    pub code: &'static str,
    /// What can be set about it.
    pub parameters: &'static [Parameter],
}

/// Something that can be set about a rule.
#[derive(Debug, Clone, Copy)]
pub struct Parameter {
    /// Its key.
    pub name: &'static str,
    /// What it does, in a line.
    pub about: &'static str,
    /// What it is where nothing is said, which tells its type, too.
    pub default: Setting,
}

/// The value of a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    /// A list of texts.
    Texts(&'static [&'static str]),
    /// A text.
    Text(&'static str),
    /// A whole number that is not negative.
    Number(u32),
    /// A choice between two.
    Flag(bool),
}

/// What an environment says about rules.
#[derive(Debug, Default)]
pub struct Rules<'w> {
    list: Vec<Asked<'w>>,
}

/// What it says about one.
#[derive(Debug)]
struct Asked<'w> {
    code: &'w str,
    at: Span,
    level: Option<RuleLevel>,
    parameters: Vec<(&'w str, Span, &'w Node)>,
}

/// The key that stands for all rules that are not named, except those that are allowed by default.
const ALL: &str = "*";

impl<'w> Rules<'w> {
    /// Reads `rules:`, which the schema has approved.
    pub(super) fn of(values: &Values<'w>, rules: Option<Id>) -> Self {
        let ids = rules.into_iter().flat_map(|rules| values.present(rules));
        Self { list: ids.map(|id| Asked::of(values, id)).collect() }
    }

    /// The level of a rule here: its own, else that of `*`, else its default. A rule that is allowed by default is for those who
    /// ask for it by its name.
    pub fn level(&self, code: &str, default: RuleLevel) -> RuleLevel {
        let named = |name: &str| self.asked(name).and_then(|a| a.level);
        let all = || named(ALL).filter(|_| default != RuleLevel::Allow);
        named(code).or_else(all).unwrap_or(default)
    }

    /// What a layer sets a parameter of a rule to: the nearest that does. A list of texts, where the rule wants one.
    pub fn parameter(&self, code: &str, name: &str) -> Option<&'w Node> {
        self.asked(code)?.parameters.iter().find(|(n, ..)| *n == name).map(|(.., node)| *node)
    }

    fn asked(&self, code: &str) -> Option<&Asked<'w>> {
        self.list.iter().find(|a| a.code == code)
    }

    /// Rules that there are not, and parameters that a rule does not have.
    pub(super) fn faults(&self, known: &[Known]) -> Vec<Finding> {
        let mut findings = Vec::new();
        for asked in self.list.iter().filter(|a| a.code != ALL) {
            match known.iter().find(|k| k.code == asked.code) {
                Some(rule) => findings.extend(asked.faults(rule)),
                None => {
                    let message = format!("there is no rule `{}`", asked.code);
                    let mut finding = Finding::error("rule-unknown", asked.at, message);
                    let near = nearest(asked.code, known.iter().map(|k| k.code));
                    finding.help = near.map(|n| format!("did you mean `{n}`?"));
                    findings.push(finding);
                }
            }
        }
        findings
    }
}

impl<'w> Asked<'w> {
    fn of(values: &Values<'w>, id: Id) -> Self {
        let chain = values.chain(id);
        let mut asked = Self {
            code: values.key(id),
            at: values.key_span(id).unwrap_or_default(),
            level: None,
            parameters: Vec::new(),
        };
        // The lowest layer comes first, and each overwrites what those below it say.
        for origin in chain {
            if let Some(level) = origin.node.as_str().and_then(RuleLevel::of) {
                asked.level = Some(level);
            }
            for entry in origin.node.entries() {
                if &*entry.key.text == "level" {
                    asked.level = entry.value.as_str().and_then(RuleLevel::of).or(asked.level);
                    continue;
                }
                asked.parameters.retain(|(name, ..)| *name != &*entry.key.text);
                if entry.value.data != Data::Null {
                    asked.parameters.push((&entry.key.text, entry.key.span, &entry.value));
                }
            }
        }
        asked
    }

    fn faults(&self, rule: &Known) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (name, at, node) in &self.parameters {
            match rule.parameters.iter().find(|p| p.name == *name) {
                None => {
                    let message = format!("the rule `{}` has no parameter `{name}`", rule.code);
                    let finding = Finding::error("rule-parameter-unknown", *at, message);
                    let names: Vec<&str> = rule.parameters.iter().map(|p| p.name).collect();
                    findings.push(finding.help(
                        match (nearest(name, names.iter().copied()), names.is_empty()) {
                            (Some(near), _) => format!("did you mean `{near}`?"),
                            (None, true) => "it has a level alone: `error`, `warn` or `allow`".to_owned(),
                            (None, false) => format!("it has `level` and `{}`", names.join("`, `")),
                        },
                    ));
                }
                Some(parameter) if !parameter.default.fits(node) => {
                    let wanted = parameter.default.kind();
                    let message =
                        format!("`{name}` of the rule `{}` must be {wanted}, not {}", rule.code, node.kind());
                    findings.push(
                        Finding::error("rule-parameter-wrong", node.span, message).help(parameter.about),
                    );
                }
                Some(_) => {}
            }
        }
        findings
    }
}

impl Setting {
    fn fits(self, node: &Node) -> bool {
        match (self, &node.data) {
            (Self::Texts(_), Data::Seq(items)) => items.iter().all(|item| item.as_str().is_some()),
            (Self::Number(_), Data::Int(n)) => u32::try_from(*n).is_ok(),
            (Self::Text(_), Data::Str(_)) | (Self::Flag(_), Data::Bool(_)) => true,
            _ => false,
        }
    }

    /// What it must be, in words.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Texts(_) => "a list of texts",
            Self::Text(_) => "a text",
            Self::Number(_) => "a whole number from 0 on",
            Self::Flag(_) => "true or false",
        }
    }
}

impl std::fmt::Display for Setting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Texts(texts) => write!(f, "[{}]", texts.join(", ")),
            Self::Text(text) => f.write_str(text),
            Self::Number(number) => write!(f, "{number}"),
            Self::Flag(flag) => write!(f, "{flag}"),
        }
    }
}
