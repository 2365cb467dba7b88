//! Where secrets stand among patches and plain manifests, which no schema describes: what a Secret holds, and environment
//! variables by their names. Whatever else is wrong with a file, no report shows them. Hiding too much does no harm.

use crate::{
    manifest::LAST_APPLIED,
    secret::{held, is_secret, may_name, names},
    source::Span,
    yaml::{Data, Node},
};

/// The parts of a Secret that hold what is secret.
const HOLDERS: [&str; 2] = ["data", "stringData"];

/// How a JSON Patch names the annotation [`LAST_APPLIED`].
const APPLIED_TAIL: &str = "~1last-applied-configuration";

/// Collects the secrets of a document with plain manifests.
pub(super) fn hide_document(document: &Node, hidden: &mut Vec<Span>) {
    if document.get("kind").and_then(Node::as_str) == Some("Secret") {
        hide_data(document, hidden);
    }
    for item in document.get("items").map_or(&[][..], Node::items) {
        hide_document(item, hidden);
    }
    let data = ["spec", "provider", "fake", "data"].iter().try_fold(document, |at, key| at.get(key));
    for item in data.map_or(&[][..], Node::items) {
        ["value", "valueMap"].iter().filter_map(|key| item.get(key)).for_each(|held| hide_all(held, hidden));
    }
    hide_within(document, hidden);
}

/// Collects the secrets of the patches in an environment.yaml, whether or not they can be applied.
pub(super) fn hide_patches(root: &Node, hidden: &mut Vec<Span>) {
    let components = root.get("components").map_or(&[][..], Node::entries);
    let patches = components.iter().filter_map(|c| c.value.get("patches")).flat_map(Node::items);
    for one in patches {
        let Some(patch) = one.get("patch") else { continue };
        let kind = one.get("target").and_then(|t| t.get("kind")).and_then(Node::as_str);
        let may_be = kind.is_none_or(|k| k.contains('*') || k.to_lowercase().contains("secret"));
        if may_be {
            hide_data(patch, hidden);
        }
        for operation in patch.items() {
            let Some(value) = operation.get("value") else { continue };
            let path = operation.get("path").and_then(Node::as_str).unwrap_or_default();
            let holder = HOLDERS.iter().any(|h| path.trim_start_matches('/').split('/').next() == Some(h));
            let variable = path.contains("/env/") && path.ends_with("/value");
            if may_be && holder || path.starts_with("/stringData") || variable || path.ends_with(APPLIED_TAIL)
            {
                hide_all(value, hidden);
            } else if may_be && path.is_empty() {
                hide_data(value, hidden);
            }
        }
        hide_within(patch, hidden);
    }
}

/// What an object holds as a Secret does.
fn hide_data(object: &Node, hidden: &mut Vec<Span>) {
    let holds = |key: &str| HOLDERS.iter().any(|h| h.eq_ignore_ascii_case(key));
    let held = object.entries().iter().filter(|e| holds(&e.key.text));
    held.for_each(|e| hide_all(&e.value, hidden));
}

/// What is secret wherever it stands: `stringData`, which only Secrets have, what kubectl applied, variables whose names say so,
/// and texts that are secrets by their keys or hold some.
pub(super) fn hide_within(node: &Node, hidden: &mut Vec<Span>) {
    let variable = node.get("name").and_then(Node::as_str).is_some_and(may_name);
    if let (true, Some(value)) = (variable, node.get("value")) {
        hide_all(value, hidden);
    }
    for entry in node.entries() {
        match (&*entry.key.text, entry.value.as_str()) {
            ("stringData" | LAST_APPLIED, _) => hide_all(&entry.value, hidden),
            (key, Some(text)) if is_secret(key, text) => hide_all(&entry.value, hidden),
            // As custom resources have it: `password: { value: x }`.
            (key, None) if names(key) => {
                entry.value.get("value").into_iter().for_each(|value| hide_all(value, hidden));
                hide_within(&entry.value, hidden);
            }
            _ => hide_within(&entry.value, hidden),
        }
    }
    node.items().iter().for_each(|item| hide_within(item, hidden));
    if node.as_str().is_some_and(|text| !held(text).is_empty()) {
        hide_all(node, hidden);
    }
}

/// Every scalar of a node.
fn hide_all(node: &Node, hidden: &mut Vec<Span>) {
    match &node.data {
        Data::Null => {}
        Data::Map(entries) => entries.iter().for_each(|e| hide_all(&e.value, hidden)),
        Data::Seq(items) => items.iter().for_each(|item| hide_all(item, hidden)),
        _ => hidden.push(node.span),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        source::Sources,
        yaml::{self, Documents, Options, Role},
    };

    /// What is hidden in a text.
    fn found(text: &str, hide: fn(&Node, &mut Vec<Span>)) -> Vec<String> {
        let mut sources = Sources::default();
        let file = sources.add("a.yaml", text.to_owned());
        let parsed = yaml::read(file, text, &Options { documents: Documents::Many, role: Role::Values });
        let mut hidden = Vec::new();
        parsed.documents.iter().for_each(|d| hide(d, &mut hidden));
        hidden.sort_unstable();
        hidden.dedup();
        hidden.iter().map(|h| sources.slice(*h).to_owned()).collect()
    }

    #[test]
    fn what_a_secret_holds_is_hidden() {
        for (text, secrets) in [
            ("kind: Secret\ndata: { a: b, c: null }\nstringData: { d: 1 }\nname: e", &["b", "1"][..]),
            ("kind: List\nitems: [{ kind: Secret, data: { a: b } }]", &["b"]),
            ("kind: ConfigMap\ndata: { password: b, password-file: c }", &["b"]),
            (
                "kind: Pod\nspec: { args: [--password=b, --verbose=c], env: [{ name: URL, value: 'redis://:b@h' }] }",
                &["--password=b", "'redis://:b@h'"],
            ),
            (
                "metadata: { annotations: { kubectl.kubernetes.io/last-applied-configuration: b, c: d } }",
                &["b"],
            ),
            ("kind: Thing\nspec: { password: { value: b, size: 1 }, size: { value: 2 } }", &["b"]),
            (
                "kind: SecretStore\nspec: { provider: { fake: { data: [{ key: a, value: b }, { valueMap: { c: d } }] } } }",
                &["b", "d"],
            ),
            ("kind: Pod\nspec: { env: [{ name: DB_PASSWORD, value: b }, { name: TZ, value: c }] }", &["b"]),
        ] {
            assert_eq!(found(text, hide_document), secrets, "{text}");
        }
    }

    #[test]
    fn what_patches_bring_to_a_secret_is_hidden() {
        for (patch, secrets) in [
            ("{ target: { kind: Secret }, patch: { data: { a: b } } }", &["b"][..]),
            ("{ target: { kind: secrets }, patch: { data: { a: b } } }", &["b"]),
            ("{ target: { name: x }, patch: { data: { a: b } } }", &["b"]),
            ("{ target: { kind: ConfigMap }, patch: { data: { a: b }, stringData: { a: c } } }", &["c"]),
            ("{ target: { kind: Secret }, patch: [{ op: add, path: /data/a, value: b }] }", &["b"]),
            ("{ target: { kind: Secret }, patch: [{ op: add, path: /data, value: { a: b } }] }", &["b"]),
            (
                "{ target: { kind: Secret }, patch: [{ op: add, path: '', value: { data: { a: b } } }] }",
                &["b"],
            ),
            ("{ target: { kind: Secret }, patch: [{ op: add, path: /type, value: b }] }", &[]),
            ("{ target: { kind: Pod }, patch: [{ op: add, path: /spec/env/0/value, value: b }] }", &["b"]),
            (
                "{ target: { kind: Pod }, patch: [{ op: add, path: /metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration, value: b }] }",
                &["b"],
            ),
            ("{ target: { kind: Pod }, patch: { env: [{ name: API_TOKEN, value: b }] } }", &["b"]),
        ] {
            let text = format!("components: {{ web: {{ patches: [{patch}] }} }}");
            assert_eq!(found(&text, hide_patches), secrets, "{patch}");
        }
    }
}
