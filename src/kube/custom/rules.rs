//! `x-kubernetes-validations`: the expressions of a schema, held against a value as a server sees it.

use super::{
    schema::{Rule, Schema},
    seen::{Content, Seen, of_member},
};
use crate::kube::{
    cel::Answer,
    check::{Check, Fault},
};
use cel::Value as Cel;
use std::collections::HashMap;

/// The variable that holds what was there before.
const BEFORE: &str = "oldSelf";

/// Holds the rules of a schema against a value. A rule that names what was there before is about updates only, unless it
/// says that there may be none.
pub(super) fn check<'t>(
    check: &mut Check<'t>,
    schema: &Schema,
    rules: &[Rule],
    value: &Seen<'_, 't>,
    root: bool,
) {
    let at = value.at;
    for rule in rules.iter().filter(|r| r.optional_before || !r.expression().names(BEFORE)) {
        let before = rule.optional_before.then_some(BEFORE);
        match rule.expression().holds(cel(schema, value, root), before) {
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

/// A value as an expression sees it: a number that need not be whole is a double, fields that the schema names are reached
/// as identifiers, and of the metadata there are the names only.
fn cel(schema: &Schema, value: &Seen<'_, '_>, root: bool) -> Cel {
    match &value.content {
        Content::Null => Cel::Null,
        Content::Bool(b) => Cel::Bool(*b),
        #[expect(clippy::cast_precision_loss, reason = "a number is a double to CEL")]
        Content::Int(i) if schema.is_number() => Cel::Float(*i as f64),
        Content::Int(i) => Cel::Int(i64::try_from(*i).unwrap_or(i64::MAX)),
        Content::Float(f) => Cel::Float(*f),
        Content::Str(text) => Cel::from(*text),
        Content::List(items) => {
            let any = Schema::default();
            let schema = schema.items.as_deref().unwrap_or(&any);
            Cel::from(items.iter().map(|item| cel(schema, item, false)).collect::<Vec<_>>())
        }
        Content::Map(members) => {
            let any = Schema::default();
            let own = root || schema.embedded;
            let member = |(key, member): &(&str, Seen<'_, '_>)| match *key {
                "metadata" if own => (escaped(key), names(member)),
                key => {
                    let named = schema.property(key).is_some();
                    let of = of_member(schema, key).unwrap_or(&any);
                    (if named { escaped(key) } else { key.to_owned() }, cel(of, member, false))
                }
            };
            Cel::from(members.iter().map(member).collect::<HashMap<String, Cel>>())
        }
    }
}

/// The names within metadata; a server makes the one from the other before it evaluates rules.
fn names(metadata: &Seen<'_, '_>) -> Cel {
    let text = |key: &str| match metadata.get(key)?.content {
        Content::Str(text) => Some(text),
        _ => None,
    };
    let mut names: HashMap<String, Cel> = HashMap::new();
    if let Some(begin) = text("generateName") {
        names.insert("generateName".to_owned(), Cel::from(begin));
        names.insert("name".to_owned(), Cel::from(format!("{begin}xxxxx")));
    }
    if let Some(name) = text("name") {
        names.insert("name".to_owned(), Cel::from(name));
    }
    Cel::from(names)
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
