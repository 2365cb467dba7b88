//! The expressions (CEL) of policies and definitions.

use crate::kube::{at::At, cel::Expression, check::Check};

/// The variables of all places where expressions stand.
const VARIABLES: [&str; 10] = [
    "self",
    "oldSelf",
    "object",
    "oldObject",
    "request",
    "params",
    "namespaceObject",
    "authorizer",
    "variables",
    "device",
];

/// The variables of the rules in a definition.
pub(super) const OF_RULES: &[&str] = &["self", "oldSelf"];
/// The variables of the conditions of a webhook.
pub(super) const OF_CONDITIONS: &[&str] = &["object", "oldObject", "request", "authorizer"];
/// The variables of a policy.
pub(super) const OF_POLICIES: &[&str] =
    &["object", "oldObject", "request", "params", "namespaceObject", "authorizer", "variables"];
/// The variables of a selector of devices.
pub(super) const OF_DEVICES: &[&str] = &["device"];

/// Checks an expression, which is the text at a place, or a part of it: it must parse, and name no variable that only
/// other places have. Which functions there are, and what it gives, is for the server.
pub(super) fn cel<'t>(check: &mut Check<'t>, at: At<'t>, text: &'t str, variables: &[&str]) {
    let expression = Expression::parse(text);
    if let Some(why) = expression.syntax_error() {
        check.invalid(at, format!("must be an expression in CEL: {why}"));
        return;
    }
    let elsewhere = VARIABLES.iter().find(|name| !variables.contains(name) && expression.names(name));
    if let Some(name) = elsewhere {
        let there = variables.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        check.invalid(at, format!("must not name `{name}`: there is {there}"));
    }
}

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
