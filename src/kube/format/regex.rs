//! Regular expressions of the RE2 syntax, which a server compiles.

use super::{Verdict, unless};
use regex::Regex;

/// What both syntaxes refuse, as far as the message of an error names it.
const SHARED: [&str; 7] = [
    "unclosed group",
    "unopened group",
    "unclosed character class",
    "look-around",
    "backreferences",
    "repetition operator missing expression",
    "invalid character class range",
];

/// A regular expression. One that only the syntax known here refuses is taken.
pub fn re2(text: &str) -> Verdict {
    let Err(error) = Regex::new(text) else { return None };
    let message = error.to_string();
    // Classes within classes and their operators, quoted parts and classes of Unicode differ.
    let differs = ["\\Q", "\\p", "\\P", "\\C", "&&", "--", "~~"].iter().any(|part| text.contains(part))
        || has_nested_class(text);
    let shared = SHARED.iter().any(|part| message.contains(part));
    unless(differs || !shared, "must be a regular expression (RE2)")
}

/// Whether a class has a bracket within that begins no named class.
fn has_nested_class(text: &str) -> bool {
    text.match_indices('[').skip(1).any(|(n, _)| {
        let before = text.get(..n).unwrap_or("");
        before.rfind('[') > before.rfind(']')
    })
}

#[cfg(test)]
mod tests {
    use super::re2;

    #[test]
    fn what_both_syntaxes_refuse_is_refused() {
        for text in ["", "^a+$", "[[]", "\\p{L}", "\\Qa(\\E", "a{,2}", "[a-z]{1,63}", "(?i)a"] {
            assert_eq!(re2(text), None, "{text}");
        }
        for text in ["(", ")", "[", "(?=a)", "*", "[z-a]", "(a)\\1"] {
            assert!(re2(text).is_some(), "{text}");
        }
    }
}
