//! Where the comments of a text stand. A `#` in a string or a block of text is none, so the parser is asked.

use super::MAX_DEPTH;
use crate::source::{FileId, Span};
use granit_parser::{Event, Parser};

/// The comments of a text, from the `#` to the end of the line, as far as the text can be read.
pub fn comments(file: FileId, text: &str) -> Vec<Span> {
    let options = granit_parser::options! {
        emit_unresolved_aliases: true,
        emit_comments: true,
        flow_nesting_limit: 2 * MAX_DEPTH,
        block_nesting_limit: 2 * MAX_DEPTH,
    };
    let mut found = Vec::new();
    for event in Parser::new_from_str_with_options(text, options) {
        let Ok((event, span)) = event else { break };
        if let (Event::Comment(..), Some(at)) = (event, span.byte_range()) {
            found.push(Span::new(file, at.start, at.end));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_comments_are_comments() {
        let text = "# é one\na: 1 # two\nb: \"# no\"\nc: |\n  # no\n  x\nd: a#no\n- #three\n";
        let found = comments(FileId(0), text);
        let slices: Vec<&str> = found.iter().map(|s| &text[s.start as usize..s.end as usize]).collect();
        assert_eq!(slices, ["# é one", "# two"]);
        let list = "a:\n# one\n- b # two\n";
        assert_eq!(comments(FileId(0), list).len(), 2);
    }
}
