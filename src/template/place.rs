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
    style: Style,
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
        Self { span, raw: &raw[skip..], start: span.start as usize + skip, cooked, style }
    }

    /// A place whose text is the file's own bytes from `start` on.
    pub(super) fn verbatim(file: FileId, start: usize, text: &'t str) -> Self {
        Self {
            span: Span::new(file, start, start + text.len()),
            raw: text,
            start,
            cooked: text,
            style: Style::Plain,
        }
    }

    /// The span of a range of the value.
    pub(super) fn at(&self, from: usize, to: usize) -> Span {
        // The parser counts a character that it does not know as one byte.
        let from =
            (0..=from.min(self.cooked.len())).rfind(|&at| self.cooked.is_char_boundary(at)).unwrap_or(0);
        let to =
            (to..self.cooked.len()).find(|&at| self.cooked.is_char_boundary(at)).unwrap_or(self.cooked.len());
        if self.raw.as_bytes().get(..self.cooked.len()) == Some(self.cooked.as_bytes()) {
            return Span::new(self.span.file, self.start + from, self.start + to);
        }
        let from = self.align(from, true);
        let to = self.align(to, false).max(from);
        Span::new(self.span.file, self.start + from, self.start + to)
    }

    /// Where a word stands last in a span of the scalar's source.
    pub(super) fn last(&self, within: Span, word: &str) -> Option<u32> {
        let from = (within.start as usize).checked_sub(self.start)?;
        let text = self.raw.get(from..(within.end as usize).checked_sub(self.start)?)?;
        let part = |c: char| c.is_alphanumeric() || c == '_';
        let alone = |at: &usize| !text[..*at].ends_with(part) && !text[*at + word.len()..].starts_with(part);
        let at = text.rmatch_indices(word).map(|(at, _)| at).find(alone)?;
        u32::try_from(self.start + from + at).ok()
    }

    /// Walks value and source side by side up to an offset of the value: where a range starts, or ends.
    fn align(&self, target: usize, start: bool) -> usize {
        let end = self.raw.len() - usize::from(self.quoted() && self.raw.ends_with(['\'', '"']));
        let mut walk = Walk { raw: &self.raw.as_bytes()[..end], cooked: self.cooked.as_bytes(), r: 0, c: 0 };
        let target = target.min(self.cooked.len());
        let block = matches!(self.style, Style::Literal | Style::Folded);
        if block {
            walk.indent();
        }
        while walk.c < target && walk.r < walk.raw.len() {
            match walk.raw[walk.r] {
                b if b.is_ascii_whitespace() && block => walk.run(target),
                b if b.is_ascii_whitespace() => walk.fold(),
                b'\\' if self.style == Style::Double => walk.escape(self.cooked),
                b'\'' if self.style == Style::Single => walk.step(2),
                _ => walk.step(1),
            }
        }
        if start && self.style == Style::Double {
            walk.joined();
        }
        let mut at = walk.r.min(self.raw.len());
        while !self.raw.is_char_boundary(at) {
            at -= 1;
        }
        at
    }

    fn quoted(&self) -> bool {
        matches!(self.style, Style::Single | Style::Double)
    }
}

/// A scalar's source and its value, walked side by side.
struct Walk<'t> {
    raw: &'t [u8],
    cooked: &'t [u8],
    r: usize,
    c: usize,
}

impl Walk<'_> {
    fn step(&mut self, raw: usize) {
        self.r += raw;
        self.c += 1;
    }

    /// White space from here on.
    fn blank(&self) -> &[u8] {
        let rest = &self.raw[self.r..];
        &rest[..rest.iter().take_while(|b| b.is_ascii_whitespace()).count()]
    }

    /// The indentation of a block scalar's first line is none of its value.
    fn indent(&mut self) {
        let kept = self.cooked.iter().take_while(|b| b.is_ascii_whitespace()).count();
        self.r += self.blank().len().saturating_sub(kept);
    }

    /// Block scalars have no escapes: runs of white space match each other, indentation belongs to the run.
    fn run(&mut self, target: usize) {
        let blank = self.blank().len();
        let kept = self.cooked[self.c..].iter().take_while(|b| b.is_ascii_whitespace()).count();
        if self.c + kept > target {
            // Inside of a run: its end is what the indentation stands before.
            return self.step(1);
        }
        self.r += blank;
        self.c += kept;
    }

    /// Outside of block scalars a run with line ends is one space, or the line ends after its first.
    fn fold(&mut self) {
        let blank = self.blank();
        let (len, lines) = (blank.len(), blank.iter().filter(|b| **b == b'\n').count());
        match lines {
            0 => self.step(1),
            n => {
                self.r += len;
                self.c += (n - 1).max(1);
            }
        }
    }

    /// An escape of double quotes stands for one character, or for nothing at the end of a line.
    fn escape(&mut self, cooked: &str) {
        let digits = match self.raw.get(self.r + 1) {
            Some(b'\r' | b'\n') => return self.joined(),
            Some(b'x') => 2,
            Some(b'u') => 4,
            Some(b'U') => 8,
            _ => 0,
        };
        self.r += 2 + digits;
        self.c += cooked.get(self.c..).and_then(|s| s.chars().next()).map_or(1, char::len_utf8);
    }

    /// Passes over lines that a backslash joins.
    fn joined(&mut self) {
        while self.raw.get(self.r) == Some(&b'\\') && matches!(self.raw.get(self.r + 1), Some(b'\r' | b'\n'))
        {
            self.r += 1;
            self.r += self.blank().len();
        }
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
            ("a: one\n\n\n  two ${{ x.y }}", Style::Plain, "one\n\ntwo ${{ x.y }}", "x.y"),
            ("a: \"\\\\ '' ${{ x.y }}\"", Style::Double, "\\ '' ${{ x.y }}", "x.y"),
            ("a: \"\\x41 \\u00e9\\n  ${{ x.y }}\"", Style::Double, "A é\n  ${{ x.y }}", "x.y"),
            ("a: \"one \\\n   \\\n  two ${{ x.y }}\"", Style::Double, "one two ${{ x.y }}", "x.y"),
            ("a: |\n  one\n    two\n\n  ${{ x.y }}\n", Style::Literal, "one\n  two\n\n${{ x.y }}\n", "x.y"),
            ("a: |1\n   one ${{ x.y }}\n", Style::Literal, "  one ${{ x.y }}\n", "x.y"),
        ] {
            let span = Span::new(FileId(0), 3, text.len());
            let place = Place::new(text, span, style, cooked);
            let from = cooked.find(find).unwrap();
            let got = place.at(from, from + find.len());
            assert_eq!(&text[got.start as usize..got.end as usize], find, "{text}");
        }
    }
    /// Words that occur once each, between whatever a style can put between them.
    fn scalar(style: usize, gaps: &[usize]) -> String {
        let between: &[&str] = match style {
            0 => &[" ", "  ", "\n  ", "\n\n   ", " \t ", ": ", "''", "\\"],
            1 => &[" ", "  ", "\n  ", "\n\n  ", "''", " '' ", "\"", "\\n", "\\"],
            2 => &[
                " ",
                "\n  ",
                "\n\n  ",
                "\\n",
                " \\n ",
                "\\\\",
                "\\\"",
                "'",
                "\\x41",
                "\\u00e9",
                "\\\n   ",
                " \\\n  \\ ",
                "\\t",
            ],
            3 => &[" ", "  ", "\n  ", "\n\n  ", "\n    ", "''", "\\n", "\""],
            _ => &[" ", "  ", "\n  ", "\n\n  ", "\n    ", "\n\n    ", "''", "\\"],
        };
        let mut text = String::new();
        for (n, gap) in gaps.iter().enumerate() {
            let gap = if n == 0 { "" } else { between[gap % between.len()] };
            // A plain scalar of two lines in a map must hold no `: `.
            let gap = if gap == ": " { " " } else { gap };
            text += &format!("{gap}wé{n}w");
        }
        match style {
            0 => format!("a: {text}\n"),
            1 => format!("a: '{text}'\n"),
            2 => format!("a: \"{text}\"\n"),
            3 => format!("a: |\n  {text}\n"),
            _ => format!("a: >-\n  {text}\n"),
        }
    }

    proptest::proptest! {
        #[test]
        fn every_word_of_a_scalar_is_found(style in 0usize..5, gaps in proptest::collection::vec(0usize..60, 1..9)) {
            let text = scalar(style, &gaps);
            let options = crate::yaml::Options {
                documents: crate::yaml::Documents::One,
                role: crate::yaml::Role::Values,
            };
            let parsed = crate::yaml::read(FileId(0), &text, &options);
            let node = parsed.documents.first().and_then(|d| d.get("a")).unwrap();
            let cooked = node.as_str().unwrap();
            let place = Place::new(&text, node.span, node.style, cooked);
            for n in 0..gaps.len() {
                let word = format!("wé{n}w");
                let from = cooked.find(&word).unwrap();
                let got = place.at(from, from + word.len());
                assert_eq!(&text[got.start as usize..got.end as usize], word, "{text:?} {cooked:?}");
            }
        }
    }
}
