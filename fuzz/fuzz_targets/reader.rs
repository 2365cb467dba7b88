//! Any text: the reader does not panic, its spans lie in the text, and what it reads is read back from its emission.
#![no_main]

use libfuzzer_sys::fuzz_target;
use podwright::{
    source::FileId,
    yaml::{self, Documents, Node, Options, Role},
};

fn spans(node: &Node, length: usize) {
    assert!(node.span.start <= node.span.end && node.span.end as usize <= length);
    node.items().iter().for_each(|n| spans(n, length));
    node.entries().iter().for_each(|e| spans(&e.value, length));
}

fn same(a: &Node, b: &Node) -> bool {
    let (left, right) = (a.entries(), b.entries());
    match (&a.data, &b.data) {
        (yaml::Data::Seq(x), yaml::Data::Seq(y)) => x.len() == y.len() && x.iter().zip(y).all(|(x, y)| same(x, y)),
        (yaml::Data::Map(_), yaml::Data::Map(_)) => {
            left.len() == right.len()
                && left.iter().zip(right).all(|(x, y)| x.key.text == y.key.text && same(&x.value, &y.value))
        }
        (x, y) => x == y,
    }
}

fuzz_target!(|text: &str| {
    for role in [Role::Values, Role::Template] {
        let options = Options { documents: Documents::Many, role };
        let parsed = yaml::read(FileId(0), text, &options);
        for document in &parsed.documents {
            spans(document, text.len());
            let mut out = String::new();
            yaml::emit(document, &mut out);
            let again = yaml::read(FileId(0), &out, &Options { documents: Documents::One, role });
            assert!(again.documents.first().is_some_and(|d| same(d, document)), "{out}");
        }
    }
});
