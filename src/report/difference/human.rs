//! Differences for people at a terminal: environments, their objects with what applying them does, and below each the fields that
//! differ, with the line behind them. What is the same in several environments is told once.

use super::{
    sections::{Shared, Telling, place, sections},
    sentence, sides, unknown,
    values::{inline, yaml},
};
use crate::{
    diff::{
        Impact, ImpactKind, Tag,
        told::{Action, Place, Told},
    },
    field::Field,
    report::words::printable,
};
use std::fmt::Write as _;

/// Lines of a value that is shown whole; the rest is counted.
const MOST_LINES: usize = 40;

/// Names of environments or objects that are told; the rest is counted.
const MOST_NAMES: usize = 6;

/// Impacts of what is told at once; the rest is counted.
const MOST_IMPACTS: usize = 8;

/// The colours of a terminal.
#[derive(Clone, Copy)]
struct Paint(bool);

impl Paint {
    fn with(self, code: &str, text: &str) -> String {
        if self.0 { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    fn bold(self, text: &str) -> String {
        self.with("1", text)
    }

    fn dim(self, text: &str) -> String {
        self.with("2", text)
    }

    fn gone(self, text: &str) -> String {
        self.with("31", text)
    }

    fn come(self, text: &str) -> String {
        self.with("32", text)
    }

    fn warning(self, text: &str) -> String {
        self.with("33", text)
    }
}

/// Differences as text.
pub fn text(told: &Told, color: bool) -> String {
    let paint = Paint(color);
    let mut out = String::new();
    for section in sections(told) {
        let head = paint.bold(&printable(&section.heading(MOST_NAMES)));
        let _ = writeln!(out, "{head}{}", behind(&section.places, paint));
        for impact in &section.impacts {
            let _ = writeln!(out, "  {}", warned(impact, "", paint));
        }
        for telling in &section.tellings {
            self::telling(telling, paint, &mut out);
        }
        out.push('\n');
    }
    for (name, side) in &told.unknown {
        let _ = writeln!(out, "{}", printable(&unknown(name, side)));
    }
    let _ = writeln!(out, "{}: {}", printable(&sides(told)), sentence(told));
    out
}

fn telling(telling: &Telling<'_>, paint: Paint, out: &mut String) {
    let names = printable(&telling.names(MOST_NAMES));
    let head = match telling.action {
        Action::Added => paint.come(&format!("+ {names}")),
        Action::Removed => paint.gone(&format!("- {names}")),
        Action::Changed | Action::Renamed => format!("~ {}", paint.bold(&names)),
    };
    let _ = writeln!(out, "  {head}{}", behind(&telling.places(), paint));
    let impacts = telling.impacts();
    for (impact, count) in impacts.iter().take(MOST_IMPACTS) {
        let _ = writeln!(out, "      {}", warned(impact, &telling.part(*count), paint));
    }
    if impacts.len() > MOST_IMPACTS {
        let _ = writeln!(out, "      ! and {} more", impacts.len() - MOST_IMPACTS);
    }
    for shared in &telling.changes {
        change(shared, paint, out);
    }
}

/// What applying something does, and for how much of it.
fn warned(impact: &Impact, part: &str, paint: Paint) -> String {
    let text = printable(&format!("! {}{part}", impact.text));
    if impact.kind <= ImpactKind::Recreate { paint.gone(&text) } else { paint.warning(&text) }
}

/// Where it comes from.
fn behind(places: &[&Place], paint: Paint) -> String {
    match places {
        [] => String::new(),
        places => paint.dim(&format!("  ({})", printable(&place(places)))),
    }
}

fn change(shared: &Shared<'_>, paint: Paint, out: &mut String) {
    let change = shared.change;
    let place = behind(&shared.places, paint);
    let route = printable(&shared.route());
    if change.reordered {
        let _ = writeln!(out, "      {route}: in another order{place}");
        return;
    }
    if !change.text.is_empty() {
        let _ = writeln!(out, "      {route}:{place}");
        for stretch in &change.text {
            let _ = writeln!(out, "        {}", paint.dim(&format!("@@ line {} @@", stretch.line)));
            for (tag, line) in &stretch.lines {
                let line = printable(line);
                let line = match tag {
                    Tag::Same => format!("  {line}"),
                    Tag::Gone => paint.gone(&format!("- {line}")),
                    Tag::New => paint.come(&format!("+ {line}")),
                };
                let _ = writeln!(out, "        {}", line.trim_end());
            }
        }
        return;
    }
    let short = |field: &Option<Field<'_>>| field.as_ref().map(|f| inline(f).map(|text| printable(&text)));
    match (short(&change.old), short(&change.new)) {
        (Some(Some(old)), Some(Some(new))) => {
            let _ = writeln!(out, "      {route}: {} -> {}{place}", paint.gone(&old), paint.come(&new));
        }
        (None, Some(Some(new))) => {
            let _ = writeln!(out, "      {} {}{place}", paint.come(&format!("+ {route}:")), paint.come(&new));
        }
        (Some(Some(old)), None) => {
            let _ = writeln!(out, "      {} {}{place}", paint.gone(&format!("- {route}:")), paint.gone(&old));
        }
        _ => {
            let _ = writeln!(out, "      {route}:{place}");
            block(change.old.as_ref(), '-', |line| paint.gone(line), out);
            block(change.new.as_ref(), '+', |line| paint.come(line), out);
        }
    }
}

/// A value that takes several lines.
fn block(field: Option<&Field<'_>>, sign: char, paint: impl Fn(&str) -> String, out: &mut String) {
    let Some(field) = field else { return };
    let text = printable(&yaml(field));
    let count = text.lines().count();
    for line in text.lines().take(MOST_LINES) {
        let _ = writeln!(out, "        {}", paint(format!("{sign} {line}").trim_end()));
    }
    if count > MOST_LINES {
        let _ = writeln!(out, "        {sign} ... and {} lines more", count - MOST_LINES);
    }
}
