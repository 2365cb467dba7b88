//! Strings: plain where every reader takes them for that string, `|` for lines of text, double quotes else.
//!
//! This is where the time goes when a thousand environments are written, hence byte tables and one pass.

use super::line;

/// Keys longer than this are written after `? `: readers look for the `:` of a key in its first 1024 characters,
/// and an escape takes four of them for a byte.
const LONG_KEY: usize = 120;

/// What a byte does inside a plain scalar.
const FINE: u8 = 0;
const COLON: u8 = 1;
const HASH: u8 = 2;
const NEWLINE: u8 = 3;
/// A tab, which a block scalar may hold.
const TAB: u8 = 4;
/// Control characters, which only double quotes hold.
const CONTROL: u8 = 5;
/// A byte of a character beyond ASCII.
const WIDE: u8 = 6;

static INSIDE: [u8; 256] = {
    let mut table = [FINE; 256];
    let mut at = 0;
    while at < 256 {
        table[at] = match at {
            0x09 => TAB,
            0x0a => NEWLINE,
            0x00..=0x1f | 0x7f => CONTROL,
            0x80.. => WIDE,
            0x23 => HASH,
            0x3a => COLON,
            _ => FINE,
        };
        at += 1;
    }
    table
};

/// How a string is written.
#[derive(PartialEq)]
enum Form {
    Plain,
    Block,
    Quoted,
}

/// Writes a string as the value of a key or an item of a list; further lines start at `indent`.
pub(super) fn value(text: &str, indent: usize, out: &mut String) {
    match form(text) {
        Form::Plain => out.push_str(text),
        Form::Block => block(text, indent, out),
        Form::Quoted => quoted(text, out),
    }
}

/// Writes a string in one line.
pub(super) fn inline(text: &str, out: &mut String) {
    match form(text) {
        Form::Plain => out.push_str(text),
        Form::Block | Form::Quoted => quoted(text, out),
    }
}

/// Writes a key up to its `:`.
pub(super) fn key(text: &str, indent: usize, out: &mut String) {
    if text.len() <= LONG_KEY {
        return inline(text, out);
    }
    out.push_str("? ");
    quoted(text, out);
    line(indent, out);
}

/// Decides in one pass over the bytes; only texts that are not plain ASCII are looked at again.
fn form(text: &str) -> Form {
    let bytes = text.as_bytes();
    let (Some(&first), Some(&last)) = (bytes.first(), bytes.last()) else { return Form::Quoted };
    let (mut lines, mut wide, mut bad, mut tab) = (false, false, false, false);
    // The filter makes a tight loop of what is nearly every byte.
    for (at, &byte) in bytes.iter().enumerate().filter(|(_, byte)| INSIDE[usize::from(**byte)] != FINE) {
        match INSIDE[usize::from(byte)] {
            FINE => {}
            COLON => bad |= matches!(bytes.get(at + 1), None | Some(b' ' | b'\t' | b'\n')),
            HASH => bad |= at > 0 && matches!(bytes[at - 1], b' ' | b'\t'),
            NEWLINE => lines = true,
            TAB => tab = true,
            CONTROL => return Form::Quoted,
            _ => wide = true,
        }
    }
    if wide && !text.chars().all(is_shown) {
        return Form::Quoted;
    }
    if lines {
        return if fits_block(text) { Form::Block } else { Form::Quoted };
    }
    if bad || tab || last == b' ' || !starts_plain(first, bytes) {
        return Form::Quoted;
    }
    Form::Plain
}

/// Whether a character can stand as it is; what looks like a line break, a blank or nothing is escaped.
fn is_shown(c: char) -> bool {
    match c {
        '\n' | '\t' | ' '..='~' => true,
        '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => false,
        _ => c > '\u{a0}',
    }
}

/// Whether the first bytes leave no other reading than a string.
fn starts_plain(first: u8, bytes: &[u8]) -> bool {
    match first {
        b'a'..=b'z' | b'A'..=b'Z' => bytes.len() > 5 || !is_word(bytes),
        b'/' | b'_' | b'(' | b')' | b'$' | b'^' | b';' | b'\\' | 0x80.. => true,
        b'0'..=b'9' | b'+' | b'.' => !like_number(bytes) && !bytes.starts_with(b"..."),
        // Options of commands: `-c`, `--verbose`.
        b'-' => match bytes {
            [_, b'-', c, ..] | [_, c, ..] => c.is_ascii_alphabetic(),
            _ => false,
        },
        _ => false,
    }
}

/// Whether a short word is null or a boolean to some reader, in any case of its letters.
fn is_word(bytes: &[u8]) -> bool {
    const WORDS: [&[u8]; 9] = [b"y", b"n", b"no", b"on", b"yes", b"off", b"true", b"null", b"false"];
    WORDS.iter().any(|word| word.eq_ignore_ascii_case(bytes))
}

/// Whether some reader may see a number, a time or a date. Versions and addresses are none: they have two points
/// and nothing but digits.
fn like_number(bytes: &[u8]) -> bool {
    let inside = |b: &u8| b.is_ascii_hexdigit() || b"+-._:xXoOtTzZ ".contains(b);
    if !bytes.iter().all(inside) {
        const NOT_FINITE: [&[u8]; 3] = [b".inf", b"+.inf", b".nan"];
        return NOT_FINITE.iter().any(|word| word.eq_ignore_ascii_case(bytes));
    }
    let digits = |b: &u8| b.is_ascii_digit() || *b == b'.';
    let points = bytes.iter().filter(|b| **b == b'.').count();
    !(points >= 2 && bytes[0].is_ascii_digit() && bytes.iter().all(digits))
}

/// Whether a text of several lines survives as a block scalar with every reader: some content, no line of
/// blanks only, and no tab where the indentation of the block is found out.
fn fits_block(text: &str) -> bool {
    let mut lines = text.trim_end_matches('\n').split('\n');
    let blank = |line: &str| !line.is_empty() && line.bytes().all(|b| b == b' ' || b == b'\t');
    if text.starts_with('\t') || text.bytes().all(|b| b == b'\n') {
        return false;
    }
    !lines.any(blank)
}

/// Writes lines of text after `|`, each at `indent`.
fn block(text: &str, indent: usize, out: &mut String) {
    let body = text.trim_end_matches('\n');
    let breaks = text.len() - body.len();
    out.push('|');
    // Without a number the first line that is not empty would give the indentation.
    if body.starts_with('\n') || body.starts_with(' ') {
        out.push('2');
    }
    match breaks {
        0 => out.push('-'),
        1 => {}
        _ => out.push('+'),
    }
    for content in body.split('\n') {
        if content.is_empty() {
            out.push('\n');
        } else {
            line(indent, out);
            out.push_str(content);
        }
    }
    for _ in 1..breaks {
        out.push('\n');
    }
}

/// Writes a string in double quotes.
fn quoted(text: &str, out: &mut String) {
    out.push('"');
    let mut from = 0;
    for (at, c) in text.char_indices() {
        if c != '"' && c != '\\' && c != '\n' && c != '\t' && is_shown(c) {
            continue;
        }
        out.push_str(&text[from..at]);
        from = at + c.len_utf8();
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '\0' => out.push_str("\\0"),
            c => {
                let code = u32::from(c);
                out.push_str(if code < 0x100 { "\\x" } else { "\\u" });
                let width = if code < 0x100 { 2 } else { 4 };
                for shift in (0..width).rev() {
                    out.push(char::from_digit((code >> (4 * shift)) & 0xf, 16).unwrap_or('0'));
                }
            }
        }
    }
    out.push_str(&text[from..]);
    out.push('"');
}
