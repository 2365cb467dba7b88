//! `x-kubernetes-validations`: the expressions of a schema, held against a value as a server sees it, with the defaults
//! of absent fields.

use super::schema::{Additional, Rule, Schema};
use crate::{
    kube::{
        at::{At, Data, Value},
        cel::Answer,
        check::{Check, Fault},
    },
    yaml::Node,
};
use cel::Value as Cel;
use std::collections::HashMap;

/// The variable that holds what was there before: an expression that names it is about updates only.
const BEFORE: &str = "oldSelf";

/// Holds the rules of a schema against a value.
pub(super) fn check<'t>(check: &mut Check<'t>, schema: &Schema, rules: &[Rule], at: At<'t>) {
    for rule in rules.iter().filter(|r| !r.expression().names(BEFORE)) {
        match rule.expression().holds(value(schema, at)) {
            Answer::Holds => {}
            Answer::Fails => match &rule.message {
                Some(message) => check.invalid(at, format!("breaks a rule of its kind: {message}")),
                None => check.invalid(at, format!("breaks a rule of its kind: `{}`", rule.text)),
            },
            Answer::Unknown(why) => {
                let what = format!("the rule `{}` was not evaluated: {why}", rule.text);
                check.fault(Fault::RuleNotEvaluated, at, what);
            }
        }
    }
}

/// A value as an expression sees it.
fn value(schema: &Schema, at: At<'_>) -> Cel {
    match at.data() {
        Data::Null => Cel::Null,
        Data::Bool(b) => Cel::Bool(b),
        Data::Int(i) if schema.is_number() =>
        {
            #[expect(clippy::cast_precision_loss, reason = "a number is a double to CEL")]
            Cel::Float(i as f64)
        }
        Data::Int(i) => Cel::Int(i64::try_from(i).unwrap_or(i64::MAX)),
        Data::Float(f) => Cel::Float(f),
        Data::Str(text) => Cel::from(text),
        Data::List => {
            let any = Schema::default();
            let items = schema.items.as_deref().unwrap_or(&any);
            Cel::from(at.items().map(|item| value(items, item)).collect::<Vec<_>>())
        }
        Data::Map => map(schema, at),
    }
}

/// A map with its defaults. Fields that the schema names are reached as identifiers.
fn map(schema: &Schema, at: At<'_>) -> Cel {
    let any = Schema::default();
    let mut members: HashMap<String, Cel> = HashMap::new();
    for (key, member) in at.members() {
        match (schema.property(key), &schema.additional) {
            (Some(property), _) if member.absent() && !property.nullable => {}
            (Some(property), _) => drop(members.insert(escaped(key), value(property, member))),
            (None, Additional::Schema(all)) => drop(members.insert(key.to_owned(), value(all, member))),
            (None, _) => drop(members.insert(escaped(key), value(&any, member))),
        }
    }
    for (key, property) in &schema.properties {
        if let Some(default) = &property.default {
            let made = || value(property, place(default));
            members.entry(escaped(key)).or_insert_with(made);
        }
    }
    Cel::from(members)
}

fn place(node: &Node) -> At<'_> {
    At::new(Value::Node(node))
}

/// The words that CEL keeps for itself.
const KEYWORDS: [&str; 19] = [
    "as",
    "break",
    "const",
    "continue",
    "else",
    "false",
    "for",
    "function",
    "if",
    "import",
    "in",
    "let",
    "loop",
    "namespace",
    "null",
    "package",
    "return",
    "true",
    "var",
];

/// A field's name as an identifier, as the documentation of validation rules escapes it.
fn escaped(name: &str) -> String {
    if KEYWORDS.contains(&name) || matches!(name, "void" | "while") {
        return format!("__{name}__");
    }
    name.replace("__", "__underscores__")
        .replace('.', "__dot__")
        .replace('-', "__dash__")
        .replace('/', "__slash__")
}
