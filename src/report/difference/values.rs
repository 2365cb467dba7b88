//! Values of fields as people read them: short ones in a line, others as YAML.

use crate::{
    diff::{Tag, told::Change},
    field::{Data, Field},
    report::words::{line, printable},
    yaml::emit,
};

/// The longest list that stands in one line.
const MOST: usize = 8;

/// A scalar or a short list in one line; none for what takes several.
pub(super) fn inline(field: &Field<'_>) -> Option<String> {
    let plain = |f: &Field<'_>| f.items().is_empty() && f.members().is_empty();
    match &field.data {
        Data::Str(text) if text.contains('\n') => None,
        // What is masked is no text that needs quotes.
        Data::Str(text) if text == "***" => Some(text.to_string()),
        Data::Seq(items) if items.len() <= MOST && items.iter().all(plain) => {
            let parts: Option<Vec<String>> = items.iter().map(inline).collect();
            Some(format!("[{}]", parts?.join(", ")))
        }
        Data::Seq(_) => None,
        Data::Map(members) if !members.is_empty() => None,
        _ => Some(yaml(field).trim_end().to_owned()),
    }
}

/// A value as YAML.
pub(super) fn yaml(field: &Field<'_>) -> String {
    let mut out = String::new();
    match field.as_str() {
        // A text by itself has no key to stand below.
        Some(text) if text.contains('\n') => out.push_str(text),
        _ => emit(field, &mut out),
    }
    out
}

/// A line of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Line {
    /// A line that is gone, new, or stands around them.
    Text(Tag, String),
    /// What is said of the lines: which they are, or how many are left out.
    Said(String),
}

/// Characters of a line; what is longer is cut.
const MOST_CHARS: usize = 400;

/// A change line by line, at most so many.
pub(super) fn lines(change: &Change, most: usize) -> Vec<Line> {
    let mut found = Vec::new();
    if change.reordered {
        found.push(Line::Said("in another order".to_owned()));
    }
    for stretch in &change.text {
        found.push(Line::Said(format!("line {}", stretch.line)));
        found.extend(stretch.lines.iter().map(|(tag, text)| Line::Text(*tag, cut(text))));
    }
    if change.text.is_empty() && !change.reordered {
        for (tag, field) in [(Tag::Gone, &change.old), (Tag::New, &change.new)] {
            let Some(field) = field else { continue };
            let text = inline(field).unwrap_or_else(|| yaml(field));
            found.extend(text.lines().map(|line| Line::Text(tag, cut(line))));
        }
    }
    if found.len() > most {
        let more = found.len() - most;
        found.truncate(most);
        found.push(Line::Said(format!("and {more} lines more")));
    }
    found
}

/// A line that obeys no terminal and is not too long.
fn cut(text: &str) -> String {
    let text = printable(text);
    match text.char_indices().nth(MOST_CHARS) {
        Some((at, _)) => text.get(..at).unwrap_or_default().to_owned() + "…",
        None => text,
    }
}

/// Words in one line that is not too long.
pub(super) fn words(text: &str) -> String {
    cut(&line(text))
}
