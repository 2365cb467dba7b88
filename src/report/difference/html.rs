//! Differences as a part of an HTML page: a summary, then what changes, folded by the environments that have it in common.
//!
//! It is bounded, and what does not fit is counted. Whether values stand below or beside each other is chosen without a script.

use super::{
    count,
    sections::{Section, Shared, Telling, impacts, name, place, sections, worst},
    sentence, sides, unknown,
    values::{Line, lines, words},
};
use crate::{
    diff::{
        Impact, ImpactKind, Tag,
        told::{Action, Counts, Place, Told},
    },
    report::html::text,
};
use std::fmt::Write as _;

/// The page takes this many bytes.
const MAX_BYTES: usize = 8_000_000;
/// Rows of the table of environments; the rest is counted.
const MOST_ROWS: usize = 1_000;
/// Lines of a change; the rest is counted.
const MOST_LINES: usize = 400;
/// Names of environments or objects that a heading tells; the others are told below it.
const MOST_NAMES: usize = 8;
/// So many sections are open at first.
const OPEN: usize = 3;

/// Differences as a part of an HTML page.
pub fn html(told: &Told) -> String {
    let mut out = format!("<h1>podwright diff: {}</h1>\n", text(&sentence(told)));
    let _ = writeln!(out, "<p class=\"dim\">{}</p>", text(&words(&sides(told))));
    for (name, side) in told.unknown.iter().take(MOST_ROWS) {
        let _ = writeln!(out, "<p class=\"warn\">{}</p>", text(&words(&unknown(name, side))));
    }
    if told.environments.is_empty() {
        return out;
    }
    impact_table(told, &mut out);
    if !told.pair {
        environment_table(told, &mut out);
    }
    // The two choices stand beside what they change: a style can then see them.
    out.push_str(
        "<h2>Changes</h2>\n\
         <input type=\"radio\" name=\"view\" id=\"unified\" checked> <label for=\"unified\">below each other</label>\n\
         <input type=\"radio\" name=\"view\" id=\"side\"> <label for=\"side\">beside each other</label>\n",
    );
    filter(told, &mut out);
    out.push_str("<div class=\"differences\">\n");
    let mut missing = 0;
    for (n, section) in sections(told).iter().enumerate() {
        let room = MAX_BYTES.saturating_sub(out.len());
        missing += self::section(section, n < OPEN, room, &mut out);
    }
    out.push_str("</div>\n");
    if missing > 0 {
        let _ = writeln!(
            out,
            "<p>{} of objects more: the <code>json</code> report has them.</p>",
            count(missing, "change")
        );
    }
    out
}

/// A kind of impact in its colour.
fn label(kind: ImpactKind) -> String {
    let class = match kind {
        kind if kind <= ImpactKind::Recreate => "grave",
        kind if kind <= ImpactKind::Grant => "warn",
        _ => "calm",
    };
    format!("<span class=\"{class}\">{}</span>", kind.name())
}

fn impact_table(told: &Told, out: &mut String) {
    let rows = impacts(told);
    if rows.is_empty() {
        return;
    }
    out.push_str("<table>\n<tr><th>impact</th><th>objects</th><th>environments</th><th>such as</th></tr>\n");
    for row in rows {
        let (environment, object, impact) = row.example;
        let place = if told.pair {
            String::new()
        } else {
            let within = if row.example.1.is_some() { " in " } else { "" };
            format!("{within}<code>{}</code>", text(&words(&environment.name)))
        };
        let object = object.map(|o| format!("<code>{}</code>", text(&words(&name(o))))).unwrap_or_default();
        let _ = writeln!(
            out,
            "<tr><td>{}</td><td class=\"number\">{}</td><td class=\"number\">{}</td><td>{object}{place} {}</td></tr>",
            label(row.kind),
            row.objects,
            row.environments,
            text(&words(&impact.text)),
        );
    }
    out.push_str("</table>\n");
}

fn environment_table(told: &Told, out: &mut String) {
    let open = if told.environments.len() <= 20 { " open" } else { "" };
    let _ =
        writeln!(out, "<details{open}><summary>{}</summary>", count(told.environments.len(), "environment"));
    out.push_str(
        "<table>\n<tr><th>environment</th><th>changed</th><th>added</th><th>removed</th><th>worst impact</th></tr>\n",
    );
    let mut environments: Vec<_> = told.environments.iter().map(|e| (worst(e), e)).collect();
    environments.sort_by_key(|(worst, _)| (worst.is_none(), *worst));
    for (worst, environment) in environments.iter().take(MOST_ROWS) {
        let Counts { added, changed, removed } = environment.counts();
        let fate = match environment.action {
            Action::Added => " (new)",
            Action::Removed => " (gone)",
            _ => "",
        };
        let (name, worst) = (text(&words(&environment.name)), worst.map(label).unwrap_or_default());
        let _ = writeln!(
            out,
            "<tr><td><code>{name}</code>{fate}</td><td class=\"number\">{changed}</td><td class=\"number\">{added}</td>\
             <td class=\"number\">{removed}</td><td>{worst}</td></tr>"
        );
    }
    out.push_str("</table>\n");
    if environments.len() > MOST_ROWS {
        let _ = writeln!(out, "<p>and {} more</p>", environments.len() - MOST_ROWS);
    }
    out.push_str("</details>\n");
}

/// What a script shows and reads.
fn filter(told: &Told, out: &mut String) {
    out.push_str(
        "<div class=\"controls filter\" hidden>\n\
         <label>environment <input type=\"search\" placeholder=\"part of its name\"></label>\n\
         <label>impact <select><option value=\"\">all</option>",
    );
    for row in impacts(told) {
        let _ = write!(out, "<option value=\"{0}\">{0}</option>", row.kind.name());
    }
    out.push_str("</select></label>\n</div>\n");
}

/// Writes a section as far as there is room. Gives how many changes of objects are left out.
fn section(section: &Section<'_>, open: bool, room: usize, out: &mut String) -> usize {
    let names: Vec<String> = section.environments.iter().map(|e| words(&e.name)).collect();
    let mut part = format!(
        "<details class=\"section\"{} data-environments=\"{}\">\n<summary>{}: {}</summary>\n",
        if open { " open" } else { "" },
        text(&names.join(" ")),
        text(&words(&section.heading(MOST_NAMES))),
        count(section.count(), "object"),
    );
    if names.len() > MOST_NAMES + 1 {
        let _ = writeln!(
            part,
            "<details class=\"object-free\"><summary class=\"dim\">all of them</summary><p>{}</p></details>",
            text(&names.join(", "))
        );
    }
    if !section.impacts.is_empty() {
        let kinds: Vec<&str> = section.impacts.iter().map(|impact| impact.kind.name()).collect();
        let kinds = kinds.join(" ");
        let _ = write!(
            part,
            "<div class=\"object\" data-impacts=\"{kinds}\">\n<p>{}</p>\n",
            behind(&section.places)
        );
        list(section.impacts.iter().map(|impact| (*impact, String::new())), &mut part);
        part.push_str("</div>\n");
    }
    let mut missing = 0;
    for telling in &section.tellings {
        let one = self::telling(telling);
        if missing > 0 || part.len() + one.len() > room {
            missing += telling.count();
        } else {
            part += &one;
        }
    }
    if part.contains("class=\"object\"") || section.tellings.is_empty() {
        out.push_str(&part);
        out.push_str("</details>\n");
    }
    missing
}

fn telling(telling: &Telling<'_>) -> String {
    let sign = match telling.action {
        Action::Added => "+",
        Action::Removed => "-",
        Action::Changed | Action::Renamed => "~",
    };
    let found = telling.impacts();
    let mut kinds: Vec<&str> = found.iter().map(|(impact, _)| impact.kind.name()).collect();
    kinds.dedup();
    let mut part = format!(
        "<div class=\"object\" data-impacts=\"{}\">\n<h3>{sign} {}{}</h3>\n",
        kinds.join(" "),
        text(&words(&telling.names(MOST_NAMES * 4))),
        behind(&telling.places()),
    );
    if !found.is_empty() {
        let some = found.into_iter().take(MOST_LINES);
        list(some.map(|(impact, number)| (impact, telling.part(number))), &mut part);
    }
    for shared in &telling.changes {
        change(shared, &mut part);
    }
    part.push_str("</div>\n");
    part
}

/// A list of impacts, each with how much of something it holds for.
fn list<'t>(impacts: impl Iterator<Item = (&'t Impact, String)>, out: &mut String) {
    out.push_str("<ul>\n");
    for (impact, part) in impacts {
        let _ = writeln!(out, "<li>{}: {}{part}</li>", label(impact.kind), text(&words(&impact.text)));
    }
    out.push_str("</ul>\n");
}

/// Where it comes from.
fn behind(places: &[&Place]) -> String {
    match places {
        [] => String::new(),
        places => format!(" <span class=\"dim\">{}</span>", text(&words(&place(places)))),
    }
}

fn change(shared: &Shared<'_>, out: &mut String) {
    let (route, place) = (text(&words(&shared.route())), behind(&shared.places));
    let _ = writeln!(out, "<div class=\"change\"><code class=\"route\">{route}</code>{place}");
    out.push_str("<div class=\"lines\">");
    let lines = lines(shared.change, MOST_LINES);
    let mut at = lines.iter().peekable();
    while let Some(line) = at.next() {
        match line {
            Line::Said(said) => {
                let _ = write!(out, "<span class=\"said\">{}</span>", text(said));
            }
            Line::Text(Tag::Same, line) => {
                let _ = write!(out, "<span class=\"same\">{}</span>", text(line));
            }
            // What is gone and what is new in its stead may stand beside each other.
            Line::Text(tag, line) => {
                let (mut gone, mut new) = (String::new(), String::new());
                let put = |tag: Tag, line: &str, gone: &mut String, new: &mut String| {
                    let (class, side) = if tag == Tag::Gone { ("gone", gone) } else { ("new", new) };
                    let _ = write!(side, "<span class=\"{class}\">{}</span>", text(line));
                };
                put(*tag, line, &mut gone, &mut new);
                while let Some(Line::Text(tag @ (Tag::Gone | Tag::New), line)) = at.peek() {
                    put(*tag, line, &mut gone, &mut new);
                    at.next();
                }
                let _ = write!(out, "<div class=\"pair\"><div>{gone}</div><div>{new}</div></div>");
            }
        }
    }
    out.push_str("</div></div>\n");
}
