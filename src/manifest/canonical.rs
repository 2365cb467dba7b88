//! The canonical form of a manifest: the order of keys, sorted maps of strings, quantities as Kubernetes writes
//! them, the namespace; no status and no creation time.

use super::{canonical_quantity, cluster_scoped};
use crate::field::{By, Data, Field, Member};
use std::borrow::Cow;

/// The first keys of an object and of its metadata, in order.
const OBJECT: [&str; 3] = ["apiVersion", "kind", "metadata"];
const METADATA: [&str; 4] = ["name", "namespace", "labels", "annotations"];

/// Maps from free strings to scalars: their order means nothing, so it is sorted.
const SORTED: [&str; 10] = [
    "labels",
    "annotations",
    "matchLabels",
    "nodeSelector",
    "data",
    "stringData",
    "binaryData",
    "limits",
    "requests",
    "selector",
];

/// Brings a document into canonical form. `namespace` is written on namespaced kinds that name none.
pub fn canonical<'a>(mut document: Field<'a>, namespace: &'a str, by: By) -> Field<'a> {
    let scoped = {
        let text = |keys: &[&str]| document.at(keys).and_then(Field::as_str).unwrap_or("");
        let version = text(&["apiVersion"]);
        !cluster_scoped(version.rsplit_once('/').map_or("", |(group, _)| group), text(&["kind"]))
    };
    if let Data::Map(members) = &mut document.data {
        members.retain(|m| m.key != "status");
        front(members, &OBJECT);
        if let Some(metadata) = members.iter_mut().find(|m| m.key == "metadata")
            && let Data::Map(metadata) = &mut metadata.value.data
            && scoped
            && !namespace.is_empty()
            && !metadata.iter().any(|m| m.key == "namespace")
        {
            let value = Field { data: Data::Str(Cow::Borrowed(namespace)), by };
            metadata.push(Member { key: Cow::Borrowed("namespace"), by, value });
        }
    }
    tidy(&mut document);
    document
}

/// Orders what is below; `document` is never deeper than the templates' budgets allow.
fn tidy(field: &mut Field<'_>) {
    match &mut field.data {
        Data::Seq(items) => items.iter_mut().for_each(tidy),
        Data::Map(members) => {
            for member in members {
                match &*member.key {
                    "metadata" => metadata(&mut member.value),
                    "limits" | "requests" | "hard" | "capacity" => quantities(&mut member.value),
                    "sizeLimit" => quantity(&mut member.value),
                    _ => {}
                }
                if SORTED.contains(&&*member.key)
                    && let Data::Map(inner) = &mut member.value.data
                    && inner.iter().all(|m| !matches!(m.value.data, Data::Map(_) | Data::Seq(_)))
                {
                    inner.sort_by(|a, b| a.key.cmp(&b.key));
                } else {
                    tidy(&mut member.value);
                }
            }
        }
        _ => {}
    }
}

fn metadata(field: &mut Field<'_>) {
    if let Data::Map(members) = &mut field.data {
        members.retain(|m| m.key != "creationTimestamp" || m.value.data != Data::Null);
        front(members, &METADATA);
    }
}

/// Moves the named keys to the front, in their order; the rest keeps its own.
fn front(members: &mut [Member<'_>], keys: &[&str]) {
    members.sort_by_key(|m| keys.iter().position(|k| *k == m.key).unwrap_or(keys.len()));
}

fn quantities(field: &mut Field<'_>) {
    if let Data::Map(members) = &mut field.data {
        members.iter_mut().for_each(|m| quantity(&mut m.value));
    }
}

fn quantity(field: &mut Field<'_>) {
    let text = match &field.data {
        Data::Str(s) => s.to_string(),
        Data::Int(i) => i.to_string(),
        Data::UInt(u) => u.to_string(),
        Data::Float(f) => f.to_string(),
        _ => return,
    };
    // What is no quantity stays as it is: that it is wrong is for others to say.
    if let Some(canonical) = canonical_quantity(&text)
        && (canonical != text || !matches!(field.data, Data::Str(_)))
    {
        field.data = Data::Str(Cow::Owned(canonical));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::emit::emit;

    fn text<'a>(text: &'a str) -> Field<'a> {
        Field { data: Data::Str(Cow::Borrowed(text)), by: By::default() }
    }

    fn map<'a>(members: Vec<(&'a str, Field<'a>)>) -> Field<'a> {
        let member =
            |(key, value): (&'a str, Field<'a>)| Member { key: Cow::Borrowed(key), by: By::default(), value };
        Field { data: Data::Map(members.into_iter().map(member).collect()), by: By::default() }
    }

    fn canon(document: Field<'_>) -> String {
        let mut out = String::new();
        emit(&canonical(document, "ds", By::default()), &mut out);
        out
    }

    #[test]
    fn keys_are_in_order_and_a_namespace_is_written() {
        let document = map(vec![
            ("spec", map(vec![("z", text("one")), ("a", text("two"))])),
            ("status", map(vec![])),
            (
                "metadata",
                map(vec![("labels", map(vec![("b", text("x")), ("a", text("w"))])), ("name", text("web"))]),
            ),
            ("kind", text("Deployment")),
            ("apiVersion", text("apps/v1")),
        ]);
        let want = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  namespace: ds\n  labels:\n    a: w\n    b: x\n\
                    spec:\n  z: one\n  a: two\n";
        assert_eq!(canon(document), want);
    }

    #[test]
    fn cluster_scoped_kinds_and_namespaces_that_are_there_stay() {
        let object = |kind, metadata| {
            map(vec![("apiVersion", text("v1")), ("kind", text(kind)), ("metadata", metadata)])
        };
        assert!(!canon(object("Namespace", map(vec![("name", text("web"))]))).contains("namespace:"));
        let other = map(vec![("name", text("web")), ("namespace", text("other"))]);
        assert!(canon(object("ConfigMap", other)).contains("namespace: other"));
    }

    #[test]
    fn quantities_are_canonical_where_they_stand() {
        let int = |i| Field { data: Data::Int(i), by: By::default() };
        let resources = map(vec![("limits", map(vec![("memory", text("1024Mi")), ("cpu", int(2))]))]);
        let document = map(vec![
            ("kind", text("X")),
            ("spec", map(vec![("resources", resources), ("cpu", text("1000m"))])),
        ]);
        assert!(canon(document).contains("limits:\n      cpu: \"2\"\n      memory: 1Gi\n  cpu: 1000m\n"));
    }
}
