//! `podwright explain`.

use super::Answer;
use crate::{
    cli::Session,
    error::Error,
    ops::{self, Explanation, Question, Reached},
    report::{self, Product},
    values::Route,
};
use serde_json::json;

/// Explain a value, or a line of a rendered file
///
/// `explain ENV COMPONENT ROUTE` says who set a value, what that overrode, what the schema says of it, and which rendered
/// lines it reaches. `explain rendered/ENV/COMPONENT/FILE:LINE` goes the other way: the values, the template's line and
/// the conditions that made a rendered line.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Explain {
    /// The environment, or `rendered/ENV/COMPONENT/FILE:LINE`
    #[arg(value_name = "ENV|FILE:LINE")]
    subject: String,

    /// The component
    #[arg(value_name = "COMPONENT", requires = "route")]
    component: Option<String>,

    /// The value, as `helm --set` writes it (`worker.resources`) or as a JSON Pointer
    #[arg(value_name = "ROUTE")]
    route: Option<Route>,
}

impl Explain {
    /// Runs the command.
    pub(in crate::cli) fn run(&self, session: &Session<'_, '_>) -> Result<Answer, Error> {
        let question = self.question()?;
        let Explanation { outcome, note, reached } = ops::explain(&session.workspace()?, &question)?;
        let product = note.map(|note| {
            let sources = &outcome.sources;
            let related = note.related.iter();
            let related =
                related.map(|r| json!({"location": report::location(sources, r.at), "message": r.message}));
            let data = json!({
                "message": note.message,
                "location": report::location(sources, note.at),
                "label": note.label,
                "related": related.collect::<Vec<_>>(),
                "help": note.help,
                "reached": reached.iter().map(|r| json!({
                    "file": r.file, "line": r.line, "field": r.route, "condition": r.condition,
                })).collect::<Vec<_>>(),
            });
            let drawn = report::note(&note, sources, &outcome.hidden, session.color);
            let value = matches!(question, Question::Value(..));
            let text = format!("{drawn}\n{}\n", if value { list(&reached) } else { String::new() });
            Product { name: "explanation", data, text, private: false }
        });
        Ok(Answer { outcome, product, ..Answer::default() })
    }

    fn question(&self) -> Result<Question, Error> {
        if let (Some(component), Some(route)) = (&self.component, &self.route) {
            return Ok(Question::Value(self.subject.clone(), component.clone(), route.clone()));
        }
        let wrong = || {
            Error::usage(format!("`{}` is no rendered line", self.subject)).help(
                "write `podwright explain rendered/dev/<component>/<file>.yaml:12`, or `podwright explain ENV COMPONENT ROUTE`",
            )
        };
        let (path, line) = self.subject.rsplit_once(':').ok_or_else(wrong)?;
        let line = line.parse().map_err(|_| wrong())?;
        let path = path.trim_start_matches("./");
        Ok(Question::Line(path.strip_prefix("rendered/").ok_or_else(wrong)?.to_owned(), line))
    }
}

/// The rendered lines that a value reaches, by whether it stands in them or decides that they are there.
fn list(reached: &[Reached]) -> String {
    if reached.is_empty() {
        return "\nno rendered line depends on it here\n".to_owned();
    }
    let mut text = String::new();
    for (condition, head) in [(false, "it reaches"), (true, "it decides whether there is")] {
        let lines: Vec<&Reached> = reached.iter().filter(|r| r.condition == condition).collect();
        if !lines.is_empty() {
            text.push_str(&format!("\n{head}\n"));
        }
        for line in lines {
            text.push_str(&format!("  {}:{} {}\n", line.file, line.line, line.route));
        }
    }
    text
}
