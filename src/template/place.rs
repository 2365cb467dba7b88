//! From an offset inside a scalar's value to the place in the file, through quotes, escapes and folded lines.

use crate::{
    source::{FileId, Span},
    yaml::Style,
};

/// The text of one scalar in its file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'t> {
    /// The scalar's span, for what cannot be mapped.
    pub span: Span,
    /// The source inside the quotes, or below the header of a block scalar.
    raw: &'t str,
    /// Where `raw` starts in the file.
    start: usize,
    /// The value.
    cooked: &'t str,
}

impl<'t> Place<'t> {
    /// The place of a scalar whose value is `cooked`, in a file with this text.
    pub(super) fn new(text: &'t str, span: Span, style: Style, cooked: &'t str) -> Self {
        let raw = text.get(span.start as usize..span.end as usize).unwrap_or("");
        let skip = match style {
            Style::Single | Style::Double => 1.min(raw.len()),
            Style::Literal | Style::Folded => raw.find('\n').map_or(raw.len(), |at| at + 1),
            Style::Plain | Style::Flow => 0,
        };
        Self { span, raw: &raw[skip..], start: span.start as usize + skip, cooked }
    }

    /// A place whose text is the file's own bytes from `start` on.
    pub(super) fn verbatim(file: FileId, start: usize, text: &'t str) -> Self {
        Self { span: Span::new(file, start, start + text.len()), raw: text, start, cooked: text }
    }

    /// The span of a range of the value.
    pub(super) fn at(&self, from: usize, to: usize) -> Span {
        if self.raw.as_bytes().get(..self.cooked.len()) == Some(self.cooked.as_bytes()) {
            return Span::new(self.span.file, self.start + from, self.start + to);
        }
        let from = self.align(from);
        let to = self.align(to).max(from);
        Span::new(self.span.file, self.start + from, self.start + to)
    }

    /// Walks value and source side by side: runs of white space match each other, an escape matches its character.
    fn align(&self, target: usize) -> usize {
        let (raw, cooked) = (self.raw.as_bytes(), self.cooked.as_bytes());
        let space = |b: Option<&u8>| b.is_some_and(u8::is_ascii_whitespace);
        let (mut r, mut c) = (0, 0);
        while c < target.min(cooked.len()) && r < raw.len() {
            if space(cooked.get(c)) && space(raw.get(r)) {
                while c < target && space(cooked.get(c)) {
                    c += 1;
                }
                while space(raw.get(r)) {
                    r += 1;
                }
            } else if space(raw.get(r)) {
                r += 1;
            } else if cooked[c] == raw[r] {
                // `''` stands for one quote.
                r += if raw[r] == b'\'' && raw.get(r + 1) == Some(&b'\'') { 2 } else { 1 };
                c += 1;
            } else {
                r += if raw[r] == b'\\' { 2 } else { 1 };
                c += 1;
            }
        }
        let mut r = r.min(raw.len());
        while space(raw.get(r)) && !space(cooked.get(c)) {
            r += 1;
        }
        while !self.raw.is_char_boundary(r) {
            r -= 1;
        }
        r
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_go_through_quotes_folds_and_escapes() {
        for (text, style, cooked, find) in [
            ("a: ${{ x.y }}", Style::Plain, "${{ x.y }}", "x.y"),
            ("a: \"p \\\"q\\\" ${{ x.y }}\"", Style::Double, "p \"q\" ${{ x.y }}", "x.y"),
            ("a: 'it''s ${{ x.y }}'", Style::Single, "it's ${{ x.y }}", "x.y"),
            ("a: >-\n  one ${{ b\n    + x.y }}", Style::Folded, "one ${{ b\n  + x.y }}", "x.y"),
            ("a: one\n  two ${{ x.y }}", Style::Plain, "one two ${{ x.y }}", "x.y"),
        ] {
            let span = Span::new(FileId(0), 3, text.len());
            let place = Place::new(text, span, style, cooked);
            let from = cooked.find(find).unwrap();
            let got = place.at(from, from + find.len());
            assert_eq!(&text[got.start as usize..got.end as usize], find, "{text}");
        }
    }
}
