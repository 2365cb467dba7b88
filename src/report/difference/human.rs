//! Differences for people at a terminal: an environment, its objects with what applying them does, and below each the fields that
//! differ, with the line behind them.

use super::{
    sentence,
    values::{inline, yaml},
};
use crate::{
    diff::{
        ImpactKind, Tag,
        told::{Action, Change, Environment, Object, Place, Told},
    },
    field::Field,
};
use std::fmt::Write as _;

/// Lines of a value that is shown whole; the rest is counted.
const MOST_LINES: usize = 40;

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

    fn new(self, text: &str) -> String {
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
    for environment in &told.environments {
        one(environment, paint, &mut out);
        out.push('\n');
    }
    for (name, side) in &told.unknown {
        let _ = writeln!(out, "{name}: not compared, since {side} could not be rendered");
    }
    let _ = writeln!(out, "{} compared with {}: {}", told.new, told.old, sentence(told));
    out
}

fn one(environment: &Environment, paint: Paint, out: &mut String) {
    let head = match environment.action {
        Action::Added => format!("{} (new)", environment.name),
        Action::Removed => format!("{} (gone)", environment.name),
        _ => environment.name.clone(),
    };
    let _ = writeln!(out, "{}", paint.bold(&head));
    for object in &environment.objects {
        self::object(object, paint, out);
    }
}

fn object(object: &Object, paint: Paint, out: &mut String) {
    let identity = &object.identity;
    let name = match &object.was {
        Some(was) => format!("{}/{was} -> {}", identity.kind, identity.name),
        None => identity.to_string(),
    };
    let head = match object.action {
        Action::Added => paint.new(&format!("+ {name}")),
        Action::Removed => paint.gone(&format!("- {name}")),
        Action::Changed | Action::Renamed => format!("~ {}", paint.bold(&name)),
    };
    let _ = writeln!(out, "  {head}{}", behind(object.place.as_ref(), paint));
    for impact in &object.impacts {
        let grave = impact.kind <= ImpactKind::Recreate;
        let text = format!("! {}", impact.text);
        let text = if grave { paint.gone(&text) } else { paint.warning(&text) };
        let _ = writeln!(out, "      {text}");
    }
    for change in &object.changes {
        self::change(change, paint, out);
    }
}

/// Where it comes from.
fn behind(place: Option<&Place>, paint: Paint) -> String {
    match place {
        Some(place) => {
            let was = if place.old { "was " } else { "" };
            paint.dim(&format!("  ({was}{}:{}:{})", place.path, place.line, place.column))
        }
        None => String::new(),
    }
}

fn change(change: &Change, paint: Paint, out: &mut String) {
    let place = behind(change.place.as_ref(), paint);
    let route = &change.route;
    if change.reordered {
        let _ = writeln!(out, "      {route}: in another order{place}");
        return;
    }
    if !change.text.is_empty() {
        let _ = writeln!(out, "      {route}:{place}");
        for stretch in &change.text {
            let _ = writeln!(out, "        {}", paint.dim(&format!("@@ line {} @@", stretch.line)));
            for (tag, line) in &stretch.lines {
                let line = match tag {
                    Tag::Same => format!("  {line}"),
                    Tag::Gone => paint.gone(&format!("- {line}")),
                    Tag::New => paint.new(&format!("+ {line}")),
                };
                let _ = writeln!(out, "        {}", line.trim_end());
            }
        }
        return;
    }
    let short = |field: &Option<Field<'_>>| field.as_ref().map(|f| inline(f));
    match (short(&change.old), short(&change.new)) {
        (Some(Some(old)), Some(Some(new))) => {
            let _ = writeln!(out, "      {route}: {} -> {}{place}", paint.gone(&old), paint.new(&new));
        }
        (None, Some(Some(new))) => {
            let _ = writeln!(out, "      {} {}{place}", paint.new(&format!("+ {route}:")), paint.new(&new));
        }
        (Some(Some(old)), None) => {
            let _ = writeln!(out, "      {} {}{place}", paint.gone(&format!("- {route}:")), paint.gone(&old));
        }
        _ => {
            let _ = writeln!(out, "      {route}:{place}");
            block(change.old.as_ref(), '-', |line| paint.gone(line), out);
            block(change.new.as_ref(), '+', |line| paint.new(line), out);
        }
    }
}

/// A value that takes several lines.
fn block(field: Option<&Field<'_>>, sign: char, paint: impl Fn(&str) -> String, out: &mut String) {
    let Some(field) = field else { return };
    let text = yaml(field);
    let count = text.lines().count();
    for line in text.lines().take(MOST_LINES) {
        let _ = writeln!(out, "        {}", paint(format!("{sign} {line}").trim_end()));
    }
    if count > MOST_LINES {
        let _ = writeln!(out, "        {sign} ... and {} lines more", count - MOST_LINES);
    }
}
