//! `podwright rule`.

use super::Answer;
use crate::{
    cli::Session,
    error::Error,
    ops::{self, Explained},
    report::Product,
    rules::Example,
};
use serde_json::json;

/// Where lines of an explanation end.
const WIDTH: usize = 100;

/// List the rules, or explain the code of a finding
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Rule {
    /// The code, such as `image-tag-floating` [default: a list of all rules]
    #[arg(value_name = "CODE")]
    code: Option<String>,
}

impl Rule {
    /// Runs the command.
    pub(in crate::cli) fn run(&self, _: &Session<'_, '_>) -> Result<Answer, Error> {
        let (rules, text) = match &self.code {
            None => {
                let rules = ops::list_rules();
                let text = table(&rules);
                (rules, text)
            }
            Some(code) => {
                let rule = ops::explain_rule(code)?;
                let text = explained(&rule);
                (vec![rule], text)
            }
        };
        let data = rules.iter().map(data).collect();
        let product = Product { name: "rules", data, text: Some(text), pages: Vec::new(), private: false };
        Ok(Answer { product: Some(product), ..Answer::default() })
    }
}

/// A rule as data; of a fault, the level is null and the docs are empty.
fn data(explained: &Explained) -> serde_json::Value {
    let rule = explained.rule;
    let parameters: Vec<serde_json::Value> = rule
        .map_or(&[][..], |r| r.parameters)
        .iter()
        .map(|p| json!({"name": p.name, "about": p.about, "type": p.default.kind(), "default": p.default.to_string()}))
        .collect();
    json!({
        "code": explained.code,
        "level": rule.map(|r| r.level.name()),
        "summary": explained.summary,
        "docs": rule.map_or("", |r| r.docs),
        "parameters": parameters,
    })
}

/// A row a rule, columns aligned.
fn table(rules: &[Explained]) -> String {
    let width = rules.iter().map(|r| r.code.len()).max().unwrap_or(0).max("RULE".len());
    let mut text = format!("{:width$}  LEVEL  WHAT IT FINDS\n", "RULE");
    for rule in rules {
        let level = rule.rule.map_or("-", |r| r.level.name());
        text.push_str(&format!("{:width$}  {level:5}  {}\n", rule.code, rule.summary));
    }
    text
}

fn explained(explained: &Explained) -> String {
    let code = &explained.code;
    let Some(rule) = explained.rule else {
        let text = "It is a fault, not a rule: it is always an error or a warning as it comes, and no level in \
            environment.yaml changes it. What to do stands in the finding.";
        return format!("{code}\n\n{}\n{}", wrapped(&explained.summary), wrapped(text));
    };
    let level = rule.level.name();
    let mut text = format!("{code}: {}\nlevel: {level} by default\n\n", rule.summary);
    for paragraph in rule.docs.split("\n\n") {
        text.push_str(&wrapped(paragraph));
        text.push('\n');
    }
    for (head, examples) in [("Found, at the lines that end in `# <-`:", rule.bad), ("Fine:", rule.good)] {
        if let Some(example) = examples.first() {
            text.push_str(&format!("{head}\n\n{}\n", shown(example)));
        }
    }
    let levels: Vec<&str> = ["error", "warn", "allow"].into_iter().filter(|l| *l != level).collect();
    let choice = levels.join("` or `");
    text.push_str(&format!(
        "To change its level, write in an environment.yaml, with `{choice}`:\n\n    rules:\n      {code}: {}\n",
        levels[0]
    ));
    if !rule.parameters.is_empty() {
        text.push_str(&format!(
            "\nIts parameters, with their defaults:\n\n    rules:\n      {code}:\n        level: {level}\n"
        ));
        for parameter in rule.parameters {
            text.push_str(&format!(
                "        # {}\n        {}: {}\n",
                parameter.about, parameter.name, parameter.default
            ));
        }
    }
    text.push_str(&format!(
        "\nTo allow it at one place, say why in a comment above that line:\n\n    # podwright: allow {code} -- REASON\n"
    ));
    text
}

/// The files of an example, indented.
fn shown(example: &Example) -> String {
    let mut text = String::new();
    for (path, content) in example.shown() {
        text.push_str(&format!("    # {path}\n"));
        content.lines().for_each(|line| text.push_str(&format!("    {line}\n")));
    }
    text
}

/// A paragraph in lines.
fn wrapped(paragraph: &str) -> String {
    let (mut text, mut column) = (String::new(), 0);
    for word in paragraph.split_whitespace() {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > WIDTH {
            text.push('\n');
            column = 0;
        } else if column > 0 {
            text.push(' ');
            column += 1;
        }
        text.push_str(word);
        column += length;
    }
    text + "\n"
}
