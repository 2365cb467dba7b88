//! `podwright rule`.

use super::Answer;
use crate::{
    cli::Session,
    error::Error,
    ops::{self, Explained},
    report::Product,
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
        let data = rules
            .iter()
            .map(|r| json!({"code": r.code, "level": r.level, "summary": r.summary, "docs": r.docs}))
            .collect();
        let product = Product { name: "rules", data, text: Some(text), private: false };
        Ok(Answer { product: Some(product), ..Answer::default() })
    }
}

/// A row a rule, columns aligned.
fn table(rules: &[Explained]) -> String {
    let width = rules.iter().map(|r| r.code.len()).max().unwrap_or(0).max("RULE".len());
    let mut text = format!("{:width$}  LEVEL  WHAT IT FINDS\n", "RULE");
    for rule in rules {
        let level = rule.level.unwrap_or("-");
        text.push_str(&format!("{:width$}  {level:5}  {}\n", rule.code, rule.summary));
    }
    text
}

fn explained(rule: &Explained) -> String {
    let code = &rule.code;
    let Some(level) = rule.level else {
        let text = "It is a fault, not a rule: it is always an error or a warning as it comes, and no level in \
            environment.yaml changes it. What to do stands in the finding.";
        return format!("{code}\n\n{}\n{}", wrapped(&rule.summary), wrapped(text));
    };
    let mut text = format!("{code}: {}\nlevel: {level} by default\n\n", rule.summary);
    for paragraph in rule.docs.split("\n\n") {
        text.push_str(&wrapped(paragraph));
        text.push('\n');
    }
    let levels: Vec<&str> = ["error", "warn", "allow"].into_iter().filter(|l| *l != level).collect();
    let choice = levels.join("` or `");
    text.push_str(&format!(
        "To change its level, write in an environment.yaml, with `{choice}`:\n\n    rules:\n      {code}: {}\n",
        levels[0]
    ));
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
