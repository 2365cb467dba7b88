//! What to write instead of a wrong value: the fix, where the schema leaves one answer.

use super::explain::Explainer;
use super::violation::Violation;
use super::words;
use crate::diag::{Edit, Finding, nearest};
use crate::values::Data;
use crate::yaml::{self, Scalar, Style};
use serde_json::Value;

impl<'s> Explainer<'s, '_> {
    /// Adds what to write instead.
    pub(super) fn mend(self, violation: &Violation<'s>, finding: Finding, kind: bool) -> Finding {
        let data = self.values.data(violation.node);
        let origin = self.values.origin(violation.node).filter(|o| o.layer > 0);
        let plain = origin.is_some_and(|o| o.node.style == Style::Plain && o.node.span == finding.at);
        let kinds: Vec<&str> =
            violation.way.group().iter().flat_map(|s| words::kinds(self.document, s.schema)).collect();
        match data {
            Data::Str(text) if !kind => {
                let options = self.options(violation);
                let Some(near) = nearest(text, options.iter().copied()) else { return finding };
                let finding = finding.help(format!("did you mean `{near}`?"));
                match origin.filter(|o| !matches!(o.node.style, Style::Literal | Style::Folded)) {
                    Some(o) if o.node.span == finding.at => {
                        let edit = Edit { at: o.node.span, text: quoted(near) };
                        finding.fix(format!("write `{near}`"), false, vec![edit])
                    }
                    _ => finding,
                }
            }
            Data::Bool(_) | Data::Int(_) | Data::UInt(_) | Data::Float(_)
                if kind
                    && plain
                    && kinds.iter().all(|k| *k == "string")
                    && self.options(violation).is_empty()
                    && self.accepts_text(violation, data) =>
            {
                let (mut start, mut end) = (finding.at, finding.at);
                (start.end, end.start) = (start.start, end.end);
                let quote = |at| Edit { at, text: "\"".to_owned() };
                finding.help("quote it to make it a string").fix(
                    "quote the value",
                    true,
                    vec![quote(start), quote(end)],
                )
            }
            Data::Str(text) if kind && reads_as(text, &kinds) => {
                let bare = origin.filter(|o| {
                    matches!(o.node.style, Style::Single | Style::Double)
                        && o.node.span == finding.at
                        && self.accepts_bare(violation, text)
                });
                let finding = finding.help(format!("write {} without quotes", words::value(data)));
                match bare {
                    Some(o) => {
                        let edit = Edit { at: o.node.span, text: text.to_owned() };
                        finding.fix("remove the quotes", true, vec![edit])
                    }
                    None => finding,
                }
            }
            _ => finding,
        }
    }

    /// Whether the schemas of a value accept its text, as it would be in quotes.
    fn accepts_text(self, violation: &Violation<'s>, data: Data<'_>) -> bool {
        let text = words::value(data);
        let text = Value::from(text.trim_matches('`'));
        violation.way.group().first().is_none_or(|step| self.document.accepts(&step.pointer, &text))
    }

    /// Whether a text is read without quotes as a boolean or number that is shown in the same way, and the schemas of the
    /// value accept that.
    fn accepts_bare(self, violation: &Violation<'s>, text: &str) -> bool {
        let (bare, shown) = match yaml::resolve(text) {
            Scalar::Bool(value) => (Value::from(value), value.to_string()),
            Scalar::Int(value) => (Value::from(value), value.to_string()),
            _ => return false,
        };
        let first = violation.way.group().first();
        shown == text && first.is_none_or(|step| self.document.accepts(&step.pointer, &bare))
    }

    /// The strings that the schemas of a value list.
    fn options(self, violation: &Violation<'s>) -> Vec<&'s str> {
        let schemas = violation.way.group().iter().flat_map(|s| self.document.spread(s.schema));
        let lists = schemas.filter_map(|s| s.get("enum")?.as_array());
        lists.flatten().filter_map(Value::as_str).collect()
    }
}

/// Whether a string is the text of another kind that is expected.
fn reads_as(text: &str, kinds: &[&str]) -> bool {
    (kinds.contains(&"boolean") && matches!(text, "true" | "false"))
        || (kinds.contains(&"integer") && text.parse::<i64>().is_ok())
        || (kinds.contains(&"number") && text.parse::<f64>().is_ok())
}

/// A string as YAML, quoted unless it is a plain word.
pub(super) fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/');
    let word = text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(plain);
    let reserved = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];
    if word && !reserved.contains(&text.to_ascii_lowercase().as_str()) {
        text.to_owned()
    } else {
        Value::from(text).to_string()
    }
}
