//! Finds `${{ }}` in scalars and tells directives from values. What is inside is for `parse`.

/// The words that control structure; the first of them in `${{ }}` makes a key a directive.
pub(super) const WORDS: [&str; 7] = ["if", "elif", "else", "for", "with", "when", "merge"];

/// A key or item that controls structure.
#[derive(Debug, Clone, Copy)]
pub(super) struct Directive<'t> {
    pub word: &'t str,
    /// What follows the word.
    pub rest: &'t str,
    /// Where `rest` starts in the scalar.
    pub at: usize,
}

/// A piece of a scalar: text as it is, or the inside of `${{ }}`, each with its offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'t> {
    Text(&'t str),
    Expr(&'t str, usize),
}

/// The directive that a whole scalar is, if it is one.
pub(super) fn directive(text: &str) -> Option<Directive<'_>> {
    let inner = text.strip_prefix("${{")?;
    let end = close(inner)?;
    if end + 2 != inner.len() {
        return None;
    }
    let body = &inner[..end];
    let start = body.len() - body.trim_start().len();
    let word_len = body[start..].find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(body.len() - start);
    let word = &body[start..start + word_len];
    // `if(x)` is one too; `iffy` and `merge.x` are not.
    let next = body[start + word_len..].chars().next();
    if !WORDS.contains(&word) || next.is_some_and(|c| !c.is_whitespace() && !"(['\"-".contains(c)) {
        return None;
    }
    let tail = &body[start + word_len..];
    let skip = tail.len() - tail.trim_start().len();
    Some(Directive { word, rest: tail.trim(), at: 3 + start + word_len + skip })
}

/// Splits a scalar. The offset of a `${{` that is not closed is the error.
pub(super) fn pieces(text: &str) -> Result<Vec<Piece<'_>>, usize> {
    let mut out = Vec::new();
    let mut from = 0;
    while let Some(open) = text[from..].find("${{").map(|at| from + at) {
        if open > from {
            out.push(Piece::Text(&text[from..open]));
        }
        let start = open + 3;
        let end = close(&text[start..]).ok_or(open)?;
        out.push(Piece::Expr(&text[start..start + end], start));
        from = start + end + 2;
    }
    if from < text.len() {
        out.push(Piece::Text(&text[from..]));
    }
    Ok(out)
}

/// The offset of the `}}` that ends an expression: strings and brackets are skipped.
fn close(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut depth, mut quote, mut at) = (0usize, 0u8, 0);
    while at < bytes.len() {
        let b = bytes[at];
        match quote {
            0 => match b {
                b'\'' | b'"' => quote = b,
                b'(' | b'[' | b'{' => depth += 1,
                b'}' if depth == 0 => return (bytes.get(at + 1) == Some(&b'}')).then_some(at),
                b')' | b']' | b'}' => depth = depth.saturating_sub(1),
                _ => {}
            },
            _ if b == b'\\' => at += 1,
            q if q == b => quote = 0,
            _ => {}
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_split_at_expressions() {
        assert_eq!(
            pieces("a-${{ x }}-${{ \"}}\" }}"),
            Ok(vec![Piece::Text("a-"), Piece::Expr(" x ", 5), Piece::Text("-"), Piece::Expr(" \"}}\" ", 14)])
        );
        assert_eq!(pieces("${{ {\"a\": {}} }}"), Ok(vec![Piece::Expr(" {\"a\": {}} ", 3)]));
        assert_eq!(pieces("x ${{ y"), Err(2));
        assert_eq!(pieces("{{ $labels.x }}"), Ok(vec![Piece::Text("{{ $labels.x }}")]));
    }

    #[test]
    fn directives_are_whole_scalars_that_start_with_a_word() {
        let d = directive("${{ if values.a }}").map(|d| (d.word, d.rest, d.at));
        assert_eq!(d, Some(("if", "values.a", 7)));
        assert_eq!(directive("${{ else }}").map(|d| (d.word, d.rest)), Some(("else", "")));
        for other in ["${{ iffy }}", "${{ merge.x }}", "x${{ if y }}", "${{ values.if }}"] {
            assert!(directive(other).is_none(), "{other}");
        }
    }
}
