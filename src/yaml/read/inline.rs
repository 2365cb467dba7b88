//! What stands within a line, for `plain`: scalars with and without quotes, and flow collections of one line.

use super::plain::{Reader, unique};
use super::scalar::{self, Written};
use crate::source::Span;
use crate::yaml::{Data, Entry, Key, Node, Style};
use std::borrow::Cow;

/// How deep flow collections may stand inside each other here.
pub(super) const DEEPEST: usize = 16;
/// The longest key in bytes: the parser has a limit a little above.
const LONGEST: u32 = 1000;

/// The key that is written so; none if a finding is made about it.
pub(super) fn key(written: &Written<'_>) -> Option<Key> {
    let plain = written.style == Style::Plain;
    if written.at.end - written.at.start > LONGEST || (plain && written.text == "<<") {
        return None;
    }
    let mut findings = Vec::new();
    let key = scalar::key(written, &mut findings)?;
    findings.is_empty().then_some(key)
}

/// The scalar that is written so; none if a finding is made about it.
pub(super) fn value(written: Written<'_>) -> Option<Node> {
    let mut findings = Vec::new();
    let node = scalar::value(written, &mut findings);
    findings.is_empty().then_some(node)
}

impl<'t> Reader<'t> {
    /// The scalar that starts here.
    pub(super) fn written(&self) -> Option<Written<'t>> {
        if matches!(self.byte()?, b'\'' | b'"') {
            return self.quoted();
        }
        self.plain(false).map(|text| self.unquoted(text))
    }

    fn unquoted(&self, text: &'t str) -> Written<'t> {
        let at = Span::new(self.file, self.at, self.at + text.len());
        Written { text: Cow::Borrowed(text), style: Style::Plain, tag: None, at, tag_at: None }
    }

    /// The plain scalar that starts here: up to a `:`, a comment or the end of the line; inside of brackets up to what
    /// has a meaning there.
    fn plain(&self, flow: bool) -> Option<&'t str> {
        let bytes = self.text.as_bytes();
        match self.ahead() {
            [b'-', b' ' | b'\n', ..] | [b'-'] => return None,
            [b'?' | b':' | b',' | b'[' | b']' | b'{' | b'}' | b'#' | b'&' | b'*' | b'!' | b'|', ..]
            | [b'>' | b'\'' | b'"' | b'%' | b'@' | b'`', ..] => return None,
            _ => {}
        }
        let bracket = |b: &u8| matches!(b, b',' | b'[' | b']' | b'{' | b'}');
        let stop = |b: &u8| matches!(b, b':' | b'#' | b'\n') || (flow && bracket(b));
        let mut at = self.at;
        let end = loop {
            let found = bytes.get(at..)?.iter().position(stop);
            let Some(found) = found else { break bytes.len() };
            at += found;
            match bytes.get(at..)? {
                [b'\n', ..] | [b':'] | [b':', b' ' | b'\n', ..] => break at,
                [b'#', ..] if bytes.get(at.wrapping_sub(1)) == Some(&b' ') => break at,
                [b, ..] if bracket(b) => break at,
                _ => at += 1,
            }
        };
        self.text.get(self.at..end).map(|text| text.trim_end_matches(' '))
    }

    /// The scalar in quotes that starts here, if it ends in this line.
    fn quoted(&self) -> Option<Written<'t>> {
        let start = self.at + 1;
        let bytes = self.text.as_bytes();
        let quote = self.byte()?;
        let mut at = start;
        let mut escapes = false;
        loop {
            let stop = |&b: &u8| b == quote || b == b'\n' || b == b'\\';
            at += bytes.get(at..)?.iter().position(stop)?;
            match bytes.get(at..)? {
                [b'\n', ..] => return None,
                [b'\\', ..] if quote == b'\'' => at += 1,
                [b'\\', b'n' | b't' | b'"' | b'\\', ..] | [b'\'', b'\'', ..] => {
                    escapes = true;
                    at += 2;
                }
                [b'\\', ..] => return None,
                _ => break,
            }
        }
        let inner = self.text.get(start..at)?;
        let style = if quote == b'"' { Style::Double } else { Style::Single };
        let text = match style {
            _ if !escapes => Cow::Borrowed(inner),
            Style::Single => Cow::Owned(inner.replace("''", "'")),
            _ => Cow::Owned(unescape(inner)),
        };
        let at = Span::new(self.file, self.at, at + 1);
        Some(Written { text, style, tag: None, at, tag_at: None })
    }

    /// The flow collection that starts here, `depth` deep in others, if it ends in this line.
    pub(super) fn flow(&mut self, depth: usize) -> Option<Node> {
        let start = self.at;
        let is_map = self.byte()? == b'{';
        let close = if is_map { b'}' } else { b']' };
        let (mut entries, mut items) = (Vec::new(), Vec::new());
        self.at += 1;
        if self.byte()? == close {
            self.at += 1;
        } else if depth + 1 >= DEEPEST {
            return None;
        } else {
            loop {
                self.spaces();
                if is_map {
                    let key = self.flow_key()?;
                    entries.push(Entry { key, value: self.flow_value(depth)? });
                } else {
                    items.push(self.flow_value(depth)?);
                }
                self.spaces();
                let byte = self.byte()?;
                self.at += 1;
                if byte == close {
                    break;
                }
                if byte != b',' {
                    return None;
                }
            }
        }
        let data = if is_map { Data::Map(unique(entries)?) } else { Data::Seq(items) };
        Some(Node { data, span: Span::new(self.file, start, self.at), style: Style::Flow, suspect: false })
    }

    /// The key that starts here, and `: ` behind it.
    fn flow_key(&mut self) -> Option<Key> {
        let written = self.flow_scalar()?;
        self.at = written.at.end as usize;
        if !matches!(self.ahead(), [b':', b' ', ..]) {
            return None;
        }
        self.at += 2;
        self.spaces();
        key(&written)
    }

    fn flow_value(&mut self, depth: usize) -> Option<Node> {
        if matches!(self.byte()?, b'{' | b'[') {
            return self.flow(depth + 1);
        }
        let written = self.flow_scalar()?;
        self.at = written.at.end as usize;
        value(written)
    }

    /// The scalar that starts here, inside of brackets.
    fn flow_scalar(&self) -> Option<Written<'t>> {
        if matches!(self.byte()?, b'\'' | b'"') {
            return self.quoted();
        }
        // What may mean this or that to readers is not for here.
        let text = self.plain(true)?;
        if text == "-" || text.ends_with(':') {
            return None;
        }
        Some(self.unquoted(text))
    }
}

/// The text inside double quotes that has no escapes but `\n`, `\t`, `\"` and `\\`.
fn unescape(inner: &str) -> String {
    let mut text = String::with_capacity(inner.len());
    let mut characters = inner.chars();
    while let Some(c) = characters.next() {
        let escaped = if c == '\\' { characters.next() } else { None };
        text.push(match escaped {
            None => c,
            Some('n') => '\n',
            Some('t') => '\t',
            Some(other) => other,
        });
    }
    text
}
