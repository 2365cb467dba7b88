//! Holds an object against the schema of its kind: first the fields that there are, then the values.
//!
//! As a server does it: unknown fields are refused, defaults are filled in before values are judged, and null is the
//! absence of a field that has a default.

use super::rules;
use super::schema::{Additional, Keys, Kind, Limits, Schema};
use crate::{
    diag::nearest,
    kube::{
        at::{At, Data, Value},
        check::{Check, Fault},
        place,
    },
    yaml::Node,
};
use std::collections::HashSet;

/// Reports the fields that a schema does not know.
pub(super) fn structure<'t>(check: &mut Check<'t>, schema: &Schema, at: At<'t>, root: bool) {
    match at.data() {
        Data::Map => {
            for (key, member) in at.members() {
                let own = (root || schema.embedded) && matches!(key, "apiVersion" | "kind" | "metadata");
                match (schema.property(key), &schema.additional) {
                    // The metadata of every object has its own rules.
                    _ if own && (root || key != "metadata") => {}
                    (Some(property), _) => structure(check, property, member, false),
                    (None, Additional::Schema(all)) => structure(check, all, member, false),
                    (None, Additional::Any) => {}
                    (None, Additional::None) if own || schema.preserves => {}
                    (None, Additional::None) => unknown(check, schema, key, member),
                }
            }
        }
        Data::List => {
            if let Some(items) = &schema.items {
                for item in at.items() {
                    structure(check, items, item, false);
                }
            }
        }
        _ => {}
    }
}

fn unknown<'t>(check: &mut Check<'t>, schema: &Schema, key: &str, member: At<'t>) {
    let names = schema.properties.iter().map(|(name, _)| &**name);
    let help = nearest(key, names).map(|near| format!("did you mean `{near}`?"));
    let violation = check.fault(Fault::FieldUnknown, member, "");
    violation.on_key = true;
    violation.help = help;
}

/// Judges the values of an object whose fields are all known.
pub(super) fn values<'t>(check: &mut Check<'t>, schema: &Schema, at: At<'t>, root: bool) {
    if !typed(check, schema, at) {
        return;
    }
    match at.data() {
        Data::Map => members(check, schema, at, root),
        Data::List => {
            if let Some(items) = &schema.items {
                for item in at.items() {
                    values(check, items, item, false);
                }
            }
            unique(check, &schema.keys, at);
        }
        _ => {}
    }
    if let Some(limits) = &schema.limits {
        limited(check, limits, at);
        rules::check(check, schema, &limits.rules, at);
    }
}

fn members<'t>(check: &mut Check<'t>, schema: &Schema, at: At<'t>, root: bool) {
    for (key, member) in at.members() {
        let property = schema.property(key);
        if (root && matches!(key, "apiVersion" | "kind" | "metadata")) || gives_way(property, member) {
            continue;
        }
        match (property, &schema.additional) {
            (Some(property), _) => values(check, property, member, false),
            (None, Additional::Schema(all)) => values(check, all, member, false),
            _ => {}
        }
    }
    for name in &schema.required {
        let property = schema.property(name);
        let there = at.members().any(|(key, member)| key == &**name && !gives_way(property, member));
        if !there && property.is_none_or(|p| p.default.is_none()) {
            missing(check, at, name);
        }
    }
}

/// Whether a null is the absence of its field: the field has a default, or no null among its values.
fn gives_way(property: Option<&Schema>, member: At<'_>) -> bool {
    member.absent() && property.is_some_and(|p| !p.nullable)
}

/// A field that must be there; its name is the schema's, which lives no longer than the check.
fn missing<'t>(check: &mut Check<'t>, at: At<'t>, name: &str) {
    match at.members().find(|(key, _)| *key == name) {
        Some((_, null)) => check.fault(Fault::FieldMissing, null, "null is no value of it").on_key = true,
        None => {
            let violation = check.fault(Fault::FieldMissing, at, "");
            violation.field = Some(name.to_owned());
        }
    }
}

/// Whether a value is of the type of its schema.
fn typed<'t>(check: &mut Check<'t>, schema: &Schema, at: At<'t>) -> bool {
    let data = at.data();
    if data == Data::Null && schema.nullable {
        return false;
    }
    if schema.int_or_string {
        let fine = matches!(data, Data::Int(_) | Data::Str(_));
        if !fine {
            check.fault(Fault::TypeWrong, at, "must be a whole number or a string");
        }
        return fine;
    }
    let Some(kind) = schema.kind else { return true };
    let fine = match kind {
        Kind::Object => data == Data::Map,
        Kind::Array => data == Data::List,
        Kind::String => matches!(data, Data::Str(_)),
        Kind::Integer => matches!(data, Data::Int(_)),
        Kind::Number => matches!(data, Data::Int(_) | Data::Float(_)),
        Kind::Boolean => matches!(data, Data::Bool(_)),
    };
    if !fine {
        let got = match data {
            Data::List => ", not a list",
            Data::Map => ", not a map",
            Data::Null => ", not null",
            _ => "",
        };
        check.fault(Fault::TypeWrong, at, format!("must be {}{got}", kind.words()));
    }
    fine
}

fn unique<'t>(check: &mut Check<'t>, keys: &Keys, at: At<'t>) {
    let mut seen = HashSet::new();
    for item in at.items() {
        let (key, what) = match keys {
            Keys::None => return,
            Keys::Set => (print(item), "another item of the list is the same"),
            Keys::Fields(fields) => {
                let parts: Vec<String> = fields
                    .iter()
                    .map(|f| item.value().and_then(|v| v.get(f)).map_or(String::new(), |v| print(At::new(v))))
                    .collect();
                (parts.join("\n"), "another item of the list has the same key")
            }
        };
        if !seen.insert(key) {
            check.duplicate(item, what);
        }
    }
}

/// A value as text: equal values have equal texts.
fn print(at: At<'_>) -> String {
    match at.data() {
        Data::Null => "null".to_owned(),
        Data::Bool(b) => b.to_string(),
        Data::Int(i) => i.to_string(),
        Data::Float(f) => f.to_string(),
        Data::Str(text) => format!("{text:?}"),
        Data::List => format!("[{}]", at.items().map(print).collect::<Vec<_>>().join(",")),
        Data::Map => {
            let mut members: Vec<String> = at.members().map(|(k, v)| format!("{k:?}:{}", print(v))).collect();
            members.sort();
            format!("{{{}}}", members.join(","))
        }
    }
}

fn limited<'t>(check: &mut Check<'t>, limits: &Limits, at: At<'t>) {
    match at.data() {
        Data::Str(text) => {
            length(check, limits, at, text.chars().count(), "characters");
            if let Some((pattern, compiled)) = &limits.pattern
                && compiled.as_ref().is_some_and(|regex| !regex.is_match(text))
            {
                check.invalid(at, format!("must match the regular expression `{pattern}`"));
            }
        }
        Data::List => length(check, limits, at, at.len(), "items"),
        Data::Map => length(check, limits, at, at.len(), "members"),
        #[expect(clippy::cast_precision_loss, reason = "limits are small numbers")]
        Data::Int(i) => range(check, limits, at, i as f64),
        Data::Float(f) => range(check, limits, at, f),
        _ => {}
    }
    if let Some(choices) = &limits.choices {
        chosen(check, choices, at);
    }
    combined(check, limits, at);
}

fn length<'t>(check: &mut Check<'t>, limits: &Limits, at: At<'t>, count: usize, unit: &str) {
    let count = count as u64;
    if let Some(least) = limits.least.filter(|least| count < *least) {
        check.invalid(at, format!("must have {least} {unit} or more"));
    }
    if let Some(most) = limits.most.filter(|most| count > *most) {
        check.too_long(at, format!("it has {count} {unit}, and may have {most}"));
    }
}

fn range<'t>(check: &mut Check<'t>, limits: &Limits, at: At<'t>, number: f64) {
    if let Some((least, excluded)) = limits.minimum
        && (number < least || (excluded && number <= least))
    {
        check.invalid(
            at,
            if excluded {
                format!("must be greater than {least}")
            } else {
                format!("must be {least} or more")
            },
        );
    }
    if let Some((most, excluded)) = limits.maximum
        && (number > most || (excluded && number >= most))
    {
        check.invalid(
            at,
            if excluded { format!("must be less than {most}") } else { format!("must be {most} or less") },
        );
    }
    if let Some(unit) = limits.multiple
        && (number / unit).fract() != 0.0
    {
        check.invalid(at, format!("must be a multiple of {unit}"));
    }
}

fn chosen<'t>(check: &mut Check<'t>, choices: &[Node], at: At<'t>) {
    let same = |choice: &Node| print(At::new(Value::Node(choice))) == print(at);
    if choices.iter().any(same) {
        return;
    }
    let names: Vec<&str> = choices.iter().filter_map(Node::as_str).collect();
    let what = if names.len() == choices.len() {
        format!("must be {}", place::alternatives(&names))
    } else {
        let all: Vec<String> = choices.iter().map(|c| print(At::new(Value::Node(c)))).collect();
        format!("must be one of {}", all.join(", "))
    };
    let help = nearest(at.str(), names).map(|near| format!("did you mean `{near}`?"));
    check.fault(Fault::ValueUnsupported, at, what).help = help;
}

/// Whether a value is of a schema, taken by itself.
fn holds(schema: &Schema, at: At<'_>, minor: u32) -> bool {
    let mut check = Check::new(at.near, minor);
    values(&mut check, schema, at, false);
    !check.refused()
}

fn combined<'t>(check: &mut Check<'t>, limits: &Limits, at: At<'t>) {
    let minor = check.minor;
    for schema in &limits.all_of {
        values(check, schema, at, false);
    }
    if !limits.any_of.is_empty() && !limits.any_of.iter().any(|s| holds(s, at, minor)) {
        check
            .invalid(at, format!("must be one of its schema's alternatives{}", alternatives(&limits.any_of)));
    }
    if !limits.one_of.is_empty() {
        match limits.one_of.iter().filter(|s| holds(s, at, minor)).count() {
            1 => {}
            0 => {
                let what =
                    format!("must be one of its schema's alternatives{}", alternatives(&limits.one_of));
                check.invalid(at, what);
            }
            _ => {
                let what =
                    format!("must be only one of its schema's alternatives{}", alternatives(&limits.one_of));
                check.invalid(at, what);
            }
        }
    }
    if let Some(not) = &limits.not
        && holds(not, at, minor)
    {
        check.invalid(
            at,
            format!("must not be what its schema rules out{}", alternatives(std::slice::from_ref(not))),
        );
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
