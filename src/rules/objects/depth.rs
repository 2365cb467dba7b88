//! What stands anywhere in an object: custom kinds hold parts of pods wherever they like.

use crate::{field::Field, manifest::Manifest};

/// Kinds that speak of pods and make none: what stands in them is allowed or described, not asked for.
const TALK: [(&str, &str); 3] = [
    ("apiextensions.k8s.io", "CustomResourceDefinition"),
    ("extensions", "PodSecurityPolicy"),
    ("policy", "PodSecurityPolicy"),
];

/// Every map of an object that asks for something, outer ones first.
pub(in crate::rules) fn maps<'m, 'a>(manifest: &'m Manifest<'a>) -> Vec<&'m Field<'a>> {
    let who = &manifest.identity;
    let mut found = Vec::new();
    if !TALK.iter().any(|(group, kind)| who.group == *group && who.kind == *kind) {
        add(&manifest.body, &mut found);
    }
    found
}

fn add<'m, 'a>(field: &'m Field<'a>, found: &mut Vec<&'m Field<'a>>) {
    field.items().iter().for_each(|item| add(item, found));
    if !field.members().is_empty() {
        found.push(field);
        field.members().iter().for_each(|member| add(&member.value, found));
    }
}
