//! The expressions (CEL) of policies and definitions.

use crate::kube::{at::At, check::Check};

/// Checks an expression, which is the text at a place, or a part of it.
pub(super) fn cel<'t>(_check: &mut Check<'t>, _at: At<'t>, _text: &'t str) {}

/// Whether a text is an identifier of the language, and no word that it reserves.
pub(super) fn is_identifier(text: &str) -> bool {
    const RESERVED: [&str; 22] = [
        "true",
        "false",
        "null",
        "in",
        "as",
        "break",
        "const",
        "continue",
        "else",
        "for",
        "function",
        "if",
        "import",
        "let",
        "loop",
        "package",
        "namespace",
        "return",
        "var",
        "void",
        "while",
        "",
    ];
    crate::kube::format::names::identifier(text).is_none() && !RESERVED.contains(&text)
}
