//! Literal blocks for `plain`: `|`, `|-` and `|+` with the lines below them.
//!
//! Blocks without text, with indentation that is said or odd, and at the end of a text that ends inside of a line are
//! for the parser.

use super::plain::Reader;
use crate::source::Span;
use crate::yaml::{Data, Node, Style};

/// What becomes of the line breaks at the end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Chomp {
    Clip,
    Strip,
    Keep,
}

/// The block whose `|` stands where `reader` stands, inside a collection in column `parent`.
pub(super) fn read(reader: &mut Reader<'_>, parent: usize) -> Option<Node> {
    let start = reader.at;
    let (header, body) = reader.rest().split_once('\n')?;
    let chomp = match header {
        "|" => Chomp::Clip,
        "|-" => Chomp::Strip,
        "|+" => Chomp::Keep,
        _ => return None,
    };
    let first = start + header.len() + 1;
    let indent = indentation(body)?;
    if indent <= parent {
        return None;
    }
    let mut text = String::with_capacity(body.len().min(512));
    // Where the lines of the block end, and the last of them with text, without its break.
    let (mut next, mut last) = (0, 0);
    let mut blank = 0;
    for line in body.split_inclusive('\n') {
        let spaces = line.bytes().take_while(|&b| b == b' ').count();
        let content = line.strip_suffix('\n');
        if content.is_some_and(|content| content.len() == spaces) {
            if spaces > indent {
                return None;
            }
            blank += 1;
            next += line.len();
            continue;
        }
        if spaces < indent {
            break;
        }
        // A text that ends inside of a line has its own rules for the break at its end.
        let content = content?;
        if last > 0 {
            text.push('\n');
        }
        text.extend(std::iter::repeat_n('\n', blank));
        blank = 0;
        text.push_str(content.get(indent..)?);
        last = next + content.len();
        next += line.len();
    }
    match chomp {
        Chomp::Clip => text.push('\n'),
        Chomp::Strip => {}
        Chomp::Keep => text.extend(std::iter::repeat_n('\n', 1 + blank)),
    }
    // Indentation alone, and no line: the parser sees the end of the text inside of the block.
    if body.get(next..)?.bytes().all(|b| b == b' ') && !body.get(next..)?.is_empty() {
        return None;
    }
    reader.at = first + next;
    let span = Span::new(reader.file, start, first + last);
    Some(Node { data: Data::Str(text.into()), span, style: Style::Literal, suspect: false })
}

/// The column of the first line with text, if no blank line above it is longer.
fn indentation(body: &str) -> Option<usize> {
    let mut longest = 0;
    for line in body.split('\n') {
        let spaces = line.bytes().take_while(|&b| b == b' ').count();
        if spaces < line.len() {
            return (spaces >= longest && spaces > 0).then_some(spaces);
        }
        longest = longest.max(spaces);
    }
    None
}
