//! Reading and writing YAML.
#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

mod cases;
mod emission;
mod limits;
mod mutations;
mod properties;
mod readers;
mod samples;

use podwright::source::FileId;
use podwright::yaml::{self, Data, Documents, Entry, Key, Node, Options, Role, Style};

/// The options of a values file.
const VALUES: Options = Options { documents: Documents::One, role: Role::Values };

/// A node without a place.
fn node(data: Data) -> Node {
    Node { data, span: podwright::source::Span::default(), style: Style::Plain, suspect: false }
}

fn text(text: &str) -> Node {
    node(Data::Str(text.into()))
}

fn list(items: impl IntoIterator<Item = Node>) -> Node {
    node(Data::Seq(items.into_iter().collect()))
}

fn map<K: AsRef<str>>(entries: impl IntoIterator<Item = (K, Node)>) -> Node {
    let entries = entries.into_iter().map(|(key, value)| {
        let key =
            Key { text: key.as_ref().into(), span: podwright::source::Span::default(), style: Style::Plain };
        Entry { key, value }
    });
    node(Data::Map(entries.collect()))
}

/// The same tree without places and styles.
fn bare(tree: &Node) -> Node {
    match &tree.data {
        Data::Seq(items) => list(items.iter().map(bare)),
        Data::Map(entries) => map(entries.iter().map(|e| (&*e.key.text, bare(&e.value)))),
        data => node(data.clone()),
    }
}

fn emitted(tree: &Node) -> String {
    let mut out = String::new();
    yaml::emit(tree, &mut out);
    out
}

/// The only document of `text`, without places.
fn reread(text: &str) -> Node {
    let parsed = yaml::read(FileId(0), text, &VALUES);
    assert_eq!(parsed.documents.len(), 1, "{text}\n{:?}", parsed.findings);
    bare(&parsed.documents[0])
}
