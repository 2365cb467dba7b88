//! Names: of objects, labels, ports, keys and variables.

use super::{Verdict, unless};

/// The longest label (RFC 1123) in characters.
pub const LABEL: usize = 63;
/// The longest subdomain (RFC 1123) in characters.
pub const SUBDOMAIN: usize = 253;

/// Whether a text is made of `inner` characters and begins and ends with `edge` ones; it is not empty.
fn word(text: &str, edge: impl Fn(u8) -> bool, inner: impl Fn(u8) -> bool) -> bool {
    match text.as_bytes() {
        [] => false,
        [one] => edge(*one),
        [first, middle @ .., last] => edge(*first) && edge(*last) && middle.iter().all(|b| inner(*b)),
    }
}

fn lower(b: u8) -> bool {
    b.is_ascii_lowercase() || b.is_ascii_digit()
}

/// Whether it is a label of lower-case letters, digits and dashes, of any length.
fn label_word(text: &str) -> bool {
    word(text, lower, |b| lower(b) || b == b'-')
}

/// A DNS label as of RFC 1123: `worker-0`.
pub fn label(text: &str) -> Verdict {
    unless(
        text.len() <= LABEL && label_word(text),
        "must be 1 to 63 lower-case letters, digits or `-`, and begin and end with a letter or digit",
    )
}

/// A DNS label as of RFC 1035: begins with a letter.
pub fn label_1035(text: &str) -> Verdict {
    unless(
        text.len() <= LABEL && label_word(text) && text.starts_with(|c: char| c.is_ascii_lowercase()),
        "must be 1 to 63 lower-case letters, digits or `-`, begin with a letter and end with a letter or digit",
    )
}

/// Whether a text is a DNS subdomain as of RFC 1123.
pub fn is_subdomain(text: &str) -> bool {
    text.len() <= SUBDOMAIN && text.split('.').all(label_word)
}

/// A DNS subdomain as of RFC 1123: labels between dots.
pub fn subdomain(text: &str) -> Verdict {
    unless(
        is_subdomain(text),
        "must be 1 to 253 lower-case letters, digits, `-` or `.`, and every part between dots must begin and end with a letter or digit",
    )
}

/// A DNS subdomain that may begin with `*.`.
pub fn wildcard_subdomain(text: &str) -> Verdict {
    unless(
        text.len() <= SUBDOMAIN && text.strip_prefix("*.").is_some_and(is_subdomain),
        "must be `*.` and a DNS name of lower-case letters, digits, `-` and `.`",
    )
}

/// The part of a qualified name that has no prefix.
fn name_part(text: &str) -> bool {
    let edge = |b: u8| b.is_ascii_alphanumeric();
    text.len() <= LABEL && word(text, edge, |b| edge(b) || matches!(b, b'-' | b'_' | b'.'))
}

/// A qualified name, as of label keys: `app.kubernetes.io/name`.
pub fn qualified(text: &str) -> Verdict {
    let fine = match text.split_once('/') {
        Some((prefix, name)) => is_subdomain(prefix) && name_part(name),
        None => name_part(text),
    };
    unless(
        fine,
        "must be 1 to 63 letters, digits, `-`, `_` or `.` that begin and end with a letter or digit, and may have a DNS name and `/` before them",
    )
}

/// The value of a label.
pub fn label_value(text: &str) -> Verdict {
    unless(
        text.is_empty() || name_part(text),
        "must be empty or at most 63 letters, digits, `-`, `_` or `.` that begin and end with a letter or digit",
    )
}

/// A name that is one segment of a URL's path.
pub fn path_segment(text: &str) -> Verdict {
    unless(
        !matches!(text, "." | "..") && !text.contains(['/', '%']),
        "must not be `.` or `..`, and have no `/` and no `%`",
    )
}

/// A DNS name: labels of at most 63 characters, two or more, that may end with a dot.
pub fn full_domain(text: &str) -> Verdict {
    let name = text.strip_suffix('.').unwrap_or(text);
    unless(
        is_subdomain(name) && name.contains('.') && name.split('.').all(|part| part.len() <= LABEL),
        "must be a DNS name of two parts or more, each 1 to 63 lower-case letters, digits or `-`",
    )
}

/// A DNS name of three parts or more.
pub fn domain_of_three(text: &str) -> Verdict {
    unless(
        is_subdomain(text) && text.split('.').count() >= 3,
        "must be a DNS name of three parts or more, such as `name.example.com`",
    )
}

/// A DNS name, `/` and a path: `example.com/ingress`.
pub fn domain_path(text: &str) -> Verdict {
    let fine = text.split_once('/').is_some_and(|(domain, path)| {
        is_subdomain(domain)
            && !path.is_empty()
            && path.bytes().all(|b| b.is_ascii_alphanumeric() || b"/-._~%!$&'()*+,;=:".contains(&b))
    });
    unless(fine, "must be a DNS name, `/` and a path, such as `example.com/name`")
}

/// The name of a storage driver: a DNS subdomain of at most 63 characters, in letters of any case.
pub fn driver(text: &str) -> Verdict {
    unless(
        text.len() <= LABEL && is_subdomain(&text.to_lowercase()),
        "must be 1 to 63 letters, digits, `-` or `.`, and every part between dots must begin and end with a letter or digit",
    )
}

/// A qualified name in letters of any case, as of annotation keys.
pub fn qualified_any_case(text: &str) -> Verdict {
    qualified(&text.to_lowercase())
}

/// The key of a `ConfigMap` or Secret.
pub fn config_key(text: &str) -> Verdict {
    unless(
        !text.is_empty()
            && text.len() <= SUBDOMAIN
            && text != "."
            && !text.starts_with("..")
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.')),
        "must be 1 to 253 letters, digits, `-`, `_` or `.`, not be `.`, and not begin with `..`",
    )
}

/// The name of a port: `http`.
pub fn port_name(text: &str) -> Verdict {
    unless(
        text.len() <= 15
            && label_word(text)
            && text.bytes().any(|b| b.is_ascii_lowercase())
            && !text.contains("--"),
        "must be 1 to 15 lower-case letters, digits or single `-` between them, with at least one letter",
    )
}

/// A C identifier.
pub fn identifier(text: &str) -> Verdict {
    let fine = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        && text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    unless(fine, "must be letters, digits or `_`, and not begin with a digit")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_judged_as_an_api_server_judges_them() {
        type Judge = fn(&str) -> Verdict;
        let long = "a".repeat(64);
        let cases: &[(Judge, &[&str], &[&str])] = &[
            (label, &["a", "worker-0", "0"], &["", "-a", "a-", "A", "a.b", "a_b", &long]),
            (label_1035, &["a", "worker-0"], &["0a", "", "a."]),
            (subdomain, &["a.b", "0.1", "a-b.c", &long], &["", "a..b", ".a", "a.", "a.-b", "A.b"]),
            (wildcard_subdomain, &["*.a.b"], &["*", "*.", "a.b", "*.*.b"]),
            (qualified, &["a", "A_b.c", "x.y/a"], &["", "x/", "/a", "x/y/z", "X/a", "a b", "-a", &long]),
            (label_value, &["", "a", "v1.2_3"], &["-", "a b", "a/b", &long]),
            (path_segment, &["system:node", "A b"], &[".", "..", "a/b", "50%"]),
            (full_domain, &["a.b", "a.b."], &["a", "", "a..", &format!("{long}.b")]),
            (domain_of_three, &["a.b.c"], &["a.b", "", "a.b.C"]),
            (domain_path, &["a.b/c", "a/b/c"], &["a", "/a", "a/", "a/b c", "A/b"]),
            (driver, &["CSI.Example.com", "a"], &["", "a_b", "a.", &long]),
            (qualified_any_case, &["Example.com/Name", "a"], &["", "a b"]),
            (config_key, &["a", ".a", "A_b-c.d"], &["", ".", "..", "..a", "a/b", "a b"]),
            (port_name, &["http", "a-1", "1a"], &["", "1", "a--b", "-a", "a-", "Http", "sixteen-letters-x"]),
            (identifier, &["a", "_A1"], &["", "1a", "a-b"]),
        ];
        for (judge, good, bad) in cases {
            for text in *good {
                assert_eq!(judge(text), None, "{text}");
            }
            for text in *bad {
                assert!(judge(text).is_some(), "{text}");
            }
        }
    }
}
