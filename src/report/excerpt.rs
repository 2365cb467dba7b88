//! Excerpts: the lines of a file around some marks, made fit to print: secrets masked, long lines cut, line breaks and
//! byte order marks evened out, and every mark moved to where its text then stands.
//!
//! How an excerpt looks is for the formats.

use crate::{
    diag::{Edit, Finding},
    source::{FileId, Sources, Span},
};
use std::ops::Range;

/// A line with more characters than this is cut around its first mark.
const LINE_CHARS: usize = 140;
/// What stays before the first mark of a line that is cut.
const LEAD_CHARS: usize = 40;
/// Marks that are further apart than this (in lines) stand in excerpts of their own.
pub(super) const GAP_LINES: u32 = 40;
/// What stands for hidden text.
const MASK: &str = "***";
/// What stands for text that was cut.
const CUT: &str = "…";

/// A place to show, with a few words.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark<'a> {
    /// Where.
    pub(super) at: Span,
    /// The words; empty for none.
    pub(super) label: &'a str,
    /// Whether the finding is about this place.
    pub(super) primary: bool,
}

/// Consecutive lines of one file with marks.
#[derive(Debug)]
pub(super) struct Excerpt<'a> {
    /// The file.
    pub(super) file: FileId,
    /// The number of the first line of `text`.
    pub(super) first_line: u32,
    /// The lines, each ended by a line feed but the last.
    pub(super) text: String,
    /// The marks by byte range of `text`; each lies in one line.
    pub(super) marks: Vec<(Range<usize>, Mark<'a>)>,
}

/// The excerpts that show `marks`, in the order in which their files come up; marks of a file that are at most `gap`
/// lines apart share one, with the lines between them.
pub(super) fn excerpts<'a>(
    sources: &Sources,
    marks: &[Mark<'a>],
    hidden: &[Span],
    gap: u32,
) -> Vec<Excerpt<'a>> {
    let mut files: Vec<FileId> = Vec::new();
    for mark in marks {
        if !files.contains(&mark.at.file) {
            files.push(mark.at.file);
        }
    }
    let mut list = Vec::new();
    for file in files {
        let mut here: Vec<(u32, Mark<'a>)> = marks
            .iter()
            .filter(|mark| mark.at.file == file)
            .map(|mark| (sources.position(mark.at).line, *mark))
            .collect();
        here.sort_by_key(|(line, mark)| (*line, mark.at.start));
        let groups = here.chunk_by(|a, b| b.0 - a.0 <= gap);
        let mut parts: Vec<_> = groups.map(|group| excerpt(sources, file, group, hidden)).collect();
        // The primary place comes first, wherever in its file it stands.
        parts.sort_by_key(|part| !part.marks.iter().any(|(_, mark)| mark.primary));
        list.append(&mut parts);
    }
    list
}

/// The lines that edits change, for a suggestion: as they are, but for what is cut of long ones around their edits. `None`
/// when they hide something, or when the edits of one line are too far apart.
pub(super) fn verbatim(sources: &Sources, edits: &[Edit], hidden: &[Span]) -> Option<(u32, Lines)> {
    let span = edits.iter().map(|e| e.at).reduce(Span::to)?;
    let (from, to) = sources.range(span);
    let mut lines = Lines::default();
    for line in from.line..=to.line {
        let at = sources.line_span(span.file, line);
        if hidden.iter().any(|h| overlap(*h, at).is_some()) {
            return None;
        }
        let here = || edits.iter().map(|e| e.at).filter(|e| e.start <= at.end && at.start <= e.end);
        let cuts = cuts(sources, at, here().map(|e| e.start).min().unwrap_or(at.start));
        let lost =
            |e: Span| cuts.iter().any(|(cut, _)| (e.start as usize) < cut.end && cut.start < e.end as usize);
        if here().any(lost) {
            return None;
        }
        lines.push_line(sources, at, cuts);
    }
    Some((from.line, lines))
}

/// The places of a sensitive finding that are not shown, besides those that are never shown.
///
/// A place that is a key says nothing secret, what follows it does. The line of a schema is no value, and an expression of a
/// template is none; what a template says itself may be one.
pub(super) fn secrets_of(finding: &Finding, sources: &Sources) -> Vec<Span> {
    if !finding.sensitive {
        return Vec::new();
    }
    let places = std::iter::once(finding.at).chain(finding.related.iter().map(|r| r.at));
    places
        .filter(|at| {
            let path = sources.path(at.file);
            let shown = path.contains("/templates/") && is_expression(*at, sources);
            !shown && !path.ends_with(".schema.json")
        })
        .map(|at| {
            let line = sources.line_span(at.file, sources.position(at).line);
            let rest = sources.slice(Span { start: at.end, end: line.end.max(at.end), ..at });
            match rest.trim_start().strip_prefix(':') {
                Some(value) if value.is_empty() || value.starts_with([' ', '\t']) => {
                    let value = value.trim_start();
                    Span { start: line.end - u32::try_from(value.len()).unwrap_or(0), end: line.end, ..at }
                }
                _ => at,
            }
        })
        .collect()
}

/// Whether a place of a template is an expression, or in one.
fn is_expression(at: Span, sources: &Sources) -> bool {
    let slice = sources.slice(at).trim_start_matches(['"', '\'']);
    let before = sources.text(at.file).get(..at.start as usize).unwrap_or_default();
    slice.starts_with("${{") || before.rfind("${{") > before.rfind("}}")
}

fn excerpt<'a>(sources: &Sources, file: FileId, marks: &[(u32, Mark<'a>)], hidden: &[Span]) -> Excerpt<'a> {
    let first_line = marks.first().map_or(1, |m| m.0);
    let last_line = marks.last().map_or(1, |m| m.0);
    let whole = sources.line_span(file, first_line).to(sources.line_span(file, last_line));
    let hidden: Vec<Span> = hidden.iter().copied().filter(|h| overlap(*h, whole).is_some()).collect();
    let mut lines = Lines::default();
    let mut placed = Vec::new();
    for number in first_line..=last_line {
        let line = sources.line_span(file, number);
        let here: Vec<Mark<'a>> = marks.iter().filter(|m| m.0 == number).map(|m| m.1).collect();
        let mut changes: Vec<(Range<usize>, &str)> = Vec::new();
        for span in hidden.iter().filter_map(|h| overlap(*h, line)) {
            changes.push((span, MASK));
        }
        let lead = here.iter().find(|m| m.primary).or(here.first());
        changes.extend(cuts(sources, line, lead.map_or(line.start, |m| m.at.start)));
        lines.push_line(sources, line, changes);
        for mark in here {
            let (start, end) = (mark.at.start.min(line.end), mark.at.end.clamp(line.start, line.end));
            let start = lines.moved(start as usize, false);
            placed.push((start..lines.moved(end as usize, true).max(start), mark));
        }
    }
    // An empty last line is none to who draws; a blank makes it one.
    if lines.text.is_empty() || lines.text.ends_with('\n') {
        lines.text.push(' ');
    }
    Excerpt { file, first_line, text: lines.text, marks: placed }
}

/// What is left out of a long line, given where its first mark starts.
fn cuts(sources: &Sources, line: Span, mark: u32) -> Vec<(Range<usize>, &'static str)> {
    let text = sources.slice(line);
    if text.len() <= LINE_CHARS || text.chars().nth(LINE_CHARS).is_none() {
        return Vec::new();
    }
    let start = line.start as usize;
    let before = text.get(..(mark.max(line.start) as usize - start).min(text.len())).unwrap_or("");
    let lead = before.char_indices().rev().take(LEAD_CHARS).last().map_or(before.len(), |(at, _)| at);
    // A beginning that is hardly longer than the sign for the cut stays.
    let from = if before.get(..lead).is_some_and(|t| t.chars().count() > 8) { lead } else { 0 };
    let kept = text.get(from..).unwrap_or("");
    let to = kept.char_indices().nth(LINE_CHARS).map_or(text.len(), |(at, _)| from + at);
    let mut cuts = Vec::new();
    if from > 0 {
        cuts.push((start..start + from, CUT));
    }
    if to < text.len() {
        cuts.push((start + to..start + text.len(), CUT));
    }
    cuts
}

/// The part of `line` that `span` covers; `None` when it covers nothing of it.
fn overlap(span: Span, line: Span) -> Option<Range<usize>> {
    let (start, end) = (span.start.max(line.start), span.end.min(line.end));
    (span.file == line.file && start < end).then_some(start as usize..end as usize)
}

/// Lines of a file with some ranges replaced, and the way from the file's offsets to theirs.
#[derive(Debug, Default)]
pub(super) struct Lines {
    /// The text.
    pub(super) text: String,
    /// (offsets in the file, offsets in `text`), in order; lengths differ where something was replaced.
    pieces: Vec<(Range<usize>, Range<usize>)>,
}

impl Lines {
    /// Adds a line with `changes`. Changes may overlap: the first to start wins, and what it hides stays hidden.
    fn push_line(&mut self, sources: &Sources, line: Span, mut changes: Vec<(Range<usize>, &str)>) {
        let (start, end) = (line.start as usize, line.end as usize);
        if !self.pieces.is_empty() {
            let before = self.pieces.last().map_or(start, |p| p.0.end);
            self.push(before..start, "\n");
        }
        if start == 0 && sources.slice(line).starts_with('\u{feff}') {
            changes.push((0..'\u{feff}'.len_utf8(), ""));
        }
        changes.sort_by_key(|(range, _)| range.start);
        let mut at = start;
        for (range, text) in changes {
            if range.end <= at {
                continue;
            }
            let from = range.start.max(at);
            self.push(at..from, sources.slice(Span::new(line.file, at, from)));
            // Of two that overlap or touch, one says that something is hidden.
            let text = if from == at && self.text.ends_with(text) { "" } else { text };
            self.push(from..range.end, text);
            at = range.end;
        }
        self.push(at..end, sources.slice(Span::new(line.file, at, end)));
    }

    fn push(&mut self, old: Range<usize>, text: &str) {
        let start = self.text.len();
        // The drawing shows the control characters of ASCII as signs but not those of Latin-1, which terminals obey as
        // well. A sign with as many bytes keeps the offsets.
        self.text.extend(text.chars().map(|c| if matches!(c, '\u{80}'..='\u{9f}') { '¿' } else { c }));
        self.pieces.push((old, start..self.text.len()));
    }

    /// Where an offset of the file stands in the text. Within replaced text it is the replacement's start or end.
    pub(super) fn moved(&self, at: usize, end: bool) -> usize {
        // An end belongs to the piece that it closes, a start to the piece that it opens.
        let piece = if end {
            self.pieces.iter().find(|(old, _)| at <= old.end)
        } else {
            self.pieces.iter().rev().find(|(old, _)| at >= old.start)
        };
        let Some((old, new)) = piece else { return if end { self.text.len() } else { 0 } };
        if old.len() == new.len() {
            return new.start + at.clamp(old.start, old.end) - old.start;
        }
        match (at <= old.start, at >= old.end) {
            (true, _) => new.start,
            (_, true) => new.end,
            _ if end => new.end,
            _ => new.start,
        }
    }
}
