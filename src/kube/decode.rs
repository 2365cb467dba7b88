//! Whether an object can be read as its type: known fields, values of the right shape. What an API server's strict
//! decoder refuses, and nothing more.

use super::{
    at::{At, Data},
    check::{Check, Fault, PUT_IN_QUOTES},
    format::{Verdict, base64, duration, quantity, time},
    shape::{self, Link, Shape, Type},
};
use crate::diag::nearest;

/// Reads `at` as `shape`.
pub(crate) fn decode<'t>(check: &mut Check<'t>, at: At<'t>, shape: &Shape) {
    if at.absent() {
        return;
    }
    match shape {
        Shape::Any => {}
        Shape::Struct(link) => structure(check, at, link),
        Shape::List(item, _) => list(check, at, item),
        Shape::Map(value) => {
            if expect(check, at, at.data() == Data::Map, "a map") {
                for (_, member) in at.members() {
                    decode(check, member, value);
                }
            }
        }
        Shape::SchemaOrBool if matches!(at.data(), Data::Bool(_)) => {}
        Shape::SchemaOrList if at.data() == Data::List => list(check, at, &Shape::Struct(Link::new(SCHEMA))),
        Shape::SchemaOrStrings if at.data() == Data::List => list(check, at, &Shape::Str),
        // A server reads the schemas within schemas laxly: what it does not know there it drops.
        Shape::SchemaOrList if !matches!(at.data(), Data::Map) => {}
        Shape::SchemaOrBool | Shape::SchemaOrList | Shape::SchemaOrStrings => {
            let before = check.count();
            structure(check, at, &Link::new(SCHEMA));
            check.drop_unknown(before);
        }
        scalar => decode_scalar(check, at, scalar),
    }
}

/// The type of a JSON schema within a custom resource definition.
const SCHEMA: &str = "apiextensions.v1.JSONSchemaProps";

fn list<'t>(check: &mut Check<'t>, at: At<'t>, item: &Shape) {
    if expect(check, at, at.data() == Data::List, "a list") {
        for one in at.items() {
            decode(check, one, item);
        }
    }
}

fn decode_scalar<'t>(check: &mut Check<'t>, at: At<'t>, shape: &Shape) {
    let data = at.data();
    let integer = |least: i64, most: i64| match data {
        Data::Int(i) => i128::from(least) <= i && i <= i128::from(most),
        _ => false,
    };
    let text = |judge: fn(&str) -> Verdict| match data {
        Data::Str(text) => judge(text).is_none(),
        _ => false,
    };
    match shape {
        Shape::Bool => expect(check, at, matches!(data, Data::Bool(_)), "`true` or `false`"),
        Shape::Int32 => {
            let fine = integer(i32::MIN.into(), i32::MAX.into());
            expect(check, at, fine, "a whole number of 32 bits")
        }
        Shape::Int64 => expect(check, at, integer(i64::MIN, i64::MAX), "a whole number"),
        Shape::Float => expect(check, at, matches!(data, Data::Int(_) | Data::Float(_)), "a number"),
        Shape::Str => expect(check, at, matches!(data, Data::Str(_)), "a string"),
        Shape::Bytes if at.data() == Data::List => {
            // The bytes as numbers: nobody writes them so, and a server reads them.
            let byte = |one: At<'_>| one.absent() || one.int().is_some_and(|b| u8::try_from(b).is_ok());
            expect(check, at, at.items().all(byte), "base64 with its padding")
        }
        Shape::Bytes => expect(check, at, text(base64::base64), "base64 with its padding"),
        Shape::Time | Shape::MicroTime => {
            expect(check, at, text(time::time), "a time such as `2026-01-31T12:00:00Z`")
        }
        Shape::Duration => expect(check, at, text(duration::duration), "a duration such as `30s` or `1h30m`"),
        Shape::Quantity => {
            let fine = matches!(data, Data::Int(_) | Data::Float(_)) || text(quantity::quantity);
            expect(check, at, fine, "a quantity such as `500m`, `2` or `8Gi`")
        }
        Shape::IntOrString => {
            let fine = matches!(data, Data::Str(_)) || integer(i32::MIN.into(), i32::MAX.into());
            expect(check, at, fine, "a whole number of 32 bits, or a string")
        }
        _ => true,
    };
}

/// Reports a value that is not `what`.
fn expect<'t>(check: &mut Check<'t>, at: At<'t>, fine: bool, what: &str) -> bool {
    if !fine {
        let help = match at.data() {
            Data::Int(_) | Data::Float(_) | Data::Bool(_) if what == "a string" => {
                Some(PUT_IN_QUOTES.to_owned())
            }
            Data::Str(text) if text.parse::<i64>().is_ok() && what.starts_with("a whole number") => {
                Some("write it without quotes".to_owned())
            }
            _ => None,
        };
        let got = match at.data() {
            Data::List => ", not a list",
            Data::Map => ", not a map",
            _ => "",
        };
        check.fault(Fault::TypeWrong, at, format!("must be {what}{got}")).help = help;
    }
    fine
}

fn structure<'t>(check: &mut Check<'t>, at: At<'t>, link: &Link) {
    if !expect(check, at, at.data() == Data::Map, "a map") {
        return;
    }
    let Some(found) = link.follow() else { return };
    for (key, member) in at.members() {
        match found.field(key, check.minor) {
            Ok(field) => {
                let before = check.count();
                decode(check, member, &field.shape);
                if limited(key, &field.shape) {
                    check.without_help(before);
                }
            }
            Err(other) => unknown(check, (at, member), key, found, other),
        }
    }
}

/// Whether strings of a field may be refused for what they are, which its type does not say: quotes around a number or
/// boolean need not mend it.
fn limited(key: &str, shape: &Shape) -> bool {
    const FREE: [&str; 3] = ["args", "command", "value"];
    let strings = match shape {
        Shape::List(item, _) => matches!(**item, Shape::Str),
        shape => matches!(shape, Shape::Str),
    };
    strings && !FREE.contains(&key)
}

fn unknown<'t>(
    check: &mut Check<'t>,
    (parent, at): (At<'t>, At<'t>),
    key: &str,
    within: &Type,
    other: Option<&shape::Field>,
) {
    let minor = check.minor;
    if let Some(field) = other {
        let what = if field.since > minor {
            format!("came with Kubernetes 1.{}: 1.{minor} does not have it", field.since)
        } else {
            format!("went after Kubernetes 1.{}: 1.{minor} does not have it", field.until)
        };
        check.fault(Fault::FieldUnserved, at, what).on_key = true;
        return;
    }
    let near = nearest(key, within.names(minor));
    if let Some(near) = near {
        check.misspelt(parent, near);
    }
    let help = near.map(|near| format!("did you mean `{near}`?"));
    let violation = check.fault(Fault::FieldUnknown, at, "");
    violation.on_key = true;
    violation.help = help;
}
