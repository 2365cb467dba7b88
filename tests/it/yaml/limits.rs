//! Large, deep and hostile texts.

use super::{VALUES, emitted, map, reread, text};
use podwright::source::FileId;
use podwright::yaml::{self, Parsed, read::MAX_DEPTH};
use std::fmt::Write as _;

fn read(text: &str) -> Parsed {
    yaml::read(FileId(0), text, &VALUES)
}

fn codes(text: &str) -> Vec<String> {
    read(text).findings.iter().map(|f| f.code.to_string()).collect()
}

#[test]
fn duplicates_are_found_in_large_maps() {
    let mut source = String::new();
    for at in 0..1000 {
        writeln!(source, "key{at}: {at}").unwrap();
    }
    assert_eq!(read(&source).documents[0].entries().len(), 1000);
    source.push_str("key7: again\nkey999: again\n");
    let parsed = read(&source);
    assert_eq!(parsed.documents[0].entries().len(), 1000);
    assert_eq!(parsed.documents[0].get("key7").and_then(|n| n.as_str()), Some("again"));
    assert_eq!(codes(&source), ["yaml-duplicate-key"; 2]);
}

#[test]
fn long_comments_are_no_matter() {
    let source = format!("a:\n{}  b: 1\n", "# comment | more > of: it\n".repeat(1000));
    assert_eq!(codes(&source), [""; 0]);
}

#[test]
fn depth_is_limited_in_every_style() {
    let deep = |levels: usize| format!("{}{}\n", "[".repeat(levels), "]".repeat(levels));
    assert_eq!(codes(&deep(MAX_DEPTH)), [""; 0]);
    assert_eq!(codes(&deep(MAX_DEPTH + 1)), ["yaml-too-deep"]);
    assert_eq!(codes(&deep(100_000)), ["yaml-too-deep"]);
    assert_eq!(codes(&"[".repeat(100_000)), ["yaml-too-deep"]);
    assert_eq!(codes(&"{a: ".repeat(100_000)), ["yaml-too-deep"]);
    assert_eq!(codes(&"- ".repeat(100_000)), ["yaml-too-deep"]);
    assert_eq!(codes(&"? ".repeat(1_000)), ["yaml-too-deep"]);
    let nested =
        |first: usize| format!("a: &a {}b: {}*a{}\n", deep(60), "[".repeat(first), "]".repeat(first));
    assert_eq!(codes(&nested(39)), [""; 0]);
    assert_eq!(codes(&nested(40)), ["yaml-too-deep"]);
}

#[test]
fn aliases_have_a_budget_in_nodes_and_in_bytes() {
    let long = format!("a: &a {}\nb:\n{}", "x".repeat(100_000), "- *a\n".repeat(5_000));
    assert_eq!(codes(&long), ["yaml-alias-budget"]);
    let fair = format!("a: &a {{x: 1, z: 2}}\nb:\n{}", "- *a\n".repeat(5_000));
    assert_eq!(codes(&fair), [""; 0]);
    let anchors = format!("a: {}{}{}\n", "&a [".repeat(90), "x,".repeat(50_000), "]".repeat(90));
    assert_eq!(codes(&anchors), ["yaml-alias-budget"]);
}

#[test]
fn deep_trees_keep_their_indentation() {
    let tree = (0..90).fold(text("x\n y\n"), |inner, _| map([("k", inner)]));
    assert_eq!(reread(&emitted(&tree)), tree);
}

#[test]
fn long_keys_are_written_as_explicit_keys() {
    let key = "\u{1}".repeat(300);
    let tree = map([(key.as_str(), map([(key.as_str(), text("v"))]))]);
    assert_eq!(reread(&emitted(&tree)), tree);
}
