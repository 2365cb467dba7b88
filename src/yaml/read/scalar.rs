//! What a scalar of a text is: by its quotes, its tag, and else as Kubernetes resolves it.

use crate::diag::{Edit, Finding};
use crate::source::Span;
use crate::yaml::ambiguous;
use crate::yaml::resolve::{Scalar, key_text, resolve};
use crate::yaml::{Data, Key, Node, Style};
use granit_parser::Tag;
use std::borrow::Cow;

/// A scalar as it stands in the text.
pub(super) struct Written<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) style: Style,
    pub(super) tag: Option<&'a Tag>,
    /// Where it stands, with its quotes.
    pub(super) at: Span,
    pub(super) tag_at: Option<Span>,
}

/// The node of a scalar.
pub(super) fn value(written: Written<'_>, findings: &mut Vec<Finding>) -> Node {
    let (scalar, suspect) = read(&written, findings);
    let Written { text, style, at, .. } = written;
    let data = match scalar {
        Scalar::Null => Data::Null,
        Scalar::Bool(value) => Data::Bool(value),
        Scalar::Int(value) => Data::Int(value),
        Scalar::UInt(value) => Data::UInt(value),
        Scalar::Float(value) if value.is_finite() => Data::Float(value),
        Scalar::Float(_) | Scalar::Str => Data::Str(match text {
            Cow::Borrowed(text) => text.into(),
            Cow::Owned(text) => text.into(),
        }),
    };
    Node { data, span: at, style, suspect }
}

/// The key of a scalar; nothing, and a finding, when Kubernetes refuses it as one.
pub(super) fn key(written: &Written<'_>, findings: &mut Vec<Finding>) -> Option<Key> {
    let Written { text, style, at, .. } = written;
    // Most keys are words that resolve to themselves: one look at the first byte says so.
    let scalar = if written.tag.is_some() {
        read(written, findings).0
    } else if *style == Style::Plain {
        resolve(text)
    } else {
        Scalar::Str
    };
    let Some(name) = key_text(&scalar, text) else {
        let what = if scalar == Scalar::Null { "null" } else { "a number above 63 bits" };
        findings.push(bad_key(*at, what));
        return None;
    };
    let plain = *style == Style::Plain && written.tag.is_none();
    let differs = name != *text || scalar == Scalar::Str;
    let ambiguous = if plain && differs { ambiguous::readings(text, &scalar) } else { None };
    if let Some(message) = ambiguous {
        let message = if name == *text { message } else { format!("{message}: the key becomes `{name}`") };
        findings.push(ambiguous_scalar(*at, text, message, ("quote the key", true)));
    } else if plain && name != *text && matches!(scalar, Scalar::Float(v) if !v.is_finite()) {
        findings.push(not_finite(*at, text, ("quote the key", true)));
    }
    Some(Key { text: name.as_ref().into(), span: *at, style: *style })
}

/// The text that a value becomes as a key.
pub(super) fn key_of(data: &Data) -> Option<Box<str>> {
    let scalar = match data {
        Data::Str(text) => return Some(text.clone()),
        Data::Bool(value) => Scalar::Bool(*value),
        Data::Int(value) => Scalar::Int(*value),
        Data::Float(value) => Scalar::Float(*value),
        Data::Null | Data::UInt(_) | Data::Seq(_) | Data::Map(_) => return None,
    };
    key_text(&scalar, "").map(|text| text.as_ref().into())
}

/// What a scalar is, and whether a finding was made about it.
fn read(written: &Written<'_>, findings: &mut Vec<Finding>) -> (Scalar, bool) {
    let Written { text, style, at, .. } = written;
    if let Some(tag) = written.tag {
        return tagged(tag, written, findings);
    }
    if *style != Style::Plain {
        return (Scalar::Str, false);
    }
    let scalar = resolve(text);
    if matches!(scalar, Scalar::Float(v) if !v.is_finite()) {
        findings.push(not_finite(*at, text, ("quote the value", false)));
        return (scalar, true);
    }
    let Some(message) = ambiguous::readings(text, &scalar) else { return (scalar, false) };
    // What is a string here stays one in quotes; of the rest, the schema of the place may know.
    let fix = ("quote the value", scalar == Scalar::Str);
    findings.push(ambiguous_scalar(*at, text, message, fix));
    (scalar, true)
}

/// A scalar with a tag: the tag must fit what the text resolves to; quotes do not matter to it.
fn tagged(tag: &Tag, written: &Written<'_>, findings: &mut Vec<Finding>) -> (Scalar, bool) {
    let scalar = resolve(&written.text);
    let fits = match (tag.core_suffix(), scalar) {
        (Some("str"), _) => return (Scalar::Str, false),
        (Some("int"), Scalar::Int(_) | Scalar::UInt(_)) => true,
        (Some("bool"), Scalar::Bool(_)) | (Some("null"), Scalar::Null) => true,
        (Some("float"), Scalar::Float(value)) => value.is_finite(),
        #[expect(clippy::cast_precision_loss, reason = "the tag asks for a float")]
        (Some("float"), Scalar::Int(value)) => return (Scalar::Float(value as f64), false),
        _ => false,
    };
    if fits {
        return (scalar, false);
    }
    let what =
        if written.text.is_empty() { "nothing".to_owned() } else { format!("`{}`", short(&written.text)) };
    findings.push(bad_tag(tag, &what, written.tag_at.unwrap_or(written.at)));
    (Scalar::Str, true)
}

/// The finding for a tag that does not fit what it stands before, or that Kubernetes does not know.
pub(super) fn bad_tag(tag: &Tag, what: &str, at: Span) -> Finding {
    let shown = tag.original();
    let message = match tag.core_suffix() {
        Some(_) => format!("the tag `{shown}` does not fit {what}"),
        None => format!("the tag `{shown}` is not known to Kubernetes"),
    };
    Finding::error("yaml-tag", at, message).help("remove the tag; quotes make a string")
}

/// The finding for a key that is not a string.
pub(super) fn bad_key(at: Span, what: &str) -> Finding {
    Finding::error("yaml-key", at, format!("a key must be a string, and this is {what}"))
        .help("quote the key if it is meant as text")
}

/// The finding for `{{ ... }}` without quotes, which is a map as the key of a map.
pub(super) fn braces(at: Span) -> Finding {
    let at = Span { start: at.start.saturating_sub(1), ..at };
    Finding::error("yaml-key", at, "`{{` without quotes starts a map inside a map, not an expression")
        .help("quote the whole value; neither values nor manifests hold template expressions")
}

fn not_finite(at: Span, text: &str, (title, safe): (&str, bool)) -> Finding {
    let message = format!("`{text}` is read as a number that JSON and Kubernetes do not have");
    Finding::error("yaml-not-finite", at, message).fix(title, safe, vec![quoted(at, text)])
}

fn ambiguous_scalar(at: Span, text: &str, message: String, (title, safe): (&str, bool)) -> Finding {
    Finding::error("yaml-ambiguous-scalar", at, message)
        .help("quote it if it is text; else write it as it is read")
        .fix(title, safe, vec![quoted(at, text)])
}

/// The edit that puts a text without special characters in quotes.
pub(super) fn quoted(at: Span, text: &str) -> Edit {
    Edit { at, text: format!("\"{text}\"") }
}

/// The first characters of a text, for a headline.
fn short(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}

/// The first byte from `from` on that `wanted` takes and that starts a token, past separators, comments, tags
/// and anchors: the parser gives no place for an anchor or for the header of a block scalar.
pub(super) fn find_token(source: &str, from: usize, wanted: fn(u8) -> bool) -> Option<usize> {
    let bytes = source.as_bytes();
    let mut at = from;
    loop {
        let byte = *bytes.get(at)?;
        if wanted(byte) {
            return Some(at);
        }
        match byte {
            b'#' => at += bytes[at..].iter().position(|b| matches!(b, b'\n' | b'\r'))?,
            b'!' | b'&' => at += bytes[at..].iter().position(u8::is_ascii_whitespace)?,
            _ => at += 1,
        }
    }
}
