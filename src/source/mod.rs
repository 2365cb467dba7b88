//! The files that a run has read: identity, text, and the way from byte spans to lines and columns.
//!
//! Conversion to 1-based lines and columns (in Unicode characters) happens here and nowhere else. What the
//! text means is for `yaml` and the floors above; reading and writing files is `source::fs`.

pub mod embedded;
mod files;
pub mod fs;
mod place;

pub use files::{Files, Memory};
pub use place::{Place, plain};

use std::{borrow::Cow, sync::OnceLock};

/// One file of a [`Sources`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct FileId(pub u32);

/// A range of bytes of one file; `end` is exclusive. Both ends lie on character boundaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// A span of `file`.
    pub fn new(file: FileId, start: usize, end: usize) -> Self {
        let clip = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Self { file, start: clip(start), end: clip(end) }
    }

    /// The empty span at the start of `file`, for what concerns the file as a whole.
    pub fn whole(file: FileId) -> Self {
        Self { file, start: 0, end: 0 }
    }

    /// The span from the start of `self` to the end of `other`, of the same file.
    pub fn to(self, other: Self) -> Self {
        Self { file: self.file, start: self.start, end: other.end.max(self.start) }
    }
}

/// A place as people count: line and column from 1, columns in Unicode characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

/// One file that was read.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// Path relative to the workspace root with `/`; embedded files start with `podwright:`.
    pub path: String,
    /// The text; empty for a file that could not be read.
    pub text: Cow<'static, str>,
    /// Byte offsets of the line starts, found when first asked for.
    lines: OnceLock<Vec<u32>>,
}

impl SourceFile {
    fn lines(&self) -> &[u32] {
        self.lines.get_or_init(|| {
            let bytes = self.text.as_bytes();
            let starts = (1..=bytes.len()).filter(|&at| {
                // A line ends at LF, at CR LF, or at a lone CR (YAML 1.2 section 5.4).
                bytes[at - 1] == b'\n' || (bytes[at - 1] == b'\r' && bytes.get(at) != Some(&b'\n'))
            });
            std::iter::once(0).chain(starts).map(|at| u32::try_from(at).unwrap_or(u32::MAX)).collect()
        })
    }
}

/// All files of a run, by [`FileId`].
#[derive(Debug, Clone, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
}

impl Sources {
    /// Adds a file and gives its identity.
    pub fn add(&mut self, path: impl Into<String>, text: impl Into<Cow<'static, str>>) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        self.files.push(SourceFile { path: path.into(), text: text.into(), lines: OnceLock::new() });
        id
    }

    /// How many files there are; the next one's number.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether nothing was read.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The file; an unknown identity is a bug and gives an empty file's data.
    pub fn get(&self, file: FileId) -> Option<&SourceFile> {
        self.files.get(file.0 as usize)
    }

    /// The path of a file, relative to the workspace root.
    pub fn path(&self, file: FileId) -> &str {
        self.get(file).map_or("", |f| &f.path)
    }

    /// The text of a file.
    pub fn text(&self, file: FileId) -> &str {
        self.get(file).map_or("", |f| &f.text)
    }

    /// The text that a span covers.
    pub fn slice(&self, span: Span) -> &str {
        self.text(span.file).get(span.start as usize..span.end as usize).unwrap_or("")
    }

    /// The position of a span's start.
    pub fn position(&self, span: Span) -> Position {
        self.locate(span.file, span.start)
    }

    /// The positions of a span's start and of its (exclusive) end.
    pub fn range(&self, span: Span) -> (Position, Position) {
        (self.locate(span.file, span.start), self.locate(span.file, span.end.max(span.start)))
    }

    /// The text of a 1-based line without its line break.
    pub fn line(&self, file: FileId, line: u32) -> &str {
        self.slice(self.line_span(file, line))
    }

    /// The span of a 1-based line without its line break; empty at the end of the file for a line that is not there.
    pub fn line_span(&self, file: FileId, line: u32) -> Span {
        let Some(source) = self.get(file) else { return Span::whole(file) };
        let lines = source.lines();
        let at = (line as usize).saturating_sub(1);
        let start = lines.get(at).map_or(source.text.len(), |&s| s as usize);
        let end = lines.get(at + 1).map_or(source.text.len(), |&s| s as usize);
        let text = source.text.get(start..end).unwrap_or("").trim_end_matches(['\n', '\r']);
        Span::new(file, start, start + text.len())
    }

    /// `path:line:column` of a span's start.
    pub fn show(&self, span: Span) -> String {
        let Position { line, column } = self.position(span);
        format!("{}:{line}:{column}", self.path(span.file))
    }

    fn locate(&self, file: FileId, at: u32) -> Position {
        let Some(source) = self.get(file) else { return Position { line: 1, column: 1 } };
        let lines = source.lines();
        let line = lines.partition_point(|&start| start <= at).max(1);
        let start = lines[line - 1] as usize;
        let text = source.text.get(start..at as usize).unwrap_or("");
        // A byte order mark is no column that an editor shows.
        let columns = text.chars().filter(|&c| c != '\u{feff}' || start > 0).count();
        let clip = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Position { line: clip(line), column: clip(columns + 1) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters_and_all_line_breaks() {
        let mut sources = Sources::default();
        let file = sources.add("a.yaml", "é: 1\r\nb: 数x\rc: 2\n");
        let at = |start| sources.position(Span::new(file, start, start));
        assert_eq!(at(4), Position { line: 1, column: 4 });
        assert_eq!(at(7), Position { line: 2, column: 1 });
        assert_eq!(at(13), Position { line: 2, column: 5 });
        assert_eq!(at(15), Position { line: 3, column: 1 });
        assert_eq!(sources.line(file, 2), "b: 数x");
    }

    #[test]
    fn a_byte_order_mark_takes_no_column() {
        let mut sources = Sources::default();
        let file = sources.add("a.yaml", "\u{feff}a: 1\n");
        assert_eq!(sources.position(Span::new(file, 6, 7)), Position { line: 1, column: 4 });
    }
}
