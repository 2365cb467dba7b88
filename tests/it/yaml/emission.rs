//! How trees look when they are written.

use super::{emitted, list, map, node, reread, samples::NASTY, text};
use podwright::yaml::{Data, Node};

#[test]
fn collections_look_as_kubectl_writes_them() {
    let tree = map([
        ("kind", text("Pod")),
        ("empty", map::<&str>([])),
        ("none", list([])),
        ("nothing", node(Data::Null)),
        (
            "list",
            list([text("a"), list([text("b"), list([])]), map([("k", text("v")), ("l", list([text("c")]))])]),
        ),
        ("map", map([("deep", map([("deeper", node(Data::Int(-1)))]))])),
        ("script", text("a\n\n  b\n")),
        ("last", list([text("x\n")])),
    ]);
    let want = "\
kind: Pod
empty: {}
none: []
nothing: null
list:
- a
- - b
  - []
- k: v
  l:
  - c
map:
  deep:
    deeper: -1
script: |
  a

    b
last:
- |
  x
";
    assert_eq!(emitted(&tree), want);
}

#[test]
fn scalars_are_quoted_where_a_reader_would_take_them_otherwise() {
    let number = |value: f64| node(Data::Float(value));
    let cases: &[(Node, &str)] = &[
        (text("plain text, (with) a comma"), "plain text, (with) a comma"),
        (text("a: b"), "\"a: b\""),
        (text("a:b #c"), "\"a:b #c\""),
        (text("a:b#c"), "a:b#c"),
        (text("Yes"), "\"Yes\""),
        (text("yess"), "yess"),
        (text("nullable"), "nullable"),
        (text("0644"), "\"0644\""),
        (text("1e3"), "\"1e3\""),
        (text("12:30"), "\"12:30\""),
        (text("2024-01-01"), "\"2024-01-01\""),
        (text("1.2.3"), "1.2.3"),
        (text("10.0.0.1"), "10.0.0.1"),
        (text("500m"), "500m"),
        (text("--port=80"), "--port=80"),
        (text("-c"), "-c"),
        (text("-1"), "\"-1\""),
        (text("---"), "\"---\""),
        (text("*.example.com"), "\"*.example.com\""),
        (text("$(POD_IP)"), "$(POD_IP)"),
        (text("日本語"), "日本語"),
        (text("a\u{2028}b\u{7}"), "\"a\\u2028b\\x07\""),
        (text(""), "\"\""),
        (text("one\ntwo"), "\"one\\ntwo\""),
        (node(Data::UInt(u64::MAX)), "18446744073709551615"),
        (node(Data::Int(i64::MIN)), "-9223372036854775808"),
        (node(Data::Int(0)), "0"),
        (number(1.0), "1.0"),
        (number(1e21), "1.0e+21"),
        (number(1.5e-9), "1.5e-9"),
        (number(-0.0), "-0.0"),
    ];
    for (tree, want) in cases {
        assert_eq!(emitted(tree), format!("{want}\n"));
    }
}

#[test]
fn lines_of_text_keep_their_breaks_and_blanks() {
    for (value, want) in [
        ("a\nb", "k: |-\n  a\n  b\n"),
        ("a\nb\n", "k: |\n  a\n  b\n"),
        ("a\n\n", "k: |+\n  a\n\n"),
        (" a\nb\n", "k: |2\n   a\n  b\n"),
        ("\na\n", "k: |2\n\n  a\n"),
        ("a\n \nb\n", "k: \"a\\n \\nb\\n\"\n"),
        ("\ta\n", "k: \"\\ta\\n\"\n"),
        ("\n", "k: \"\\n\"\n"),
    ] {
        assert_eq!(emitted(&map([("k", text(value))])), want);
    }
}

#[test]
fn nasty_strings_are_read_back_everywhere() {
    for nasty in NASTY {
        for tree in [
            text(nasty),
            map([(nasty, text(nasty))]),
            list([text(nasty), list([text(nasty), map([("a", text(nasty)), (nasty, list([text(nasty)]))])])]),
            map([("k", map([("k", text(nasty)), ("l", node(Data::Null))]))]),
        ] {
            let shown = emitted(&tree);
            assert_eq!(reread(&shown), tree, "{shown}");
        }
    }
}
