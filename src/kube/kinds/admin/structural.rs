//! The structure of a custom kind's schema: every field has one type, in one place, and what is within `allOf`, `anyOf`,
//! `oneOf` and `not` only narrows values.

use crate::kube::{
    at::{At, Data, Value},
    check::Check,
    custom,
    format::regex,
};

/// Where a schema stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    /// At the root.
    Root,
    /// The items of a list.
    Item,
    /// A field.
    Field,
}

/// The schemas that only narrow values.
const NARROWING: [&str; 3] = ["allOf", "anyOf", "oneOf"];
/// What narrowing schemas may not say.
const STRUCTURE: [&str; 12] = [
    "type",
    "default",
    "title",
    "description",
    "nullable",
    "x-kubernetes-preserve-unknown-fields",
    "x-kubernetes-embedded-resource",
    "x-kubernetes-int-or-string",
    "x-kubernetes-list-map-keys",
    "x-kubernetes-list-type",
    "x-kubernetes-map-type",
    "x-kubernetes-validations",
];
/// What the metadata of an object may say besides its type.
const SILENT: [&str; 5] = ["type", "default", "properties", "externalDocs", "example"];

/// Whether a value is the zero of its type: not there, empty, false or 0.
fn zero(at: At<'_>) -> bool {
    at.blank() || matches!(at.data(), Data::Bool(false))
}

/// Checks a schema that says what fields there are.
pub(super) fn structural<'t>(check: &mut Check<'t>, at: At<'t>, level: Level) {
    if at.data() != Data::Map {
        return;
    }
    let (kind, items, additional) = (at.get("type"), at.get("items"), at.get("additionalProperties"));
    let embedded = at.get("x-kubernetes-embedded-resource");
    if kind.str() == "array" && items.absent() {
        check.required(items, "a list needs it");
    }
    structural(check, items, Level::Item);
    for (_, one) in at.get("properties").members() {
        if one.absent() {
            check.required(one.get("type"), "every field needs a type");
        }
        structural(check, one, Level::Field);
    }
    structural(check, additional, Level::Field);
    if additional.present() {
        if level == Level::Root {
            check.forbidden(additional, "may not be set at the root");
        } else if embedded.flag() {
            check.forbidden(additional, "may not stand beside `x-kubernetes-embedded-resource`");
        }
    }
    typed(check, at, level);
    if level == Level::Root || embedded.flag() {
        metadata(check, at, level);
    }
    // A server looks for the fields that narrowing schemas name only from the root.
    narrowing(check, at, (level == Level::Root).then_some(at));
}

/// Checks the defaults of a schema that has no faults: each must be a value of its own schema.
pub(super) fn defaults<'t>(check: &mut Check<'t>, at: At<'t>) {
    if at.data() != Data::Map {
        return;
    }
    let default = at.get("default");
    if default.present()
        && let Some(Value::Node(node)) = at.value()
    {
        custom::default(check, node, default);
    }
    defaults(check, at.get("items"));
    let embedded = at.get("x-kubernetes-embedded-resource").flag();
    for (name, one) in at.get("properties").members() {
        // What stands within the metadata of an object is judged with all of it.
        if !(embedded && name == "metadata") {
            defaults(check, one);
        }
    }
}

/// The type of a schema.
fn typed<'t>(check: &mut Check<'t>, at: At<'t>, level: Level) {
    let kind = at.get("type");
    let either = at.get("x-kubernetes-int-or-string").flag();
    let preserves = at.get("x-kubernetes-preserve-unknown-fields");
    let embedded = at.get("x-kubernetes-embedded-resource");
    for other in [preserves, embedded].into_iter().filter(|other| either && other.flag()) {
        check.invalid(other, "must not be true beside `x-kubernetes-int-or-string`");
    }
    if embedded.flag() {
        if kind.blank() {
            check.required(kind, "must be `object` beside `x-kubernetes-embedded-resource`");
        } else if kind.str() != "object" {
            check.invalid(kind, "must be `object` beside `x-kubernetes-embedded-resource`");
        }
        if !preserves.flag() && at.get("properties").is_empty() {
            check.required(at.get("properties"), "or `x-kubernetes-preserve-unknown-fields: true`");
        }
    } else if kind.blank() && !either && !preserves.flag() {
        check.required(kind, "every field needs a type");
    }
    if level == Level::Root && !kind.blank() && kind.str() != "object" {
        check.invalid(kind, "must be `object` at the root");
    }
}

/// The fields that every object has.
fn metadata<'t>(check: &mut Check<'t>, at: At<'t>, level: Level) {
    let properties = at.get("properties");
    for (name, wanted) in [("kind", "string"), ("apiVersion", "string"), ("metadata", "object")] {
        let one = properties.get(name);
        if one.depth == 0 && one.get("type").str() != wanted {
            check.invalid(one.get("type"), format!("must be `{wanted}`"));
        }
    }
    if level != Level::Root {
        return;
    }
    let meta = properties.get("metadata");
    for (key, value) in meta.members() {
        if !zero(value) && !SILENT.contains(&key) {
            check.forbidden(
                value,
                "may not be set: a schema may only narrow `name` and `generateName` of the metadata",
            );
        }
    }
    for (key, value) in meta.get("properties").members() {
        if key != "name" && key != "generateName" {
            check.forbidden(
                value,
                "may not be set: a schema may only narrow `name` and `generateName` of the metadata",
            );
        }
    }
}

/// The narrowing schemas within `at`; the fields that they name must be fields of `base`, if there is one.
fn narrowing<'t>(check: &mut Check<'t>, at: At<'t>, base: Option<At<'t>>) {
    pattern(check, at.get("pattern"));
    let (any, all) = (at.get("anyOf"), at.get("allOf"));
    for key in NARROWING {
        if key == "anyOf" && is_int_or_string(any) {
            continue;
        }
        for (n, one) in at.get(key).items().enumerate() {
            // `allOf` may begin with the same alternative of types.
            let first = key == "allOf" && n == 0 && is_int_or_string(one.get("anyOf")) && all.is(at.get(key));
            narrow(check, one, base, first);
        }
    }
    narrow(check, at.get("not"), base, false);
}

/// Whether it is the alternative of the types integer and string.
fn is_int_or_string(at: At<'_>) -> bool {
    at.len() == 2
        && at
            .items()
            .zip(["integer", "string"])
            .all(|(one, kind)| one.len() == 1 && one.get("type").str() == kind)
}

/// Checks a schema that only narrows values.
fn narrow<'t>(check: &mut Check<'t>, at: At<'t>, base: Option<At<'t>>, types: bool) {
    if at.data() != Data::Map {
        return;
    }
    for key in STRUCTURE {
        let one = at.get(key);
        if !zero(one) || (key == "default" && one.present()) {
            check.forbidden(one, "may not be set within `allOf`, `anyOf`, `oneOf` or `not`");
        }
    }
    let additional = at.get("additionalProperties");
    if additional.present() && additional.data() != Data::Bool(false) {
        check.forbidden(additional, "may not be set within `allOf`, `anyOf`, `oneOf` or `not`");
    }
    if types {
        pattern(check, at.get("pattern"));
        for key in ["allOf", "oneOf"] {
            at.get(key).items().for_each(|one| narrow(check, one, base, false));
        }
        narrow(check, at.get("not"), base, false);
    } else {
        plain_narrowing(check, at, base);
    }
    let items = at.get("items");
    if items.data() == Data::Map {
        let of = base.map(|base| base.get("items"));
        if of.is_some_and(At::absent) {
            check.forbidden(items, "may not be set: the schema around it has no `items`");
        } else {
            narrow(check, items, of, false);
        }
    }
    for (name, one) in at.get("properties").members() {
        let of = base.map(|base| base.get("properties").get(name));
        if name == "metadata" {
            check.forbidden(one, "may not be set within `allOf`, `anyOf`, `oneOf` or `not`");
        } else if of.is_some_and(|of| of.depth > 0) {
            check.forbidden(one, "may not be set: the schema around it has no such property");
        } else {
            narrow(check, one, of, false);
        }
    }
}

/// The narrowing schemas within one that narrows.
fn plain_narrowing<'t>(check: &mut Check<'t>, at: At<'t>, base: Option<At<'t>>) {
    pattern(check, at.get("pattern"));
    for key in NARROWING {
        at.get(key).items().for_each(|one| narrow(check, one, base, false));
    }
    narrow(check, at.get("not"), base, false);
}

fn pattern<'t>(check: &mut Check<'t>, at: At<'t>) {
    if !at.blank() {
        check.text(at, regex::re2);
    }
}
