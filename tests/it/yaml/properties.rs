//! Properties of reading and writing over random trees.

use super::{emitted, list, map, node, reread, samples::NASTY, text};
use podwright::yaml::{Data, Node};
use proptest::prelude::*;
use proptest::sample::select;
use std::collections::BTreeMap;

fn string() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => select(NASTY).prop_map(str::to_owned),
        2 => "[ \t\n:#\\-?,\\[\\]{}&*!|>'\"%@`~=<.+_/0-9abexnyNY]{0,12}",
        1 => "\\PC{0,8}",
        1 => any::<String>(),
    ]
}

fn scalar() -> impl Strategy<Value = Node> {
    prop_oneof![
        1 => Just(node(Data::Null)),
        1 => any::<bool>().prop_map(|value| node(Data::Bool(value))),
        1 => any::<i64>().prop_map(|value| node(Data::Int(value))),
        1 => (1u64 << 63..).prop_map(|value| node(Data::UInt(value))),
        2 => proptest::num::f64::NORMAL.prop_map(|value| node(Data::Float(value))),
        8 => string().prop_map(|value| text(&value)),
    ]
}

fn tree() -> impl Strategy<Value = Node> {
    scalar().prop_recursive(5, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(list),
            prop::collection::vec((string(), inner), 0..6)
                .prop_map(|entries| map(entries.into_iter().collect::<BTreeMap<_, _>>())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_back(tree in tree()) {
        let shown = emitted(&tree);
        let again = reread(&shown);
        prop_assert_eq!(&again, &tree, "{}", shown);
        prop_assert_eq!(emitted(&again), shown);
    }

    #[test]
    fn any_text_is_read_without_a_panic(source in any::<String>()) {
        super::mutations::survives(&source);
    }
}
