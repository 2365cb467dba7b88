//! Holds the values of an object against the schema of its kind, as a server sees them (`seen`): types, limits,
//! alternatives, duplicates, and the rules of the schema's author.

use super::{
    formats, rules,
    schema::{Keys, Kind, Limits, Schema, Size},
    seen::{self, Content, Seen, of_member},
};
use crate::{
    diag::nearest,
    kube::{
        at::At,
        check::{Check, Fault},
        place,
    },
    yaml::Node,
};
use std::collections::HashSet;

/// Judges a value.
pub(super) fn values<'t>(check: &mut Check<'t>, schema: &Schema, value: &Seen<'_, 't>) {
    if let (Content::Null, Some(limits)) = (&value.content, &schema.limits)
        && limits.choices.is_some()
    {
        check.invalid(value.at, "is null, which is none of its values");
    }
    if !typed(check, schema, value) {
        return;
    }
    match &value.content {
        Content::Map(members) => {
            for (key, member) in members {
                if let Some(schema) = of_member(schema, key) {
                    values(check, schema, member);
                }
            }
            required(check, schema, value);
        }
        Content::List(items) => {
            if let Some(schema) = &schema.items {
                items.iter().for_each(|item| values(check, schema, item));
            }
            unique(check, &schema.keys, items);
        }
        _ => {}
    }
    if let Some(limits) = &schema.limits {
        limited(check, limits, value);
        combined(check, limits, value);
    }
}

/// Holds the rules of a schema and of all within it against a value whose values are right.
pub(super) fn rules<'t>(check: &mut Check<'t>, schema: &Schema, value: &Seen<'_, 't>, root: bool) {
    if !schema.ruled {
        return;
    }
    match &value.content {
        Content::Map(members) => {
            for (key, member) in members {
                if let Some(schema) = of_member(schema, key) {
                    rules(check, schema, member, false);
                }
            }
        }
        Content::List(items) => {
            if let Some(schema) = &schema.items {
                items.iter().for_each(|item| rules(check, schema, item, false));
            }
        }
        _ => {}
    }
    if let Some(limits) = &schema.limits {
        rules::check(check, schema, &limits.rules, value, root);
    }
}

fn required<'t>(check: &mut Check<'t>, schema: &Schema, value: &Seen<'_, 't>) {
    for name in &schema.required {
        if value.get(name).is_some() {
            continue;
        }
        // The name is the schema's, which lives no longer than the check.
        match value.at.members().find(|(key, _)| *key == &**name) {
            Some((_, null)) => {
                check.fault(Fault::FieldMissing, null, "null is no value of it").on_key = true;
            }
            None => check.fault(Fault::FieldMissing, value.at, "").field = Some(name.to_string()),
        }
    }
}

/// Whether a value is of the type of its schema.
fn typed<'t>(check: &mut Check<'t>, schema: &Schema, value: &Seen<'_, 't>) -> bool {
    let content = &value.content;
    if matches!(content, Content::Null) && schema.nullable {
        return false;
    }
    // What is no 64-bit integer is a number that is not whole to a server.
    let whole = matches!(content, Content::Int(i) if i64::try_from(*i).is_ok());
    if schema.int_or_string {
        let fine = whole || matches!(content, Content::Str(_));
        if !fine {
            check.fault(Fault::TypeWrong, value.at, "must be a whole number of 64 bits, or a string");
        }
        return fine;
    }
    let Some(kind) = schema.kind else { return !matches!(content, Content::Null) };
    let fine = match kind {
        Kind::Object => matches!(content, Content::Map(_)),
        Kind::Array => matches!(content, Content::List(_)),
        // A server that judges the format of a string looks at no list.
        Kind::String => {
            let judged = schema.limits.as_ref().is_some_and(|limits| limits.format.is_some());
            matches!(content, Content::Str(_)) || (judged && matches!(content, Content::List(_)))
        }
        Kind::Integer => whole,
        Kind::Number => matches!(content, Content::Int(_) | Content::Float(_)),
        Kind::Boolean => matches!(content, Content::Bool(_)),
    };
    if !fine {
        let got = match content {
            Content::List(_) => ", not a list",
            Content::Map(_) => ", not a map",
            Content::Null => ", not null",
            _ => "",
        };
        // Where not every string will do, quotes need not mend it.
        let limited = schema
            .limits
            .as_ref()
            .is_some_and(|l| l.choices.is_some() || l.pattern.is_some() || l.format.is_some());
        let help = match (kind, content) {
            (Kind::String, _) if limited => None,
            (Kind::String, Content::Bool(_) | Content::Int(_) | Content::Float(_)) => {
                Some("put it in quotes")
            }
            (Kind::Integer | Kind::Number, Content::Str(text)) if text.parse::<i64>().is_ok() => {
                Some("take the quotes away")
            }
            _ => None,
        };
        let violation = check.fault(Fault::TypeWrong, value.at, format!("must be {}{got}", kind.words()));
        violation.help = help.map(str::to_owned);
    }
    fine
}

fn unique<'t>(check: &mut Check<'t>, keys: &Keys, items: &[Seen<'_, 't>]) {
    let mut seen = HashSet::new();
    for item in items {
        let (key, what) = match keys {
            Keys::None => return,
            Keys::Set => (item.print(), "another item of the list is the same"),
            Keys::Fields(fields) => {
                if !matches!(item.content, Content::Map(_) | Content::Null) {
                    check.invalid(item.at, "must be a map: the items of the list are told apart by fields");
                    continue;
                }
                let part = |field: &str| item.get(field).map_or(String::new(), Seen::print);
                let parts: Vec<String> = fields.iter().map(|field| part(field)).collect();
                (parts.join("\n"), "another item of the list has the same key")
            }
        };
        if !seen.insert(key) {
            check.duplicate(item.at, what);
        }
    }
}

fn limited<'t>(check: &mut Check<'t>, limits: &Limits, value: &Seen<'_, 't>) {
    let at = value.at;
    match &value.content {
        Content::Str(text) => {
            size(check, limits.characters, at, text.chars().count(), "characters");
            if let Some((pattern, compiled)) = &limits.pattern
                && compiled.as_ref().is_some_and(|regex| !regex.is_match(text))
            {
                check.invalid(at, format!("must match the regular expression `{pattern}`"));
            }
            if let Some(what) = limits.format.and_then(|format| formats::judge(format, text, check.minor)) {
                check.invalid(at, what);
            }
        }
        Content::List(items) => size(check, limits.items, at, items.len(), "items"),
        Content::Map(members) => size(check, limits.members, at, members.len(), "members"),
        #[expect(clippy::cast_precision_loss, reason = "limits are small numbers")]
        Content::Int(i) => range(check, limits, at, *i as f64, f64::trunc),
        Content::Float(f) => range(check, limits, at, *f, |limit| limit),
        _ => {}
    }
    if let Some(choices) = &limits.choices {
        chosen(check, choices, value);
    }
}

fn size<'t>(check: &mut Check<'t>, size: Size, at: At<'t>, count: usize, unit: &str) {
    let count = count as u64;
    if let Some(least) = size.least.filter(|least| count < *least) {
        check.invalid(at, format!("must have {least} {unit} or more"));
    }
    if let Some(most) = size.most.filter(|most| count > *most) {
        check.too_long(at, format!("it has {count} {unit}, and may have {most}"));
    }
}

/// Holds a number against its limits; a server takes the fraction of a limit away before it holds a whole number against it.
fn range<'t>(check: &mut Check<'t>, limits: &Limits, at: At<'t>, number: f64, taken: fn(f64) -> f64) {
    if let Some((least, excluded)) = limits.minimum.map(|(n, excluded)| (taken(n), excluded))
        && (number < least || (excluded && number <= least))
    {
        let what = if excluded {
            format!("must be greater than {least}")
        } else {
            format!("must be {least} or more")
        };
        check.invalid(at, what);
    }
    if let Some((most, excluded)) = limits.maximum.map(|(n, excluded)| (taken(n), excluded))
        && (number > most || (excluded && number >= most))
    {
        let what =
            if excluded { format!("must be less than {most}") } else { format!("must be {most} or less") };
        check.invalid(at, what);
    }
    if let Some(unit) = limits.multiple.map(taken) {
        if unit <= 0.0 {
            check.invalid(at, "must have a fraction: whole numbers are no multiples of one to a server");
            return;
        }
        // As a server does it, so that a tenth is a multiple of a hundredth.
        let times = if unit < 1.0 { 1.0 / unit * number } else { number / unit };
        if (times - times.round()).abs() > 1e-9 * times.abs().max(1.0) {
            check.invalid(at, format!("must be a multiple of {unit}"));
        }
    }
}

fn chosen<'t>(check: &mut Check<'t>, choices: &[Node], value: &Seen<'_, 't>) {
    let print = value.print();
    if choices.iter().any(|choice| seen::print(choice) == print) {
        return;
    }
    let names: Vec<&str> = choices.iter().filter_map(Node::as_str).collect();
    let what = if names.len() == choices.len() {
        format!("must be {}", place::alternatives(&names))
    } else {
        format!("must be one of {}", choices.iter().map(seen::print).collect::<Vec<_>>().join(", "))
    };
    let text = if let Content::Str(text) = value.content { text } else { "" };
    let help = nearest(text, names).map(|near| format!("did you mean `{near}`?"));
    check.fault(Fault::ValueUnsupported, value.at, what).help = help;
}

/// Whether a value is of a schema, taken by itself.
fn holds(schema: &Schema, value: &Seen<'_, '_>, minor: u32) -> bool {
    let mut check = Check::new(value.at.near, minor);
    values(&mut check, schema, value);
    !check.refused()
}

fn combined<'t>(check: &mut Check<'t>, limits: &Limits, value: &Seen<'_, 't>) {
    let (minor, at) = (check.minor, value.at);
    for schema in &limits.all_of {
        values(check, schema, value);
    }
    if !limits.any_of.is_empty() && !limits.any_of.iter().any(|s| holds(s, value, minor)) {
        check
            .invalid(at, format!("must be one of its schema's alternatives{}", alternatives(&limits.any_of)));
    }
    if !limits.one_of.is_empty() {
        let only = match limits.one_of.iter().filter(|s| holds(s, value, minor)).count() {
            1 => None,
            0 => Some("one"),
            _ => Some("only one"),
        };
        if let Some(only) = only {
            let fields = alternatives(&limits.one_of);
            check.invalid(at, format!("must be {only} of its schema's alternatives{fields}"));
        }
    }
    if let Some(not) = &limits.not
        && holds(not, value, minor)
    {
        let fields = alternatives(std::slice::from_ref(not));
        check.invalid(at, format!("must not be what its schema rules out{fields}"));
    }
}

/// What alternatives ask for, when that is fields: ": `a`, or `b` and `c`".
fn alternatives(schemas: &[Schema]) -> String {
    let fields: Vec<String> = schemas
        .iter()
        .filter(|s| !s.required.is_empty())
        .map(|s| s.required.iter().map(|r| format!("`{r}`")).collect::<Vec<_>>().join(" and "))
        .collect();
    if fields.is_empty() { String::new() } else { format!(": {}", fields.join(", or ")) }
}
