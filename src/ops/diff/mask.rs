//! Values as differences show them: as JSON, with what is secret masked.

use crate::{
    field::{By, Data, Field},
    manifest::Identity,
    ops::secrets::is_secret,
};
use serde_json::{Map, Value};

/// What stands for a secret.
const MASK: &str = "***";

/// What stands for a secret, as JSON.
pub(super) fn masked() -> Value {
    Value::String(MASK.to_owned())
}

/// What is masked in an object.
pub(super) struct Mask<'m> {
    /// The object is a Secret: what it holds is masked, and nothing else of it is.
    holds: bool,
    /// Whether a field was made from a secret.
    secret: &'m dyn Fn(By) -> bool,
}

impl<'m> Mask<'m> {
    pub(super) fn new(identity: &Identity, secret: &'m dyn Fn(By) -> bool) -> Self {
        Self { holds: identity.kind == "Secret" && identity.group.is_empty(), secret }
    }

    /// A field as JSON; `keys` are those of the way to it, from the top of the object.
    pub(super) fn json(&self, field: &Field<'_>, keys: &[&str]) -> Value {
        if self.hides(field, keys) {
            return masked();
        }
        match &field.data {
            Data::Null => Value::Null,
            Data::Bool(b) => Value::Bool(*b),
            Data::Int(n) => (*n).into(),
            Data::UInt(n) => (*n).into(),
            Data::Float(f) => (*f).into(),
            Data::Str(text) => Value::String(text.to_string()),
            Data::Seq(items) => Value::Array(items.iter().map(|item| self.json(item, keys)).collect()),
            Data::Map(members) => {
                // An environment variable says by its name what its value is.
                let named = field.get("name").and_then(Field::as_str).is_some_and(is_secret);
                let mut map = Map::new();
                for member in members {
                    let below: Vec<&str> = keys.iter().copied().chain([&*member.key]).collect();
                    let value = match &*member.key {
                        "value" if named && member.value.as_str().is_some() => masked(),
                        _ => self.json(&member.value, &below),
                    };
                    map.insert(member.key.to_string(), value);
                }
                Value::Object(map)
            }
        }
    }

    /// Whether a field is masked whole.
    pub(super) fn hides(&self, field: &Field<'_>, keys: &[&str]) -> bool {
        let scalar = field.items().is_empty() && field.members().is_empty();
        let held = self.holds && matches!(keys.first(), Some(&("data" | "stringData"))) && keys.len() > 1;
        let text = matches!(field.data, Data::Str(_) | Data::Int(_) | Data::UInt(_) | Data::Float(_));
        let named = text && keys.last().is_some_and(|key| is_secret(key) && !reference(key));
        scalar && (held || (self.secret)(field.by) || (named && keys.first() == Some(&"data")))
    }
}

/// Keys that name a Secret and do not hold one.
fn reference(key: &str) -> bool {
    key.ends_with("Name") || key.ends_with("Ref") || key.ends_with("name")
}
