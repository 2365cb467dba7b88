//! The quick way to read a text: one pass over its lines, for the plain block style that tools and most people write.
//!
//! This file has the lines, `inline` what stands within one, `literal` the blocks of text. Whatever is not plain
//! (anchors, tags, texts of several lines but literal blocks, tabs, every mistake and every scalar that a finding is
//! made about) is nothing here, and the parser reads the text: what is read here is what the parser reads, down to the
//! spans, and nothing is ever said about it.

use super::{Documents, MAX_DEPTH, Options, inline, literal};
use crate::source::{FileId, Span};
use crate::yaml::{Data, Entry, Key, Node, Style};

/// Up to this many keys of a map are compared each with each.
const FEW: usize = 16;

/// The documents of `text`, if all of it is plain. Its characters are known to be allowed.
pub(super) fn read(file: FileId, text: &str, options: Options) -> Option<Vec<Node>> {
    let bytes = text.as_bytes();
    // Spans have no more.
    u32::try_from(bytes.len()).ok()?;
    if bytes.contains(&b'\t') || bytes.contains(&b'\r') || text.starts_with('\u{feff}') {
        return None;
    }
    let mut reader = Reader {
        file,
        text,
        at: 0,
        frames: Vec::with_capacity(16),
        entries: Vec::with_capacity(32),
        items: Vec::with_capacity(8),
        root: None,
    };
    reader.documents(options.documents)
}

/// Where a text stands: the children of all open collections stand in two stacks, those of the innermost last.
pub(super) struct Reader<'t> {
    pub(super) file: FileId,
    pub(super) text: &'t str,
    /// The next byte to read.
    pub(super) at: usize,
    frames: Vec<Frame>,
    entries: Vec<Entry>,
    items: Vec<Node>,
    /// The finished root of the document.
    root: Option<Node>,
}

/// An open collection.
struct Frame {
    kind: Kind,
    column: usize,
    start: usize,
    /// Where its children start in their stack.
    base: usize,
    /// The key of a map that has no value yet.
    key: Option<Key>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Map,
    List,
    /// A list in the column of its key.
    Flush,
}

impl<'t> Reader<'t> {
    fn documents(&mut self, allowed: Documents) -> Option<Vec<Node>> {
        let mut documents = Vec::new();
        let mut started = false;
        while let Some(column) = self.line() {
            if column == 0 && self.rest().starts_with("---") {
                self.finish()?;
                match self.root.take() {
                    Some(_) if allowed == Documents::One => return None,
                    Some(root) => documents.push(root),
                    None if started => return None,
                    None => {}
                }
                self.at += 3;
                if self.byte().is_some_and(|b| b != b'\n') {
                    return None;
                }
                started = true;
            } else if column == 0 && self.rest().starts_with("...") {
                return None;
            } else {
                started = true;
                self.content(column)?;
            }
        }
        self.finish()?;
        documents.push(self.root.take()?);
        Some(documents)
    }

    /// Goes to the next line with content, past blank lines and comments; gives its column.
    fn line(&mut self) -> Option<usize> {
        loop {
            let start = self.at;
            self.spaces();
            match self.byte()? {
                b'\n' => self.at += 1,
                b'#' => self.at = self.end_of_line(),
                _ => return Some(self.at - start),
            }
        }
    }

    /// A line of content: closes what it is not part of, and reads it.
    fn content(&mut self, column: usize) -> Option<()> {
        let is_item = self.is_item();
        while let Some(top) = self.frames.last() {
            let below = column > top.column;
            if top.key.is_some() {
                if below {
                    return self.collection(column);
                }
                if column == top.column && is_item {
                    let column = top.column;
                    let start = self.item()?;
                    self.open(Kind::Flush, column, start)?;
                    return self.node(start);
                }
                self.absent();
                continue;
            }
            if below {
                return None;
            }
            if column == top.column {
                match top.kind {
                    Kind::Map if is_item => return None,
                    Kind::Map => return self.entry(),
                    Kind::List | Kind::Flush if is_item => {
                        let start = self.item()?;
                        return self.node(start);
                    }
                    Kind::List => return None,
                    Kind::Flush => {}
                }
            }
            self.close()?;
        }
        if self.root.is_some() {
            return None;
        }
        if matches!(self.byte()?, b'{' | b'[') {
            let root = self.scalar()?;
            return self.add(root);
        }
        self.collection(column)
    }

    /// A list or a map starts in this line.
    fn collection(&mut self, column: usize) -> Option<()> {
        let start = self.at;
        if self.is_item() {
            let inner = self.item()?;
            self.open(Kind::List, column, start)?;
            return self.node(inner);
        }
        let key = self.key()??;
        self.open(Kind::Map, column, start)?;
        self.value(key)
    }

    /// A key and what stands behind it.
    fn entry(&mut self) -> Option<()> {
        let key = self.key()??;
        self.value(key)
    }

    /// Whether an item of a list starts here.
    fn is_item(&self) -> bool {
        matches!(self.ahead(), [b'-', b' ', ..])
    }

    /// Goes past `- `; gives where the item starts. An item that starts in the next line is not for here.
    fn item(&mut self) -> Option<usize> {
        self.at += 1;
        self.spaces();
        if matches!(self.byte()?, b'\n' | b'#') { None } else { Some(self.at) }
    }

    /// The item that starts at `start`: a scalar, or a collection whose first child stands in the line of the item.
    fn node(&mut self, start: usize) -> Option<()> {
        let column = start - self.text.get(..start)?.rfind('\n').map_or(0, |end| end + 1);
        if self.is_item() {
            return self.collection(column);
        }
        match self.key()? {
            Some(key) => {
                self.open(Kind::Map, column, start)?;
                self.value(key)
            }
            None => {
                let node = self.scalar()?;
                self.add(node)
            }
        }
    }

    /// The key that starts here, and the `:` behind it; nothing inside if a scalar stands here instead.
    fn key(&mut self) -> Option<Option<Key>> {
        let start = self.at;
        let written = match self.byte()? {
            b'{' | b'[' | b'|' => return Some(None),
            _ => self.written()?,
        };
        if !matches!(self.text.as_bytes().get(written.at.end as usize..)?, [b':'] | [b':', b' ' | b'\n', ..])
        {
            self.at = start;
            return Some(None);
        }
        self.at = written.at.end as usize + 1;
        inline::key(&written).map(Some)
    }

    /// What stands behind a key in its line: its value, or nothing yet.
    fn value(&mut self, key: Key) -> Option<()> {
        self.spaces();
        self.frames.last_mut()?.key = Some(key);
        match self.byte() {
            None | Some(b'\n') => Some(()),
            Some(b'#') => {
                self.at = self.end_of_line();
                Some(())
            }
            Some(_) => {
                let node = self.scalar()?;
                self.add(node)
            }
        }
    }

    /// The scalar or the flow collection that ends this line.
    fn scalar(&mut self) -> Option<Node> {
        let node = match self.byte()? {
            b'|' => return literal::read(self, self.frames.last()?.column),
            b'{' | b'[' => self.flow(0)?,
            _ => inline::value(self.written()?)?,
        };
        self.end(node.span.end as usize)?;
        Some(node)
    }

    /// Goes on behind the scalar that ends at `end`, to the end of its line: nothing but a comment may follow.
    fn end(&mut self, end: usize) -> Option<()> {
        self.at = end;
        self.spaces();
        match self.byte() {
            None | Some(b'\n') => Some(()),
            Some(b'#') if self.at > end => {
                self.at = self.end_of_line();
                Some(())
            }
            Some(_) => None,
        }
    }

    fn open(&mut self, kind: Kind, column: usize, start: usize) -> Option<()> {
        // Flow collections may stand inside.
        if self.frames.len() + inline::DEEPEST >= MAX_DEPTH {
            return None;
        }
        let base = if kind == Kind::Map { self.entries.len() } else { self.items.len() };
        self.frames.push(Frame { kind, column, start, base, key: None });
        Some(())
    }

    /// Gives the innermost map's key the null that stands where nothing is written.
    fn absent(&mut self) {
        if let Some(key) = self.frames.last_mut().and_then(|top| top.key.take()) {
            let value = super::build::absent(self.file, key.span.end as usize);
            self.entries.push(Entry { key, value });
        }
    }

    /// Closes the innermost collection.
    fn close(&mut self) -> Option<()> {
        self.absent();
        let Frame { kind, start, base, .. } = self.frames.pop()?;
        let (data, end) = if kind == Kind::Map {
            let entries: Vec<Entry> = self.entries.drain(base..).collect();
            let end = entries.last().map(|e| e.value.span.end.max(e.key.span.end))?;
            (Data::Map(unique(entries)?), end)
        } else {
            let items: Vec<Node> = self.items.drain(base..).collect();
            let end = items.last().map(|item| item.span.end)?;
            (Data::Seq(items), end)
        };
        let span = Span::new(self.file, start, end as usize);
        self.add(Node { data, span, style: Style::Plain, suspect: false })
    }

    /// Puts a finished node into what is open.
    fn add(&mut self, value: Node) -> Option<()> {
        match self.frames.last_mut() {
            None => self.root = Some(value),
            Some(Frame { kind: Kind::Map, key, .. }) => {
                self.entries.push(Entry { key: key.take()?, value });
            }
            Some(_) => self.items.push(value),
        }
        Some(())
    }

    /// Closes what is open at the end of a document.
    fn finish(&mut self) -> Option<()> {
        while !self.frames.is_empty() {
            self.close()?;
        }
        Some(())
    }

    /// What follows.
    pub(super) fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or("")
    }

    pub(super) fn ahead(&self) -> &'t [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or(&[])
    }

    pub(super) fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    pub(super) fn spaces(&mut self) {
        while self.byte() == Some(b' ') {
            self.at += 1;
        }
    }

    fn end_of_line(&self) -> usize {
        self.rest().find('\n').map_or(self.text.len(), |length| self.at + length)
    }
}

/// The entries, if no key comes twice.
pub(super) fn unique(entries: Vec<Entry>) -> Option<Vec<Entry>> {
    let twice = if entries.len() <= FEW {
        let mut rest = entries.as_slice();
        std::iter::from_fn(|| {
            let (first, others) = rest.split_first()?;
            rest = others;
            Some(others.iter().any(|other| other.key.text == first.key.text))
        })
        .any(|twice| twice)
    } else {
        let mut keys: Vec<&str> = entries.iter().map(|e| &*e.key.text).collect();
        keys.sort_unstable();
        keys.windows(2).any(|pair| pair.first() == pair.last())
    };
    if twice { None } else { Some(entries) }
}
