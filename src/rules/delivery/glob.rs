//! Patterns of AppProjects: `*`, `**` and `?`, with a `!` before those that forbid.

/// Whether a text fits a pattern. With a separator, `*` and `?` stop at it and `**` does not; `*` alone means everything.
/// A pattern with brackets or braces, which mean more than is known here, fits.
pub(super) fn fits(pattern: &str, text: &str, separator: Option<char>) -> bool {
    if pattern == "*" || pattern.contains(['[', '{', '\\']) {
        return true;
    }
    let pattern: Vec<char> = pattern.chars().collect();
    let text: Vec<char> = text.chars().collect();
    matches(&pattern, &text, separator)
}

fn matches(pattern: &[char], text: &[char], separator: Option<char>) -> bool {
    match pattern {
        [] => text.is_empty(),
        ['*', '*', rest @ ..] => {
            (0..=text.len()).any(|n| matches(rest, text.get(n..).unwrap_or_default(), separator))
        }
        ['*', rest @ ..] => {
            let stop = text.iter().position(|c| Some(*c) == separator).unwrap_or(text.len());
            (0..=stop).any(|n| matches(rest, text.get(n..).unwrap_or_default(), separator))
        }
        [first, rest @ ..] => match text {
            [c, more @ ..] if c == first || (*first == '?' && Some(*c) != separator) => {
                matches(rest, more, separator)
            }
            _ => false,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn stars_stop_at_separators() {
        for (pattern, text, separator, want) in [
            ("*", "https://a.com/b", Some('/'), true),
            ("https://a.com/*", "https://a.com/b", Some('/'), true),
            ("https://a.com/*", "https://a.com/b/c", Some('/'), false),
            ("https://a.com/**", "https://a.com/b/c", Some('/'), true),
            ("team-*", "team-a", None, true),
            ("team-?", "team-ab", None, false),
            ("", "", None, true),
            ("", "a", None, false),
            ("{a,b}", "c", None, true),
        ] {
            assert_eq!(fits(pattern, text, separator), want, "{pattern} {text}");
        }
    }
}
