//! Faults of syntax in words: what the parser refuses, at the place that a person has to change.

use super::Stop;
use super::build::{Builder, too_deep};
use super::scalar::find_token;
use crate::diag::Finding;
use crate::source::{FileId, Span};
use granit_parser::{ErrorKind, ScanError};

/// A fault: bytes of the text, headline, help.
struct Fault {
    at: (usize, usize),
    message: String,
    help: &'static str,
}

/// The first byte of `bytes` that may start a character to look at.
fn suspect(bytes: &[u8]) -> Option<usize> {
    let control = |b: u8| (b < 0x20) & (b != b'\t') & (b != b'\n') & (b != b'\r');
    let is_suspect = |b: u8| control(b) | (b == 0x7f) | (b == 0xc2) | (b == 0xe2) | (b == 0xef);
    // Without a branch for each byte the compiler looks at many at once.
    let any = |chunk: &[u8]| chunk.iter().fold(false, |any, &b| any | is_suspect(b));
    let (at, chunk) = bytes.chunks(64).enumerate().find(|(_, chunk)| any(chunk))?;
    chunk.iter().position(|&b| is_suspect(b)).map(|within| at * 64 + within)
}

/// The first character that YAML has no place for, or that readers of YAML do not agree on as a line break.
pub(super) fn check_characters(file: FileId, text: &str) -> Option<Stop> {
    let bytes = text.as_bytes();
    let mut from = 0;
    while let Some(found) = suspect(bytes.get(from..)?) {
        let at = from + found;
        let c = text.get(at..)?.chars().next()?;
        let what = match c {
            '\u{85}' | '\u{2028}' | '\u{2029}' => {
                Some("is a line break to some readers of YAML and text to others")
            }
            '\u{feff}' if at > 0 => Some("(a byte order mark, invisible) stands inside the text"),
            '\u{80}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' | '\0'..='\u{7f}' => Some("is not allowed in YAML"),
            _ => None,
        };
        if let Some(what) = what {
            let code = u32::from(c);
            let message = format!("the character U+{code:04X} {what}");
            let help = "remove it, or write it as an escape in double quotes";
            let span = Span::new(file, at, at + c.len_utf8());
            return Some(Box::new(Finding::error("yaml-syntax", span, message).help(help)));
        }
        from = at + c.len_utf8();
    }
    None
}

/// A merge that was never finished: what Git left is told, and not what the parser makes of it.
fn conflict(text: &str) -> Option<Fault> {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if line.starts_with("<<<<<<< ") {
            return Some(Fault {
                at: (start, start + line.trim_end().len()),
                message: "a merge conflict stands here, as Git left it".to_owned(),
                help: "keep one of the two sides and remove the lines with the markers",
            });
        }
        start += line.len();
    }
    None
}

/// What the parser's error means for the person who wrote the text.
pub(super) fn explain(builder: &Builder<'_>, error: &ScanError) -> Stop {
    let text = builder.text();
    let mut at = error.marker().byte_offset().unwrap_or(text.len()).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    if *error.kind() == ErrorKind::RecursionLimitExceeded {
        return too_deep(Span::new(builder.file(), at, at));
    }
    let fault = conflict(text)
        .or_else(|| tab(text, at, error.kind()))
        .or_else(|| expression(text, at))
        .or_else(|| braces(builder, at))
        .or_else(|| flow(builder, at, error.kind()))
        .or_else(|| quote(builder, at, error.kind()))
        .or_else(|| block(text, at, error.kind()))
        .unwrap_or_else(|| other(text, at, error.kind()));
    let span = Span::new(builder.file(), fault.at.0, fault.at.1);
    let mut finding = Finding::error("yaml-syntax", span, fault.message);
    if !fault.help.is_empty() {
        finding = finding.help(fault.help);
    }
    Box::new(finding)
}

/// A tab in the indentation of the line, whatever the parser stumbled over; or of a line below, because the parser
/// stops at the start of a text whose next line is indented by a tab.
fn tab(text: &str, at: usize, kind: &ErrorKind) -> Option<Fault> {
    let about_tabs = matches!(
        kind,
        ErrorKind::TabNotAllowed
            | ErrorKind::TabInBlockIndentation
            | ErrorKind::TabInIndentation
            | ErrorKind::TabAtBlockScalarStart
            | ErrorKind::TabInPlainScalar
    );
    let start = line_start(text, at);
    let indenting = |start: usize| {
        let line = text.get(start..)?;
        let spaces = line.len() - line.trim_start_matches(' ').len();
        line.get(spaces..)?.starts_with('\t').then_some(start + spaces)
    };
    let below = || text.get(at..)?.match_indices('\n').find_map(|(end, _)| indenting(at + end + 1));
    let before = || text.get(start..at)?.rfind('\t').map(|tab| start + tab);
    let found = indenting(start).or_else(|| if about_tabs { before().or_else(below) } else { None })?;
    Some(Fault {
        at: (found, found + 1),
        message: "a tab stands where YAML takes only spaces for indentation".to_owned(),
        help: "replace the tab by spaces",
    })
}

/// `${{` without quotes inside brackets: the parser stops behind the `$`.
fn expression(text: &str, at: usize) -> Option<Fault> {
    let start = at.checked_sub(1)?;
    let rest = text.get(start..)?.strip_prefix("${{")?;
    let line = rest.lines().next().unwrap_or("");
    let end = line.find("}}").map_or(start + 3, |close| start + 3 + close + 2);
    Some(Fault {
        at: (start, end),
        message: "quote the expression: in flow style `${{ }}` must be inside quotes".to_owned(),
        help: "write \"${{ ... }}\"",
    })
}

/// `{{` without quotes, as template languages have it.
fn braces(builder: &Builder<'_>, at: usize) -> Option<Fault> {
    // `{{-` fails before the parser tells of the brackets.
    let glued = || builder.text().get(..at)?.strip_suffix('{').map(str::len);
    let open = builder.open_bracket().or_else(glued)?;
    let start = if builder.text().get(..open)?.ends_with('{') { open - 1 } else { open };
    builder.text().get(start..)?.starts_with("{{").then(|| Fault {
        at: (start, start + 2),
        message: "`{{` without quotes starts a map inside a map, not an expression".to_owned(),
        help: "quote the whole value; neither values nor manifests hold template expressions",
    })
}

/// Faults inside `[ ]` and `{ }`.
fn flow(builder: &Builder<'_>, at: usize, kind: &ErrorKind) -> Option<Fault> {
    let text = builder.text();
    match kind {
        ErrorKind::MisplacedFlowCollectionEnd => {
            let shown = shown_character(text, at);
            return fault(text, at, format!("this {shown} closes nothing"), "remove it, or quote the text");
        }
        ErrorKind::MismatchedFlowCollectionEnd { open, close } => {
            return fault(text, at, format!("`{close}` stands where `{open}` must be closed"), "");
        }
        _ => {}
    }
    let unclosed = matches!(kind, ErrorKind::UnclosedFlowCollection { .. }).then_some(at);
    let open = builder.open_bracket().or(unclosed)?;
    let bracket = text.as_bytes().get(open).copied()?;
    let close = if bracket == b'[' { ']' } else { '}' };
    if text.get(open..at)?.contains('\n') || text.get(at..)?.trim().is_empty() || open == at {
        let message = format!("this `{}` is not closed by a `{close}`", char::from(bracket));
        return fault(text, open, message, "close it, or quote the text");
    }
    let message = format!("`,` or `{close}` is missing before {}", shown_character(text, at));
    fault(text, at, message, "a text that holds one of `[ ] { } ,` needs quotes here")
}

/// Faults of quoted texts.
fn quote(builder: &Builder<'_>, at: usize, kind: &ErrorKind) -> Option<Fault> {
    let text = builder.text();
    match kind {
        ErrorKind::UnclosedQuotedScalar
        | ErrorKind::InvalidQuotedScalarIndent
        | ErrorKind::DocumentIndicatorInQuotedScalar => {
            let open = find_token(text, builder.passed(), |b| matches!(b, b'"' | b'\'')).unwrap_or(at);
            let shown = shown_character(text, open);
            let other = match kind {
                ErrorKind::InvalidQuotedScalarIndent => ", or its next line is not indented",
                _ => "",
            };
            fault(text, open, format!("the text that starts with this {shown} is not closed{other}"), "")
        }
        ErrorKind::InvalidTrailingSingleQuotedScalar | ErrorKind::InvalidTrailingDoubleQuotedScalar => {
            let message = "text stands behind the closing quote";
            fault(
                text,
                at,
                message.to_owned(),
                "put all of it inside the quotes; in single quotes write '' for one",
            )
        }
        ErrorKind::UnknownQuotedScalarEscape => {
            let message = "this escape does not exist in double quotes";
            fault(text, at, message.to_owned(), "write \\\\ for a backslash, or use single quotes")
        }
        ErrorKind::CommentNotSeparated => {
            fault(text, at, "a space is missing before this `#`".to_owned(), "")
        }
        _ => None,
    }
}

/// Faults of block style: keys, items and indentation.
fn block(text: &str, at: usize, kind: &ErrorKind) -> Option<Fault> {
    let start = line_start(text, at);
    let before = text.get(start..at)?;
    let rest = text.get(at..)?;
    let first = start + (before.len() - before.trim_start().len());
    let to_indent = "keys of one map start in the same column";
    let (at, message, help) = match kind {
        ErrorKind::ExpectedBlockMappingKey if before.trim() == "-" => (
            first,
            "a list item stands among the keys of a map",
            "indent it under its key, or remove the `-`",
        ),
        ErrorKind::MappingValueNotAllowed
            if before.rfind("${{").is_some_and(|open| !before[open..].contains("}}")) =>
        {
            (at, "this `:` stands inside of an expression, and ends a key", "quote the whole scalar")
        }
        ErrorKind::MappingValueNotAllowed if before.contains(": ") => {
            (at, "a second `:` follows in one line", "quote the value if the `:` belongs to it")
        }
        ErrorKind::MappingValueNotAllowed => {
            (first, "this key is indented below a line that already has a value", to_indent)
        }
        ErrorKind::ExpectedBlockMappingKey if rest.starts_with("- ") => {
            (at, "a list item stands among the keys of a map", "indent it under its key, or remove the `-`")
        }
        ErrorKind::ExpectedBlockMappingKey if before.trim().is_empty() => {
            (at, "the indentation of this line fits no line above", to_indent)
        }
        ErrorKind::ExpectedBlockSequenceEntry if before.trim().is_empty() => (
            at,
            "this line stands among the items of a list and is none",
            "start it with `- `, or change its indentation",
        ),
        ErrorKind::ExpectedBlockMappingKey | ErrorKind::ExpectedBlockSequenceEntry => {
            (at, "this does not belong behind the value", "quote the value if it is all one text")
        }
        ErrorKind::BlockSequenceEntryNotAllowed => {
            (at, "a list cannot start here", "put the `- ` on its own line under the key")
        }
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey
            if rest.lines().next().is_some_and(|line| line.len() > 1024 && line.contains(':')) =>
        {
            (at, "a key has at most 1024 characters", "start it with `? ` if it must be longer")
        }
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => {
            (at, "this line is no `key: value`: the `:` is missing", "")
        }
        ErrorKind::ExpectedDocumentStart => {
            (at, "this does not belong to the value above", "a file holds one map, one list or one scalar")
        }
        ErrorKind::CommentInterceptedScalar => {
            (at, "a comment stands inside a text of several lines", "quote the text, or move the comment")
        }
        ErrorKind::InvalidBlockScalarIndent => (
            at,
            "the lines of this block of text do not start in one column",
            "indent them alike, also blank ones",
        ),
        ErrorKind::InvalidIndentation => (at, "the indentation of this line fits no line above", ""),
        _ => return None,
    };
    fault(text, at, message.to_owned(), help)
}

/// Whatever is left; at last in the parser's own words.
fn other(text: &str, at: usize, kind: &ErrorKind) -> Fault {
    let (message, help) = match kind {
        ErrorKind::UnexpectedCharacter { character: '`' } => {
            ("a text without quotes cannot start with a backtick".to_owned(), "quote the value")
        }
        ErrorKind::UnexpectedCharacter { character } => {
            (format!("a text without quotes cannot start with `{character}`"), "quote the value")
        }
        ErrorKind::InvalidBlockScalarHeader => {
            ("nothing but a comment may follow `|` or `>`".to_owned(), "start the text on the next line")
        }
        ErrorKind::DirectiveDisallowed => {
            ("YAML directives are not supported".to_owned(), "remove the line that starts with `%`")
        }
        ErrorKind::MissingAnchorOrAliasName | ErrorKind::MappingKeyNotAllowed => {
            let shown = shown_character(text, at);
            (format!("a text without quotes cannot start with {shown}"), "quote the value")
        }
        ErrorKind::TabInPlainScalar | ErrorKind::TabNotAllowed => {
            ("a tab stands where YAML takes none".to_owned(), "replace the tab by spaces")
        }
        kind => (kind.to_string(), ""),
    };
    let end = at + text.get(at..).and_then(|t| t.chars().next()).map_or(0, char::len_utf8);
    Fault { at: (at, end), message, help }
}

/// A fault at the rest of the word at `at`.
fn fault(text: &str, at: usize, message: String, help: &'static str) -> Option<Fault> {
    let rest = text.get(at..)?;
    let word = rest.find(|c: char| c.is_whitespace() || matches!(c, ':' | ',' | '#')).unwrap_or(rest.len());
    let one = rest.chars().next().map_or(0, char::len_utf8);
    Some(Fault { at: (at, at + word.max(one).min(rest.len())), message, help })
}

fn line_start(text: &str, at: usize) -> usize {
    text.get(..at).and_then(|before| before.rfind(['\n', '\r'])).map_or(0, |end| end + 1)
}

fn shown_character(text: &str, at: usize) -> String {
    match text.get(at..).and_then(|t| t.chars().next()) {
        None => "the end of the file".to_owned(),
        Some('\n' | '\r') => "the end of the line".to_owned(),
        Some(c) => format!("`{c}`"),
    }
}
