//! The schema of a custom kind, as far as every schema within it goes: what it may not say, and lists and maps.

use super::cel::{OF_RULES, cel};
use crate::kube::{
    at::{At, Data},
    check::{Check, Fault},
};
use std::collections::HashSet;

/// Where a schema stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// At the root of a version's schema.
    root: bool,
    /// Within the metadata of the object, or of an object within it.
    meta: bool,
    /// Whether defaults may be given.
    defaults: bool,
}

impl Place {
    /// The root of a version's schema.
    pub(super) fn root() -> Self {
        Self { root: true, meta: false, defaults: true }
    }

    fn within(self) -> Self {
        Self { root: false, ..self }
    }
}

/// The fields that every object has.
const META: [&str; 3] = ["metadata", "kind", "apiVersion"];

/// Checks a schema and those within it.
pub(super) fn schema<'t>(check: &mut Check<'t>, at: At<'t>, place: Place) {
    if at.data() != Data::Map {
        return;
    }
    barred(check, at, place);
    let (properties, additional) = (at.get("properties"), at.get("additionalProperties"));
    if !properties.is_empty() && additional.present() && additional.data() != Data::Bool(true) {
        check.forbidden(additional, "may not stand beside `properties`");
    }
    let inner = place.within();
    schema(check, additional, Place { defaults: inner.defaults && !place.meta, ..inner });
    let embedded = at.get("x-kubernetes-embedded-resource").flag();
    for (name, one) in properties.members() {
        let meta = (place.root || embedded) && META.contains(&name);
        schema(
            check,
            one,
            Place { meta: inner.meta || meta, defaults: inner.defaults && !(meta && place.root), ..inner },
        );
    }
    schema(check, at.get("not"), inner);
    for key in ["allOf", "anyOf", "oneOf"] {
        at.get(key).items().for_each(|one| schema(check, one, inner));
    }
    schema(check, at.get("items"), inner);
    collections(check, at);
    rules(check, at);
}

/// What a schema may not say.
fn barred<'t>(check: &mut Check<'t>, at: At<'t>, place: Place) {
    check.one_of(at.get("type"), &["array", "boolean", "integer", "number", "object", "string"]);
    if at.get("default").present() && !place.defaults {
        check
            .forbidden(at.get("default"), "may not be set within the metadata or for `kind` or `apiVersion`");
    }
    for key in ["id", "$schema", "patternProperties", "definitions"] {
        if !at.get(key).blank() {
            check.forbidden(at.get(key), "may not be set in the schema of a custom kind");
        }
    }
    for key in ["additionalItems", "dependencies", "$ref"] {
        if at.get(key).present() {
            check.forbidden(at.get(key), "may not be set in the schema of a custom kind");
        }
    }
    if at.get("items").data() == Data::List {
        check.forbidden(at.get("items"), "must be one schema, not a list of them");
    }
    if at.get("uniqueItems").flag() {
        check.forbidden(at.get("uniqueItems"), "may not be true; use `x-kubernetes-list-type: set`");
    }
    let embedded = at.get("x-kubernetes-embedded-resource");
    if place.meta && embedded.flag() {
        check.forbidden(embedded, "may not be true within metadata");
    }
    let preserves = at.get("x-kubernetes-preserve-unknown-fields");
    if preserves.data() == Data::Bool(false) {
        check.invalid(preserves, "must be true, or not be there");
    }
}

/// Lists and maps: how they are merged.
fn collections<'t>(check: &mut Check<'t>, at: At<'t>) {
    let (kind, map, list) =
        (at.get("type"), at.get("x-kubernetes-map-type"), at.get("x-kubernetes-list-type"));
    for (marker, wanted, allowed) in
        [(map, "object", &["atomic", "granular"][..]), (list, "array", &["atomic", "map", "set"][..])]
    {
        check.one_of_or_null(marker, allowed);
        if marker.present() && kind.str() != wanted {
            let what = format!(
                "must be `{wanted}` beside `{}`",
                if wanted == "array" { "x-kubernetes-list-type" } else { "x-kubernetes-map-type" }
            );
            if kind.blank() {
                check.required(kind, what);
            } else {
                check.invalid(kind, what);
            }
        }
    }
    let (items, keys) = (at.get("items"), at.get("x-kubernetes-list-map-keys"));
    let single = items.data() == Data::Map;
    if list.str() == "set" && kind.str() == "array" && single {
        set(check, items);
    }
    if !keys.is_empty() && list.str() != "map" {
        check.forbidden(keys, "may only be set beside `x-kubernetes-list-type: map`");
    }
    if list.str() == "map" {
        check.require(keys);
        if items.absent() {
            check.required(items, "`x-kubernetes-list-type: map` needs it");
        }
        if single {
            keyed(check, items, keys);
        }
    }
    if matches!(list.str(), "set" | "map") && items.get("nullable").flag() {
        check.forbidden(items.get("nullable"), "may not be true for items of a set or map");
    }
}

/// Items of a set are compared as a whole.
fn set<'t>(check: &mut Check<'t>, items: At<'t>) {
    let (list, map) = (items.get("x-kubernetes-list-type"), items.get("x-kubernetes-map-type"));
    match items.get("type").str() {
        "array" if list.present() && list.str() != "atomic" => {
            check.invalid(list, "must be `atomic` for items of a set");
        }
        "object" if map.absent() => check.required(map, "items of a set must be `atomic`"),
        "object" if map.str() != "atomic" => check.invalid(map, "must be `atomic` for items of a set"),
        _ => {}
    }
}

/// Items of a map are told apart by keys.
fn keyed<'t>(check: &mut Check<'t>, items: At<'t>, keys: At<'t>) {
    if items.get("type").str() != "object" {
        check.invalid(items.get("type"), "must be `object` for items of `x-kubernetes-list-type: map`");
    }
    let required: HashSet<&str> = items.get("required").items().map(At::str).collect();
    for key in keys.items() {
        let property = items.get("properties").get(key.str());
        if property.depth > 0 {
            if items.get("type").str() == "object" {
                check.invalid(key, "must be a property of the items");
            }
            continue;
        }
        if matches!(property.get("type").str(), "array" | "object") {
            check.invalid(property.get("type"), "must be a scalar type: the property is a key of the list");
        }
        if !required.contains(key.str()) && property.get("default").absent() {
            check.required(
                property.get("default"),
                "the property is a key of the list, so it needs a default or must be required",
            );
        }
        if property.get("nullable").flag() {
            check.forbidden(property.get("nullable"), "may not be true: the property is a key of the list");
        }
    }
    if items.get("type").str() == "object" {
        check.unique(keys.items(), |key| Some(key.str()), "it stands there twice");
    }
}

/// The rules of a schema, their expressions apart.
fn rules<'t>(check: &mut Check<'t>, at: At<'t>) {
    for one in at.get("x-kubernetes-validations").items() {
        let (rule, message, computed) = (one.get("rule"), one.get("message"), one.get("messageExpression"));
        let breaks = |at: At<'_>| at.str().trim().contains(['\n', '\r']);
        let empty = |at: At<'_>| at.str().trim().is_empty();
        if empty(rule) {
            check.required(rule, "");
        } else if !message.blank() && empty(message) {
            check.invalid(message, "must not be blank");
        } else if breaks(message) {
            check.invalid(message, "must be one line");
        } else if breaks(rule) && empty(message) {
            check.required(message, "a rule of several lines needs one");
        } else {
            cel(check, rule, rule.str(), OF_RULES);
        }
        if !computed.blank() {
            if empty(computed) {
                check.invalid(computed, "must not be blank");
            } else {
                cel(check, computed, computed.str(), OF_RULES);
            }
        }
        check.one_of_or_null(
            one.get("reason"),
            &["FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"],
        );
        let path = one.get("fieldPath");
        if path.blank() {
            continue;
        }
        if empty(path) || path.str().contains(['\n', '\r']) {
            check.invalid(path, "must be one line that is not blank");
        } else if matches!(walk(at, path.str()), Some(None)) {
            check.fault(Fault::ValueInvalid, path, "must be a path of the schema, such as `.spec.color`");
        }
    }
}

/// The schema at a path such as `.spec.color`: none if there is none; none at all when the path goes through what is not
/// looked at here, such as maps and quoted names.
pub(super) fn walk<'t>(root: At<'t>, path: &'t str) -> Option<Option<At<'t>>> {
    if path.contains(['[', ']', '\'', '"', '\\']) {
        return None;
    }
    let Some(rest) = path.strip_prefix('.') else { return Some(None) };
    let mut at = root;
    for name in rest.split('.') {
        if name.is_empty() {
            return Some(None);
        }
        let next = at.get("properties").get(name);
        if next.depth > 0 {
            let open = at.get("additionalProperties").present()
                || at.get("x-kubernetes-preserve-unknown-fields").flag()
                || at.get("x-kubernetes-embedded-resource").flag();
            let known = at.is(root) && META.contains(&name);
            return if open || known { None } else { Some(None) };
        }
        at = next;
    }
    Some(Some(at))
}
