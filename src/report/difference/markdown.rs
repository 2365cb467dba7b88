//! Differences for notes on merge requests: a summary first, what changes folded below it.
//!
//! It has a bounded size, and what does not fit is counted. Words come out of files that anyone may write: outside of code blocks
//! they are escaped, and a code block has a fence that nothing in it can close.

use super::{
    sections::{Section, Telling, impacts, name, place, sections, worst},
    sentence, sides, unknown,
    values::{Line, lines, words},
};
use crate::{
    diff::{
        ImpactKind, Tag,
        told::{Action, Counts, Told},
    },
    report::markdown::{code, plain},
};
use std::fmt::Write as _;

/// The page takes this many bytes; notes on GitHub may have 65536 characters, all in all, and findings may stand below it.
const MAX_BYTES: usize = 48_000;
/// What is told of one difference takes this many.
const MAX_TELLING: usize = 6_000;
/// Rows of the table of environments; the rest is one row.
const MOST_ROWS: usize = 20;
/// Lines of a change; the rest is counted.
const MOST_LINES: usize = 40;
/// Names of environments or objects that are told; the rest is counted.
const MOST_NAMES: usize = 5;

/// Differences as a page of Markdown.
pub fn markdown(told: &Told) -> String {
    let mut out = format!("### podwright diff: {}\n\n{}\n", sentence(told), plain(&words(&sides(told))));
    for (name, side) in told.unknown.iter().take(MOST_ROWS) {
        let _ = write!(out, "\n- {}", plain(&words(&unknown(name, side))));
    }
    if !told.unknown.is_empty() {
        out.push('\n');
    }
    impact_table(told, &mut out);
    if !told.pair {
        environment_table(told, &mut out);
    }
    let mut left_out = 0;
    for section in sections(told) {
        let room = MAX_BYTES.saturating_sub(out.len());
        left_out += self::section(&section, room, &mut out);
    }
    if left_out > 0 {
        let objects = super::count(left_out, "change");
        let _ = writeln!(
            out,
            "\n{objects} of objects more: there is no room here, the `html` and `json` reports have it."
        );
    }
    out
}

fn impact_table(told: &Told, out: &mut String) {
    let rows = impacts(told);
    if rows.is_empty() {
        return;
    }
    out.push_str("\n| impact | objects | environments | such as |\n|---|--:|--:|---|\n");
    for row in rows {
        let (environment, object, impact) = row.example;
        let object = object.map(|object| code(&words(&name(object))));
        let place = match (told.pair, &object) {
            (true, _) => String::new(),
            (false, Some(_)) => format!(" in {}", code(&words(&environment.name))),
            (false, None) => code(&words(&environment.name)),
        };
        let object = object.unwrap_or_default();
        let kind = label(row.kind);
        let text = plain(&words(&impact.text));
        let _ = writeln!(out, "| {kind} | {} | {} | {object}{place} {text} |", row.objects, row.environments);
    }
}

/// The name of an impact; a grave one stands out.
fn label(kind: ImpactKind) -> String {
    if kind <= ImpactKind::Recreate { format!("**{}**", kind.name()) } else { kind.name().to_owned() }
}

fn environment_table(told: &Told, out: &mut String) {
    if told.environments.is_empty() {
        return;
    }
    out.push_str("\n| environment | changed | added | removed | worst impact |\n|---|--:|--:|--:|---|\n");
    // Those with the worst impacts first, so that the row of the others holds the harmless ones.
    let mut environments: Vec<_> = told.environments.iter().map(|e| (worst(e), e)).collect();
    environments.sort_by_key(|(worst, _)| (worst.is_none(), *worst));
    let most = if environments.len() == MOST_ROWS + 1 { MOST_ROWS + 1 } else { MOST_ROWS };
    for (worst, environment) in environments.iter().take(most) {
        let Counts { added, changed, removed } = environment.counts();
        let fate = match environment.action {
            Action::Added => " (new)",
            Action::Removed => " (gone)",
            _ => "",
        };
        let (name, worst) = (code(&words(&environment.name)), worst.map(label).unwrap_or_default());
        let _ = writeln!(out, "| {name}{fate} | {changed} | {added} | {removed} | {worst} |");
    }
    let others = environments.get(most..).unwrap_or_default();
    if let Some((worst, _)) = others.first() {
        let mut all = Counts::default();
        others.iter().for_each(|(_, environment)| all.add(environment.counts()));
        let worst = worst.map(label).unwrap_or_default();
        let Counts { added, changed, removed } = all;
        let _ = writeln!(out, "| {} more | {changed} | {added} | {removed} | {worst} |", others.len());
    }
}

/// Writes a section as far as there is room. Gives how many changes of objects are left out.
fn section(section: &Section<'_>, room: usize, out: &mut String) -> usize {
    if section.tellings.is_empty() && section.impacts.is_empty() {
        return 0;
    }
    let heading = plain(&words(&section.heading(MOST_NAMES)));
    let objects = super::count(section.count(), "object");
    let mut text = format!("\n<details><summary>{heading}: {objects}</summary>\n");
    let end = "\n</details>\n";
    let mut missing = 0;
    let mut told = section.impacts.len();
    if !section.places.is_empty() {
        let _ = writeln!(text, "\n({})\n", code(&words(&place(&section.places))));
    }
    for impact in &section.impacts {
        let _ = writeln!(text, "- {}: {}", label(impact.kind), plain(&words(&impact.text)));
    }
    for telling in &section.tellings {
        let part = self::telling(telling);
        if missing > 0 || text.len() + part.len() + end.len() > room {
            missing += telling.count();
            continue;
        }
        text += &part;
        told += 1;
    }
    if told > 0 {
        out.push_str(&text);
        out.push_str(end);
    }
    missing
}

fn telling(telling: &Telling<'_>) -> String {
    let sign = match telling.action {
        Action::Added => '+',
        Action::Removed => '-',
        Action::Changed | Action::Renamed => '~',
    };
    let names = code(&words(&telling.names(MOST_NAMES)));
    // As they are, they would begin a list.
    let mut text = format!("\n&#{}; {names}", u32::from(sign));
    let places = telling.places();
    if !places.is_empty() {
        let _ = write!(text, " ({})", code(&words(&place(&places))));
    }
    text.push('\n');
    for (n, (impact, count)) in telling.impacts().into_iter().take(MOST_ROWS).enumerate() {
        let (first, what) = (if n == 0 { "\n" } else { "" }, plain(&words(&impact.text)));
        let _ = writeln!(text, "{first}- {}: {what}{}", label(impact.kind), telling.part(count));
    }
    let mut block = String::new();
    for (n, shared) in telling.changes.iter().enumerate() {
        let part = change(&words(&shared.route()), &place(&shared.places), &lines(shared.change, MOST_LINES));
        if block.len() + part.len() > MAX_TELLING {
            let _ = writeln!(block, "@@ and {} more @@", super::count(telling.changes.len() - n, "field"));
            break;
        }
        block += &part;
    }
    if !block.is_empty() {
        let fence = "`".repeat(longest(&block).max(2) + 1);
        let _ = write!(text, "\n{fence}diff\n{block}{fence}\n");
    }
    text
}

fn change(route: &str, place: &str, lines: &[Line]) -> String {
    let mut text = format!("@@ {route} @@ {}", words(place)).trim_end().to_owned() + "\n";
    for line in lines {
        let line = match line {
            Line::Said(said) => format!("@@ {said} @@"),
            Line::Text(Tag::Same, line) => format!("  {line}"),
            Line::Text(Tag::Gone, line) => format!("- {line}"),
            Line::Text(Tag::New, line) => format!("+ {line}"),
        };
        text += line.trim_end();
        text.push('\n');
    }
    text
}

/// The longest run of backticks.
fn longest(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}
