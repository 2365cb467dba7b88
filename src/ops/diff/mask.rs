//! Values as differences show them: by themselves, with what is secret masked.

use crate::{
    field::{By, Data, Field, Member},
    manifest::Identity,
    secret::may_name,
};

/// What stands for a secret.
const MASK: &str = "***";

/// What stands for a secret, as a field.
pub(super) fn masked() -> Field<'static> {
    Field { data: Data::Str(MASK.into()), by: By::default() }
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

    /// A field by itself; `keys` are those of the way to it, from the top of the object.
    pub(super) fn shown(&self, field: &Field<'_>, keys: &[&str]) -> Field<'static> {
        if self.hides(field, keys) {
            return masked();
        }
        let data = match &field.data {
            Data::Null => Data::Null,
            Data::Bool(b) => Data::Bool(*b),
            Data::Int(n) => Data::Int(*n),
            Data::UInt(n) => Data::UInt(*n),
            Data::Float(f) => Data::Float(*f),
            Data::Str(text) => Data::Str(text.to_string().into()),
            Data::Seq(items) => Data::Seq(items.iter().map(|item| self.shown(item, keys)).collect()),
            Data::Map(members) => {
                // An environment variable says by its name what its value is.
                let named = field.get("name").and_then(Field::as_str).is_some_and(may_name);
                let one = |member: &Member<'_>| {
                    let below: Vec<&str> = keys.iter().copied().chain([&*member.key]).collect();
                    let hidden = named && member.key == "value" && member.value.as_str().is_some();
                    let value = if hidden { masked() } else { self.shown(&member.value, &below) };
                    Member { key: member.key.to_string().into(), by: By::default(), value }
                };
                Data::Map(members.iter().map(one).collect())
            }
        };
        Field { data, by: By::default() }
    }

    /// Whether a field is masked whole.
    pub(super) fn hides(&self, field: &Field<'_>, keys: &[&str]) -> bool {
        let scalar = field.items().is_empty() && field.members().is_empty();
        let held = self.holds && matches!(keys.first(), Some(&("data" | "stringData"))) && keys.len() > 1;
        let text = matches!(field.data, Data::Str(_) | Data::Int(_) | Data::UInt(_) | Data::Float(_));
        let named = text && keys.last().is_some_and(|key| may_name(key) && !reference(key));
        scalar && (held || (self.secret)(field.by) || (named && keys.first() == Some(&"data")))
    }
}

/// Keys that name a Secret and do not hold one.
fn reference(key: &str) -> bool {
    key.ends_with("Name") || key.ends_with("Ref") || key.ends_with("name")
}
