//! `podwright explain`.

use super::Answer;
use crate::{
    cli::Session,
    error::Error,
    ops::{self, Explanation, FieldRoute, Question, Reached},
    report::{self, Product},
    values::Route,
};
use serde_json::json;
use std::path::Path;

/// How a rendered file's name ends before the line or field.
const ENDING: &str = ".yaml:";

/// What can be asked.
const FORMS: &str = "write `podwright explain rendered/dev/<component>/<file>.yaml:12` or `...<file>.yaml:spec.replicas`, \
                     or `podwright explain ENV COMPONENT ROUTE`";

/// Explain a value, or a line or field of a rendered file
///
/// `explain ENV COMPONENT ROUTE` says who set a value, what that overrode, what the schema says of it, and which rendered
/// lines it reaches. `explain rendered/ENV/COMPONENT/FILE:LINE` goes the other way: the values, the template's line, the
/// conditions and the changes that made a rendered line. With a field instead of the line, as in `:spec.replicas` or
/// `:spec.template.spec.containers[name=web].resources`, the field may also be one that is not there: the answer is the
/// template's line that would make it, the condition that keeps it out, and the value that decides. A file that is not
/// there is explained alike.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Explain {
    /// The environment, or `rendered/ENV/COMPONENT/FILE:LINE`, or a field instead of the line
    #[arg(value_name = "ENV|FILE:LINE|FILE:FIELD")]
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
        let root = session.workspace()?;
        let question = self.question(&root)?;
        let Explanation { outcome, note, reached } = ops::explain(&root, &question)?;
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
            Product { name: "explanation", data, text: Some(text), pages: Vec::new(), private: false }
        });
        Ok(Answer { outcome, product, ..Answer::default() })
    }

    fn question(&self, root: &Path) -> Result<Question, Error> {
        if let (Some(component), Some(route)) = (&self.component, &self.route) {
            return Ok(Question::Value(self.subject.clone(), component.clone(), route.clone()));
        }
        let subject = &self.subject;
        let wrong = |what: &str, help: &str| Err(Error::usage(format!("`{subject}` {what}")).help(help));
        let Some((file, place)) = subject.find(ENDING).map(|at| subject.split_at(at + ENDING.len())) else {
            return match subject.ends_with(ENDING.trim_end_matches(':')) {
                true => wrong(
                    "names a file, and no line or field of it",
                    "add one, as in `:12` or `:spec.replicas`",
                ),
                false => wrong("is no line or field of a rendered file", FORMS),
            };
        };
        // Editors and shells of Windows write backslashes, which no rendered file has in its name.
        let file = file.trim_end_matches(':').replace('\\', "/");
        let root = root.to_string_lossy().replace('\\', "/");
        let below = file.strip_prefix(&*root).map_or(&*file, |rest| rest.trim_start_matches('/'));
        let Some(path) = below.trim_start_matches("./").strip_prefix("rendered/") else {
            return wrong("is not below rendered/", FORMS);
        };
        // Editors write the column too.
        let line = place.split_once(':').map_or(place, |(line, _)| line);
        if line.starts_with(|c: char| c.is_ascii_digit() || c == '-') || place.is_empty() {
            return match line.parse() {
                Ok(0) => wrong("names the line 0", "lines count from 1"),
                Ok(line) => Ok(Question::Line(path.to_owned(), line)),
                Err(_) => wrong("names no line: they are whole numbers from 1", FORMS),
            };
        }
        match place.parse::<FieldRoute>() {
            Ok(way) => Ok(Question::Field(path.to_owned(), way)),
            Err(fault) => wrong(&format!("names no field: {fault}"), FORMS),
        }
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
