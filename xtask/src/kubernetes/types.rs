//! types.txt: the fields of every type over all minor versions.

use super::{
    document::Document,
    range::{runs, suffix},
    shape::short,
};
use std::collections::{BTreeMap, BTreeSet};

/// One line a type, sorted; fields sorted by name, and by minor version where a field changed its shape.
pub(super) fn lines(documents: &[&Document]) -> Vec<String> {
    let names: BTreeSet<&String> = documents.iter().flat_map(|d| d.types.keys()).collect();
    let mut lines: BTreeMap<&str, String> = BTreeMap::new();
    for name in names {
        lines.insert(short(name), line(documents, name));
    }
    lines.into_values().collect()
}

fn line(documents: &[&Document], name: &str) -> String {
    let mut minors = Vec::new();
    // For each field its shapes, and the minors that have them.
    let mut fields: BTreeMap<&str, BTreeMap<String, Vec<u32>>> = BTreeMap::new();
    for document in documents {
        let Some(there) = document.types.get(name) else { continue };
        minors.push(document.minor);
        for (field, shape) in there {
            fields.entry(field).or_default().entry(shape.to_string()).or_default().push(document.minor);
        }
    }
    let mut line = short(name).to_owned();
    for (field, shapes) in fields {
        let mut entries: Vec<((u32, u32), &String)> = Vec::new();
        for (shape, some) in &shapes {
            entries.extend(runs(some, &minors).into_iter().map(|run| (run, shape)));
        }
        entries.sort();
        for (run, shape) in entries {
            line += &format!(" {field}:{shape}{}", suffix(run, &minors));
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kubernetes::{document::Fields, shape::Shape};

    fn document(minor: u32, types: &[(&str, &[(&str, &'static str)])]) -> Document {
        let fields = |list: &[(&str, &'static str)]| -> Fields {
            list.iter().map(|(name, word)| ((*name).to_owned(), Shape::Word(word))).collect()
        };
        let types = types.iter().map(|(name, list)| ((*name).to_owned(), fields(list))).collect();
        Document { minor, kinds: BTreeMap::new(), types }
    }

    #[test]
    fn a_field_has_the_range_of_the_minors_of_its_type() {
        let old = "io.k8s.api.core.v1.Old";
        let new = "io.k8s.api.core.v1.New";
        let read = [
            document(25, &[(old, &[("a", "string"), ("b", "int32"), ("gone", "bool")])]),
            document(26, &[(old, &[("a", "string"), ("b", "int32")]), (new, &[("x", "any")])]),
            document(27, &[(old, &[("a", "string"), ("b", "int64"), ("c", "bool")]), (new, &[("x", "any")])]),
        ];
        let read: Vec<&Document> = read.iter().collect();
        assert_eq!(
            lines(&read),
            ["core.v1.New x:any", "core.v1.Old a:string b:int32@-26 b:int64@27- c:bool@27- gone:bool@-25"]
        );
    }
}
