//! Making the edits of fixes: which of them can be made together, and the text that they give. Pure; which fixes are
//! wanted, and the files, are for `ops`.

use super::{Edit, Fix};

/// The fixes that can be made at once, in the order in which they came. Of two that touch the same text the first one is
/// taken: the other waits until the text has settled. A fix whose own edits overlap, or stand in several files, is not
/// taken.
pub fn compatible<'f>(fixes: impl IntoIterator<Item = &'f Fix>) -> Vec<&'f Fix> {
    let mut taken: Vec<&Fix> = Vec::new();
    for fix in fixes {
        let clashes = |other: &&Fix| other.edits.iter().any(|b| fix.edits.iter().any(|a| touch(a, b)));
        if sound(&fix.edits) && !taken.iter().any(clashes) {
            taken.push(fix);
        }
    }
    taken
}

/// A text with edits of it made, whatever their order; none when one is not of this text, or two overlap.
pub fn apply<'e>(text: &str, edits: impl IntoIterator<Item = &'e Edit>) -> Option<String> {
    let mut edits: Vec<&Edit> = edits.into_iter().collect();
    edits.sort_by_key(|e| (e.at.start, e.at.end));
    let mut made = String::with_capacity(text.len() + 16 * edits.len());
    let mut done = 0;
    for edit in edits {
        let (start, end) = (edit.at.start as usize, edit.at.end as usize);
        made.push_str(text.get(done..start)?);
        made.push_str(&edit.text);
        text.get(start..end)?;
        done = end;
    }
    made.push_str(text.get(done..)?);
    Some(made)
}

/// Whether the edits of one fix are of one file, in order, and do not overlap.
fn sound(edits: &[Edit]) -> bool {
    let follows = |(a, b): (&Edit, &Edit)| a.at.file == b.at.file && a.at.end <= b.at.start;
    !edits.is_empty() && edits.iter().zip(edits.iter().skip(1)).all(follows)
}

/// Whether two edits overlap or meet: what stands between them is then for one of them alone to say.
fn touch(a: &Edit, b: &Edit) -> bool {
    a.at.file == b.at.file && a.at.start <= b.at.end && b.at.start <= a.at.end
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FileId, Span};
    use proptest::prelude::*;

    fn edit(file: u32, start: usize, end: usize, text: &str) -> Edit {
        Edit { at: Span::new(FileId(file), start, end), text: text.into() }
    }

    fn fix(title: &str, edits: Vec<Edit>) -> Fix {
        Fix { title: title.into(), safe: true, edits }
    }

    #[test]
    fn of_fixes_that_touch_the_first_one_is_taken() {
        let quote = || vec![edit(0, 2, 2, "\""), edit(0, 4, 4, "\"")];
        let fixes = [
            fix("quote", quote()),
            fix("the same again", quote()),
            fix("meets it", vec![edit(0, 4, 6, "x")]),
            fix("spans it", vec![edit(0, 0, 9, "x")]),
            fix("beside it", vec![edit(0, 6, 8, "x")]),
            fix("elsewhere", vec![edit(1, 2, 4, "x")]),
            fix("two files", vec![edit(2, 0, 1, "x"), edit(3, 5, 6, "x")]),
            fix("overlaps itself", vec![edit(4, 0, 3, "x"), edit(4, 2, 5, "x")]),
            fix("nothing", Vec::new()),
        ];
        let titles: Vec<&str> = compatible(&fixes).iter().map(|f| f.title.as_str()).collect();
        assert_eq!(titles, ["quote", "beside it", "elsewhere"]);
    }

    #[test]
    fn edits_are_made_in_place_and_nothing_else_changes() {
        let edits = [edit(0, 8, 8, "\""), edit(0, 5, 5, "\""), edit(0, 0, 1, "key")];
        assert_eq!(apply("a: [ 1.1 ]\r\n", &edits).as_deref(), Some("key: [ \"1.1\" ]\r\n"));
        for bad in
            [vec![edit(0, 3, 5, ""), edit(0, 4, 6, "")], vec![edit(0, 9, 90, "")], vec![edit(0, 1, 2, "")]]
        {
            assert_eq!(apply("ü: [ 1.1 ]\r\n", &bad), None, "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_compatible_can_be_made(
            places in prop::collection::vec((0usize..40, 0usize..6, "[x\"]{0,3}"), 0..12),
        ) {
            let text = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJ";
            let fixes: Vec<Fix> =
                places.iter().map(|(at, len, new)| fix("t", vec![edit(0, *at, at + len, new)])).collect();
            let taken = compatible(&fixes);
            let made = apply(text, taken.iter().flat_map(|f| &f.edits)).unwrap();
            let grown = |f: &Fix| f.edits.iter().map(|e| e.text.len() as i64 - i64::from(e.at.end - e.at.start)).sum::<i64>();
            let want = text.len() as i64 + taken.iter().map(|f| grown(f)).sum::<i64>();
            prop_assert_eq!(made.len() as i64, want);
            prop_assert!(fixes.is_empty() || !taken.is_empty());
        }
    }
}
