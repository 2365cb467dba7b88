//! The report for people: every finding as rustc shows an error, then a line with the counts.
//!
//! Which text is shown is decided in `excerpt`; this file draws it.

use super::{
    Look, Report,
    excerpt::{Excerpt, GAP_LINES, Mark, excerpts, secrets_of, verbatim},
    words::{printable, sentence},
};
use crate::{
    diag::{Edit, Finding, Fix, Level},
    error::Error,
    source::{FileId, Sources, Span},
};
use annotate_snippets::{
    Annotation, AnnotationKind, Group, Level as Shown, Origin, Patch, Renderer, Snippet,
};

use std::io::{self, Write};

/// Lines are cut to a readable length before they are drawn; drawing must not cut them again.
const WIDTH: usize = 4096;
/// The edits of a suggestion lie within this many bytes, or only its title is shown.
const SUGGESTION_BYTES: u32 = 4096;

/// Writes the product as text, the findings, the reason why the run ended early, and the counts.
pub(super) fn write(report: &Report<'_>, look: Look, out: &mut dyn Write) -> io::Result<()> {
    if let Some(product) = report.product {
        out.write_all(product.words(look.color).as_bytes())?;
    }
    let renderer = if look.color { Renderer::styled() } else { Renderer::plain() }.term_width(WIDTH);
    for finding in report.findings {
        writeln!(out, "{}\n", draw(finding, report, &renderer))?;
    }
    if let Some(error) = report.error {
        writeln!(out, "{}", failure(error, look.color))?;
    } else if look.summary {
        writeln!(out, "{}", sentence(report.summary))?;
    }
    Ok(())
}

/// Why a run ended early, and what to do; also for the runs that get no report.
pub(super) fn failure(error: &Error, color: bool) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let error_line = Group::with_title(Shown::ERROR.primary_title(printable(&error.message)));
    let mut text = renderer.render(&[error_line]);
    if let Some(help) = &error.help {
        text.push('\n');
        text += &renderer.render(&[Group::with_title(Shown::HELP.secondary_title(printable(help)))]);
    }
    text
}

/// A finding drawn as something to know and nothing to mend.
pub(super) fn note(finding: &Finding, sources: &Sources, hidden: &[Span], color: bool) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() }.term_width(WIDTH);
    draw_as(Shown::NOTE, None, finding, (sources, hidden), &renderer)
}

fn draw(finding: &Finding, report: &Report<'_>, renderer: &Renderer) -> String {
    let level = match finding.level {
        Level::Error => Shown::ERROR,
        Level::Warn => Shown::WARNING,
    };
    draw_as(level, Some(&finding.code), finding, (report.sources, report.hidden), renderer)
}

fn draw_as(
    level: Shown<'static>,
    code: Option<&str>,
    finding: &Finding,
    (sources, hidden): (&Sources, &[Span]),
    renderer: &Renderer,
) -> String {
    let mut hidden = hidden.to_vec();
    hidden.extend(secrets_of(finding, sources));
    let mut marks = vec![Mark { at: finding.at, label: &finding.label, primary: true }];
    for related in &finding.related {
        marks.push(Mark { at: related.at, label: &related.message, primary: false });
    }
    // The lines between two places of a secret may well be more of it; and where YAML is at fault, no schema tells what is.
    let apart = finding.sensitive || finding.code.starts_with("yaml-");
    let gap = if apart { 1 } else { GAP_LINES };
    let shown = excerpts(sources, &marks, &hidden, gap);
    let mut title = level.primary_title(printable(&finding.message));
    if let Some(code) = code {
        title = title.id(code);
    }
    let mut main = Group::with_title(title);
    for excerpt in &shown {
        main = add_excerpt(main, excerpt, sources);
    }
    if let Some(help) = &finding.help {
        main = main.element(Shown::HELP.message(printable(help)));
    }
    let mut groups = vec![main];
    if let Some(fix) = finding.fix.as_ref().filter(|fix| !finding.sensitive || !tells(fix, sources)) {
        groups.push(suggestion(fix, finding.sensitive, sources, &hidden));
    }
    let mut text = renderer.render(&groups);
    for excerpt in &shown {
        correct_column(&mut text, excerpt, sources);
    }
    text.truncate(text.trim_end().len());
    text
}

/// The drawing counts columns in what it draws; where a secret or a part of a long line before the mark was replaced, the
/// file's own count differs, and that is the one to say.
fn correct_column(text: &mut String, excerpt: &Excerpt<'_>, sources: &Sources) {
    let path = path(sources, excerpt.file);
    // The head of an excerpt names its primary mark, or else one of its first line.
    let named = |mark: &Mark<'_>| mark.primary || !excerpt.marks.iter().any(|(_, m)| m.primary);
    for (range, mark) in excerpt.marks.iter().filter(|(_, mark)| named(mark)) {
        let real = sources.position(mark.at);
        let before = excerpt.text.get(..range.start).unwrap_or("");
        let drawn = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
        let head = format!("{path}:{}:{drawn}", real.line);
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let found = line.find(&head).filter(|at| {
                let (lead, rest) = (&line[..*at], &line[at + head.len()..]);
                let digit = rest.starts_with(|c: char| c.is_ascii_digit());
                (lead.contains("--> ") || lead.contains("::: ")) && !digit
            });
            if let Some(at) = found.map(|at| start + at) {
                let head = at..at + head.len();
                text.replace_range(head, &format!("{path}:{}:{}", real.line, real.column));
                return;
            }
            start += line.len();
        }
    }
}

/// A path without what a terminal would obey.
fn path(sources: &Sources, file: FileId) -> String {
    printable(sources.path(file))
}

fn add_excerpt<'a>(group: Group<'a>, excerpt: &'a Excerpt<'a>, sources: &'a Sources) -> Group<'a> {
    let path = path(sources, excerpt.file);
    // Nothing can be shown of a file that is empty or could not be read, only said.
    if sources.text(excerpt.file).is_empty() {
        let words = excerpt.marks.iter().map(|(_, mark)| mark.label).filter(|label| !label.is_empty());
        let group = group.element(Origin::path(path).line(1).char_column(1));
        return group.elements(words.map(|label| Shown::NOTE.message(printable(label))));
    }
    group.element(
        Snippet::source(excerpt.text.as_str())
            .path(path)
            .line_start(excerpt.first_line as usize)
            .annotations(excerpt.marks.iter().map(|(range, mark)| annotation(range.clone(), mark))),
    )
}

fn annotation<'a>(range: std::ops::Range<usize>, mark: &Mark<'a>) -> Annotation<'a> {
    let kind = if mark.primary { AnnotationKind::Primary } else { AnnotationKind::Context };
    kind.span(range).label((!mark.label.is_empty()).then(|| printable(mark.label)))
}

/// Whether the title of a fix holds text that it replaces or writes.
fn tells(fix: &Fix, sources: &Sources) -> bool {
    let texts = fix.edits.iter().flat_map(|e| [sources.slice(e.at), e.text.as_str()]);
    let bare =
        |text: &'_ str| text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'')).to_owned();
    texts.map(bare).any(|text| !text.is_empty() && fix.title.contains(&text))
}

/// The fix: its title, and what it changes unless that would show a secret or fill the screen.
fn suggestion<'a>(fix: &'a Fix, sensitive: bool, sources: &'a Sources, hidden: &[Span]) -> Group<'a> {
    let doubt = if fix.safe { "" } else { " (check the result)" };
    let mut group =
        Group::with_title(Shown::HELP.secondary_title(format!("{}{doubt}", printable(&fix.title))));
    if sensitive {
        return group;
    }
    for edits in fix.edits.chunk_by(|a, b| a.at.file == b.at.file) {
        if let Some(snippet) = patches(edits, sources, hidden) {
            group = group.element(snippet);
        }
    }
    group
}

fn patches<'a>(edits: &'a [Edit], sources: &'a Sources, hidden: &[Span]) -> Option<Snippet<'a, Patch<'a>>> {
    let file = edits.first()?.at.file;
    let start = edits.iter().map(|e| e.at.start).min()?;
    let end = edits.iter().map(|e| e.at.end).max()?;
    let text = sources.text(file);
    if end.saturating_sub(start) > SUGGESTION_BYTES || text.get(start as usize..end as usize).is_none() {
        return None;
    }
    let (first_line, lines) = verbatim(sources, edits, hidden)?;
    let patches = edits.iter().map(|edit| {
        let from = lines.moved(edit.at.start as usize, false);
        Patch::new(from..lines.moved(edit.at.end as usize, true).max(from), printable(&edit.text))
    });
    let patches: Vec<_> = patches.collect();
    let snippet = Snippet::source(lines.text).path(path(sources, file)).line_start(first_line as usize);
    Some(snippet.patches(patches))
}
