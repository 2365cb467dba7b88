//! Which fields there are: what a schema does not know is refused, as a strict server does. Objects within objects have
//! their own metadata, which is looked at here too.

use super::{
    METADATA,
    schema::{Additional, Schema},
};
use crate::{
    diag::nearest,
    kube::{
        at::{At, Data},
        check::{Check, Fault},
        decode,
        format::names,
        metadata,
        shape::{Link, Shape},
    },
};

/// Reports the fields that a schema does not know; `root` is the object itself.
pub(super) fn known<'t>(check: &mut Check<'t>, schema: &Schema, at: At<'t>, root: bool) {
    if schema.embedded && !root {
        embedded(check, at);
    }
    match at.data() {
        Data::Map => {
            for (key, member) in at.members() {
                let own = (root || schema.embedded) && matches!(key, "apiVersion" | "kind" | "metadata");
                match (schema.property(key), &schema.additional) {
                    // What every object has, has its own rules.
                    _ if own => {}
                    (Some(property), _) => known(check, property, member, false),
                    (None, Additional::Schema(all)) => known(check, all, member, false),
                    (None, Additional::Any) => nothing_known(check, member),
                    (None, Additional::None) if schema.preserves => {}
                    (None, Additional::None) => unknown(check, schema, at, (key, member)),
                }
            }
        }
        Data::List => {
            if let Some(items) = &schema.items {
                for item in at.items() {
                    // A list that keeps everything does so in its items.
                    if !schema.preserves || items.preserves || !items.properties.is_empty() {
                        known(check, items, item, false);
                    }
                }
            }
        }
        _ => {}
    }
}

/// A value of which a schema says only that it may be there: a server drops what is in it.
fn nothing_known<'t>(check: &mut Check<'t>, at: At<'t>) {
    for (key, member) in at.members() {
        unknown(check, &Schema::default(), at, (key, member));
    }
    for item in at.items() {
        nothing_known(check, item);
    }
}

fn unknown<'t>(check: &mut Check<'t>, schema: &Schema, parent: At<'t>, (key, member): (&str, At<'t>)) {
    let near = nearest(key, schema.properties.iter().map(|(name, _)| &**name));
    if let Some(near) = near {
        check.misspelt(parent, near);
    }
    let help = near.map(|near| format!("did you mean `{near}`?"));
    let violation = check.fault(Fault::FieldUnknown, member, "");
    violation.on_key = true;
    violation.help = help;
}

/// An object within an object: it has a kind, and its metadata is like that of every object, but may lack a name.
fn embedded<'t>(check: &mut Check<'t>, at: At<'t>) {
    if at.data() != Data::Map {
        return;
    }
    let (version, kind) = (at.get("apiVersion"), at.get("kind"));
    for field in [version, kind] {
        match field.data() {
            Data::Str(text) if !text.is_empty() => {}
            Data::Str(_) | Data::Null => check.required(field, ""),
            _ => drop(check.fault(Fault::TypeWrong, field, "must be a string")),
        }
    }
    if version.str().matches('/').count() > 1 {
        check.invalid(version, "must be a version such as `v1`, or a group and a version such as `apps/v1`");
    }
    if !kind.blank() && names::label_1035(&kind.str().to_lowercase()).is_some() {
        check.invalid(
            kind,
            "must be letters, digits or `-`, begin with a letter, and have at most 63 of them",
        );
    }
    let before = check.count();
    let own = at.get("metadata");
    decode::decode(check, own, &Shape::Struct(Link::new(METADATA)));
    if check.count() == before && own.present() {
        metadata::embedded(check, own);
    }
}
