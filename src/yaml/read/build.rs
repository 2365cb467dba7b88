//! Puts the parser's events together to a tree: open collections are a stack of frames, never recursion.

use super::alias::Anchors;
use super::frame::{Children, Frame, MapFrame, Pending, duplicate};
use super::{Documents, MAX_DEPTH, Options, Role, Stop, merge, scalar};
use crate::diag::Finding;
use crate::source::{FileId, Span};
use crate::yaml::{Data, Key, Node, Style};
use granit_parser::{ScalarStyle, StructureStyle, Tag};
use std::borrow::Cow;
use std::ops::Range;

/// The tree while it grows.
pub(super) struct Builder<'t> {
    source: &'t str,
    file: FileId,
    options: Options,
    stack: Vec<Frame>,
    anchors: Anchors,
    started: usize,
    documents: Vec<Node>,
    findings: Vec<Finding>,
    /// End of the last event: what stands before it belongs to earlier nodes.
    passed: usize,
    /// Anchors were refused once; more of the same would only repeat it.
    refused: bool,
}

/// The null that stands where nothing is written.
pub(super) fn absent(file: FileId, at: usize) -> Node {
    Node { data: Data::Null, span: Span::new(file, at, at), style: Style::Plain, suspect: false }
}

impl<'t> Builder<'t> {
    pub(super) fn new(file: FileId, source: &'t str, options: Options) -> Self {
        Self {
            source,
            file,
            options,
            stack: Vec::new(),
            anchors: Anchors::default(),
            started: 0,
            documents: Vec::new(),
            findings: Vec::new(),
            passed: 0,
            refused: false,
        }
    }

    pub(super) fn text(&self) -> &'t str {
        self.source
    }

    pub(super) fn file(&self) -> FileId {
        self.file
    }

    /// End of the last event.
    pub(super) fn passed(&self) -> usize {
        self.passed
    }

    /// Where the innermost open collection starts, if that is a bracket.
    pub(super) fn open_bracket(&self) -> Option<usize> {
        let frame = self.stack.last().filter(|frame| frame.style == Style::Flow)?;
        let bracket = self.source.as_bytes().get(frame.start)?;
        matches!(bracket, b'[' | b'{').then_some(frame.start)
    }

    pub(super) fn finish(self) -> (Vec<Node>, Vec<Finding>) {
        (self.documents, self.findings)
    }

    /// Notes that an event ended at `end`.
    pub(super) fn pass(&mut self, end: usize) {
        self.passed = self.passed.max(end);
    }

    /// A document starts.
    pub(super) fn document(&mut self, at: Range<usize>) -> Result<(), Stop> {
        self.started += 1;
        self.anchors.clear();
        if self.started > 1 && self.options.documents == Documents::One {
            let message = "several YAML documents in a file that holds one";
            return Err(Box::new(
                Finding::error("yaml-several-documents", self.span(at), message)
                    .label("the second document starts here")
                    .help("remove what follows, or the `---`"),
            ));
        }
        Ok(())
    }

    /// A scalar, as a key or as a value.
    pub(super) fn scalar(
        &mut self,
        text: Cow<'_, str>,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
        span: &granit_parser::Span,
    ) -> Result<(), Stop> {
        let range = span.byte_range().unwrap_or(0..0);
        let end = range.end;
        let at = self.scalar_range(style, range);
        let absent = style == ScalarStyle::Plain && at.is_empty();
        let text = if absent { Cow::Borrowed("") } else { self.without_added_break(text, style, end) };
        let is_key = self.expects_key();
        if is_key && style == ScalarStyle::Plain && tag.is_none() && text == "<<" {
            return self.merge_key(at);
        }
        if is_key && style == ScalarStyle::Plain {
            self.check_colon(at.end)?;
        }
        let written = scalar::Written {
            text,
            style: style_of(style),
            tag,
            at: self.span(at),
            tag_at: span.tag_span().and_then(|s| s.byte_range()).map(|r| self.span(r)),
        };
        if is_key {
            let key = scalar::key(&written, &mut self.findings);
            if anchor != 0 {
                let data = Data::Str(written.text.as_ref().into());
                let node = Node { data, span: written.at, style: written.style, suspect: false };
                self.define(anchor, &node)?;
            }
            self.set_key(key);
            return Ok(());
        }
        let node = scalar::value(written, &mut self.findings);
        self.add(node, anchor)
    }

    /// A list or a map starts.
    pub(super) fn open(
        &mut self,
        is_map: bool,
        style: StructureStyle,
        anchor: usize,
        tag: Option<&Tag>,
        span: &granit_parser::Span,
    ) -> Result<(), Stop> {
        let at = span.byte_range().unwrap_or(0..0);
        if self.stack.len() >= MAX_DEPTH {
            return Err(too_deep(self.span(at)));
        }
        let expected = if is_map { "map" } else { "seq" };
        if let Some(tag) = tag.filter(|t| t.core_suffix() != Some(expected)) {
            let tag_at = span.tag_span().and_then(|s| s.byte_range()).unwrap_or(at.clone());
            let what = if is_map { "a map" } else { "a list" };
            self.findings.push(scalar::bad_tag(tag, what, self.span(tag_at)));
        }
        let style = match style {
            StructureStyle::Flow => Style::Flow,
            StructureStyle::Block => Style::Plain,
        };
        let children = if is_map { Children::Map(MapFrame::default()) } else { Children::Seq(Vec::new()) };
        self.stack.push(Frame { start: at.start, style, anchor, children });
        Ok(())
    }

    /// The innermost list or map ends; `at` holds its closing bracket, if it has one.
    pub(super) fn close(&mut self, at: Range<usize>) -> Result<(), Stop> {
        let Some(frame) = self.stack.pop() else { return Ok(()) };
        let last = match &frame.children {
            Children::Seq(items) => items.last().map(|n| n.span),
            Children::Map(map) => map.last(),
        };
        let end = if at.is_empty() { last.map_or(frame.start, |s| s.end as usize) } else { at.end };
        let data = match frame.children {
            Children::Seq(items) => Data::Seq(items),
            Children::Map(map) if map.merges.is_empty() => Data::Map(map.entries),
            Children::Map(map) => Data::Map(merge::apply(map.entries, map.merges, &mut self.findings)),
        };
        // An alias' target stands elsewhere; it must not draw the span backwards.
        let span = self.span(frame.start..end.max(frame.start));
        self.add(Node { data, span, style: frame.style, suspect: false }, frame.anchor)
    }

    /// An alias of a known anchor.
    pub(super) fn alias(&mut self, anchor: usize, at: Range<usize>) -> Result<(), Stop> {
        if self.refuse_anchors(at.clone()) {
            return self.add_alias(absent(self.file, at.start), at);
        }
        let node = self.anchors.expand(anchor, self.span(at.clone()), self.stack.len(), self.source.len())?;
        self.add_alias(node, at)
    }

    /// An alias of an anchor that is not there: most often a `*` that should be text.
    pub(super) fn unknown_alias(&mut self, at: Range<usize>) -> Result<(), Stop> {
        let span = self.span(at.clone());
        let text = self.source.get(at.clone()).unwrap_or("");
        self.findings.push(
            Finding::error(
                "yaml-alias",
                span,
                format!("`{text}` is an alias, and there is no anchor of its name above"),
            )
            .help("a text that starts with `*` needs quotes")
            .fix("quote it", false, vec![scalar::quoted(span, text)]),
        );
        let data = Data::Str(text.into());
        self.add_alias(Node { data, span, style: Style::Plain, suspect: true }, at)
    }

    /// Puts an expanded alias where it stands; as a key it must be a scalar.
    fn add_alias(&mut self, node: Node, at: Range<usize>) -> Result<(), Stop> {
        if !self.expects_key() {
            return self.add(node, 0);
        }
        let span = self.span(at);
        let key = scalar::key_of(&node.data).map(|text| Key { text, span, style: Style::Plain });
        if key.is_none() {
            self.findings.push(scalar::bad_key(span, node.kind()));
        }
        self.set_key(key);
        Ok(())
    }

    /// Puts a finished node into what is open.
    fn add(&mut self, node: Node, anchor: usize) -> Result<(), Stop> {
        if anchor != 0 {
            self.define(anchor, &node)?;
        }
        match self.stack.last_mut().map(|frame| &mut frame.children) {
            None => self.documents.push(node),
            Some(Children::Seq(items)) => items.push(node),
            Some(Children::Map(map)) => {
                if let Some(finding) = map.add(node, self.source) {
                    self.findings.push(finding);
                }
            }
        }
        Ok(())
    }

    fn define(&mut self, anchor: usize, node: &Node) -> Result<(), Stop> {
        let start = node.span.start as usize;
        let token = scalar::find_token(self.source, self.passed.min(start), |b| b == b'&');
        if self.refuse_anchors(token.map_or(start..start, |token| token..token + 1)) {
            return Ok(());
        }
        self.anchors.define(anchor, node, self.source.len())
    }

    fn expects_key(&self) -> bool {
        matches!(
            self.stack.last().map(|frame| &frame.children),
            Some(Children::Map(MapFrame { pending: Pending::None, .. }))
        )
    }

    fn merge_key(&mut self, at: Range<usize>) -> Result<(), Stop> {
        let span = self.span(at.clone());
        let refused = self.refuse_anchors(at);
        let Some(Children::Map(map)) = self.stack.last_mut().map(|frame| &mut frame.children) else {
            return Ok(());
        };
        map.pending = if refused { Pending::Dropped } else { Pending::Merge(span) };
        if let Some(first) = map.merges.first() {
            self.findings.push(duplicate("<<", span, first.key));
        }
        Ok(())
    }

    /// Refuses `{a:}` and `{a:[1]}`: to YAML 1.1 and Kubernetes the colon belongs to the key.
    fn check_colon(&self, end: usize) -> Result<(), Stop> {
        let in_flow = self.stack.last().is_some_and(|frame| frame.style == Style::Flow);
        let glued =
            matches!(self.source.as_bytes().get(end..), Some([b':', b',' | b'[' | b']' | b'{' | b'}', ..]));
        if !in_flow || !glued {
            return Ok(());
        }
        let message = "a space is missing behind this `:`";
        Err(Box::new(Finding::error("yaml-syntax", self.span(end..end + 1), message)))
    }

    fn set_key(&mut self, key: Option<Key>) {
        if let Some(Children::Map(map)) = self.stack.last_mut().map(|frame| &mut frame.children) {
            map.set_key(key, self.source, &mut self.findings);
        }
    }

    /// Whether anchors, aliases and merge keys are refused here; says so the first time.
    fn refuse_anchors(&mut self, at: Range<usize>) -> bool {
        if self.options.role != Role::Template {
            return false;
        }
        if !std::mem::replace(&mut self.refused, true) {
            let message = "a template has no anchors, aliases or merge keys";
            self.findings.push(
                Finding::error("yaml-anchor", self.span(at), message)
                    .help("use a fragment, `with` or `merge`; quote it if it is text"),
            );
        }
        true
    }

    /// The range of a scalar from its quote or block header to its last character.
    fn scalar_range(&self, style: ScalarStyle, at: Range<usize>) -> Range<usize> {
        if !matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
            return at;
        }
        let start = scalar::find_token(self.source, self.passed, |b| matches!(b, b'|' | b'>'));
        let start = start.unwrap_or(at.start);
        let written = self.source.get(start..at.end).unwrap_or("");
        let trimmed = start + written.trim_end_matches([' ', '\t', '\n', '\r']).len();
        // Blanks at the end of the last line of content belong to it.
        let rest = self.source.get(trimmed..at.end).unwrap_or("");
        start..trimmed + rest.find(['\n', '\r']).unwrap_or(rest.len())
    }

    /// The text of a block scalar as Kubernetes has it when the file ends without a line break: the parser adds
    /// the missing one, Kubernetes does not.
    fn without_added_break<'a>(&self, text: Cow<'a, str>, style: ScalarStyle, end: usize) -> Cow<'a, str> {
        let block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
        if !block || end < self.source.len() || self.source.ends_with(['\n', '\r']) {
            return text;
        }
        let Some(content) = text.strip_suffix('\n') else { return text };
        let blank = |line: &str| line.trim_matches([' ', '\t']).is_empty();
        let last = content.rsplit('\n').next().unwrap_or("");
        // A last line of nothing but its indentation is no line of the text.
        if blank(self.source.rsplit(['\n', '\r']).next().unwrap_or("")) && (last.is_empty() || !blank(last)) {
            return text;
        }
        Cow::Owned(content.to_owned())
    }

    fn span(&self, at: Range<usize>) -> Span {
        Span::new(self.file, at.start, at.end)
    }
}

/// The finding for a text that nests too deep.
pub(super) fn too_deep(at: Span) -> Stop {
    let message = format!("lists and maps nest more than {MAX_DEPTH} deep");
    Box::new(Finding::error("yaml-too-deep", at, message))
}

fn style_of(style: ScalarStyle) -> Style {
    match style {
        ScalarStyle::SingleQuoted => Style::Single,
        ScalarStyle::DoubleQuoted => Style::Double,
        ScalarStyle::Literal => Style::Literal,
        ScalarStyle::Folded => Style::Folded,
        _ => Style::Plain,
    }
}
